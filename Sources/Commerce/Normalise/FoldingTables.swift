/// The letters of Europe without their accents, as tables of one byte a code point.
///
/// Sources: ISO 8859-1 and Latin Extended-A (U+00C0 to U+017F) with the decompositions of UnicodeData; letters that
/// Unicode does not decompose (ø, ł, đ, ħ, ŧ) go to the letter that people type for them.
enum FoldingTables {
    /// The plain letter for U+00C0 to U+017F: "S" stands for ss, "T" for th, a blank for a sign that separates.
    static func latin(_ scalar: UInt32) -> UInt8 { latinLetters.utf8Start[Int(scalar - 0xC0)] }

    /// The plain letters of a rare Latin letter that Unicode does not decompose, taken from its name, which Unicode never
    /// changes: "LATIN SMALL LETTER B WITH HOOK" is b, "LATIN CAPITAL LETTER AV" is av, "… OPEN E" is e. CLDR's rules
    /// Latin-ASCII say the same. Nil for any other letter.
    static func latinByName(_ scalar: Unicode.Scalar) -> String? {
        guard isRareLatin(scalar.value), let name = scalar.properties.name else { return nil }
        var words = name.split(separator: " ")
        guard words.first == "LATIN" else { return nil }
        if let with = words.firstIndex(of: "WITH") { words.removeSubrange(with...) }
        if let letters = words.dropFirst().last(where: { $0.utf8.count <= 2 }) { return letters.lowercased() }
        switch words[words.count - 1] {
        case "SCHWA": return "e"
        case "ESH": return "s"
        case "EZH": return "z"
        case "ETH": return "d"
        case "ENG": return "n"
        case "IOTA": return "i"
        case "THORN": return "th"
        default: return nil
        }
    }

    /// Latin Extended-B and IPA, the phonetic extensions and additional letters, Extended-C and -D.
    private static func isRareLatin(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x180...0x2AF, 0x1D00...0x1EFF, 0x2C60...0x2C7F, 0xA720...0xA7FF: true
        default: false
        }
    }

    private static let latinLetters: StaticString = """
        aaaaaaaceeeeiiiidnooooo ouuuuyTS\
        aaaaaaaceeeeiiiidnooooo ouuuuyTy\
        aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiyyjjkkkllllllllll\
        nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs
        """

    /// The lower-case letter without its accent for the modern Greek and Cyrillic alphabets; nil for anything else.
    static func greekOrCyrillic(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x391...0x3C9: greek(scalar)
        case 0x386, 0x388...0x390, 0x3CA...0x3CE: greek(scalar)
        case 0x410...0x42F: cyrillic(scalar + 0x20)
        case 0x430...0x45F: cyrillic(scalar)
        case 0x400...0x40F: cyrillic(scalar + 0x50)
        default: nil
        }
    }

    private static func greek(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x386, 0x3AC: 0x3B1
        case 0x388, 0x3AD: 0x3B5
        case 0x389, 0x3AE: 0x3B7
        case 0x38A, 0x390, 0x3AA, 0x3AF, 0x3CA: 0x3B9
        case 0x38C, 0x3CC: 0x3BF
        case 0x38E, 0x3AB, 0x3B0, 0x3CB, 0x3CD: 0x3C5
        case 0x38F, 0x3CE: 0x3C9
        case 0x3C2: 0x3C3
        case 0x391...0x3A9: scalar + 0x20
        default: scalar
        }
    }

    private static func cyrillic(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x439, 0x45D: 0x438
        case 0x450, 0x451: 0x435
        case 0x457: 0x456
        case 0x45E: 0x443
        case 0x453: 0x433
        case 0x45C: 0x43A
        default: scalar
        }
    }
}
