/// Spellings of names in ASCII: for e-mail addresses, and for the variants that buyers type.
package enum ASCII {
    /// Lower-case letters only, umlauts as two letters, accents dropped.
    static func mailPart(_ name: String) -> String {
        var result: [UInt8] = []
        for byte in transliterated(name).utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): result.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): result.append(byte | 0x20)
            default: continue
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Umlauts as two letters, other accents dropped; case and spaces stay.
    static func transliterated(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars { result += replacements[scalar] ?? String(scalar) }
        return result
    }

    /// `A` to `Z` as `a` to `z`; all other bytes stay, as in C's lower-casing of bytes.
    package static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// `a` to `z` as `A` to `Z`; all other bytes stay.
    package static func uppercased(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    private static let replacements: [Unicode.Scalar: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "é": "e", "è": "e", "ê": "e",
        "ë": "e", "É": "E", "ï": "i", "ç": "c", "á": "a", "à": "a", "â": "a", "ó": "o", "ô": "o", "û": "u", "ı": "i",
        "Ç": "C",
    ]
}
