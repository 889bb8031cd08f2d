import Bytes

/// A small fixed dictionary of folded words: word to canonical word, looked up by the bytes themselves.
///
/// A word of up to 16 bytes is one 128-bit integer, so that a look-up is a multiplication and a comparison, with no
/// hashing of Strings. Tables are written as text, one concept a line with its canonical word first, and folded when
/// they are built, so that a table may be written as people write ("straße str strasse").
struct WordTable: Sendable {
    /// The bytes of a word of 1 to 16 bytes, the first one lowest.
    typealias PackedWord = UInt128

    private var keys: [PackedWord]
    private var values: [PackedWord]
    private let mask: Int

    /// - Parameters:
    ///   - text: concepts separated by line ends, words by single blanks.
    ///   - folds: whether the words are compared with folded text; otherwise they stay as written.
    init(_ text: StaticString, folds: Bool = true) {
        let words = Self.pairs(of: text, folds: folds)
        var capacity = 16
        while capacity < words.count * 3 { capacity *= 2 }
        keys = [PackedWord](repeating: 0, count: capacity)
        values = keys
        mask = capacity - 1
        for (variant, canonical) in words where !contains(variant) { insert(variant, canonical) }
    }

    /// Words with a meaning each, instead of a canonical form: a word that stands in several texts has all their bits.
    init(meanings: [(PackedWord, StaticString)], folds: Bool = true) {
        let words = meanings.flatMap { meaning, text in Self.pairs(of: text, folds: folds).map { ($0.0, meaning) } }
        var capacity = 16
        while capacity < words.count * 3 { capacity *= 2 }
        keys = [PackedWord](repeating: 0, count: capacity)
        values = keys
        mask = capacity - 1
        for (word, meaning) in words { insert(word, canonical(word) | meaning) }
    }

    /// The word in `bytes` as one integer; 0 when it is empty or too long to be in any table.
    @inline(__always) static func pack(_ bytes: Span<UInt8>) -> PackedWord {
        guard bytes.count <= 16 else { return 0 }
        let (low, high) = bytes.words(at: 0, count: bytes.count)
        return PackedWord(high) << 64 | PackedWord(low)
    }

    /// Writes the bytes of a packed word.
    static func append<Sink: ByteSink & ~Copyable>(_ word: PackedWord, to output: inout Sink) {
        var rest = word
        while rest != 0 {
            output.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    func contains(_ word: PackedWord) -> Bool { canonical(word) != 0 }

    func contains(_ bytes: Span<UInt8>) -> Bool { contains(Self.pack(bytes)) }

    /// The canonical form of the word, 0 when it is not in the table.
    @inline(__always) func canonical(_ word: PackedWord) -> PackedWord {
        guard word != 0 else { return 0 }
        var slot = Self.slot(of: word) & mask
        while keys[slot] != 0 {
            if keys[slot] == word { return values[slot] }
            slot = (slot + 1) & mask
        }
        return 0
    }

    private mutating func insert(_ word: PackedWord, _ canonical: PackedWord) {
        var slot = Self.slot(of: word) & mask
        while keys[slot] != 0, keys[slot] != word { slot = (slot + 1) & mask }
        keys[slot] = word
        values[slot] = canonical
    }

    private static func slot(of word: PackedWord) -> Int {
        let mixed = (UInt64(truncatingIfNeeded: word) ^ UInt64(truncatingIfNeeded: word >> 64) &* 0xC2B2_AE3D_27D4_EB4F)
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }

    private static func pairs(of text: StaticString, folds: Bool) -> [(PackedWord, PackedWord)] {
        var pairs: [(PackedWord, PackedWord)] = []
        text.bytes.forEachPart(separatedBy: UInt8(ascii: "\n")) { line in
            var canonical: PackedWord?
            line.forEachPart(separatedBy: UInt8(ascii: " ")) { bytes in
                let word = packed(bytes, folds: folds)
                canonical = canonical ?? word
                if word != 0 { pairs.append((word, canonical ?? word)) }
            }
        }
        return pairs
    }

    private static func packed(_ word: Span<UInt8>, folds: Bool) -> PackedWord {
        guard folds else { return pack(word) }
        var text = FoldedText()
        Folding.fold(word, into: &text)
        return pack(text.span)
    }
}
