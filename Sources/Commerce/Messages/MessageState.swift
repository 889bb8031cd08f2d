/// How far a message has come. The raw values are written to disk; among what reports say the furthest wins.
package enum MessageState: UInt8, Sendable, CaseIterable {
    /// Waits to be taken.
    case queued = 0
    /// A worker has it until its lease ends.
    case leased = 1
    /// Given up: so many attempts failed, or it must not be sent any more.
    case failed = 2
    /// Handed to a mail server.
    case sent = 3
    case delivered = 4
    /// A mail server gave it back. It outranks `delivered`, which a server on the way may have claimed too early.
    case bounced = 5
    /// Something forbids it, so that nobody gets it: a gate, a wish, or what the shop has not set up.
    case withheld = 6

    package var word: String { "\(self)" }

    /// What a worker may report.
    package static let reportable: [MessageState] = [.sent, .delivered, .bounced, .failed]

    package init?(reported word: String) {
        guard let state = Self.reportable.first(where: { $0.word == word }) else { return nil }
        self = state
    }

    /// Whether it may still be taken.
    var isOpen: Bool { self == .queued || self == .leased }
}

/// What is to happen to a message whose attempts fail.
package enum RetryRule {
    /// After so many attempts a message is given up.
    package static let mostAttempts = 6

    /// Milliseconds to wait after attempt `attempt` (from 1) failed: 1, 4, 16, 64, 256 minutes. Half a day in all, in
    /// which a mail server that is down usually comes back.
    static func pause(afterAttempt attempt: Int) -> Int64 { 60_000 << (2 * Int64(attempt - 1)) }
}

/// Where a message stands, as far as its next step depends on it.
struct MessageStanding: Equatable, Sendable {
    var state: MessageState
    /// How often it was taken.
    var attempts: Int
    /// Milliseconds from which it may be taken: when its pause or its lease ends.
    var availableAt: Int64

    /// What a report about one of the attempts makes of it.
    ///
    /// Reports come late, twice and in any order. `sent`, `delivered` and `bounced` say how far the message itself has
    /// come: the furthest holds, whichever attempt it speaks of. `failed` speaks of its attempt alone, and matters only
    /// while nothing later is known of the message.
    func after(_ report: MessageState, ofAttempt attempt: Int, at now: Int64) -> MessageStanding {
        var next = self
        switch report {
        case .sent, .delivered, .bounced:
            next.state = state.isOpen ? report : max(state, report)
        case .failed:
            guard state == .leased, attempt == attempts else { return self }
            next.state = attempts >= RetryRule.mostAttempts ? .failed : .queued
            next.availableAt = now + RetryRule.pause(afterAttempt: attempts)
        case .queued, .leased, .withheld: break
        }
        return next
    }

    /// Whether a worker may take it at `now`.
    func isDue(at now: Int64) -> Bool { state.isOpen && availableAt <= now }
}

extension MessageState: Comparable {
    /// How far the message has come. One that was withheld when it was taken again may have left before.
    private var rank: UInt8 { self == .withheld ? MessageState.failed.rawValue : rawValue }

    package static func < (left: MessageState, right: MessageState) -> Bool { left.rank < right.rank }
}
