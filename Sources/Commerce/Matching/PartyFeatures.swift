/// Everything that matching compares of one variant, folded and cut to fixed sizes: a pure function of the party record,
/// the same on every machine. Fields that a record lacks are 0.
package struct PartyFeatures: BitwiseCopyable, Sendable, Equatable {
    /// The given name's first word, 12 bytes of it.
    var firstLow: UInt64 = 0
    var firstHigh: UInt32 = 0
    /// Hash of phonetic family name and first initial, or of the company's name; 0 when nameless. For counting how many
    /// unlike parties carry one value.
    package var nameSignature: UInt32 = 0
    /// The family name without particles, written together.
    var lastName = ShortText()
    /// The company's name without its legal form, written together.
    var company = ShortText()
    /// What stands before the @, dots included.
    var emailLocal = ShortText()
    var phone = PhoneFeature()
    /// Hash of the whole canonical address (and, for a relay, of channel and store).
    var emailHash: UInt32 = 0
    var companyHash: UInt32 = 0
    /// Hash of the valid VAT number.
    var vatHash: UInt32 = 0
    var birthDate = BirthDate(digits: 0)
    var lastNameSound: UInt16 = 0
    var firstNameSound: UInt16 = 0
    var emailDomain: UInt16 = 0
    var emailKind = EmailKind.none
    /// The generation, and in the two highest bits whether the given name looks misspelt and whether it is a known one.
    var nameTraits: UInt8 = 0
    /// The buyer's own addresses: billing first, then what else names the buyer.
    var firstAddress = AddressFeatures()
    var secondAddress = AddressFeatures()

    package init() {}

    enum EmailKind: UInt8, BitwiseCopyable, Sendable {
        case none, real, relay
        /// No mail arrives there, but it resembles an address that it may have been.
        case unusable
    }

    /// "jr." against "sr.": what tells father and son apart.
    enum Generation: UInt8, BitwiseCopyable, Sendable { case none, junior, senior, second, third, fourth }

    var generation: Generation {
        get { person.generation }
        set { nameTraits = nameTraits & 0xC0 | newValue.rawValue }
    }

    /// A given name was given, and it is written as no given name is.
    var isFirstNameUnlikely: Bool {
        get { person.isFirstNameUnlikely }
        set { nameTraits = nameTraits & 0x7F | (newValue ? 0x80 : 0) }
    }

    /// The given name is one that many people bear.
    var isFirstNameKnown: Bool {
        get { person.isFirstNameKnown }
        set { nameTraits = nameTraits & 0xBF | (newValue ? 0x40 : 0) }
    }

    var firstName: ShortText {
        get { ShortText(low: firstLow, high: UInt64(firstHigh)) }
        set {
            firstLow = newValue.low
            firstHigh = UInt32(truncatingIfNeeded: newValue.high)
        }
    }

    var hasName: Bool { !lastName.isEmpty || firstLow != 0 }
}

/// A telephone number in two words: its digits, four bits each, the last one lowest.
struct PhoneFeature: BitwiseCopyable, Sendable, Equatable {
    var rawValue: UInt64 = 0

    private static let validity: UInt64 = 1 << 63

    init() {}

    /// - Parameter digits: at most 15 digits of four bits each.
    init(digits: UInt64, isValid: Bool) { rawValue = digits | (isValid ? Self.validity : 0) }

    var isEmpty: Bool { rawValue == 0 }
    /// A number that could be called, with its country; otherwise the digits stand as they were written.
    var isValid: Bool { rawValue & Self.validity != 0 }
    var digits: UInt64 { rawValue & ~Self.validity }
    /// The subscriber's last digits, which are the same with and without area code.
    func last(_ count: Int) -> UInt64 { digits & (1 << UInt64(count * 4) &- 1) }
}

/// One postal address, 48 bytes.
struct AddressFeatures: BitwiseCopyable, Sendable, Equatable {
    /// Street with its type in one form, written together.
    var street = ShortText()
    /// Eight letters of the town, folded.
    var city: UInt64 = 0
    /// Letters and digits of the postcode.
    var postalCode: UInt64 = 0
    /// Addition to the house number, or else the second line of the address.
    var addition: UInt64 = 0
    /// Up to eight digits of four bits each.
    var houseNumber: UInt32 = 0
    /// First two letters of the state.
    var state: UInt16 = 0
    /// As `CountryCode.rawValue`.
    var country: UInt16 = 0

    var isEmpty: Bool { street.isEmpty && postalCode == 0 && city == 0 }
    /// Names one house: street and number, or postcode and number.
    var isDoor: Bool { houseNumber != 0 && (!street.isEmpty || postalCode != 0) }
    var cityText: ShortText { ShortText(low: city, high: 0) }
    var postalText: ShortText { ShortText(low: postalCode, high: 0) }
    var additionText: ShortText { ShortText(low: addition, high: 0) }
}
