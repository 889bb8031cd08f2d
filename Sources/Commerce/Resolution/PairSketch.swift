/// A few bits of each thing by which two buyers can agree beside their names and town: enough to tell, without looking at
/// the features, that two strangers who met under a common name have nothing else in common.
///
/// It is part of the rules: a pair that has things to compare and agrees in none of them, not even nearly, is not weighed.
struct PairSketch: BitwiseCopyable, Sendable {
    /// One byte each, zero when there is no value: an e-mail address's first three letters and the rest of its name, a
    /// telephone number's front and end, year, month, day, company or VAT id. Two of each, so that one slip leaves one.
    private var contacts: UInt64 = 0
    /// Postcode, street's beginning, house number or street's initial, beginning of the second line or postcode's first
    /// sign; the same of the second address.
    private var addresses: UInt64 = 0
    /// Several rows: anything may agree. No features give all ones in both words but by a chance of one in 2^128, and then
    /// nothing is lost.
    @inline(__always) private var isOpen: Bool { contacts & addresses == .max }

    init() {}

    init(_ features: PartyFeatures) {
        let date = features.birthDate.digits
        contacts =
            Self.byte(features.emailLocal.low & 0xFF_FFFF, 0) | Self.byte(features.emailLocal.low >> 24, 1)
            | Self.byte(features.phone.digits >> 16 & 0xFFFF_FFFF, 2) | Self.byte(features.phone.last(4), 3)
            | Self.byte(UInt64(date >> 16), 4) | Self.byte(UInt64(date >> 8 & 0xFF), 5)
            | Self.byte(UInt64(date & 0xFF), 6)
            | Self.byte(UInt64(features.companyHash) | UInt64(features.vatHash) << 32, 7)
        addresses =
            Self.bytes(of: features.firstAddress) | Self.bytes(of: features.secondAddress) << 32
    }

    private static func bytes(of address: AddressFeatures) -> UInt64 {
        byte(address.postalCode, 0) | byte(address.street.low & 0xFFFFFF, 1)
            | byte(address.houseNumber != 0 ? UInt64(address.houseNumber) : address.street.low & 0xFF, 2)
            | byte(address.addition != 0 ? address.addition & 0xFFFFFF : address.postalCode & 0xFF, 3)
    }

    /// A value as one byte at a place; never zero unless the value is.
    private static func byte(_ value: UInt64, _ place: UInt64) -> UInt64 {
        guard value != 0 else { return 0 }
        let mixed = (value &* 0x9E37_79B9_7F4A_7C15) >> 56
        return (mixed == 0 ? 1 : mixed) << (place * 8)
    }

    /// The sketch of a profile with this and another row.
    mutating func join() {
        contacts = .max
        addresses = .max
    }

    /// Whether the two have nothing to compare, or agree in something.
    @inline(__always) func mayAgree(_ other: PairSketch) -> Bool { mayAgree(other, beside: SketchMask()) }

    /// The same without what two who met under one value have in common for that alone. Who may agree beside something may
    /// agree beside nothing.
    @inline(__always) func mayAgree(_ other: PairSketch, beside implied: SketchMask) -> Bool {
        if isOpen || other.isOpen { return true }
        let swapped = other.addresses << 32 | other.addresses >> 32
        let bothAddresses = Self.present(addresses) & Self.present(other.addresses)
        var implied = implied
        // Of an address without street and number what led here is all there is: it counts.
        if bothAddresses & ~implied.addresses == 0 { implied = SketchMask() }
        let bothContacts = Self.present(contacts) & Self.present(other.contacts)
        if bothContacts & ~implied.contacts | bothAddresses & ~implied.addresses == 0 { return true }
        let isSameContact = Self.equal(contacts, other.contacts) & ~implied.contacts
        let isSameAddress =
            (Self.equal(addresses, other.addresses) | Self.equal(addresses, swapped)) & ~implied.addresses
        return isSameContact | isSameAddress != 0
    }

    /// The high bit of each byte that is not zero.
    @inline(__always) private static func present(_ value: UInt64) -> UInt64 {
        ((value & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F | value) & 0x8080_8080_8080_8080
    }

    /// The high bit of each byte that is the same in both and not zero.
    @inline(__always) private static func equal(_ one: UInt64, _ two: UInt64) -> UInt64 {
        ~present(one ^ two) & present(one) & 0x8080_8080_8080_8080
    }
}

/// What of a sketch says nothing new about two who share a value.
struct SketchMask: BitwiseCopyable, Sendable {
    var contacts: UInt64 = 0
    var addresses: UInt64 = 0

    @inline(__always) var isEmpty: Bool { contacts | addresses == 0 }

    init() {}

    fileprivate init(contacts: UInt64 = 0, bothAddresses: UInt64) {
        self.contacts = contacts
        addresses = bothAddresses << 32 | bothAddresses
    }
}

extension ValueKind {
    /// What the carriers of such a value agree in by it: one postcode has one first sign, streets of one name are found
    /// in any town, and in one town postcodes begin alike.
    @inline(__always) var implied: SketchMask {
        guard rawValue & 0xC0 == 0x40, let block = PartyFeatures.BlockingKind(rawValue: rawValue & 0x3F) else {
            return SketchMask()
        }
        return switch block {
        case .lastNameAndPostalCode, .firstNameAndPostalCode: SketchMask(bothAddresses: 0xFF00_00FF)
        case .streetAndNumber: SketchMask(bothAddresses: 0x00FF_FF00)
        // Many write their given name first in their e-mail address.
        case .firstNameAndPlace: SketchMask(contacts: 0xFF, bothAddresses: 0xFF00_0000)
        case .lastNameAndPlace: SketchMask(bothAddresses: 0xFF00_0000)
        default: SketchMask()
        }
    }
}
