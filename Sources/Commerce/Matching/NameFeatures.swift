import Bytes

// Names of the buyer: who stands in `customer`, or else in the billing address.
extension FeatureExtractor {
    mutating func names(_ party: PackedRecord, _ billing: PackedRecord, _ features: inout PartyFeatures) {
        let (first, last) = (party[PartyShape.firstName], party[PartyShape.lastName])
        let full = party[PartyShape.name]
        if first.count > 0 || last.count > 0 || full.count > 0 {
            names(first: first, last: last, full: full, &features)
            if features.hasName { return }
        }
        names(
            first: billing[AddressShape.firstName], last: billing[AddressShape.lastName],
            full: billing[AddressShape.name], &features)
    }

    /// `first` and `last` win over `full`; one of them that stands alone is what it says it is, unless it holds more.
    mutating func names(
        first: Span<UInt8>, last: Span<UInt8>, full: Span<UInt8>, _ features: inout PartyFeatures
    ) {
        if first.count == 0 || last.count == 0, full.count > 0 {
            fullName(full, &features)
            return
        }
        if let given = PlainName(first, isGiven: true) {
            setGiven(given.text, &features)
            features.generation = .none
        } else if first.count > 0 {
            let words = NameWords(first)
            if last.count == 0, words.count > 1 {
                fullName(first, &features)
                return
            }
            if isName(words), let given = words.firstWorthy ?? (words.count > 0 ? 0 : nil) {
                setGiven(words, given, true, &features)
            }
            features.generation = Self.generation(first)
        }
        if let family = PlainName(family: last) {
            setFamily(family.text, &features)
        } else if last.count > 0 {
            let words = NameWords(last, isFamily: true)
            if isName(words) { setFamily(words, 0..<(words.comma ?? words.count), &features) }
            if features.generation == .none { features.generation = Self.generation(last) }
        }
    }

    private mutating func fullName(_ name: Span<UInt8>, _ features: inout PartyFeatures) {
        if let plain = PlainFullName(name) {
            features.generation = .none
            setGiven(plain.given.text, &features)
            setFamily(plain.family.text, &features)
            return
        }
        let words = NameWords(name)
        guard isName(words) else { return }
        let parts = NameParts(full: words)
        features.generation = Self.generation(name)
        if let given = parts.given { setGiven(words, given, false, &features) }
        setFamily(words, parts.family, &features)
    }

    /// A name, or at least an initial: "J."
    private func isName(_ words: borrowing NameWords) -> Bool {
        guard !words.text.isFull, words.count > 0 else { return false }
        return !words.isPlaceholder || words.count == 1 && words.length(0) == 1 && words.text[0] != UInt8(ascii: "x")
    }

    private mutating func setFamily(
        _ words: borrowing NameWords, _ range: Range<Int>, _ features: inout PartyFeatures
    ) {
        guard !range.isEmpty else { return }
        scratch.removeAll()
        words.appendFamily(range, into: &scratch)
        setFamily(ShortText(scratch.span), &features)
    }

    private func setFamily(_ name: ShortText, _ features: inout PartyFeatures) {
        features.lastName = name
        features.lastNameSound = PhoneticKey.short(name)
    }

    /// Takes the given names from the word at `index` on, written together ("Hans Peter", and "ja ck", which is Jack):
    /// initials behind a name are left out.
    private mutating func setGiven(
        _ words: borrowing NameWords, _ index: Int, _ isAlone: Bool, _ features: inout PartyFeatures
    ) {
        scratch.removeAll()
        words.appendInitial(of: index, into: &scratch)
        guard scratch.span.count > 0 else { return }
        let initial = scratch.span[0]
        let text = words.text.span
        scratch.removeAll()
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] > UInt8(ascii: ",") { end += 1 }
            let isFirst = scratch.count == 0
            if isFirst ? end - start == words.length(index) && text[start] == initial : end - start > 1 {
                scratch.append(text.extracting(start..<end))
                if !isAlone { break }
            }
            start = end + 1
        }
        setGiven(ShortText(scratch.span), &features)
    }

    private func setGiven(_ name: ShortText, _ features: inout PartyFeatures) {
        // Shorter than it came, perhaps.
        features.firstName = name
        features.firstNameSound = ShortForms.sound(of: features.firstName)
        features.isFirstNameKnown = GivenNames.contains(name)
        features.isFirstNameUnlikely =
            !features.isFirstNameKnown && features.firstName.count > 1 && NameLetters.isUnlikely(features.firstName)
    }

    /// "jr", "junior", "sr", "senior", "II" to "IV" as the last word.
    private static func generation(_ name: Span<UInt8>) -> PartyFeatures.Generation {
        var end = name.count
        while end > 0, !ASCII.isLetter(name[end - 1]) { end -= 1 }
        var start = end
        while start > 0, ASCII.isLetter(name[start - 1]), end - start < 8 { start -= 1 }
        guard start > 0, end - start >= 2, end - start <= 6 else { return .none }
        var word: UInt64 = 0
        for index in start..<end { word = word << 8 | UInt64(name[index] | 0x20) }
        switch word {
        case 0x6A72, 0x6A_6E72, 0x6A75_6E69_6F72: return .junior  // jr, jnr, junior
        case 0x7372, 0x73_6E72, 0x7365_6E69_6F72: return .senior  // sr, snr, senior
        case 0x6969: return .second
        case 0x69_6969: return .third
        case 0x6976: return .fourth
        default: return .none
        }
    }
}
