/// Profiles that wait to be weighed: a list, and behind it a sweep over all.
struct WeighQueue: Sendable {
    private var waiting: [UInt32] = []
    private var head = 0
    private var sweepNext = 0
    private var sweepEnd = 0
    /// Shops that the sweep is about; nil for all.
    private var sweptShops: Set<UInt16>? = []

    var isEmpty: Bool { count == 0 }
    var count: Int { listedCount + max(0, sweepEnd - sweepNext) }
    /// Those on the list, without the sweep.
    var listedCount: Int { waiting.count - head }

    /// Entries in memory, those that were taken included.
    var keptEntries: Int { waiting.count }

    mutating func append(_ profile: UInt32) { waiting.append(profile) }

    /// - Parameter shop: nil for all. A sweep that is under way begins again, for its own shops too.
    mutating func sweep(_ count: Int, shop: UInt16?) {
        if sweepNext >= sweepEnd { sweptShops = [] }
        if let shop { sweptShops?.insert(shop) } else { sweptShops = nil }
        sweepNext = 0
        sweepEnd = count
    }

    /// Whether the sweep under way is about the profiles of a shop, or passes over them.
    func sweeps(_ shop: UInt16) -> Bool { sweptShops?.contains(shop) ?? true }

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

    /// The profile that is taken after `count` others, if so many are on the list or in the sweep.
    @inline(__always) func next(after count: Int) -> UInt32? {
        if head < waiting.count { return head + count < waiting.count ? waiting[head + count] : nil }
        return sweepNext + count < sweepEnd ? UInt32(sweepNext + count) : nil
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
