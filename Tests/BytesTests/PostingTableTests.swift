import Testing

@testable import Bytes

/// Lists and the table that finds them, against a dictionary of arrays.
@Suite struct PostingTableTests {
    /// How hashes are drawn: those of real life, and those that meet in every way they can.
    enum Draw: CaseIterable {
        case spread, oneHome, lastHome, onePart, few

        func hash(using random: inout SeededGenerator) -> UInt64 {
            let any = random.next()
            return switch self {
            case .spread: any
            // Parts are chosen by the lowest six bits, homes by the upper ones.
            case .oneHome: any >> 16 | 0x1234 << 48
            case .lastHome: any | 0xFFFF_0000_0000_0000
            case .onePart: any << 6
            case .few: 0 &- any % 7
            }
        }
    }

    @Test(arguments: Draw.allCases, PostingTable.Repeats.allCases)
    func keepsWhatADictionaryKeeps(draw: Draw, repeats: PostingTable.Repeats) {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var table = PostingTable()
        var lists = ListArena()
        var model: [UInt64: [UInt32]] = [:]
        var closed: Set<UInt64> = []
        var hashes: [UInt64] = []
        for step in 0..<8_000 {
            // Old hashes come again, so that lists grow long.
            let isOld = !hashes.isEmpty && random.next() % 3 > 0
            let hash = isOld ? hashes[Int(random.next() % UInt64(hashes.count))] : draw.hash(using: &random)
            if !isOld { hashes.append(hash) }
            if random.next() % 97 == 0, model[hash] != nil {
                table.close(hash, in: &lists)
                closed.insert(hash)
                model[hash] = []
            }
            let number = UInt32(random.next() % 40)
            let added = table.add(number, to: hash, in: &lists, repeats: repeats)
            let known = model[hash, default: []]
            let isRepeated =
                switch repeats {
                case .nowhere: false
                case .last: known.last == number
                case .anywhere: known.contains(number)
                }
            let isKept = !closed.contains(hash) && !isRepeated
            #expect((added != nil) == isKept, "seed \(seed), step \(step)")
            if isKept { model[hash, default: []].append(number) }
            if let added { #expect(numbers(added, lists) == model[hash], "seed \(seed), step \(step)") }
        }
        for (hash, expected) in model {
            #expect(numbers(table.list(of: hash), lists) == expected, "seed \(seed)")
        }
        #expect(table.list(of: 0xFEFE_0000_1111_2222).count == 0)
    }

    @Test func givesRoomBackToListsOfTheSameSize() {
        var lists = ListArena()
        for _ in 0..<10_000 {
            var list = SmallList()
            for number in 0..<100 { lists.append(UInt32(number), to: &list) }
            lists.removeAll(&list)
            #expect(list.count == 0)
        }
        #expect(lists.allocatedBytes < 16_384)
    }

    /// Rooms are as large as they say, and a list moves when it must and not before.
    @Test func takesTheRoomsItNeeds() {
        var rooms = [2, 4]
        while rooms[rooms.count - 1] < 5_000 {
            let power = rooms[rooms.count - 1]
            rooms += [power / 2 * 3, power * 2]
        }
        var lists = ListArena()
        var list = SmallList()
        for count in 1...5_000 {
            lists.append(UInt32(count), to: &list)
            // One behind the other, up to the first that holds them all.
            let taken = count == 1 ? 0 : rooms[...(rooms.firstIndex { $0 >= count } ?? 0)].reduce(0, +)
            #expect(lists.allocatedBytes == taken * 4, "\(count) numbers")
        }
        #expect(numbers(list, lists) == Array(1...5_000))
    }

    /// Through every way in which memory is asked for: from the heap, from the kernel, and grown there.
    @Test func keepsListsWhileItGrows() {
        var lists = ListArena()
        var kept = [SmallList](repeating: SmallList(), count: 500)
        for round in 0..<400 {
            for number in kept.indices { lists.append(UInt32(round * 1_000 + number), to: &kept[number]) }
        }
        for number in kept.indices {
            #expect(numbers(kept[number], lists) == (0..<400).map { UInt32($0 * 1_000 + number) })
        }
    }

    @Test func bringsTheLastNumberToTheFront() {
        var lists = ListArena()
        var list = SmallList()
        lists.append(7, to: &list)
        lists.bringLastToFront(list)
        #expect(numbers(list, lists) == [7])
        for number in [8, 9] as [UInt32] { lists.append(number, to: &list) }
        lists.bringLastToFront(list)
        #expect(numbers(list, lists) == [9, 8, 7])
        #expect(lists.contains(8, in: list) && !lists.contains(10, in: list))
    }

    private func numbers(_ list: SmallList, _ lists: borrowing ListArena) -> [UInt32] {
        (0..<Int(list.count)).map { lists[list, $0] }
    }
}
