import Bytes

/// House number and addition in one form: `12`, `12-2`, `12-a`, `12-2og`.
struct DoorNumber: ~Copyable {
    private(set) var text = FoldedText()
    private(set) var hasNumber = false

    var isUsable: Bool { !text.isFull }

    /// Reads number and addition from their fields, or else from the street line.
    /// - Returns: the range of the line that is the street alone.
    mutating func read(
        street: Span<UInt8>, houseNumber: Span<UInt8>, addition: Span<UInt8>, country: CountryCode
    ) -> Range<Int> {
        boxLetter = Self.boxLetter(country)
        if let digits = Self.digits(houseNumber) {
            add(number: houseNumber.extracting(digits))
            add(addition: houseNumber.extracting(digits.upperBound..<houseNumber.count))
            add(addition: addition)
            return Self.withoutNumber(street, houseNumber.extracting(digits), country: country)
        }
        let parts = StreetSplitter.split(street, country: country)
        if !parts.number.isEmpty {
            add(number: street.extracting(parts.number))
            add(addition: street.extracting(parts.addition))
            add(addition: street.extracting(parts.unit))
        }
        add(addition: houseNumber)
        add(addition: addition)
        return parts.street
    }

    /// The first run of digits, when only a sign such as "Nr." stands before it.
    private static func digits(_ field: Span<UInt8>) -> Range<Int>? {
        var start = 0
        while start < field.count, !ASCII.isDigit(field[start]) { start += 1 }
        guard start < field.count, start <= 6 else { return nil }
        var end = start
        while end < field.count, ASCII.isDigit(field[end]) { end += 1 }
        return start..<end
    }

    /// The line without the number, which some shops write in both places.
    private static func withoutNumber(_ street: Span<UInt8>, _ number: Span<UInt8>, country: CountryCode) -> Range<Int>
    {
        let parts = StreetSplitter.split(street, country: country)
        guard !parts.number.isEmpty, street.extracting(parts.number).equals(number) else {
            return ASCII.trimmed(street, 0..<street.count)
        }
        return parts.street
    }

    private mutating func add(number: Span<UInt8>) {
        var start = 0
        while start + 1 < number.count, number[start] == UInt8(ascii: "0") { start += 1 }
        for index in start..<number.count { text.append(number[index]) }
        hasNumber = true
    }

    /// Adds an addition; the ordinal signs of "3º B" and "2ª" are only ends of words.
    private mutating func add(addition: Span<UInt8>) {
        var start = 0
        for index in 1..<max(addition.count, 1) where addition[index - 1] == 0xC2 {
            guard addition[index] == 0xBA || addition[index] == 0xAA else { continue }
            add(words: addition.extracting(start..<(index - 1)))
            start = index + 1
        }
        add(words: addition.extracting(start..<addition.count))
    }

    /// Adds words without what says nothing; digits that meet digits are kept apart.
    private mutating func add(words addition: Span<UInt8>) {
        guard addition.count > 0 else { return }
        var folded = FoldedText()
        Folding.fold(addition, into: &folded)
        let bytes = folded.span
        var start = 0
        while start < bytes.count {
            var end = start
            let isDigits = ASCII.isDigit(bytes[start])
            while end < bytes.count, bytes[end] != UInt8(ascii: " "), ASCII.isDigit(bytes[end]) == isDigits { end += 1 }
            let word = bytes.extracting(start..<end)
            start = end
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
            let announcesBox =
                word.count == 1 && word[0] == boxLetter && start < bytes.count && ASCII.isDigit(bytes[start])
            if !announcesBox { add(word: word, isDigits: isDigits) }
        }
    }

    private mutating func add(word: Span<UInt8>, isDigits: Bool) {
        let packed = WordTable.pack(word)
        guard isDigits || !AddressWords.plainUnits.contains(packed) else { return }
        let canonical = AddressWords.unitWords.canonical(packed)
        // A Roman floor is a number too.
        let isNumber = isDigits || (canonical != 0 && canonical <= 0x39)
        if !hasAddition || (isNumber && text.count > 0 && ASCII.isDigit(text[text.count - 1])) {
            text.append(UInt8(ascii: "-"))
            hasAddition = true
        }
        if canonical != 0 {
            WordTable.append(canonical, to: &text)
        } else {
            for index in 0..<word.count { text.append(word[index]) }
        }
    }

    private var hasAddition = false
    private var boxLetter: UInt8 = 0

    /// The letter that stands for a box or a flat before a number: Belgium's "32 b 20", Poland's "12 m. 34".
    private static func boxLetter(_ country: CountryCode) -> UInt8 {
        switch country {
        case CountryCode("BE"): UInt8(ascii: "b")
        case CountryCode("PL"): UInt8(ascii: "m")
        default: 0
        }
    }
}
