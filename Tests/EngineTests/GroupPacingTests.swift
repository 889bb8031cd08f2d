import Simulation
import Store
import Synchronization
import Testing

@testable import Engine

/// When a group of events waits for more, and that nobody waits for ever.
@Suite struct GroupPacingTests {
    @Test(
        arguments: [
            // Events of the groups that left; how many the next one has; whether it waits.
            ([], 1, false), ([1], 1, false), ([15, 15], 1, false), ([16, 16], 1, true), ([16, 16], 95, true),
            ([16, 16], 96, false), ([400, 90], 3, true), ([400, 90, 2], 3, false), ([400, 2, 90], 3, false),
            // One large group is what a slow sync has left.
            ([16], 1, false), ([2, 400], 3, false),
        ] as [([Int], Int, Bool)])
    func aGroupWaitsWhereMuchComes(_ groups: [Int], _ count: Int, _ waits: Bool) {
        var pacing = GroupPacing()
        for group in groups { pacing.note(count: group, hasWaited: false) }
        #expect(pacing.waits(count) == waits)
    }

    /// Whoever has waited in vain is not made to wait again for a while.
    @Test func aWaitInVainIsNotRepeatedAtOnce() {
        var pacing = GroupPacing()
        for _ in 0..<2 { pacing.note(count: 64, hasWaited: false) }
        #expect(pacing.waits(64))
        pacing.note(count: 64, hasWaited: true)
        for _ in 0..<16 {
            #expect(!pacing.waits(64))
            pacing.note(count: 64, hasWaited: false)
        }
        #expect(pacing.waits(63))
        pacing.note(count: 128, hasWaited: true)
        #expect(pacing.waits(63))
    }

    /// Senders with so many orders on their way, who send the next when they hear. Few groups wait in vain, and they are as large
    /// as the senders allow.
    @Test(arguments: [(40, 16), (80, 16), (128, 64), (256, 128), (512, 224), (4_096, 224)])
    func groupsFitThoseWhoSend(onTheirWay: Int, leastMedian: Int) {
        var pacing = GroupPacing()
        var (pending, syncing, inVain) = (0, 0, 0)
        var sizes: [Int] = []
        for _ in 0..<2_000 {
            // While a group is synced those who wait for nothing send; a fifth of them is on the way at any moment.
            let able = onTheirWay - pending - syncing
            pending += able * 4 / 5
            syncing = 0
            let waits = pacing.waits(pending)
            if waits { pending = min(onTheirWay, max(pending, pacing.worth)) }
            if waits, pending < pacing.worth { inVain += 1 }
            pacing.note(count: pending, hasWaited: waits)
            sizes.append(pending)
            (syncing, pending) = (pending, 0)
        }
        #expect(inVain <= 2_000 / 16 && (onTheirWay < 128 || inVain <= 2_000 / 50), "\(inVain) in vain")
        #expect(sizes.sorted()[1_000] >= leastMedian)
    }

    /// A journal on a disk in memory, and what it has acknowledged.
    private struct World {
        let lane = HandLane()
        let journal: Journal
        private var next: UInt64 = 1

        init() throws {
            let folder = try DataFolder.open(
                "data", on: SimulatedDisk(), holder: "test", newSeed: FolderSeed(high: 1, low: 2))
            let (writer, lane) = (try JournalWriter.open(folder, at: .empty), lane)
            journal = Journal(writer, durability: .always, on: lane)
        }

        var released: UInt64 { journal.status.releasedSequence.load(ordering: .relaxed) }
        var groups: Int { journal.status.groups.load(ordering: .relaxed) }

        /// Events come; what is posted runs, but no wait is over.
        mutating func append(_ count: Int) {
            let (journal, first) = (journal, next)
            next += UInt64(count)
            lane.post {
                journal.assumeIsolated { $0.append([UInt8](repeating: 1, count: count), first: first, count: count) }
            }
            lane.run(endsWaits: false)
        }
    }

    @Test func aGroupLeavesWhenItIsFullOrWhenItsTimeIsOver() throws {
        var world = try World()
        for _ in 0..<2 { world.append(32) }
        #expect(world.released == 64 && world.groups == 2 && world.lane.waitCount == 0)
        for _ in 0..<3 { world.append(30) }
        #expect(world.released == 64 && world.lane.waitCount == 1)
        world.append(30)
        #expect(world.released == 184 && world.groups == 3)
        // The wait of the group that is gone says nothing to the next one.
        world.append(10)
        #expect(world.lane.waitCount == 2)
        world.lane.run()
        #expect(world.released == 194 && world.groups == 4)
        // It was in vain, so the next does not wait.
        world.append(50)
        #expect(world.released == 244 && world.groups == 5 && world.lane.waitCount == 0)
    }

    @Test func aStopDoesNotWait() throws {
        var world = try World()
        for _ in 0..<2 { world.append(32) }
        world.append(3)
        #expect(world.released == 64)
        let journal = world.journal
        let failure = world.lane.entered { journal.assumeIsolated { $0.finish() } }
        #expect(failure == nil && world.released == 67)
        world.lane.run()
        #expect(world.groups == 3)
    }
}
