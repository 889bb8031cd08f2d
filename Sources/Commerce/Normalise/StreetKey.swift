import Bytes

/// A street's name in one form: folded, its type in one form, written together: Haupt-Straße and Hauptstr. are
/// `hauptstr`.
struct StreetKey: ~Copyable {
    private(set) var text = FoldedText()
    private(set) var isCollectionPoint = false

    /// Whether the line names a box, a locker or a shop: what an exact key still has to know of its street.
    static func isCollectionPoint(_ line: Span<UInt8>) -> Bool {
        var folded = FoldedText()
        Folding.fold(line, into: &folded)
        let bytes = folded.span
        if isBox(bytes) { return true }
        var start = 0
        while start < bytes.count {
            let end = ASCII.firstIndex(of: UInt8(ascii: " "), in: bytes, from: start) ?? bytes.count
            let word = WordTable.pack(bytes.extracting(start..<end))
            if AddressWords.streetWord(word).contains(.collectionPoint) { return true }
            start = end + 1
        }
        return false
    }

    init(_ line: Span<UInt8>) {
        var folded = FoldedText()
        Folding.fold(line, into: &folded)
        let bytes = folded.span
        isCollectionPoint = Self.isBox(bytes)
        var start = 0
        while start < bytes.count {
            let end = ASCII.firstIndex(of: UInt8(ascii: " "), in: bytes, from: start) ?? bytes.count
            let word = WordTable.pack(bytes.extracting(start..<end))
            let meaning = AddressWords.streetWord(word)
            if meaning.contains(.collectionPoint) { isCollectionPoint = true }
            if meaning.contains(.type), !meaning.contains(.dropped) {
                WordTable.append(AddressWords.streetTypes.canonical(word), to: &text)
            } else if !meaning.contains(.dropped) {
                text.append(bytes.extracting(start..<end))
            }
            start = end + 1
        }
    }

    /// "hauptstrasse" and "hauptstraat" end in "str", "churchillaan" in "ln", as their abbreviations do.
    mutating func shortenSuffix() {
        let (length, suffix) = Self.suffix(of: text.span)
        if length > 0 { shorten(by: length, to: suffix) }
    }

    private static func suffix(of street: Span<UInt8>) -> (length: Int, short: StaticString) {
        if street.ends(with: "strasse") { return (7, "str") }
        if street.ends(with: "strat") { return (5, "str") }
        if street.ends(with: "gasse") || street.ends(with: "gatan") { return (5, "g") }
        if street.ends(with: "platz") { return (5, "pl") }
        return street.ends(with: "lan") ? (3, "ln") : (0, "")
    }

    private mutating func shorten(by length: Int, to suffix: StaticString) {
        for _ in 0..<length { text.removeLast() }
        for index in 0..<suffix.utf8CodeUnitCount { text.append(suffix.utf8Start[index]) }
    }

    /// Boxes in more words than one: "P.O. Box 12", "Boîte postale 3", "BP 12", "Box 100", "Point relais".
    private static func isBox(_ line: Span<UInt8>) -> Bool {
        guard line.count > 0 else { return false }
        switch line[0] {
        case UInt8(ascii: "b"):
            return line.starts(with: "box ") || line.starts(with: "boite postale") || line.starts(with: "bp ")
        case UInt8(ascii: "p"):
            return line.starts(with: "po box") || line.starts(with: "p o box") || line.starts(with: "point relais")
                || line.starts(with: "pick up ") || line.starts(with: "post office") || line.starts(with: "pf ")
                || line.starts(with: "pakket automaat")
        case UInt8(ascii: "r"): return line.starts(with: "relais colis")
        case UInt8(ascii: "s"): return line.starts(with: "skrytka")
        default: return false
        }
    }
}
