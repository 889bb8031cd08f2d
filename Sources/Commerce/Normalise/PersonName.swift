import Bytes

/// A person's name as a key: the folded family name without its particles, and the first letter of the given name.
///
/// One person is "Jan de Vries", "de Vries, Jan", "DEVRIES J.", "Dhr. J.P. de Vries sr." in four channels; all of them
/// become `vries/j`. A name is no identity: the key stands beside a postal address only.
///
/// - Salutations, academic titles and generations (dhr., Herr, Frau, Dr., jr., III) count for nothing.
/// - Particles (de, van der, von, ten, 't, del, bin …) are dropped, also where they are glued to the name ("Vandenberg",
///   "Devos"): "Vries" and "de Vries" meet, and Demir meets Mir.
/// - A comma puts the family name first, and so do trailing initials ("Berg J."). Otherwise the first word is the given
///   name; the family name is what follows a particle, or the last word. "Juan García López" in one field is therefore
///   `lopez/j`, but with `García López` as last name `garcialopez/j`: they do not meet.
/// - Hyphens and apostrophes bind: Müller-Lüdenscheidt is one name, O'Brien is Obrien.
///
/// Sources: Dutch civil registration (voorvoegsels, BRP table 36), DIN 5007, CLDR person name formats; placeholders
/// from shops' imports; "Amazon Business EU SARL" from amzn/selling-partner-api-models issue 5030.
/// A first and a last name in ASCII take about 0.17 us together.
package enum PersonName {
    /// Writes `family/initial`, the initial left out where no given name is known.
    ///
    /// `first` and `last` together win over `full`; a `first` or `last` that stands alone is read as a full name.
    /// - Returns: false, and nothing is written, when there is no name worth matching ("n/a", "Guest", "-").
    package static func appendFamilyKey(
        first: Span<UInt8>, last: Span<UInt8>, full: Span<UInt8>, into output: inout ByteWriter
    ) -> Bool {
        if appendPlainKey(first: first, last: last, into: &output) { return true }
        if last.count == 0, first.count == 0, let name = PlainFullName(full) {
            append(name.family, name.given, into: &output)
            return true
        }
        let family = NameWords(last)
        guard family.count > 0 else {
            // "." or "-" as last name is what forms get that insist on one.
            let words = NameWords(isEmpty(full) ? first : full)
            return append(NameParts(full: words), given: words, family: words, into: &output)
        }
        guard isEmpty(first) else {
            let given = NameWords(first)
            return append(NameParts(given: given, family: family), given: given, family: family, into: &output)
        }
        if isEmpty(full) { return append(NameParts(full: family), given: family, family: family, into: &output) }
        let words = NameWords(full)
        return append(NameParts(full: words), given: words, family: words, into: &output)
    }

    /// The same of a first and a last name that are plain words, as most are. One field that holds the two with a blank between
    /// them has the same key.
    /// - Returns: false, and nothing is written, where the names need a closer look.
    static func appendPlainKey(first: Span<UInt8>, last: Span<UInt8>, into output: inout ByteWriter) -> Bool {
        guard let family = PlainName(family: last), let given = PlainName(first, isGiven: true) else { return false }
        append(family, given, into: &output)
        return true
    }

    /// Whether a name, in any order and with or without titles, is one that somebody has.
    package static func classify(_ name: Span<UInt8>) -> NameClass {
        let words = NameWords(name)
        if words.isConstant { return .constant }
        return words.isPlaceholder || words.text.isFull ? .placeholder : .real
    }

    private static func append(_ family: PlainName, _ given: PlainName, into output: inout ByteWriter) {
        family.append(to: &output)
        output.append(UInt8(ascii: "/"))
        output.append(given.initial)
    }

    private static func isEmpty(_ text: Span<UInt8>) -> Bool { ASCII.trimmed(text, 0..<text.count).isEmpty }

    private static func append(
        _ parts: NameParts, given: borrowing NameWords, family: borrowing NameWords, into output: inout ByteWriter
    ) -> Bool {
        guard !given.text.isFull, !family.text.isFull, !family.isPlaceholder else { return false }
        let start = output.count
        family.appendFamily(parts.family, into: &output)
        guard output.count - start >= 2 else {
            output.truncate(to: start)
            return false
        }
        output.append(UInt8(ascii: "/"))
        if let index = parts.given { given.appendInitial(of: index, into: &output) }
        return true
    }
}

/// Which words of a name are the family name and which one holds the given name's initial.
struct NameParts: Equatable {
    var given: Int?
    var family: Range<Int> = 0..<0

    /// Two fields that say themselves what they are.
    init(given: borrowing NameWords, family: borrowing NameWords) {
        self.given = given.firstWorthy
        self.family = 0..<family.count
        // "Vries, de"
        if let comma = family.comma { self.family = 0..<comma }
    }

    /// One field in any order.
    init(full words: borrowing NameWords) {
        let count = words.count
        if let comma = words.comma, comma > 0 {
            given = (comma..<count).first { !words.isParticle($0) }
            let names = (0..<comma).reduce(0) { $0 + (words.isParticle($1) ? 0 : 1) }
            // "Jan Novák, Ph.D.": what follows the comma is no name.
            if given == nil, names >= 2 {
                readInOrder(words, count: comma)
            } else {
                family = 0..<comma
            }
            return
        }
        guard count > 1 else {
            family = 0..<count
            return
        }
        if words.length(count - 1) == 1, words.length(0) > 1 {
            let end = (0..<count).reversed().first { words.length($0) > 1 } ?? 0
            family = 0..<(end + 1)
            given = end + 1
            return
        }
        readInOrder(words, count: count)
    }

    /// "Jan de Vries", "de Vries", "de Vries Jan", "Vries Jan de".
    private mutating func readInOrder(_ words: borrowing NameWords, count: Int) {
        if count > 2, !words.isParticle(0), words.isParticle(count - 1), words.isDutchParticle(count - 1) {
            family = 0..<1
            given = 1
            return
        }
        guard !words.isParticle(0) else {
            let name = (0..<count).first { !words.isParticle($0) } ?? count - 1
            family = 0..<(name + 1)
            given = name + 1 < count ? name + 1 : nil
            return
        }
        given = 0
        if let particle = (1..<count).first(where: { words.isParticle($0) }), particle < count - 1 {
            family = particle..<count
        } else {
            family = (count - 1)..<count
        }
    }
}
