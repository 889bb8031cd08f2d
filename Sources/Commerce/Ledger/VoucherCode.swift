import Bytes

/// The code of a voucher: `7QK2-9MXH-0V4T-PB3Z-W8`. Whoever has it can spend the voucher, so it cannot be guessed.
///
/// 80 random bits in Crockford's base 32 (no I, L, O, U), and two characters that check them: the number modulo 1021,
/// the largest prime below 32 * 32. Since 32 and 1021 share no factor, one wrong character and two that changed places
/// are always noticed. Case, blanks and hyphens do not matter; I and L read as 1, O as 0.
///
/// Of the code itself nothing is kept: the ledger holds its SHA-256 and its two check characters. Journals, snapshots
/// and backups go to more places than money should. 80 random bits need no salt and no slow hash: trying 2^79 of
/// them is out of reach. The price is that the code is told once, in the reply that issues it.
package struct VoucherCode: Equatable, Sendable {
    private static let alphabet = [UInt8]("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let modulus: UInt64 = 1_021
    private static let digitCount = 16

    /// 18 characters without hyphens.
    private let characters: [UInt8]

    /// - Parameter random: at least 80 bits from a source that nobody can foresee; the lowest 80 are used.
    package init(random: (UInt64, UInt64)) {
        var bits = UInt128(random.1) << 64 | UInt128(random.0)
        var digits: [UInt64] = []
        for _ in 0..<Self.digitCount {
            digits.append(UInt64(truncatingIfNeeded: bits & 31))
            bits >>= 5
        }
        let check = Self.check(digits)
        characters = (digits + [check / 32, check % 32]).map { Self.alphabet[Int($0)] }
    }

    /// A code as somebody typed it.
    package init(typed text: [UInt8]) throws(Refusal) {
        var digits: [UInt64] = []
        for byte in text where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
            guard let digit = Self.digit(byte), digits.count < Self.digitCount + 2 else { throw Self.mistyped }
            digits.append(digit)
        }
        guard digits.count == Self.digitCount + 2 else { throw Self.mistyped }
        let check = Self.check(digits.prefix(Self.digitCount))
        guard digits[Self.digitCount] == check / 32, digits[Self.digitCount + 1] == check % 32 else {
            throw Self.mistyped
        }
        characters = digits.map { Self.alphabet[Int($0)] }
    }

    private static let mistyped = Refusal.invalid(
        "code", "is mistyped; a voucher's code has 18 letters and digits such as 7QK2-9MXH-0V4T-PB3Z-W8")

    private static func digit(_ byte: UInt8) -> UInt64? {
        let upper = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return alphabet.firstIndex(of: upper).map(UInt64.init)
        }
    }

    private static func check(_ digits: some Sequence<UInt64>) -> UInt64 {
        digits.reduce(0) { ($0 * 32 + $1) % modulus }
    }

    /// With hyphens, for people.
    package var text: String {
        var text = ""
        for (index, character) in characters.enumerated() {
            if index > 0, index % 4 == 0 { text += "-" }
            text.unicodeScalars.append(Unicode.Scalar(character))
        }
        return text
    }

    /// By what the ledger knows it.
    package var hash: [UInt8] { SHA256.digest(characters) }

    /// The check characters, for a masked code: they tell 10 of the 80 bits.
    package var tail: String { String(decoding: characters.suffix(2), as: UTF8.self) }
}
