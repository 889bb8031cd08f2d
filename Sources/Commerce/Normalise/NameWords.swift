import Bytes

/// A folded name cut into words, titles and generations left out, on the stack.
struct NameWords: ~Copyable {
    /// What a word may be besides a name.
    struct Meaning: OptionSet {
        var rawValue: UInt8
        static let particle = Meaning(rawValue: 1)
        static let title = Meaning(rawValue: 2)
        static let generation = Meaning(rawValue: 4)
        static let placeholder = Meaning(rawValue: 8)
        /// Beside a title, a family name: "Dent", "Pan".
        static let family = Meaning(rawValue: 16)
    }

    /// More words than any name has; what follows is not looked at.
    static let longest = 16

    private(set) var text = FoldedText()
    private var ends = InlineArray<16, UInt8>(repeating: 0)
    private var starts = InlineArray<16, UInt8>(repeating: 0)
    private var meanings = InlineArray<16, Meaning>(repeating: [])
    private(set) var count = 0
    /// Number of words before the comma, nil without one.
    private(set) var comma: Int?

    /// - Parameter isFamily: the name is a family name alone, so that a title may be somebody's: "Arthur" "Dent".
    init(_ name: Span<UInt8>, isFamily: Bool = false) {
        // The words are cut before the text is moved into its place: each span of a stored buffer costs a copy of it.
        var folded = FoldedText()
        Folding.fold(name.extracting(0..<Self.endOfName(name)), keeping: [.comma, .hyphen, .apostrophe], into: &folded)
        if isFamily, Self.meaning(folded.span).contains(.family) {
            ends[0] = UInt8(folded.span.count)
            count = 1
        } else {
            cut(folded.span)
        }
        text = folded
    }

    /// Where a remark begins behind the name: "Karl Braun (office)", "Jan de Vries c/o Bakker".
    private static func endOfName(_ name: Span<UInt8>) -> Int {
        guard mayHaveRemark(name) else { return name.count }
        for index in 1..<max(name.count, 1) {
            let byte = name[index]
            if byte == UInt8(ascii: "(") { return index }
            if byte == UInt8(ascii: "/"), index >= 3, index + 1 < name.count,
                name[index - 1] | 0x20 == UInt8(ascii: "c"),
                name[index + 1] | 0x20 == UInt8(ascii: "o"), ASCII.isBlank(name[index - 2])
            {
                return index - 2
            }
        }
        return name.count
    }

    /// Whether there is a bracket or a slash at all.
    private static func mayHaveRemark(_ name: Span<UInt8>) -> Bool {
        var index = 0
        while index < name.count {
            let word = name.word(at: index, count: min(8, name.count &- index))
            let marks = ByteWord.first(UInt8(ascii: "("), in: word) | ByteWord.first(UInt8(ascii: "/"), in: word)
            if marks != 0 { return true }
            index &+= 8
        }
        return false
    }

    /// Length of "t.a.v." and "z.Hd." at the start: to the attention of.
    private static func attentionLength(_ bytes: Span<UInt8>) -> Int {
        guard bytes.count > 5, bytes[1] == UInt8(ascii: " ") else { return 0 }
        if bytes.starts(with: "t a v ") || bytes.starts(with: "z h d ") { return 6 }
        return bytes.starts(with: "z hd ") ? 5 : 0
    }

    /// Finds the words in the folded name.
    private mutating func cut(_ bytes: Span<UInt8>) {
        var start = Self.attentionLength(bytes)
        for index in start...bytes.count {
            let byte = index < bytes.count ? bytes[index] : UInt8(ascii: " ")
            guard byte <= UInt8(ascii: ",") else { continue }
            if byte == UInt8(ascii: "'") {
                // "d'Angelo", "'t Hart": the particle ends here; "O'Brien" goes on.
                let word = bytes.extracting(start..<index)
                guard Self.meaning(word).contains(.particle) || index == start else { continue }
            }
            add(start..<index, of: bytes)
            if byte == UInt8(ascii: ","), comma == nil, count > 0 { comma = count }
            start = index + 1
        }
        if comma == count { comma = nil }
        dropTrailingGenerations()
    }

    func isParticle(_ index: Int) -> Bool { meanings.span[index].contains(.particle) }

    /// Particles that stand behind the given name in Dutch and German lists ("Berg Jan van den"). Words such as "le" and
    /// "do" are names of their own at the end.
    func isDutchParticle(_ index: Int) -> Bool {
        let word = text.span.extracting(range(index))
        return word.equals("de") || word.equals("den") || word.equals("der") || word.equals("van") || word.equals("von")
            || word.equals("ten") || word.equals("ter") || word.equals("t")
    }

    func length(_ index: Int) -> Int { Int(ends.span[index] - starts.span[index]) }

    /// The first word that can give an initial.
    var firstWorthy: Int? { (0..<count).first { !isParticle($0) } }

    func appendInitial(of index: Int, into output: inout ByteWriter) {
        guard index < count else { return }
        let start = Int(starts.span[index])
        let length = UTF8Decoding.scalar(in: text.span, at: start)?.length ?? 1
        output.append(text.span.extracting(start..<(start + length)))
    }

    /// Writes the words of a family name together: letters and digits only, without particles, except where there is
    /// nothing else ("Van" is a name in Vietnam).
    func appendFamily(_ words: Range<Int>, into output: inout ByteWriter) {
        let isOnlyParticles = words.allSatisfy { isParticle($0) }
        let bytes = text.span
        for index in words where isOnlyParticles || !isParticle(index) {
            Self.append(word: bytes.extracting(range(index)), into: &output)
        }
    }

    /// Writes all words in the order in which a name is spoken, a blank behind each: "Vries, Anna de" is "anna de vries ".
    func appendSpoken(into output: inout ByteWriter) {
        let first = comma ?? 0
        for index in 0..<count {
            output.append(text.span.extracting(range((index + first) % count)))
            output.append(UInt8(ascii: " "))
        }
    }

    private static func append(word: Span<UInt8>, into output: inout ByteWriter) {
        for position in gluedParticleLength(word)..<word.count {
            let byte = word[position]
            if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "'") { output.append(byte) }
        }
    }

    /// The name says that there is none: "n/a", "guest", "Amazon Business EU SARL".
    var isPlaceholder: Bool {
        guard count > 0 else { return true }
        let bytes = text.span
        if CompanyName.isConstant(folded: bytes) { return true }
        if isRepeatedLetter(bytes) || !Self.hasLetters(bytes) { return true }
        for index in 0..<count {
            let isWord = !meanings.span[index].contains(.placeholder)
            if isWord, !Self.isRepeated(bytes.extracting(range(index))) { return false }
        }
        return true
    }

    /// The one name of every Amazon Business buyer.
    var isConstant: Bool { CompanyName.isConstant(folded: text.span) }

    /// "12345" and "0" are no names.
    private static func hasLetters(_ bytes: Span<UInt8>) -> Bool {
        for position in 0..<bytes.count where bytes[position] >= UInt8(ascii: "a") { return true }
        return false
    }

    /// "aaa" and "bbb": one letter three times or more.
    private static func isRepeated(_ word: Span<UInt8>) -> Bool {
        for position in 1..<word.count where word[position] != word[0] { return false }
        return word.count >= 3
    }

    private func range(_ index: Int) -> Range<Int> { Int(starts.span[index])..<Int(ends.span[index]) }

    /// "xxx", "aaaa aaaa", "...": one letter three times or more is nobody's name.
    private func isRepeatedLetter(_ bytes: Span<UInt8>) -> Bool {
        let first = bytes[Int(starts.span[0])]
        var length = 0
        for position in 0..<bytes.count where bytes[position] != UInt8(ascii: " ") {
            if bytes[position] != first { return false }
            length += 1
        }
        return length != 2
    }

    private mutating func add(_ range: Range<Int>, of bytes: Span<UInt8>) {
        var lower = range.lowerBound
        var upper = range.upperBound
        while upper > lower, bytes[upper - 1] == UInt8(ascii: "-") || bytes[upper - 1] == UInt8(ascii: "'") {
            upper -= 1
        }
        while lower < upper, bytes[lower] == UInt8(ascii: "-") { lower += 1 }
        guard lower < upper, count < Self.longest else { return }
        let meaning = Self.meaning(bytes.extracting(lower..<upper))
        if meaning.contains(.title) { return }
        // "Sr. Juan Pérez" is a gentleman, "Juan Pérez sr." a father.
        if count == 0, meaning.contains(.generation), bytes.extracting(lower..<upper).equals("sr"), upper < bytes.count
        {
            return
        }
        starts[count] = UInt8(lower)
        ends[count] = UInt8(upper)
        meanings[count] = meaning
        count += 1
        if upper - lower == 1, bytes[lower] == UInt8(ascii: "d") { markAbbreviatedParticle(bytes) }
    }

    /// "v.d. Berg", "v/d Berg": two letters that are one particle.
    private mutating func markAbbreviatedParticle(_ bytes: Span<UInt8>) {
        guard count >= 2, length(count - 2) == 1, bytes[Int(starts.span[count - 2])] == UInt8(ascii: "v") else {
            return
        }
        meanings[count - 2] = .particle
        meanings[count - 1] = .particle
    }

    /// "Jansen jr.", "Smith III": only where another word is left.
    private mutating func dropTrailingGenerations() {
        while count > 1, meanings.span[count - 1].contains(.generation) {
            count -= 1
            if comma == count { comma = nil }
        }
    }

    /// Length of the particle in "Vandenberg" and "Devos": what is left begins with a consonant, has a vowel and at least
    /// three letters.
    private static func gluedParticleLength(_ word: Span<UInt8>) -> Int {
        guard word[0] == UInt8(ascii: "v") || word[0] == UInt8(ascii: "d") else { return 0 }
        let length =
            if word.starts(with: "vanden") || word.starts(with: "vander") {
                6
            } else if word.starts(with: "vande") {
                5
            } else if word.starts(with: "van") {
                3
            } else if word.starts(with: "de") {
                2
            } else {
                0
            }
        guard length > 0, word.count >= length + 3, !isVowel(word[length]), word[length] < 0x80 else { return 0 }
        for index in length..<word.count where isVowel(word[index]) { return length }
        return 0
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: false
        }
    }

    private static func meaning(_ word: Span<UInt8>) -> Meaning { meaning(WordTable.pack(word)) }

    static func meaning(_ word: WordTable.PackedWord) -> Meaning {
        Meaning(rawValue: UInt8(truncatingIfNeeded: table.canonical(word)))
    }

    private static let table = WordTable(meanings: [
        (
            WordTable.PackedWord(Meaning.particle.rawValue),
            """
            de den der het van vander vanden vande von vom zu zum zur ten ter te t s op d del della dello dei degli
            di da du des dal dalla dos das do la le les lo los las el al bin ibn ben bint abu af av und y
            """
        ),
        (
            WordTable.PackedWord(Meaning.title.rawValue),
            """
            mr mrs ms miss mx sir rev dr prof ir ing drs dhr mevr mw mevrouw mej heer herr herrn hr frau fr dipl mag
            ph phd msc bsc mba ddr med rer jur habil dent mme mlle monsieur madame mademoiselle sig signor signora signorina
            dott dottore dottoressa avv sra srta senor senora senhor senhora fam familie family famille familia famiglia
            tav attn zhd aan an en and et pan pani pane slecna bc mgr ds jhr jkvr fru froken fröken frk herra rouva
            domnul doamna gospodin gospodja gospa wed erven κοσ κυριοσ κυρια г-н г-жа
            """
        ),
        (
            WordTable.PackedWord(Meaning.family.rawValue),
            """
            dent pan ing an heer herr sir med
            """
        ),
        (
            WordTable.PackedWord(Meaning.generation.rawValue),
            """
            jr sr junior senior ii iii iv fils pere snr jnr
            """
        ),
        (
            WordTable.PackedWord(Meaning.placeholder.rawValue),
            """
            na n a nvt none no name noname test tester testing unknown anonymous anoniem anonym guest gast klant
            kunde kundin customer client cliente user null undefined onbekend unbekannt inconnu nobody xx xxx x
            buyer shopper account asdf asdfasdf qwerty qwertz dummy sample example amazon bol com ebay marketplace webshop
            cliente acheteur kupac zakaznik zakaznik asiakas kund kjoper kober
            """
        ),
    ])
}
