import Bytes

/// Addresses that identify nobody: what people type to get past a form, and what machines send from.
///
/// Sources: RFC 2142 (role names), the shops' own imports, amzn/selling-partner-api-models issue 5030 (one address for
/// every Amazon Business buyer), bol.com's partner page on encrypted addresses, magnalister's FAQ ("blacklisted-").
enum EmailJunk {
    private static let words = WordTable(
        """
        none noemail nomail noaddress nomailaddress email mail test testtest tester asdf asdfasdf qwerty abc abcd xyz
        na null nil undefined unknown nobody noone notprovided notavailable notgiven empty blank dummy fake foo
        geen geenemail geenmail onbekend nvt keine keinemail keineemail unbekannt kein niemand inconnu
        aucun pasdemail sansemail sansmail sinemail sincorreo nessuna nessunaemail brak nincs ingen ei
        """, folds: false)

    /// Words that are junk before any domain, since nobody has them as a mailbox name.
    private static let locals = WordTable(
        """
        none noemail nomail noaddress nomailaddress null nil undefined unknown notprovided notavailable notgiven
        geenemail geenmail onbekend nvt keinemail keineemail unbekannt pasdemail sansemail sansmail sinemail sincorreo
        nessunaemail
        """, folds: false)

    /// A text without @ that says "I have none": "n/a", "-", "none", "0".
    static func isPlaceholder(word: Span<UInt8>) -> Bool {
        guard word.count > 0, word.count <= 24 else { return false }
        let packed = packWithoutHyphens(word, 0..<word.count)
        return packed == 0 || words.contains(packed) || isRepeated(word, 0..<word.count)
    }

    static func isPlaceholder(_ bytes: Span<UInt8>, local: Range<Int>, domain: Range<Int>) -> Bool {
        guard local.count <= 16 else { return false }
        let packed = packWithoutHyphens(bytes, local)
        if packed == 0 || locals.contains(packed) || bytes.extracting(local).equals("n/a") { return true }
        let label = firstLabel(bytes, domain)
        let sameWord = bytes.extracting(local).equals(bytes.extracting(label))
        if sameWord, words.contains(packed) || isRepeated(bytes, local) { return true }
        if isRepeated(bytes, local) {
            let isDigit = ASCII.isDigit(bytes[local.lowerBound])
            if isDigit, bytes[local.lowerBound] == UInt8(ascii: "0") { return true }
            if isRepeated(bytes, label), label.count > 1 || sameWord { return true }
        }
        return words.contains(packWithoutHyphens(bytes, label)) && words.contains(packed)
    }

    /// One mailbox for all: the platform's or the shop's own sender.
    static func isConstant(_ bytes: Span<UInt8>, local: Range<Int>, domain: Range<Int>) -> Bool {
        if bytes.extracting(domain).ends(with: "partnerklantenservice.bol.com") { return true }
        switch bytes[local.lowerBound] {
        case UInt8(ascii: "n"):
            return isSender(bytes, local, "noreply") || isSender(bytes, local, "nobody")
                || isSender(bytes, local, "notreply")
        case UInt8(ascii: "d"): return isSender(bytes, local, "donotreply") || isSender(bytes, local, "dontreply")
        case UInt8(ascii: "m"): return isSender(bytes, local, "mailerdaemon")
        case UInt8(ascii: "p"): return isSender(bytes, local, "postmaster")
        default: return false
        }
    }

    /// "blacklisted-12345@amazon.de": a connector's mark before a marketplace's alias.
    static func isBlacklisted(_ local: Span<UInt8>) -> Bool { local.starts(with: "blacklisted-") }

    /// Whether the local part is `name`, hyphens, dots and underscores inside it ignored, and no letter follows.
    private static func isSender(_ bytes: Span<UInt8>, _ local: Range<Int>, _ name: StaticString) -> Bool {
        var matched = 0
        for index in local {
            let byte = bytes[index]
            if matched == name.utf8CodeUnitCount { return !ASCII.isLetter(byte) }
            if byte == name.utf8Start[matched] {
                matched += 1
            } else if matched == 0 || ASCII.isLetter(byte) || ASCII.isDigit(byte) {
                return false
            }
        }
        return matched == name.utf8CodeUnitCount
    }

    /// The word with hyphens, dots, underscores and slashes left out; 0 when nothing is left.
    private static func packWithoutHyphens(_ bytes: Span<UInt8>, _ range: Range<Int>) -> WordTable.PackedWord {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count: UInt64 = 0
        for index in range {
            let byte = bytes[index]
            guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80 else { continue }
            guard count < 16 else { return 1 }
            let lower = UInt64(ASCII.lowercased(byte))
            if count < 8 { low |= lower << (count * 8) } else { high |= lower << ((count - 8) * 8) }
            count += 1
        }
        return WordTable.PackedWord(high) << 64 | WordTable.PackedWord(low)
    }

    private static func firstLabel(_ bytes: Span<UInt8>, _ domain: Range<Int>) -> Range<Int> {
        var end = domain.lowerBound
        while end < domain.upperBound, bytes[end] != UInt8(ascii: ".") { end += 1 }
        return domain.lowerBound..<end
    }

    private static func isRepeated(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        for index in range where bytes[index] != bytes[first] { return false }
        return true
    }
}
