/// How a folded name sounds, for Dutch, German, English and French ears: what people write down when they hear a name.
///
/// Consonants fall into eight classes (b p; d t; f v w ph; g k q c ch; l; m n; r; s z sch sh, soft c), vowels count only
/// at the start, h and doubled letters not at all. Schmidt, Schmitt, Smit and Smith are one; so are Meier, Mayer, Maier.
/// Up to eight sounds, four bits each, the first one highest. Of the family of Kölner Phonetik (Postel, 1969), with the
/// English and French digraphs added.
enum PhoneticKey {
    /// 0 for an empty text.
    static func key(of text: ShortText) -> UInt32 {
        var key: UInt32 = 0
        var previous: UInt32 = 0
        let count = text.count
        var index = 0
        while index < count, key < 0x1000_0000 {
            let (sound, length) = sound(of: text, at: index, count: count)
            if sound != 0, sound != previous, sound != vowel || index == 0 { key = key << 4 | sound }
            // A vowel parts two equal consonants ("Nina"), h and silent letters do not.
            if sound != 0 { previous = sound }
            index += length
        }
        return key
    }

    private static let vowel: UInt32 = 15
    private static let lip: UInt32 = 1, tooth: UInt32 = 2, breath: UInt32 = 3, throat: UInt32 = 4
    private static let side: UInt32 = 5, nose: UInt32 = 6, roll: UInt32 = 7, hiss: UInt32 = 8

    /// The sound that begins at `index`, 0 for a silent letter, and how many letters write it.
    private static func sound(of text: ShortText, at index: Int, count: Int) -> (UInt32, Int) {
        let next = index + 1 < count ? text[index + 1] : 0
        switch text[index] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"), UInt8(ascii: "j"):
            return (vowel, 1)
        case UInt8(ascii: "b"): return (lip, 1)
        case UInt8(ascii: "p"): return next == UInt8(ascii: "h") ? (breath, 2) : (lip, 1)
        case UInt8(ascii: "d"), UInt8(ascii: "t"): return dental(text, index, count, next)
        case UInt8(ascii: "f"), UInt8(ascii: "v"), UInt8(ascii: "w"): return (breath, 1)
        case UInt8(ascii: "g"):
            // "Wright", "Leigh"
            let isSilent = next == UInt8(ascii: "h") && (index + 2 == count || text[index + 2] == UInt8(ascii: "t"))
            return isSilent ? (0, 2) : (throat, 1)
        case UInt8(ascii: "k"), UInt8(ascii: "q"), UInt8(ascii: "x"): return (throat, 1)
        case UInt8(ascii: "c"):
            switch next {
            case UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "y"): return (hiss, 1)
            case UInt8(ascii: "h"), UInt8(ascii: "k"): return (throat, 2)
            default: return (throat, 1)
            }
        case UInt8(ascii: "l"): return (side, 1)
        case UInt8(ascii: "m"), UInt8(ascii: "n"): return (nose, 1)
        case UInt8(ascii: "r"): return (roll, 1)
        case UInt8(ascii: "s"), UInt8(ascii: "z"):
            let isSch = next == UInt8(ascii: "c") && index + 2 < count && text[index + 2] == UInt8(ascii: "h")
            return (hiss, isSch ? 3 : 1)
        case UInt8(ascii: "h"): return (0, 1)
        case let other: return (9 + UInt32(other & 3), 1)
        }
    }

    /// "tz", "ts", "ds", "dt".
    private static func dental(_ text: ShortText, _ index: Int, _ count: Int, _ next: UInt8) -> (UInt32, Int) {
        switch next {
        case UInt8(ascii: "z"), UInt8(ascii: "s"): (hiss, 2)
        case UInt8(ascii: "t"), UInt8(ascii: "h"), UInt8(ascii: "d"): (tooth, 2)
        default: (tooth, 1)
        }
    }

    /// The key in 16 bits; 0 only for an empty text.
    static func short(_ text: ShortText) -> UInt16 {
        let key = key(of: text)
        guard key != 0 else { return text.isEmpty ? 0 : 1 }
        return UInt16(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 40) | 1
    }
}
