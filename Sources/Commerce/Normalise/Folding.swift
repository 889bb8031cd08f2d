import Bytes

/// One canonical form of a text for equality keys: lower case, no accents, punctuation as single blanks.
///
/// A name legitimately comes as Müller, Mueller and Muller, so all three fold to "muller". That is a rule about
/// letters, not about names, and the price is false merges: Michael meets Michal, Hoeven meets Hoven, Haan meets Han,
/// Dijk meets Dyk. A folded text is therefore never a key by itself; it stands beside a house number or an initial.
///
/// - Accents are dropped (Latin, Greek, Cyrillic, Vietnamese); ø and œ are o, æ and å are a, ß is ss, ł l, đ and ð d, þ th,
///   the Turkish dotless and dotted i are i.
/// - An e after a or o is dropped (ae, oe), an e after u too, unless a, e, o or q stand before the u (Bauer, Rouen,
///   Queen keep it); aa is a (Aarhus, Århus); ij and ÿ are y.
/// - Full-width forms become ASCII. Any other script is lower-cased and decomposed, which is slow and rare.
///
/// Idempotent. Sources: CLDR transforms Latin-ASCII and de-ASCII, DIN 5007-2, ISO/IEC 10646 character names.
/// About 4 ns a byte of Latin text; other scripts take microseconds.
package enum Folding {
    package static func fold(_ text: Span<UInt8>, into output: inout ByteWriter) {
        fold(text, keeping: .none, into: &output)
    }

    static func fold<Sink: ByteSink & ~Copyable>(
        _ text: Span<UInt8>, keeping kept: Punctuation = .none, into output: inout Sink
    ) {
        var folder = Folder(kept: kept, start: output.count)
        var index = 0
        var next = 0
        while index < text.count, !output.isFull {
            if index >= next {
                let folded = folder.foldPlainWord(in: text, at: index, into: &output)
                index &+= folded
                if folded > 0 { continue }
                next = index &+ 8
            }
            let byte = text[index]
            if byte < 0x80 {
                folder.fold(ascii: byte, into: &output)
                index += 1
            } else {
                index += folder.foldScalar(in: text, at: index, into: &output)
            }
        }
    }

    /// Whether a letter of `word` may be the second half of a digraph; `before` holds the byte before each. May say yes
    /// where the answer is no.
    @inline(__always) static func mayHaveDigraph(_ word: UInt64, after before: UInt64) -> Bool {
        let afterA = ByteWord.first(UInt8(ascii: "a"), in: before)
        let afterVowel =
            afterA | ByteWord.first(UInt8(ascii: "o"), in: before) | ByteWord.first(UInt8(ascii: "u"), in: before)
        let digraphs =
            ByteWord.first(UInt8(ascii: "e"), in: word) & afterVowel
            | ByteWord.first(UInt8(ascii: "a"), in: word) & afterA
            | ByteWord.first(UInt8(ascii: "j"), in: word) & ByteWord.first(UInt8(ascii: "i"), in: before)
        return digraphs != 0
    }

    /// Punctuation that stays what it is instead of becoming a blank.
    struct Punctuation: OptionSet {
        let rawValue: UInt8
        static let none = Punctuation([])
        static let comma = Punctuation(rawValue: 1)
        static let hyphen = Punctuation(rawValue: 2)
        static let apostrophe = Punctuation(rawValue: 4)
    }
}

/// The last two letters written, which decide whether the next one is dropped.
struct LetterPair {
    enum Effect { case written, dropped, becomesY }

    /// 0 at the start of a word.
    var previous: UInt8 = 0
    var beforePrevious: UInt8 = 0

    @inline(__always) mutating func note(_ byte: UInt8) {
        beforePrevious = previous
        previous = byte
    }

    /// What becomes of a lower-case ASCII letter behind the two; `becomesY` together with the one before it.
    @inline(__always) func effect(of letter: UInt8) -> Effect {
        switch letter {
        case UInt8(ascii: "e"):
            if previous == UInt8(ascii: "a") || previous == UInt8(ascii: "o") { return .dropped }
            return previous == UInt8(ascii: "u") && isUmlautContext ? .dropped : .written
        case UInt8(ascii: "a"): return previous == UInt8(ascii: "a") ? .dropped : .written
        case UInt8(ascii: "j"): return previous == UInt8(ascii: "i") ? .becomesY : .written
        default: return .written
        }
    }

    private var isUmlautContext: Bool {
        switch beforePrevious {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "o"), UInt8(ascii: "q"): false
        default: true
        }
    }

    /// Folds the lowest `count` bytes of a word of lower-case letters, digits and single blanks; nil where its first letter
    /// would change what was written before.
    mutating func fold(_ word: UInt64, count: Int) -> (word: UInt64, count: Int)? {
        if previous == UInt8(ascii: "i"), word & 0xFF == UInt8(ascii: "j") { return nil }
        var rest = word
        var folded: UInt64 = 0
        var bits: UInt64 = 0
        for _ in 0..<count {
            var byte = UInt8(truncatingIfNeeded: rest)
            rest &>>= 8
            switch effect(of: byte) {
            case .written: break
            case .dropped: continue
            case .becomesY:
                bits &-= 8
                folded &= ~(0xFF &<< bits)
                previous = beforePrevious
                byte = UInt8(ascii: "y")
            }
            folded |= UInt64(byte) &<< bits
            bits &+= 8
            note(byte)
        }
        return (folded, Int(truncatingIfNeeded: bits &>> 3))
    }
}

/// The state between two letters.
private struct Folder {
    let kept: Folding.Punctuation
    /// Where this text begins in the output.
    let start: Int
    var letters = LetterPair()
    var blankIsDue = false

    /// Folds up to eight bytes at once, if they are what most text is: ASCII letters, digits and single blanks. Returns how
    /// many; none, and nothing is done, where a byte needs a closer look.
    @inline(__always)
    mutating func foldPlainWord<Sink: ByteSink & ~Copyable>(
        in text: Span<UInt8>, at index: Int, into output: inout Sink
    ) -> Int {
        var length = min(8, text.count &- index)
        // Behind the end stands a letter that belongs to no digraph.
        let word = text.word(from: index) | ByteWord.repeating(UInt8(ascii: "x")) & ~ByteWord.mask(length)
        let lower = word | ByteWord.repeating(0x20)
        let isStart = blankIsDue || output.count == start
        let before = lower << 8 | UInt64(isStart ? UInt8(ascii: " ") : letters.previous)
        let blanks = ByteWord.equal(UInt8(ascii: " "), in: word)
        let isPlain = ByteWord.lettersAndDigits(in: word) | blanks == ByteWord.highBits
        let doubled = blanks & ByteWord.equal(UInt8(ascii: " "), in: before)
        guard isPlain, doubled == 0 else { return 0 }
        let endsWithBlank = blanks &>> UInt64(length &* 8 &- 1) & 1 != 0
        if endsWithBlank { length &-= 1 }
        guard length > 0 else { return 0 }
        var folded = (word: lower, count: length)
        if Folding.mayHaveDigraph(lower, after: before) {
            var pair = isStart ? LetterPair() : letters
            guard let fewer = pair.fold(lower, count: length) else { return 0 }
            folded = fewer
            letters = pair
        } else {
            let shift = UInt64(length &* 8 &- 8)
            letters.beforePrevious = UInt8(truncatingIfNeeded: before &>> shift)
            letters.previous = UInt8(truncatingIfNeeded: lower &>> shift)
        }
        if blankIsDue, output.count > start { output.append(UInt8(ascii: " ")) }
        output.append(word: folded.word, count: folded.count)
        blankIsDue = endsWithBlank
        return endsWithBlank ? length + 1 : length
    }

    @inline(__always)
    mutating func fold<Sink: ByteSink & ~Copyable>(ascii byte: UInt8, into output: inout Sink) {
        let lower = byte | 0x20
        if lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "z") {
            put(letter: lower, into: &output)
        } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            put(byte, into: &output)
        } else {
            separate(by: byte, into: &output)
        }
    }

    /// Writes a lower-case ASCII letter, or drops it as the second half of a digraph.
    @inline(__always)
    mutating func put<Sink: ByteSink & ~Copyable>(letter: UInt8, into output: inout Sink) {
        switch blankIsDue ? .written : letters.effect(of: letter) {
        case .written: put(letter, into: &output)
        case .dropped: break
        case .becomesY:
            output.removeLast()
            letters.previous = letters.beforePrevious
            put(UInt8(ascii: "y"), into: &output)
        }
    }

    @inline(__always)
    mutating func put<Sink: ByteSink & ~Copyable>(_ byte: UInt8, into output: inout Sink) {
        if blankIsDue {
            blankIsDue = false
            if output.count > start { output.append(UInt8(ascii: " ")) }
            letters.previous = 0
        }
        output.append(byte)
        letters.note(byte)
    }

    mutating func separate<Sink: ByteSink & ~Copyable>(by byte: UInt8, into output: inout Sink) {
        let keeps =
            switch byte {
            case UInt8(ascii: ","): kept.contains(.comma)
            case UInt8(ascii: "-"): kept.contains(.hyphen)
            case UInt8(ascii: "'"), UInt8(ascii: "`"): kept.contains(.apostrophe)
            default: false
            }
        guard keeps else {
            blankIsDue = true
            return
        }
        put(byte == UInt8(ascii: "`") ? UInt8(ascii: "'") : byte, into: &output)
        letters.previous = 0
    }

    /// Folds the scalar at `index` and returns its length in bytes; a malformed byte separates words.
    mutating func foldScalar<Sink: ByteSink & ~Copyable>(
        in text: Span<UInt8>, at index: Int, into output: inout Sink
    ) -> Int {
        guard let (scalar, length) = UTF8Decoding.scalar(in: text, at: index) else {
            blankIsDue = true
            return 1
        }
        fold(scalar, into: &output)
        return length
    }

    private mutating func fold<Sink: ByteSink & ~Copyable>(_ scalar: UInt32, into output: inout Sink) {
        switch scalar {
        case 0xC0...0x17F: put(tableLetter: FoldingTables.latin(scalar), into: &output)
        case 0xAD, 0x300...0x36F, 0x200B...0x200F, 0x2060, 0xFE00...0xFE0F, 0xFEFF: break
        case 0x2018, 0x2019, 0x2B9...0x2CB, 0x374, 0xB4: separate(by: UInt8(ascii: "'"), into: &output)
        case 0x2010...0x2015, 0x2212: separate(by: UInt8(ascii: "-"), into: &output)
        case 0xFF01...0xFF5E: fold(ascii: UInt8(scalar - 0xFEE0), into: &output)
        case 0x80...0xA0, 0x2CC...0x2DF, 0x2000...0x206F, 0x3000...0x3003: blankIsDue = true
        case 0x370...0x45F:
            if let letter = FoldingTables.greekOrCyrillic(scalar) {
                put(scalar: letter, into: &output)
            } else {
                foldSlowly(scalar, into: &output)
            }
        default: foldSlowly(scalar, into: &output)
        }
    }

    private mutating func put<Sink: ByteSink & ~Copyable>(tableLetter letter: UInt8, into output: inout Sink) {
        switch letter {
        case UInt8(ascii: "S"):
            put(letter: UInt8(ascii: "s"), into: &output)
            put(letter: UInt8(ascii: "s"), into: &output)
        case UInt8(ascii: "T"):
            put(letter: UInt8(ascii: "t"), into: &output)
            put(letter: UInt8(ascii: "h"), into: &output)
        case UInt8(ascii: " "): blankIsDue = true
        default: put(letter: letter, into: &output)
        }
    }

    private mutating func put<Sink: ByteSink & ~Copyable>(scalar: UInt32, into output: inout Sink) {
        UTF8Decoding.encode(scalar) { put($0, into: &output) }
        letters.previous = 0x80
    }

    /// Any script: decompose, lower-case, drop marks; what is neither letter nor number separates.
    @inline(never)
    private mutating func foldSlowly<Sink: ByteSink & ~Copyable>(_ scalar: UInt32, into output: inout Sink) {
        guard let unicode = Unicode.Scalar(scalar) else { return }
        let plain = UnicodeForms.decomposedCompatible(UnicodeForms.decomposedCompatible(String(unicode)).lowercased())
        for part in plain.unicodeScalars {
            if part.isASCII {
                fold(ascii: UInt8(part.value), into: &output)
            } else if let letter = FoldingTables.greekOrCyrillic(part.value) {
                put(scalar: letter, into: &output)
            } else if (0xC0...0x17F).contains(part.value) {
                put(tableLetter: FoldingTables.latin(part.value), into: &output)
            } else if (0x2B9...0x2DF).contains(part.value) {
                blankIsDue = true
            } else if let letters = FoldingTables.latinByName(part) {
                for byte in letters.utf8 { fold(ascii: byte, into: &output) }
            } else if part.properties.numericType == nil, !part.properties.isAlphabetic {
                if !part.properties.generalCategory.isMark { blankIsDue = true }
            } else if !part.properties.generalCategory.isMark {
                put(scalar: part.value, into: &output)
            }
        }
    }
}

extension Unicode.GeneralCategory {
    /// An accent or a vowel sign, which belongs to the letter before it.
    fileprivate var isMark: Bool { self == .nonspacingMark || self == .enclosingMark }
}
