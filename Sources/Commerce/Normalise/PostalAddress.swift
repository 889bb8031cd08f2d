import Bytes

/// The key of one delivery point: the same door gives the same bytes, however its address is written.
///
/// - NL: postcode, number and addition say it all (PostNL: a postcode is one side of a street). GB: postcode and number;
///   without a number the first line, for a house may have a name. IE: an Eircode is one door by itself.
/// - Elsewhere postcode, number, addition and the folded street with its type in one form (Hauptstraße, Hauptstr.,
///   Haupt Strasse; Av., Avenue). The city counts only where there are no postcodes, since it has too many names.
/// - The number may stand in the line ("Damrak 12-2", "12 bis rue de la Paix"); additions 12-2, 12/2, 12 bus 2 are one,
///   12.OG and 12. Etage too.
/// - Boxes, lockers and pick-up points are nobody's home and give no key.
///
/// Sources: UPU S42, Google's address metadata (which countries require what), the national posts.
/// About 0.16 us for an address in two fields, 0.25 us when the number stands in the line.
package enum PostalAddress {
    /// - Returns: false, and nothing is written, when the parts do not name one door in that country.
    package static func appendKey(
        street: Span<UInt8>, houseNumber: Span<UInt8>, addition: Span<UInt8>, postalCode: Span<UInt8>,
        city: Span<UInt8>, country: CountryCode, into output: inout ByteWriter
    ) -> Bool {
        let start = output.count
        guard country.isKnown, street.count <= StreetSplitter.longestLine, houseNumber.count <= 64, addition.count <= 64
        else { return false }
        country.append(to: &output)
        output.append(UInt8(ascii: "|"))
        let hasPostcode = PostalCode.append(postalCode, country: country, to: &output)
        var isComplete = hasPostcode || AddressWords.livesWithoutPostcode(country)
        if hasPostcode, country == CountryCode("IE"), output.count - start == 10 { return true }
        var door = DoorNumber()
        let line = door.read(street: street, houseNumber: houseNumber, addition: addition, country: country)
        isComplete = isComplete && door.isUsable && (door.hasNumber || AddressWords.livesWithoutNumber(country))
        guard isComplete else {
            output.truncate(to: start)
            return false
        }
        output.append(UInt8(ascii: "|"))
        output.append(door.text.span)
        let isExact = hasPostcode && door.hasNumber && (country == CountryCode("NL") || country == CountryCode("GB"))
        guard appendStreet(street.extracting(line), isExact: isExact, to: &output) else {
            output.truncate(to: start)
            return false
        }
        if !hasPostcode, !appendCity(city, to: &output) {
            output.truncate(to: start)
            return false
        }
        return true
    }

    /// Writes the street unless the key is exact without it; false when it is missing or no home.
    private static func appendStreet(_ line: Span<UInt8>, isExact: Bool, to output: inout ByteWriter) -> Bool {
        if isExact { return !StreetKey.isCollectionPoint(line) }
        var street = StreetKey(line)
        if street.isCollectionPoint { return false }
        guard street.text.count >= 2, !street.text.isFull else { return false }
        street.shortenSuffix()
        output.append(UInt8(ascii: "|"))
        output.append(street.text.span)
        return true
    }

    private static func appendCity(_ city: Span<UInt8>, to output: inout ByteWriter) -> Bool {
        output.append(UInt8(ascii: "|"))
        let start = output.count
        guard city.count <= 100 else { return false }
        Folding.fold(city, into: &output)
        return output.count - start >= 2
    }
}

/// Postcodes in one form: letters upper, blanks and hyphens out, the country's sign in front ("D-10115") out.
enum PostalCode {
    /// Writes the code; false, and nothing is written, when there is none, or none that the country could have.
    static func append(_ raw: Span<UInt8>, country: CountryCode, to output: inout ByteWriter) -> Bool {
        if let code = plain(raw, country: country) {
            output.append(word: code.word, count: code.count)
            return true
        }
        guard raw.count <= 24 else { return false }
        let start = output.count
        // A spreadsheet took the leading zero of 01067.
        if hasFiveDigits(country), digits(raw) == 4 { output.append(UInt8(ascii: "0")) }
        var zeros = output.count - start
        for index in prefixLength(raw)..<raw.count {
            let byte = raw[index]
            guard ASCII.isLetter(byte) || ASCII.isDigit(byte) else { continue }
            if byte == UInt8(ascii: "0") { zeros += 1 }
            output.append(ASCII.uppercased(byte))
        }
        var length = output.count - start
        if country == CountryCode("US"), length == 9 {
            output.truncate(to: start + 5)
            length = 5
        }
        let isWanted =
            switch country {
            case CountryCode("NL"): length == 6
            default: hasFourDigits(country) ? length == 4 : hasFiveDigits(country) ? length == 5 : length >= 3
            }
        if isWanted, zeros < length { return true }
        output.truncate(to: start)
        return false
    }

    /// Up to eight letters and digits, perhaps with a blank among them, in upper case, as many as the country's codes have; nil
    /// of anything else.
    @inline(__always) private static func plain(
        _ raw: Span<UInt8>, country: CountryCode
    ) -> (word: UInt64, count: Int)? {
        guard raw.count <= 8 else { return nil }
        var (word, count) = (raw.word(from: 0), raw.count)
        let blanks = ByteWord.equal(UInt8(ascii: " "), in: word)
        if blanks != 0 {
            let before = ByteWord.before(blanks)
            word = word & before | word &>> 8 & ~before
            count &-= 1
        }
        let mask = ByteWord.mask(count)
        let letters = ByteWord.letters(in: word) & mask
        let zeros = ByteWord.equal(UInt8(ascii: "0"), in: word) & mask
        guard (ByteWord.lettersAndDigits(in: word) ^ ByteWord.highBits) & mask == 0, zeros != mask & ByteWord.highBits
        else { return nil }
        let isWanted =
            country == CountryCode("NL")
            ? count == 6
            : hasFiveDigits(country) ? count == 5 && letters == 0 : hasFourDigits(country) ? count == 4 : count >= 3
        return isWanted ? (word & ~(letters &>> 2), count) : nil
    }

    private static func hasFourDigits(_ country: CountryCode) -> Bool {
        switch country {
        case CountryCode("BE"), CountryCode("AT"), CountryCode("CH"), CountryCode("DK"), CountryCode("NO"): true
        default: false
        }
    }

    private static func hasFiveDigits(_ country: CountryCode) -> Bool {
        switch country {
        case CountryCode("DE"), CountryCode("FR"), CountryCode("IT"), CountryCode("ES"), CountryCode("US"): true
        default: false
        }
    }

    private static func digits(_ raw: Span<UInt8>) -> Int {
        var count = 0
        for index in 0..<raw.count where ASCII.isDigit(raw[index]) { count += 1 }
        return count
    }

    /// Length of "D-", "SE-", "LV-" at the start.
    private static func prefixLength(_ raw: Span<UInt8>) -> Int {
        var index = 0
        while index < raw.count, ASCII.isBlank(raw[index]) { index += 1 }
        let start = index
        while index < raw.count, ASCII.isLetter(raw[index]) { index += 1 }
        guard index > start, index - start <= 3, index < raw.count, raw[index] == UInt8(ascii: "-") else {
            return start
        }
        return index + 1
    }
}
