/// A word that a shop puts on customers: `vip`, `interest:tea`, `group:resellers`. Always in lower case, so that nobody makes
/// two of one.
package struct CustomerTag: Sendable, Hashable {
    package let text: String

    package static let maximumBytes = 64

    /// Nil for what is empty, too long, or holds a comma, a blank at an end, or a control character.
    package init?(_ text: String) {
        let lower = text.lowercased()
        guard (1...Self.maximumBytes).contains(lower.utf8.count), lower.first != " ", lower.last != " ",
            !lower.unicodeScalars.contains(where: { $0 == "," || $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        self.text = lower
    }
}

/// A tag on a customer, and how it came there.
package struct TagNote: Sendable, Equatable {
    package let tag: CustomerTag
    package let actor: String
    /// What led to it, for people: a rule's name, a word of the person. Empty where nothing was said.
    package let cause: String
    /// Milliseconds.
    package let at: Int64
    /// Its place among all that was said of tags and blocks: of two the later is higher.
    let place: UInt32
}

/// That a customer is blocked, and why.
package struct BlockNote: Sendable, Equatable {
    package let reason: String
    package let actor: String
    /// Milliseconds.
    package let at: Int64
}

/// What stands on a customer: the tags of all its profiles, and whether any of them is blocked.
package struct CustomerLabels: Sendable, Equatable {
    /// By their texts.
    package internal(set) var tags: [TagNote] = []
    package internal(set) var block: BlockNote?

    package init() {}

    package var isEmpty: Bool { tags.isEmpty && block == nil }

    package func has(_ tag: CustomerTag) -> Bool { tags.contains { $0.tag == tag } }
}

extension Refusal {
    /// What is wrong with a tag.
    package static var invalidTag: Refusal {
        .invalid("tag", "1 to 64 bytes without a comma, such as vip, interest:tea or group:resellers")
    }
}
