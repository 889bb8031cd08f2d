import Commerce
import Store

/// Which stretches of the journal say anything of which profiles, vouchers and messages: a sieve for each stretch of some
/// hundred events, so that a customer's history is read where it may be and nowhere else. Made when somebody asks for a
/// history for the first time, a page at a time, and from then on of what came since. Derived, never written to disk; two to
/// four bytes for each event.
struct HistoryIndex: Sendable {
    /// Events of a stretch at least; it ends with the group of the last.
    static let eventsPerStretch: UInt64 = 512

    struct Stretch: Sendable {
        /// Of its first group.
        let position: JournalPosition
        let first: UInt64
        /// The event behind its last.
        let next: UInt64
        fileprivate let sieve: SubjectSieve
    }

    /// One behind the other.
    private(set) var stretches: [Stretch] = []
    /// The first event that no stretch holds; nil before anything was read.
    private(set) var end: UInt64?

    // What the next stretch holds so far.
    private var position: JournalPosition?
    private var first: UInt64 = 0
    private var subjects = Set<HistorySubject>()

    /// Whether so many events are there behind the end that reading them for each question would be slow.
    func isBehind(_ last: UInt64) -> Bool { end.map { last >= $0 + 2 * Self.eventsPerStretch } ?? true }

    mutating func begin(at first: UInt64) {
        if end == nil { end = first }
    }

    /// Forgets what is not kept any more.
    mutating func forget(before oldest: UInt64) {
        stretches.removeAll { $0.next <= oldest }
        if let end, end < oldest { self = HistoryIndex() }
    }

    /// Notes what an event of the group that is being read concerns.
    mutating func note(_ subject: HistorySubject) { subjects.insert(subject) }

    /// The group has been read to its end.
    mutating func endGroup(at position: JournalPosition, next: UInt64) {
        if self.position == nil {
            self.position = position
            first = end ?? next
        }
        guard let start = self.position, next - first >= Self.eventsPerStretch else { return }
        stretches.append(Stretch(position: start, first: first, next: next, sieve: SubjectSieve(subjects)))
        end = next
        dropOpen()
    }

    /// Forgets the stretch that is not whole: it will be read again.
    mutating func dropOpen() {
        position = nil
        subjects.removeAll(keepingCapacity: true)
    }

    /// Stretches with events from `first` on that may say something of the scope, the oldest first.
    func stretches(from first: UInt64, of scope: HistoryScope) -> [Stretch] {
        stretches.filter { stretch in
            stretch.next > first && scope.subjects.contains { stretch.sieve.mayHold($0) }
        }
    }
}

/// A Bloom filter: 16 bits for each subject, of which five are asked, so that one in a thousand is held by mistake.
private struct SubjectSieve: Sendable {
    private var bits: [UInt64]

    init(_ subjects: Set<HistorySubject>) {
        bits = Array(repeating: 0, count: max(1, subjects.count / 4))
        for subject in subjects {
            forEachPlace(subject) { place in
                bits[place >> 6] |= 1 << UInt64(place & 63)
                return true
            }
        }
    }

    func mayHold(_ subject: HistorySubject) -> Bool {
        var isHeld = true
        forEachPlace(subject) { place in
            isHeld = bits[place >> 6] & (1 << UInt64(place & 63)) != 0
            return isHeld
        }
        return isHeld
    }

    private func forEachPlace(_ subject: HistorySubject, _ body: (Int) -> Bool) {
        var hash = subject.rawValue
        for _ in 0..<5 {
            // The finaliser of splitmix64: each step is another number that depends on all bits.
            hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
            hash ^= hash >> 31
            let (place, _) = UInt64(bits.count * 64).multipliedFullWidth(by: hash)
            guard body(Int(place)) else { return }
            hash &+= 0x9E37_79B9_7F4A_7C15
        }
    }
}
