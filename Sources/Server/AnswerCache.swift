import Commerce

/// Dossiers that were asked for lately, as they stand in replies: what the shards know of a customer, which is most of the
/// answer. What the directory tells of it (messages, related customers, the ledger) is looked up anew each time.
///
/// An answer is good for one version of its customer: the last event that touched it, and its profiles. Every event about
/// anything that a shard shows touches the customer, so nobody has to be told of changes and writes cost nothing; and nothing
/// that the clock changes is kept. As soon as room is short an answer is kept only when it is asked for a second time, so that
/// questions about ever other customers drive nobody out.
///
/// Takes at most the bytes given: a hand goes round and takes out whatever nobody has asked for since it last came by. Confined
/// to one lane.
package final class AnswerCache {
    /// Which answer.
    struct Question: Hashable {
        /// The living number of the customer.
        let customer: UInt32
        let offset: Int
        let limit: Int

        func hash(into hasher: inout Hasher) {
            // Two words in place of three. Nothing is folded: nobody may choose pages that all hash alike.
            hasher.combine(UInt64(customer) << 32 | UInt64(UInt32(truncatingIfNeeded: limit)))
            hasher.combine(offset)
        }
    }

    /// An answer: members of a JSON object, in two pieces. A class, so that finding it counts one reference.
    final class Answer {
        let sequence: UInt64
        let profiles: [UInt32]
        /// Up to what the directory tells, and behind it.
        let beginning: [UInt8]
        let end: [UInt8]

        init(sequence: UInt64, profiles: [UInt32], beginning: [UInt8], end: [UInt8]) {
            self.sequence = sequence
            self.profiles = profiles
            self.beginning = beginning
            self.end = end
        }

        /// Whether the customer is still as it was then.
        fileprivate func isOf(_ customer: CustomerVersion) -> Bool {
            sequence == customer.sequence && profiles == customer.profiles
        }

        /// With about what tables and allocations take.
        fileprivate var byteCount: Int { beginning.count + end.count + profiles.count * 4 + 256 }
    }

    /// A customer as an event left it.
    typealias CustomerVersion = (sequence: UInt64, profiles: [UInt32])

    /// What a lane's answers may take unless told otherwise.
    package static let standardByteLimit = 32 << 20
    /// Questions of which it is known that they were asked lately: 128 KiB.
    private static let recentCount = 1 << 14

    private struct Place {
        let question: Question
        let answer: Answer
        var wasAskedFor = false
    }

    private let byteLimit: Int
    /// Bytes held by answers, with about what finding them takes.
    package private(set) var byteCount = 0
    private var places: [Question: Int] = [:]
    private var ring: [Place?] = []
    private var free: [Int] = []
    private var hand = 0
    private var recent: [Int] = []
    /// Whether anything has had to go yet.
    private var isShort = false

    /// - Parameter byteLimit: 0 keeps nothing.
    package init(byteLimit: Int = standardByteLimit) { self.byteLimit = byteLimit }

    /// The answer, if it is kept and still right.
    func find(_ question: Question, of customer: CustomerVersion) -> Answer? {
        guard let place = places[question], let answer = ring[place]?.answer, answer.isOf(customer) else { return nil }
        ring[place]?.wasAskedFor = true
        return answer
    }

    /// Whether an answer that had to be made is worth keeping; notes that it was asked for.
    func isWanted(_ question: Question) -> Bool {
        guard isShort else { return byteLimit > 0 }
        if recent.isEmpty { recent = [Int](repeating: 0, count: Self.recentCount) }
        let hash = question.hashValue
        defer { recent[hash & (Self.recentCount - 1)] = hash }
        return recent[hash & (Self.recentCount - 1)] == hash
    }

    /// Keeps an answer, in the place of an older version of it.
    func keep(_ answer: Answer, for question: Question) {
        guard answer.byteCount <= byteLimit / 8 else { return }
        if let place = places[question] { remove(place) }
        while byteCount + answer.byteCount > byteLimit { removeNext() }
        byteCount += answer.byteCount
        let place = free.popLast() ?? ring.count
        if place == ring.count { ring.append(nil) }
        ring[place] = Place(question: question, answer: answer)
        places[question] = place
    }

    /// Takes out the next that nobody has asked for since the hand came by.
    private func removeNext() {
        isShort = true
        while true {
            let place = hand
            hand = hand + 1 < ring.count ? hand + 1 : 0
            guard let wasAskedFor = ring[place]?.wasAskedFor else { continue }
            guard wasAskedFor else { return remove(place) }
            ring[place]?.wasAskedFor = false
        }
    }

    private func remove(_ place: Int) {
        guard let old = ring[place] else { return }
        byteCount -= old.answer.byteCount
        places[old.question] = nil
        ring[place] = nil
        free.append(place)
    }
}
