/// How a shop decides who is who (`SHOP.CONFIGURE match=…`). The raw values are written to disk.
package enum MatchMode: UInt8, Sendable, CaseIterable {
    /// Any identity key in common, names not looked at: what the first version of the engine did.
    case exact = 0
    /// The weight of all fields together; the default.
    case evidence = 1
    /// The same real e-mail address.
    case email = 2
    /// The same postal address, whoever lives there.
    case address = 3

    /// As it stands in commands and replies.
    package var text: StaticString {
        switch self {
        case .exact: "exact"
        case .evidence: "evidence"
        case .email: "email"
        case .address: "address"
        }
    }

    package init?(text: String) {
        guard let mode = Self.allCases.first(where: { "\($0.text)" == text }) else { return nil }
        self = mode
    }

    /// Whether one value of this kind in common says it all.
    @inline(__always) func decides(by kind: IdentityKeyKind) -> Bool {
        switch self {
        case .email: kind == .email || kind == .relayEmail
        case .address: kind == .place
        case .exact, .evidence: false
        }
    }
}
