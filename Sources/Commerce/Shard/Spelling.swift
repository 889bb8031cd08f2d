import Bytes

// When one spelling of a name or of an address says the same as another, and more.
//
// A form is made once for each value and compared often. It is for choosing among values that belong to one customer
// already; it is no evidence that two people are one.

enum Spelling {
    // MARK: Names

    // form = "2" or "1" (whether first and last name are told apart), then each word and a blank, in the order
    // in which the name is spoken, titles and generations left out.

    static func name(first: Span<UInt8>, last: Span<UInt8>, full: Span<UInt8>, into output: inout ByteWriter) {
        output.append(first.count > 0 && last.count > 0 ? UInt8(ascii: "2") : UInt8(ascii: "1"))
        if full.count > 0, first.count == 0 || last.count == 0 {
            NameWords(full).appendSpoken(into: &output)
        } else {
            NameWords(first).appendSpoken(into: &output)
            NameWords(last).appendSpoken(into: &output)
        }
    }

    /// Whether `fuller` is the name `name` with more in it: every word of `name` stands in it in the same order, whole or
    /// where `name` has its initial, and both end in the same word, or `name` is the first word alone. "Anna de Vries" is
    /// fuller than "A. de Vries", "A. Vries", "Vries" and "Anna"; between equal words the one that tells first and last
    /// name apart is fuller.
    static func isFuller(name fuller: Span<UInt8>, than name: Span<UInt8>) -> Bool {
        let more = words(fuller)
        let less = words(name)
        guard let last = less.last, let otherLast = more.last, last.count > 1 else { return false }
        let isFirstAlone = less.count == 1 && fuller.extracting(more[0]).equals(name.extracting(last))
        guard isFirstAlone || fuller.extracting(otherLast).equals(name.extracting(last)) else { return false }
        var next = 0
        for word in less {
            let wanted = name.extracting(word)
            while next < more.count, !isMet(wanted, by: fuller.extracting(more[next])) { next += 1 }
            guard next < more.count else { return false }
            next += 1
        }
        let moreLetters = more.reduce(0) { $0 + $1.count }
        let letters = less.reduce(0) { $0 + $1.count }
        return moreLetters == letters ? fuller[0] > name[0] : moreLetters > letters
    }

    /// The same word, or its initial.
    private static func isMet(_ word: Span<UInt8>, by other: Span<UInt8>) -> Bool {
        word.equals(other) || (word.count == 1 && word[0] == other[0])
    }

    private static func words(_ form: Span<UInt8>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start = 1
        for index in 1..<max(form.count, 1) where form[index] == UInt8(ascii: " ") {
            words.append(start..<index)
            start = index + 1
        }
        return words
    }

    // MARK: Addresses

    // form = country "|" postcode "|" street "|" door "|" city, empty where the address does not say it.

    static func address(_ address: PackedRecord, into output: inout ByteWriter) {
        let country = CountryCode(address[AddressShape.country]) ?? .unknown
        country.append(to: &output)
        output.append(UInt8(ascii: "|"))
        _ = PostalCode.append(address[AddressShape.postalCode], country: country, to: &output)
        output.append(UInt8(ascii: "|"))
        var door = DoorNumber()
        let street = address[AddressShape.street]
        let line = door.read(
            street: street, houseNumber: address[AddressShape.houseNumber], addition: address[AddressShape.addition],
            country: country)
        var name = StreetKey(street.extracting(line))
        name.shortenSuffix()
        output.append(name.text.span)
        output.append(UInt8(ascii: "|"))
        output.append(door.text.span)
        output.append(UInt8(ascii: "|"))
        Folding.fold(address[AddressShape.city], into: &output)
    }

    /// Whether `fuller` is the place `address` with more of it said: nothing contradicts, postcode or street is the same,
    /// and all that `address` says is said.
    static func isFuller(address fuller: Span<UInt8>, than address: Span<UInt8>) -> Bool {
        let more = components(fuller)
        let less = components(address)
        guard more.count == less.count else { return false }
        var gained = 0
        var isTied = false
        for index in more.indices {
            let ours = fuller.extracting(more[index])
            let theirs = address.extracting(less[index])
            if ours.equals(theirs) {
                if ours.count > 0, index == 1 || index == 2 { isTied = true }
            } else if theirs.count == 0 {
                // A country more is no place more.
                if index > 0 { gained += 1 }
            } else if ours.count > 0 || index > 0 {
                return false
            }
        }
        return isTied && gained > 0
    }

    private static func components(_ form: Span<UInt8>) -> [Range<Int>] {
        var components: [Range<Int>] = []
        var start = 0
        for index in 0..<form.count where form[index] == UInt8(ascii: "|") {
            components.append(start..<index)
            start = index + 1
        }
        components.append(start..<form.count)
        return components
    }
}
