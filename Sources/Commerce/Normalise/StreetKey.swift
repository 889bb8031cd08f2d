import Bytes

/// A street's name in one form: folded, its type in one form, written together: Haupt-Straße and Hauptstr. are
/// `hauptstr`.
struct StreetKey: ~Copyable {
    private(set) var text = FoldedText()
    private(set) var isCollectionPoint = false

    init(_ line: Span<UInt8>) {
        var folded = FoldedText()
        Folding.fold(line, into: &folded)
        let bytes = folded.span
        isCollectionPoint = Self.isBox(bytes)
        var start = 0
        while start < bytes.count {
            let end = ASCII.firstIndex(of: UInt8(ascii: " "), in: bytes, from: start) ?? bytes.count
            let word = WordTable.pack(bytes.extracting(start..<end))
            if AddressWords.collectionPoints.contains(word) { isCollectionPoint = true }
            if !AddressWords.droppedTypes.contains(word) {
                let type = AddressWords.streetTypes.canonical(word)
                if type != 0 {
                    WordTable.append(type, to: &text)
                } else {
                    for index in start..<end { text.append(bytes[index]) }
                }
            }
            start = end + 1
        }
    }

    /// "hauptstrasse" and "hauptstraat" end in "str", "churchillaan" in "ln", as their abbreviations do.
    mutating func shortenSuffix() {
        if ends(with: "strasse") {
            shorten(by: 7, to: "str")
        } else if ends(with: "strat") {
            shorten(by: 5, to: "str")
        } else if ends(with: "gasse") {
            shorten(by: 5, to: "g")
        } else if ends(with: "gatan") {
            shorten(by: 5, to: "g")
        } else if ends(with: "platz") {
            shorten(by: 5, to: "pl")
        } else if ends(with: "lan") {
            shorten(by: 3, to: "ln")
        }
    }

    private func ends(with suffix: StaticString) -> Bool { text.span.ends(with: suffix) }

    private mutating func shorten(by length: Int, to suffix: StaticString) {
        for _ in 0..<length { text.removeLast() }
        for index in 0..<suffix.utf8CodeUnitCount { text.append(suffix.utf8Start[index]) }
    }

    /// Boxes in more words than one: "P.O. Box 12", "Boîte postale 3", "BP 12", "Box 100", "Point relais".
    private static func isBox(_ line: Span<UInt8>) -> Bool {
        line.starts(with: "po box") || line.starts(with: "p o box") || line.starts(with: "box ")
            || line.starts(with: "boite postale") || line.starts(with: "bp ") || line.starts(with: "point relais")
            || line.starts(with: "relais colis") || line.starts(with: "pick up ") || line.starts(with: "post office")
            || line.starts(with: "skrytka") || line.starts(with: "pf ") || line.starts(with: "pakket automaat")
    }
}
