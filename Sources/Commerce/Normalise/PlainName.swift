import Bytes

/// A name of one word in plain letters, as most names are: nothing is to be cut off, dropped or looked at twice, so that it
/// is folded in two integers. A given name may be an initial ("J."), a family name may have particles in front
/// ("van der Meer"). `NameWords` says the same of it, at more length.
struct PlainName {
    /// The folded name, all of it.
    let text: ShortText

    /// Nil where `NameWords` has to look: at other bytes than ASCII letters, fewer than 2 or more than 16 of them, one letter
    /// over and over, a word that is not only a name, or in a family name a glued particle.
    init?(_ name: Span<UInt8>, isGiven: Bool = false) {
        let count = name.count
        if isGiven, count == 2, name[1] == UInt8(ascii: "."), ASCII.isLetter(name[0]) {
            text = ShortText(low: UInt64(name[0] | 0x20), high: 0)
            guard NameWords.meaning(WordTable.PackedWord(text.low)).isEmpty else { return nil }
            return
        }
        guard count >= 2, count <= ShortText.capacity else { return nil }
        guard let low = Self.lowercased(name, at: 0), let high = count > 8 ? Self.lowercased(name, at: 8) : 0 else {
            return nil
        }
        let lower = ShortText(low: low, high: high)
        text = Self.mayHaveDigraph(lower) ? Self.folded(lower, count) ?? Self.folded(name) : lower
        guard text.high != 0 || text.low > 0xFF, isGiven || !Self.mayHaveGluedParticle(text.low), !isRepeatedLetter
        else { return nil }
        guard NameWords.meaning(WordTable.PackedWord(text.high) << 64 | WordTable.PackedWord(text.low)).isEmpty else {
            return nil
        }
    }

    /// Up to eight letters from `start` on in lower case; nil where there is another byte among them.
    @inline(__always) private static func lowercased(_ name: Span<UInt8>, at start: Int) -> UInt64? {
        let word = name.word(from: start)
        let mask = ByteWord.mask(name.count &- start)
        guard (ByteWord.letters(in: word) ^ ByteWord.highBits) & mask == 0 else { return nil }
        return (word | ByteWord.repeating(0x20)) & mask
    }

    /// A family name from `start` on, behind any particles.
    init?(family name: Span<UInt8>, from start: Int = 0) {
        var start = start
        var particles = 0
        while let end = ASCII.firstIndex(of: UInt8(ascii: " "), in: name, from: start) {
            guard particles < Self.mostParticles, Self.isParticle(name.extracting(start..<end)) else { return nil }
            particles += 1
            start = end + 1
        }
        self.init(name.extracting(start..<name.count))
    }

    private static let mostParticles = 4

    /// Whether the word is a particle and nothing else.
    private static func isParticle(_ word: Span<UInt8>) -> Bool {
        guard word.count > 0, word.count <= 8 else { return false }
        let bytes = word.word(at: 0, count: word.count)
        let mask = ByteWord.mask(word.count)
        guard (ByteWord.letters(in: bytes) ^ ByteWord.highBits) & mask == 0 else { return false }
        return NameWords.meaning(WordTable.PackedWord((bytes | ByteWord.repeating(0x20)) & mask)) == .particle
    }

    @inline(__always) var initial: UInt8 { text[0] }

    func append(to output: inout ByteWriter) {
        output.append(words: text.low, text.high, 0, count: text.count)
    }

    private var isRepeatedLetter: Bool {
        guard text[1] == initial else { return false }
        let letters = ByteWord.repeating(initial)
        let count = text.count
        return text.low == letters & ByteWord.mask(min(count, 8))
            && text.high == letters & ByteWord.mask(max(count - 8, 0))
    }

    private static func mayHaveDigraph(_ name: ShortText) -> Bool {
        Folding.mayHaveDigraph(name.low, after: name.low << 8)
            || (name.high != 0 && Folding.mayHaveDigraph(name.high, after: name.high << 8 | name.low >> 56))
    }

    /// "Jeroen" is "jeron"; nil where a digraph stands across the two words.
    private static func folded(_ lower: ShortText, _ count: Int) -> ShortText? {
        var letters = LetterPair()
        guard let low = letters.fold(lower.low, count: min(count, 8)) else { return nil }
        guard count > 8 else { return ShortText(low: low.word, high: 0) }
        guard let high = letters.fold(lower.high, count: count &- 8) else { return nil }
        let bits = UInt64(truncatingIfNeeded: low.count &* 8)
        return ShortText(low: low.word | high.word << bits, high: high.word >> (64 - bits))
    }

    @inline(never) private static func folded(_ name: Span<UInt8>) -> ShortText {
        var folded = FoldedText()
        Folding.fold(name, into: &folded)
        let (low, high) = folded.span.words(at: 0, count: folded.count)
        return ShortText(low: low, high: high)
    }

    /// "van…" and "de…".
    private static func mayHaveGluedParticle(_ word: UInt64) -> Bool {
        word & 0xFF_FFFF == 0x6E_6176 || word & 0xFFFF == 0x6564
    }
}

/// A whole name as most are written: a given name, perhaps particles, a family name, with a blank between them. `NameWords`
/// and `NameParts` say the same of it, at more length.
struct PlainFullName {
    let given: PlainName
    let family: PlainName

    init?(_ name: Span<UInt8>) {
        guard let blank = ASCII.firstIndex(of: UInt8(ascii: " "), in: name),
            let given = PlainName(name.extracting(0..<blank), isGiven: true),
            let family = PlainName(family: name, from: blank + 1)
        else { return nil }
        self.given = given
        self.family = family
    }
}
