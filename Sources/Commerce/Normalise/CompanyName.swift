import Bytes

/// A company's name without its legal form, as a key: "Müller & Söhne GmbH & Co. KG" and "Mueller und Soehne" meet.
///
/// Sources: the legal forms of the company acts of the EU, UK, US, Switzerland and Norway, as in GLEIF's ISO 20275 list.
package enum CompanyName {
    /// Writes the folded name; words that are legal forms are left out, and so are "&", "and", "und", "et", "en", "y".
    /// A name that is nothing but such words keeps them.
    /// - Returns: false, and nothing is written, when there is no name ("n/a", "privat", "-").
    package static func fold(_ text: Span<UInt8>, into output: inout ByteWriter) -> Bool {
        var folded = FoldedText()
        Folding.fold(text, into: &folded)
        guard folded.count >= 2, !folded.isFull, !placeholders.contains(folded.span) else { return false }
        if folded.span.starts(with: "amazon business") || folded.span.equals("n a") { return false }
        var name = FoldedText()
        appendWords(of: folded.span, to: &name)
        if name.count > 0 { output.append(name.span) } else { output.append(folded.span) }
        return true
    }

    private static func appendWords(of text: Span<UInt8>, to name: inout FoldedText) {
        var start = 0
        while start < text.count {
            let end = ASCII.firstIndex(of: UInt8(ascii: " "), in: text, from: start) ?? text.count
            if let afterForm = spelledOut(text, from: start) {
                start = afterForm
                continue
            }
            if !isForm(text.extracting(start..<end)) {
                if name.count > 0 { name.append(UInt8(ascii: " ")) }
                for index in start..<end { name.append(text[index]) }
            }
            start = end + 1
        }
    }

    private static func isForm(_ word: Span<UInt8>) -> Bool {
        forms.contains(word) || word.starts(with: "haftungsbeschrankt")
    }

    /// The end of a legal form in single letters that begins at `start` ("b v", "s a r l", "sp z o o"); nil if none does.
    private static func spelledOut(_ text: Span<UInt8>, from start: Int) -> Int? {
        if text.extracting(start..<text.count).starts(with: "sp z o o") { return start + 9 }
        var packed: WordTable.PackedWord = 0
        var shift: WordTable.PackedWord = 0
        var index = start
        while index < text.count, index + 1 == text.count || text[index + 1] == UInt8(ascii: " "), shift < 64 {
            packed |= WordTable.PackedWord(text[index]) << shift
            shift += 8
            index += 2
        }
        return shift > 8 && forms.contains(packed) ? index : nil
    }

    private static let forms = WordTable(
        """
        gmbh mbh ag kg kgaa ohg ug gbr ev ek eg co cie bv nv vof cv bvba srl sarl sas sasu sa sprl asbl vzw eurl sci snc
        ltd limited llc llp lp plc inc incorporated corp corporation company pty pte spa sapa srls sl slu sau slne
        aps as asa ab hb kb oy oyj zoo spzoo sro doo dd kft zrt nyrt bt ou uab sia eood ood ad lda ltda unipessoal se
        scrl scri and und et en y e
        """)

    private static let placeholders = WordTable(
        """
        na none no privat private particulier prive privato particular test unknown null undefined nvt geen keine xx xxx
        """)
}
