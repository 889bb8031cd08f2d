import Bytes

/// Addresses that identify nobody: what people type to get past a form, and what machines send from.
///
/// Sources: RFC 2142 (role names), the shops' own imports, amzn/selling-partner-api-models issue 5030 (one address for
/// every Amazon Business buyer), bol.com's partner page on encrypted addresses, magnalister's FAQ ("blacklisted-").
enum EmailJunk {
    private static let words = WordTable(
        meanings: [
            (
                isWord,
                """
                none noemail nomail noaddress nomailaddress email mail test testtest tester asdf asdfasdf qwerty abc abcd xyz
                na null nil undefined unknown nobody noone notprovided notavailable notgiven empty blank dummy fake foo
                geen geenemail geenmail onbekend nvt keine keinemail keineemail unbekannt kein niemand inconnu
                aucun pasdemail sansemail sansmail sinemail sincorreo nessuna nessunaemail brak nincs ingen ei
                """
            ),
            (
                isLocal,
                """
                none noemail nomail noaddress nomailaddress null nil undefined unknown notprovided notavailable notgiven
                geenemail geenmail onbekend nvt keinemail keineemail unbekannt pasdemail sansemail sansmail sinemail sincorreo
                nessunaemail
                """
            ),
        ], folds: false)

    private static let isWord: WordTable.PackedWord = 1
    /// Junk before any domain, since nobody has it as a mailbox name.
    private static let isLocal: WordTable.PackedWord = 2

    /// A text without @ that says "I have none": "n/a", "-", "none", "0".
    static func isPlaceholder(word: Span<UInt8>) -> Bool {
        guard word.count > 0, word.count <= 24 else { return false }
        let packed = packWithoutHyphens(word)
        return packed == 0 || words.contains(packed) || isRepeated(word)
    }

    static func isPlaceholder(local: Span<UInt8>, domain: Span<UInt8>) -> Bool {
        guard local.count <= 16, local[0] != UInt8(ascii: "\"") else { return false }
        let packed = packWithoutHyphens(local)
        let meaning = words.canonical(packed)
        if packed == 0 || meaning & isLocal != 0 || local.equals("n/a") { return true }
        let isRepeated = isRepeated(local)
        guard meaning != 0 || isRepeated else { return false }
        let label = domain.extracting(0..<(ASCII.firstIndex(of: UInt8(ascii: "."), in: domain) ?? domain.count))
        let isSameWord = local.equals(label)
        if isRepeated {
            if isSameWord || local[0] == UInt8(ascii: "0") { return true }
            return local.count > 1 && label.count > 1 && Self.isRepeated(label)
        }
        return isSameWord || words.contains(packWithoutHyphens(label))
    }

    /// One mailbox for all: the platform's or the shop's own sender.
    static func isConstant(local: Span<UInt8>, domain: Span<UInt8>) -> Bool {
        if domain.ends(with: "partnerklantenservice.bol.com") { return true }
        switch local[0] {
        case UInt8(ascii: "n"):
            return isSender(local, "noreply") || isSender(local, "nobody")
                || isSender(local, "notreply")
        case UInt8(ascii: "d"): return isSender(local, "donotreply") || isSender(local, "dontreply")
        case UInt8(ascii: "m"): return isSender(local, "mailerdaemon")
        case UInt8(ascii: "p"): return isSender(local, "postmaster")
        default: return false
        }
    }

    /// "blacklisted-12345@amazon.de": a connector's mark before a marketplace's alias.
    static func isBlacklisted(_ local: Span<UInt8>) -> Bool { local.starts(with: "blacklisted-") }

    /// Whether the local part is `name`, hyphens, dots and underscores inside it ignored, and no letter follows.
    private static func isSender(_ local: Span<UInt8>, _ name: StaticString) -> Bool {
        var matched = 0
        for index in 0..<local.count {
            let byte = local[index]
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
    private static func packWithoutHyphens(_ bytes: Span<UInt8>) -> WordTable.PackedWord {
        if let (low, high) = plainWords(bytes) {
            return WordTable.PackedWord(ByteWord.lowercased(high)) << 64
                | WordTable.PackedWord(ByteWord.lowercased(low))
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        var count: UInt64 = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80 else { continue }
            guard count < 16 else { return 1 }
            let lower = UInt64(ASCII.lowercased(byte))
            if count < 8 { low |= lower << (count * 8) } else { high |= lower << ((count - 8) * 8) }
            count += 1
        }
        return WordTable.PackedWord(high) << 64 | WordTable.PackedWord(low)
    }

    /// Up to 16 letters and digits, nil of anything else.
    @inline(__always) private static func plainWords(_ bytes: Span<UInt8>) -> (low: UInt64, high: UInt64)? {
        guard bytes.count <= 16 else { return nil }
        let (low, high) = bytes.words(at: 0, count: bytes.count)
        let lowOthers = (ByteWord.lettersAndDigits(in: low) ^ ByteWord.highBits) & ByteWord.mask(min(bytes.count, 8))
        guard lowOthers == 0 else { return nil }
        guard bytes.count > 8 else { return (low, high) }
        let highOthers = (ByteWord.lettersAndDigits(in: high) ^ ByteWord.highBits) & ByteWord.mask(bytes.count &- 8)
        return highOthers == 0 ? (low, high) : nil
    }

    private static func isRepeated(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return false }
        for index in 1..<max(bytes.count, 1) where bytes[index] != bytes[0] { return false }
        return true
    }
}
