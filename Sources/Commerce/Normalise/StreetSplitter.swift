import Bytes

/// Street, house number and addition out of one address line.
///
/// - Number first ("12 rue de la Paix", "574 E 10th Street") where the country writes so, and elsewhere when the line
///   begins with a number and does not end with one.
/// - Number last otherwise: the first number of the part that has one, unless it is an ordinal, a year, or words follow
///   that lead to another number ("Straße des 17. Juni 135", "Via 25 Aprile 12"). In the Netherlands the last plain
///   number, as the carriers there read it ("Plein 1940-45 3 b", "Wijk 1 20").
/// - A part before the street (a company, a building) and "c/o …" are left out.
///
/// Sources: UPU S42 and the national postal operators' addressing pages. Of the reference vectors all 39 German, Austrian and
/// American lines are split as there, all Dutch and Belgian ones but "street 39- 1 hg" (number 39 to us, 1 to the carrier),
/// and 50 of 51 formatted addresses of 35 countries. "LSB 70" is number 70 here. "Scheepvaartlaan 34 302" is number 302 of "Scheepvaartlaan 34", as the
/// carrier has it, though flat 302 of number 34 would be as good.
package enum StreetSplitter {
    /// Ranges of bytes in the line; empty where the line has no such part.
    package struct Parts: Equatable, Sendable {
        package var street: Range<Int>
        /// Digits only.
        package var number: Range<Int>
        /// What follows the number directly: "2" of "12-2", "bis", "A BS".
        package var addition: Range<Int> = 0..<0
        /// Flat, floor, box: "App. 235", "bus 3", "2. Stock".
        package var unit: Range<Int> = 0..<0
    }

    /// Lines longer than this are no address lines; they come back as a street without a number.
    static let longestLine = 160

    package static func split(_ line: Span<UInt8>, country: CountryCode) -> Parts {
        let whole = ASCII.trimmed(line, 0..<line.count)
        guard line.count <= longestLine, !whole.isEmpty, line.containsDigit else {
            return Parts(street: whole, number: 0..<0)
        }
        var tokens = LineTokens(line, before: careOf(line) ?? line.count)
        tokens.numbersEndInDots = country == CountryCode("HU")
        guard tokens.count > 1 || (tokens.count == 1 && glued(tokens, 0) != nil) else {
            return Parts(street: whole, number: 0..<0)
        }
        if let first = leadingNumber(tokens, country: country) {
            return leading(tokens, number: first, country: country)
        }
        guard let number = trailingNumber(tokens, country: country) else {
            return glued(tokens) ?? Parts(street: whole, number: 0..<0)
        }
        return trailing(tokens, number: number)
    }

    /// Where "c/o" or "℅" begins as a word of its own.
    private static func careOf(_ line: Span<UInt8>) -> Int? {
        guard line.count > 4 else { return nil }
        for index in 1..<(line.count - 3) where ASCII.isBlank(line[index - 1]) {
            let word = line.extracting(index..<(index + 3))
            if word.equals("c/o") || word.equals("C/O") || word.equals("℅") { return index }
        }
        return nil
    }

    // MARK: Number first

    private static func leadingNumber(_ tokens: borrowing LineTokens, country: CountryCode) -> Int? {
        var first = 0
        // "Acme Corporation, No 800 North Street"
        if !tokens.startsWithDigit(0), let next = (1..<tokens.count).first(where: { tokens.segment($0) == 1 }),
            AddressWords.numberWords.contains(tokens.word(next)), next + 2 < tokens.count,
            tokens.isPureNumber(next + 1), !tokens.hasDigit(tokens.count - 1)
        {
            first = next + 1
        }
        // One part that ends with a number has it there ("Damrak 12"): no need to look at the country.
        let endsWithNumber = tokens.segment(tokens.count - 1) == 0 && tokens.startsWithDigit(tokens.count - 1)
        if first == 0, endsWithNumber, !tokens.startsWithDigit(0) { return nil }
        if AddressWords.writesNumberFirst(country) {
            if !tokens.startsWithDigit(first) { return houseAfterUnit(tokens) }
            return tokens.isOrdinal(first) || first + 1 >= tokens.count ? nil : first
        }
        guard tokens.startsWithDigit(first), !tokens.isOrdinal(first), first + 1 < tokens.count else { return nil }
        let rest = tokens.length(first) - tokens.digits(first)
        // "12", "12a", "12-14", "12bis"; "1e" begins a Dutch name ("1e Hugo de Grootstraat").
        let isName = rest == 1 && tokens.byte(first, tokens.digits(first)) | 0x20 == UInt8(ascii: "e")
        guard !isName else { return nil }
        guard let last = trailingNumber(tokens, country: country, after: first) else { return first }
        return tokens.segment(last) == tokens.segment(first) ? nil : first
    }

    /// "Flat 2, 12 High Street", "Unit 4/12 Smith Street", "Résidence Les Lilas, 12 rue …": a flat or a building stands
    /// before the house number.
    private static func houseAfterUnit(_ tokens: borrowing LineTokens) -> Int? {
        let isUnit = AddressWords.unitWords.contains(tokens.word(0))
        if isUnit, tokens.count > 2, tokens.slash(1) != nil { return 1 }
        for index in 1..<max(tokens.count - 1, 1) where tokens.startsWithDigit(index) {
            let isFirstOfPart = tokens.segment(index) != tokens.segment(index - 1)
            guard isFirstOfPart || (isUnit && index == 2) else {
                // "High Street 12": that is the number, wherever it stands.
                if isUnit, index == 1 { continue } else { return nil }
            }
            let next = index + 1
            guard tokens.digits(index) <= 4, !tokens.isOrdinal(index), !tokens.startsWithDigit(next),
                !AddressWords.unitWords.contains(tokens.word(next))
            else { return nil }
            return index
        }
        return nil
    }

    private static func leading(_ tokens: borrowing LineTokens, number: Int, country: CountryCode) -> Parts {
        let isAustralian = country == CountryCode("AU") || country == CountryCode("NZ")
        if let slash = tokens.slash(number), isAustralian || number == 1 {
            return leading(tokens, number: number, slash: slash)
        }
        let numberEnd = tokens.start(number) + tokens.digits(number)
        var addition = tokens.end(number)
        var street = number + 1
        // "12 bis rue", "12 B rue": only where a street is left.
        let isHalf = tokens.slash(street) != nil
        if street + 1 < tokens.count,
            isHalf || (AddressWords.isRepetition(tokens.word(street)) && !tokens.hasDigit(street))
        {
            addition = tokens.end(street)
            street += 1
        }
        let segment = tokens.segment(street)
        var last = street
        while last + 1 < tokens.count, tokens.segment(last + 1) == segment { last += 1 }
        if let unit = (street + 1..<max(street + 1, last + 1)).first(where: {
            tokens.byte($0, 0) == UInt8(ascii: "#") || ($0 < last && AddressWords.unitWords.contains(tokens.word($0)))
        }) {
            last = unit - 1
        }
        var parts = Parts(
            street: tokens.start(street)..<tokens.end(last), number: tokens.start(number)..<numberEnd)
        parts.addition = trimmed(tokens.line, numberEnd..<addition)
        if last + 1 < tokens.count {
            parts.unit = trimmed(tokens.line, tokens.start(last + 1)..<tokens.end(tokens.count - 1))
        } else if number > 0, AddressWords.unitWords.contains(tokens.word(0)) {
            var end = 0
            while end + 1 < number, tokens.segment(end + 1) == tokens.segment(0) { end += 1 }
            parts.unit = trimmed(tokens.line, tokens.start(0)..<tokens.end(end))
        }
        return parts
    }

    /// "4/12 Smith Street": flat 4 of number 12, as Australia and New Zealand write it.
    private static func leading(_ tokens: borrowing LineTokens, number: Int, slash: Int) -> Parts {
        var end = slash + 1
        while end < tokens.end(number), ASCII.isDigit(tokens.line[end]) { end += 1 }
        var parts = Parts(
            street: tokens.start(number + 1)..<tokens.end(tokens.count - 1), number: (slash + 1)..<end)
        parts.addition = trimmed(tokens.line, end..<tokens.end(number))
        parts.unit = tokens.start(number)..<slash
        return parts
    }

    // MARK: Number last

    /// The token that holds the house number; it has a street before it.
    private static func trailingNumber(
        _ tokens: borrowing LineTokens, country: CountryCode, after first: Int = 0
    ) -> Int? {
        guard let candidate = firstCandidate(tokens, from: first + 1) else { return nil }
        if let number = numberAfterComma(tokens, candidate: candidate) { return number }
        guard country == CountryCode("NL") else { return candidate }
        var number = candidate
        var index = candidate + 1
        while index < tokens.count, tokens.segment(index) == tokens.segment(candidate) {
            if AddressWords.unitWords.contains(tokens.word(index)) { break }
            // "12 1 hoog": the number before a floor is the floor's.
            if index + 1 < tokens.count, AddressWords.unitWords.contains(tokens.word(index + 1)) { break }
            if tokens.isPureNumber(index), tokens.byte(index - 1, tokens.length(index - 1) - 1) != UInt8(ascii: "-") {
                number = index
            }
            index += 1
        }
        return number
    }

    private static func firstCandidate(_ tokens: borrowing LineTokens, from first: Int) -> Int? {
        var index = first
        while index < tokens.count {
            if tokens.startsWithDigit(index), !tokens.isOrdinal(index), !leadsToAnother(tokens, after: index) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Whether the number belongs to the street's name, since a plain word and then another number follow.
    private static func leadsToAnother(_ tokens: borrowing LineTokens, after number: Int) -> Bool {
        var sawWord = tokens.isYear(number)
        var index = number + 1
        while index < tokens.count, tokens.segment(index) == tokens.segment(number) {
            let word = tokens.word(index)
            if word != 0, AddressWords.unitWords.contains(word) { return false }
            if AddressWords.numberWords.contains(word) { return true }
            if tokens.startsWithDigit(index), sawWord, !tokens.isOrdinal(index) { return true }
            if tokens.length(index) > 2, !tokens.hasDigit(index) { sawWord = true }
            index += 1
        }
        return false
    }

    /// "D 6, 2" (the squares of Mannheim) and "str. 31 August 1989, 121a": the number stands alone after the comma.
    private static func numberAfterComma(_ tokens: borrowing LineTokens, candidate: Int) -> Int? {
        guard candidate + 1 < tokens.count, tokens.segment(candidate + 1) != tokens.segment(candidate) else {
            return nil
        }
        let next = candidate + 1
        let isAlone = next + 1 == tokens.count || tokens.segment(next + 1) != tokens.segment(next)
        guard isAlone, tokens.startsWithDigit(next), tokens.length(next) - tokens.digits(next) <= 1 else { return nil }
        let isSquare = candidate == 1 && tokens.length(0) <= 2
        return isSquare || tokens.isYear(candidate) ? next : nil
    }

    private static func trailing(_ tokens: borrowing LineTokens, number: Int) -> Parts {
        var last = number - 1
        while last > 0, AddressWords.numberWords.contains(tokens.word(last)) { last -= 1 }
        var first = last
        while first > 0, tokens.segment(first - 1) == tokens.segment(last) { first -= 1 }
        let numberStart = tokens.start(number)
        let numberEnd = numberStart + tokens.digits(number)
        var parts = Parts(street: tokens.start(first)..<tokens.end(last), number: numberStart..<numberEnd)
        var next = number + 1
        while next < tokens.count, tokens.segment(next) == tokens.segment(number), isAddition(tokens, next) {
            next += 1
        }
        parts.addition = trimmed(tokens.line, numberEnd..<tokens.end(next - 1))
        if next < tokens.count { parts.unit = trimmed(tokens.line, tokens.start(next)..<tokens.end(tokens.count - 1)) }
        return parts
    }

    private static func isAddition(_ tokens: borrowing LineTokens, _ index: Int) -> Bool {
        let word = tokens.word(index)
        if AddressWords.unitWords.contains(word) { return AddressWords.additionWords.contains(word) }
        if tokens.isOrdinal(index) { return false }
        if tokens.startsWithDigit(index) { return true }
        return tokens.length(index) <= 2 && tokens.byte(index, 0) != UInt8(ascii: "/") || tokens.hasDigit(index)
            || AddressWords.isRepetition(word)
    }

    // MARK: Glued

    /// "Heinestr.13", "Am Aubach11", "Hollandweg1A": the digits follow four letters or a dot.
    private static func glued(_ tokens: borrowing LineTokens) -> Parts? {
        for index in 0..<tokens.count {
            guard let split = glued(tokens, index) else { continue }
            var first = index
            while first > 0, tokens.segment(first - 1) == tokens.segment(index) { first -= 1 }
            var end = split
            while end < tokens.end(index), ASCII.isDigit(tokens.line[end]) { end += 1 }
            var parts = Parts(street: tokens.start(first)..<split, number: split..<end)
            parts.addition = trimmed(tokens.line, end..<tokens.end(index))
            if index + 1 < tokens.count {
                parts.unit = trimmed(tokens.line, tokens.start(index + 1)..<tokens.end(tokens.count - 1))
            }
            return parts
        }
        return nil
    }

    private static func glued(_ tokens: borrowing LineTokens, _ index: Int) -> Int? {
        var offset = 0
        while offset < tokens.length(index), !ASCII.isDigit(tokens.byte(index, offset)) { offset += 1 }
        guard offset < tokens.length(index), offset >= 4 else { return nil }
        let before = tokens.byte(index, offset - 1)
        return ASCII.isLetter(before) || before == UInt8(ascii: ".") || before >= 0x80
            ? tokens.start(index) + offset : nil
    }

    /// Without blanks, hyphens, slashes, dots and commas at both ends.
    private static func trimmed(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        func isEdge(_ byte: UInt8) -> Bool {
            ASCII.isBlank(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: ",")
        }
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, isEdge(line[lower]) { lower += 1 }
        while lower < upper, isEdge(line[upper - 1]) { upper -= 1 }
        return lower..<upper
    }
}
