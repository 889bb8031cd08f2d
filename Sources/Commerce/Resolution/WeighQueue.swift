/// Profiles that wait to be weighed: a list, and behind it a sweep over all.
struct WeighQueue: Sendable {
    private var waiting: [UInt32] = []
    private var head = 0
    private var sweepNext = 0
    private var sweepEnd = 0

    var isEmpty: Bool { count == 0 }
    var count: Int { waiting.count - head + max(0, sweepEnd - sweepNext) }

    /// Entries in memory, those that were taken included.
    var keptEntries: Int { waiting.count }

    mutating func append(_ profile: UInt32) { waiting.append(profile) }

    mutating func sweepAll(_ count: Int) {
        sweepNext = 0
        sweepEnd = count
    }

    mutating func next() -> UInt32? {
        if head < waiting.count {
            defer { dropTaken() }
            head += 1
            return waiting[head - 1]
        }
        guard sweepNext < sweepEnd else { return nil }
        sweepNext += 1
        return UInt32(sweepNext - 1)
    }

    /// A list that is never empty while much comes in must not keep all that was ever on it.
    private mutating func dropTaken() {
        guard head == waiting.count || head >= Self.mostTaken && head >= waiting.count - head else { return }
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: waiting.count < Self.mostTaken)
        } else {
            waiting.removeFirst(head)
        }
        head = 0
    }

    private static let mostTaken = 65_536
}
