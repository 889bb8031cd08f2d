import Bytes

/// A name of one word in plain letters, as most given and half of the family names are: nothing is to be cut off, dropped
/// or looked at twice, so that it is folded in two integers. `NameWords` says the same of it, at more length.
struct PlainName {
    /// The folded name, all of it.
    let text: ShortText

    /// Nil where `NameWords` has to look: at other bytes than ASCII letters, fewer than 2 or more than 16 of them, a
    /// digraph (see `Folding`), a glued particle, one letter over and over, or a word that is not only a name.
    init?(_ name: Span<UInt8>) {
        let count = name.count
        guard count >= 2, count <= ShortText.capacity else { return nil }
        let (low, high) = name.words(at: 0, count: count)
        let (lowMask, highMask) = (ByteWord.mask(min(count, 8)), ByteWord.mask(max(count &- 8, 0)))
        let others = ~ByteWord.letters(in: low) & lowMask | ~ByteWord.letters(in: high) & highMask
        guard others & ByteWord.highBits == 0 else { return nil }

        let blanks = ByteWord.repeating(0x20)
        text = ShortText(low: (low | blanks) & lowMask, high: (high | blanks) & highMask)
        guard !Folding.mayHaveDigraph(text.low, after: text.low << 8),
            !Folding.mayHaveDigraph(text.high, after: text.high << 8 | text.low >> 56),
            !Self.mayHaveGluedParticle(text.low), !isRepeatedLetter
        else { return nil }
        guard NameWords.meaning(WordTable.PackedWord(text.high) << 64 | WordTable.PackedWord(text.low)).isEmpty else {
            return nil
        }
    }

    @inline(__always) var initial: UInt8 { text[0] }

    func append(to output: inout ByteWriter) {
        let count = text.count
        output.append(word: text.low, count: min(count, 8))
        output.append(word: text.high, count: max(count &- 8, 0))
    }

    private var isRepeatedLetter: Bool {
        let letters = ByteWord.repeating(initial)
        let count = text.count
        return text.low == letters & ByteWord.mask(min(count, 8))
            && text.high == letters & ByteWord.mask(max(count - 8, 0))
    }

    /// "van…" and "de…".
    private static func mayHaveGluedParticle(_ word: UInt64) -> Bool {
        word & 0xFF_FFFF == 0x6E_6176 || word & 0xFFFF == 0x6564
    }
}
