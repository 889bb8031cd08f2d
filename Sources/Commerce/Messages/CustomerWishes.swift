/// The three wishes of a customer (T02, T28), each for itself: a brochure by post, mailings, the newsletter. The raw values
/// are written to disk.
package enum WishSubject: UInt8, Sendable, CaseIterable {
    case post = 1
    case mailing = 2
    case newsletter = 3

    package var word: String { "\(self)" }
}

/// What somebody said, and when.
package struct Stated<Value: Sendable & Equatable>: Sendable, Equatable {
    package let value: Value
    package let actor: String
    /// Milliseconds.
    package let at: Int64

    package init(value: Value, actor: String, at: Int64) {
        self.value = value
        self.actor = actor
        self.at = at
    }
}

/// What is known of how a customer wants to be written to. What was never said is nil.
package struct CustomerWishes: Sendable, Equatable {
    package internal(set) var wishes: [WishSubject: Stated<Bool>] = [:]
    package internal(set) var language: Stated<LanguageTag>?

    /// Whether the customer forbade it.
    func refuses(_ purpose: MessagePurpose) -> Stated<Bool>? {
        guard let subject = Self.subject(of: purpose), let wish = wishes[subject], !wish.value else { return nil }
        return wish
    }

    func agrees(to purpose: MessagePurpose) -> Bool {
        Self.subject(of: purpose).map { wishes[$0]?.value ?? false } ?? true
    }

    /// Which wish speaks of messages of this purpose; none where the order itself is the reason.
    static func subject(of purpose: MessagePurpose) -> WishSubject? {
        switch purpose {
        case .confirmation, .shipping, .service, .voucher: nil
        case .review, .mailing: .mailing
        case .newsletter: .newsletter
        }
    }
}
