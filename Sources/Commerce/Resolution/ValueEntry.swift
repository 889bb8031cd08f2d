import Bytes

/// An identity key and who carries it.
struct ValueEntry: BitwiseCopyable, Sendable {
    var hash: UInt64
    /// Profiles. The first is the centre: the one with the lowest name of its own.
    var carriers = SmallList()
    /// One bit per kind of name among the carriers, 32 in all: how unlike they are.
    var signatures: UInt32 = 0
    var kind: ValueKind
    var state = ValueState.active
}

/// What a value is. Identity keys keep their own numbers; the rest stands above.
struct ValueKind: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ key: IdentityKeyKind) { rawValue = key.rawValue }
    static func block(_ kind: UInt8) -> ValueKind { ValueKind(rawValue: 64 | kind) }
    static func counted(_ field: FrequencyField) -> ValueKind { ValueKind(rawValue: 128 | field.rawValue) }
    /// The same features altogether.
    static let twin = ValueKind(rawValue: 32)

    var identityKey: IdentityKeyKind? { rawValue < 32 ? IdentityKeyKind(rawValue: rawValue) : nil }
    var isCounted: Bool { rawValue & 128 != 0 }

    /// More carriers than this, and the value no longer leads to candidates: it has become too common to tell anything,
    /// and every newcomer would be compared with all of them.
    var largestBlock: UInt32 {
        switch self {
        case .twin: .max
        default: identityKey != nil ? 256 : 24
        }
    }

    /// More unlike carriers than this, and the value is in quarantine. Persons share a landline or a company's mailbox;
    /// nobody shares an address of their own with a dozen strangers.
    var mostSignatures: Int? {
        switch identityKey {
        case .email, .relayEmail: 6
        case .phone: 8
        case .vat: 16
        default: nil
        }
    }

    /// The field that is withheld from weighing while such a value is in quarantine.
    var field: FieldMask {
        switch identityKey {
        case .email, .relayEmail: .email
        case .phone: .phone
        case .vat: .vat
        default: []
        }
    }
}

enum ValueState: UInt8, Sendable, BitwiseCopyable {
    case active
    /// Too many carriers: leads to no candidates any more.
    case retired
    /// Too many unlike carriers: counts as missing.
    case quarantined
    /// A person said that it may be used whoever carries it.
    case released
    /// A person said that it must not be used.
    case held
}

extension IdentityKeyKind {
    /// Whether the index notes who carries it.
    var isNoted: Bool {
        switch self {
        case .email, .relayEmail, .phone, .vat, .address, .place: true
        case .channelReference, .order, .relayLookup: false
        }
    }
}
