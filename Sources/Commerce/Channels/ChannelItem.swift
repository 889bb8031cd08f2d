/// One order or customer found in a payload, in canonical form, or the reason why it was left out.
package struct ChannelItem: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// `json` goes to the decoder of ORDER.PUT.
        case order
        /// `json` goes to the decoder of CUSTOMER.PUT.
        case customer
        /// Something that happened to the order named; `json` goes to the decoder of facts.
        case fact(FactKind, order: String)
        /// Only in payloads of several items; `json` is empty.
        case refused(ChannelError)
    }

    package let kind: Kind
    /// What the item is to a reader of the reply, for instance `order 1043946570`.
    package let name: String
    /// Canonical JSON on one line, UTF-8, without a line feed.
    package let json: [UInt8]
    /// What an order or customer brings besides; not part of its JSON.
    package var consent: ChannelConsent?
    /// Of an order: places what a platform tells twice in one second, 1 to 999; see `SameSecond`. Zero for the others.
    package var tieBreak: Int64 = 0
}
