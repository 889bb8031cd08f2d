/// Profiles that wait to be weighed: a list, and behind it a sweep over all.
struct WeighQueue: Sendable {
    private var waiting: [UInt32] = []
    private var head = 0
    private var sweepNext = 0
    private var sweepEnd = 0

    var isEmpty: Bool { count == 0 }
    /// Nothing waits but a sweep.
    var isSweeping: Bool { head == waiting.count && sweepNext < sweepEnd }
    var count: Int { waiting.count - head + max(0, sweepEnd - sweepNext) }

    mutating func append(_ profile: UInt32) { waiting.append(profile) }

    mutating func sweepAll(_ count: Int) {
        sweepNext = 0
        sweepEnd = count
    }

    mutating func next() -> UInt32? {
        if head < waiting.count {
            head += 1
            if head == waiting.count {
                defer {
                    waiting.removeAll(keepingCapacity: waiting.count < 65_536)
                    head = 0
                }
                return waiting[head - 1]
            }
            return waiting[head - 1]
        }
        guard sweepNext < sweepEnd else { return nil }
        sweepNext += 1
        return UInt32(sweepNext - 1)
    }
}
