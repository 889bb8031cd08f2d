import Bytes

/// A country of ISO 3166-1 alpha-2 in two bytes, so that a record or a key holds it without a String.
///
/// Source: ISO 3166-1 as the maintenance agency publishes it (249 codes), and XK, the user-assigned code under which
/// the European Commission, the postal operators and the marketplaces keep Kosovo. Four codes that merchants meet are
/// not ISO's: AC and TA (Ascension and Tristan da Cunha, exceptionally reserved, with calling codes and posts of their
/// own) stay what they are, UK (reserved too) means GB, and EL (the Commission's own) means GR.
package struct CountryCode: Hashable, Sendable {
    /// Both letters, the first in the high byte; 0 when unknown. This is the form on disk.
    package let rawValue: UInt16

    /// No country was given, or one that does not exist.
    package static let unknown = CountryCode(rawValue: 0)

    /// Takes back what `rawValue` gave; nothing is checked.
    @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The country written in `bytes`, whatever the case; nil unless it is exactly two letters of a country.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 2 else { return nil }
        let first = Int(bytes[0] & 0xDF) - 0x41
        let second = Int(bytes[1] & 0xDF) - 0x41
        guard first >= 0, first < 26, second >= 0, second < 26, bytes[0] > 0x40, bytes[1] > 0x40 else { return nil }
        let code = UInt16(first + 0x41) << 8 | UInt16(second + 0x41)
        switch code {
        case CountryCode("UK").rawValue: rawValue = CountryCode.GB.rawValue
        case CountryCode("EL").rawValue: rawValue = CountryCode.GR.rawValue
        default:
            guard Self.isAssigned(first: first, second: second) else { return nil }
            rawValue = code
        }
    }

    /// The country of a literal such as "NL".
    @inlinable package init(_ literal: StaticString) {
        precondition(literal.utf8CodeUnitCount == 2)
        self.init(rawValue: UInt16(literal.utf8Start[0]) << 8 | UInt16(literal.utf8Start[1]))
    }

    package static let GB = CountryCode("GB")
    package static let GR = CountryCode("GR")

    package var isKnown: Bool { rawValue != 0 }

    /// Writes the two upper-case letters; nothing when unknown.
    package func append(to output: inout ByteWriter) {
        guard isKnown else { return }
        output.append(UInt8(rawValue >> 8))
        output.append(UInt8(truncatingIfNeeded: rawValue))
    }

    /// The second letters that follow a first letter in the standard, the first one as an offset from A.
    private static func secondLetters(after first: Int) -> StaticString {
        switch first {
        case 0: "CDEFGILMOQRSTUWXZ"
        case 1: "ABDEFGHIJLMNOQRSTVWYZ"
        case 2: "ACDFGHIKLMNORUVWXYZ"
        case 3: "EJKMOZ"
        case 4: "CEGHRST"
        case 5: "IJKMOR"
        case 6: "ABDEFGHILMNPQRSTUWY"
        case 7: "KMNRTU"
        case 8: "DELMNOQRST"
        case 9: "EMOP"
        case 10: "EGHIMNPRWYZ"
        case 11: "ABCIKRSTUVY"
        case 12: "ACDEFGHKLMNOPQRSTUVWXYZ"
        case 13: "ACEFGILOPRUZ"
        case 14: "M"
        case 15: "AEFGHKLMNRSTWY"
        case 16: "A"
        case 17: "EOSUW"
        case 18: "ABCDEGHIJKLMNORSTVXYZ"
        case 19: "ACDFGHJKLMNORTVWZ"
        case 20: "AGMSYZ"
        case 21: "ACEGINU"
        case 22: "FS"
        case 23: "K"
        case 24: "ET"
        default: "AMW"
        }
    }

    /// A row of bits for each first letter, one for each second letter that follows it.
    private static let assigned = {
        var rows = [UInt32](repeating: 0, count: 26)
        for first in 0..<26 {
            for second in secondLetters(after: first).description.utf8 { rows[first] |= 1 << UInt32(second - 0x41) }
        }
        return rows
    }()

    private static func isAssigned(first: Int, second: Int) -> Bool {
        assigned[first] & (1 << UInt32(second)) != 0
    }
}
