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
        let more = Words(fuller)
        let less = Words(name)
        guard less.count > 0, more.count > 0, less.last.count > 1 else { return false }
        let last = name.extracting(less.last)
        let isFirstAlone = less.count == 1 && fuller.extracting(more.first).equals(last)
        guard isFirstAlone || fuller.extracting(more.last).equals(last) else { return false }
        var (place, next) = (1, 1)
        while let word = word(name, from: &place) {
            let wanted = name.extracting(word)
            var isFound = false
            while !isFound, let other = self.word(fuller, from: &next) {
                isFound = isMet(wanted, by: fuller.extracting(other))
            }
            guard isFound else { return false }
        }
        return more.letters == less.letters ? fuller[0] > name[0] : more.letters > less.letters
    }

    /// The same word, or its initial.
    private static func isMet(_ word: Span<UInt8>, by other: Span<UInt8>) -> Bool {
        word.equals(other) || (word.count == 1 && word[0] == other[0])
    }

    /// What the words of a name's form come to.
    private struct Words {
        var count = 0
        var letters = 0
        var first = 0..<0
        var last = 0..<0

        init(_ form: Span<UInt8>) {
            var place = 1
            while let word = Spelling.word(form, from: &place) {
                if count == 0 { first = word }
                last = word
                count += 1
                letters += word.count
            }
        }
    }

    /// The next word of a name's form; nil behind the last one.
    private static func word(_ form: Span<UInt8>, from place: inout Int) -> Range<Int>? {
        part(form, from: &place, endedBy: UInt8(ascii: " "))
    }

    /// What stands before the next `separator`, which is stepped over; nil where none comes any more.
    private static func part(_ form: Span<UInt8>, from place: inout Int, endedBy separator: UInt8) -> Range<Int>? {
        var end = place
        while end < form.count, form[end] != separator { end += 1 }
        guard end < form.count else { return nil }
        defer { place = end + 1 }
        return place..<end
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
        var (place, other) = (0, 0)
        var index = 0
        var gained = 0
        var isTied = false
        while place <= fuller.count, other <= address.count {
            let ours = fuller.extracting(component(fuller, from: &place))
            let theirs = address.extracting(component(address, from: &other))
            if ours.equals(theirs) {
                if ours.count > 0, index == 1 || index == 2 { isTied = true }
            } else if theirs.count == 0 {
                // A country more is no place more.
                if index > 0 { gained += 1 }
            } else if ours.count > 0 || index > 0 {
                return false
            }
            index += 1
        }
        return place > fuller.count && other > address.count && isTied && gained > 0
    }

    /// The next component of an address's form; behind the last one `place` is behind the end.
    private static func component(_ form: Span<UInt8>, from place: inout Int) -> Range<Int> {
        if let component = part(form, from: &place, endedBy: UInt8(ascii: "|")) { return component }
        defer { place = form.count + 1 }
        return place..<form.count
    }
}
