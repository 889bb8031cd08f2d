import Bytes

/// What kind of value ties profiles together. The raw values are written to disk.
package enum IdentityKeyKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// A real e-mail address.
    case email = 1
    /// A marketplace's scrambled address: identifies somebody inside its channel and store only.
    case relayEmail = 2
    /// A valid telephone number, E.164.
    case phone = 3
    /// A VAT id whose check digits hold.
    case vat = 4
    /// Postal address, family name and first initial.
    case address = 5
    /// The channel's own number of the buyer.
    case channelReference = 6
    /// Two profiles that carried one order: a guest's, and the account's that it turned out to be.
    case order = 7
    /// A marketplace's scrambled address by itself: it is found by it, and tied to nobody.
    case relayLookup = 8
    /// A postal address by itself: who else lives there.
    case place = 9

    /// Whether two profiles that share the key are the same buyer where exact keys decide (`MatchMode.exact`).
    package var ties: Bool { self != .relayLookup && self != .place }

    /// As it stands in replies.
    package var text: StaticString {
        switch self {
        case .email: "email"
        case .relayEmail: "relay-email"
        case .phone: "phone"
        case .vat: "vat"
        case .address: "address"
        case .channelReference: "ref"
        case .order: "order"
        case .relayLookup: "email"
        case .place: "postal-address"
        }
    }
}

/// An identity key as the indexes hold it: its kind and the hash of the normalised value, of the shop and, where the
/// value means nothing outside it, of channel and store.
package struct IdentityKey: Hashable, Sendable, BitwiseCopyable {
    package let kind: IdentityKeyKind
    package let hash: UInt64

    package init(kind: IdentityKeyKind, hash: UInt64) {
        self.kind = kind
        self.hash = hash
    }
}

/// Turns normalised values into keys. One per shop: the shop is part of every hash, so that nothing crosses it.
package struct KeyHasher: Sendable {
    private let hash: Hash64
    private let shop: UInt64

    package init(hash: Hash64, shopName: String) {
        self.hash = hash
        shop = hash.hash([UInt8](shopName.utf8).span, salt: 1)
    }

    /// A key of a value that means the same in the whole shop.
    @inline(__always) package func key(_ kind: IdentityKeyKind, _ value: Span<UInt8>) -> IdentityKey {
        IdentityKey(kind: kind, hash: hash.hash(value, salt: shop &+ UInt64(kind.rawValue) << 8))
    }

    /// A key of a value that means something only inside one channel and store.
    @inline(__always) package func key(
        _ kind: IdentityKeyKind, _ value: Span<UInt8>, channel: Span<UInt8>, store: Span<UInt8>
    ) -> IdentityKey {
        IdentityKey(kind: kind, hash: scoped(value, channel, store, salt: UInt64(kind.rawValue) << 8))
    }

    /// The hash that names an order: channel, store and number.
    @inline(__always) package func order(_ number: Span<UInt8>, channel: Span<UInt8>, store: Span<UInt8>) -> UInt64 {
        scoped(number, channel, store, salt: 2)
    }

    /// The hash that names a document: its kind and number.
    package func document(_ number: Span<UInt8>, kind: Span<UInt8>) -> UInt64 {
        hash.hash(number, salt: hash.hash(kind, salt: shop &+ 3))
    }

    /// The hash of a record's content; `salt` is the hash of what the content belongs to.
    @inline(__always) package func content(_ record: Span<UInt8>, salt: UInt64) -> UInt64 {
        hash.hash(record, salt: salt &+ shop)
    }

    private func scoped(_ value: Span<UInt8>, _ channel: Span<UInt8>, _ store: Span<UInt8>, salt: UInt64) -> UInt64 {
        let scope = hash.combine(hash.hash(channel, salt: shop &+ salt), hash.hash(store, salt: 4))
        return hash.hash(value, salt: scope)
    }
}
