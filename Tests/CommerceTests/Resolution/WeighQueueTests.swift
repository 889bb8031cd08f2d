import Bytes
import Testing

@testable import Commerce

@Suite struct WeighQueueTests {
    /// What new data touched is weighed before a sweep over everybody goes on.
    @Test func aSweepComesBehindWhatWaits() {
        var queue = WeighQueue()
        var taken: [UInt32?] = []
        queue.sweep(3, shop: nil)
        taken.append(queue.next())
        queue.append(7)
        #expect(queue.count == 3)
        for _ in 0..<4 { taken.append(queue.next()) }
        #expect(taken == [0, 7, 1, 2, nil])
        #expect(queue.isEmpty)
    }

    /// A sweep is about its shops, and another one that comes meanwhile is about both; once it is over, it is forgotten.
    @Test func aSweepIsAboutItsShops() {
        var queue = WeighQueue()
        queue.sweep(3, shop: 5)
        #expect(queue.sweeps(5) && !queue.sweeps(6))
        _ = queue.next()
        queue.sweep(3, shop: 6)
        #expect(queue.count == 3 && queue.sweeps(5) && queue.sweeps(6) && !queue.sweeps(7))
        while queue.next() != nil {}
        queue.sweep(3, shop: 7)
        #expect(queue.sweeps(7) && !queue.sweeps(5))
        queue.sweep(3, shop: nil)
        queue.sweep(3, shop: 8)
        #expect(queue.sweeps(5) && queue.sweeps(8))
    }

    /// A queue that is never empty hands out everything once, in order, and forgets what it has handed out.
    @Test func whatIsTakenIsForgottenThoughTheQueueIsNeverEmpty() {
        var queue = WeighQueue()
        var next: UInt32 = 0
        queue.append(next)
        for expected: UInt32 in 0..<500_000 {
            next += 1
            queue.append(next)
            #expect(queue.next() == expected)
        }
        #expect(queue.count == 1)
        #expect(queue.keptEntries <= 2 * 65_536 + 2)
    }
}

/// What concerns one shop is no work for the others, however many customers they have.
@Suite struct SweepTests {
    @Test func aSweepWeighsNobodyOfAnotherShop() throws {
        var world = DirectoryWorld(shards: 2)
        let shops = ["one", "two", "three"]
        for number in 0..<6_000 {
            let shop = shops[number % 50 == 0 ? 1 : number % 2 * 2]
            _ = try world.profile(
                #"{"channel":"web","ref":"r\#(number)","email":"b\#(number)@mail.example"}"#, shop: shop, now: 1_000)
        }
        world.settle()
        let two = UInt16(world.directory.shops.firstIndex(of: "two") ?? 99)
        world.directory.index.sweep(shop: two)
        var weighed: [UInt32] = []
        var steps = 0
        while !world.directory.isAtRest {
            steps += 1
            if let profile = world.directory.takeDirty() { weighed.append(profile) }
        }
        let its = (0..<UInt32(world.directory.profiles.count)).filter {
            world.directory.profiles[Int($0)].shop == UInt32(two)
        }
        #expect(weighed == its && its.count == 120)
        #expect(steps <= its.count + 3)
    }

    /// A long way past others is gone in pieces, between which others have their turn.
    @Test func passingOverOthersIsDoneInPieces() throws {
        var world = DirectoryWorld(shards: 1)
        for number in 0..<10_000 {
            _ = try world.profile(
                #"{"channel":"web","ref":"r\#(number)"}"#, shop: number == 9_999 ? "two" : "one", now: 1_000)
        }
        world.settle()
        world.directory.index.sweep(shop: UInt16(world.directory.shops.firstIndex(of: "two") ?? 99))
        let taken = (0..<3).map { _ in world.directory.takeDirty() }
        #expect(taken == [nil, nil, 9_999])
    }
}
