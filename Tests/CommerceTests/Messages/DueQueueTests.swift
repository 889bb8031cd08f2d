import Testing

@testable import Commerce

@Suite struct DueQueueTests {
    /// Against a sorted list, which is what a queue is.
    @Test(arguments: 0..<20)
    func givesTheLongestDueFirst(_ seed: Int) {
        var random = SplitMix(UInt64(seed))
        var queue = DueQueue()
        var model: [UInt32: Int64] = [:]
        for _ in 0..<600 {
            let message = UInt32(random.next() % 60)
            if random.next() % 3 == 0 {
                queue.remove(message)
                model[message] = nil
            } else {
                let at = Int64(random.next() % 40)
                queue.set(message, at: at)
                model[message] = at
            }
            let now = Int64(random.next() % 45)
            let limit = Int(random.next() % 70)
            var found: [UInt32] = []
            queue.forEachDue(at: now) {
                if found.count < limit { found.append($0) }
                return found.count < limit
            }
            let expected = model.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(found == expected.prefix(limit).map(\.key))
            #expect(queue.count == model.count)
        }
    }
}

/// A generator with a seed that can be printed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
