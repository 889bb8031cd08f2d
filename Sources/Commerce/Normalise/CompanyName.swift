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
        guard !folded.isFull, classify(folded: folded.span) == .real else { return false }
        var name = FoldedText()
        appendWords(of: folded.span, to: &name)
        if name.count > 0 { output.append(name.span) } else { output.append(folded.span) }
        return true
    }

    /// Whether the name is one that identifies a company.
    package static func classify(_ text: Span<UInt8>) -> NameClass {
        var folded = FoldedText()
        Folding.fold(text, into: &folded)
        return folded.isFull ? .placeholder : classify(folded: folded.span)
    }

    private static func classify(folded text: Span<UInt8>) -> NameClass {
        if isConstant(folded: text) { return .constant }
        guard text.count >= 2, !text.equals("n a"), !placeholders.contains(text) else { return .placeholder }
        var hasLetters = false
        var isRepeated = true
        for index in 0..<text.count {
            if text[index] >= UInt8(ascii: "a") { hasLetters = true }
            if text[index] != text[0] { isRepeated = false }
        }
        // "3M" and "HH" are companies; "123", "---" and "xxx" are what forms get.
        return hasLetters && !(isRepeated && text.count > 2) ? .real : .placeholder
    }

    /// The name that Amazon puts on the orders of every Amazon Business buyer.
    static func isConstant(folded text: Span<UInt8>) -> Bool { text.starts(with: "amazon business") }

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
        let rest = text.extracting(start..<text.count)
        if let length = shortForm(rest) { return start + length + 1 }
        if rest.count > 8, let length = longForm(rest) { return start + length + 1 }
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

    /// Length of an abbreviation that is more than single ASCII letters.
    private static func shortForm(_ text: Span<UInt8>) -> Int? {
        switch text[0] {
        case UInt8(ascii: "c"): length(of: "comm v", in: text)
        case UInt8(ascii: "s") where text.starts(with: "sp"):
            length(of: "sp z o o", in: text) ?? length(of: "sp k", in: text) ?? length(of: "sp j", in: text)
        // The first byte of most Greek small letters.
        case 0xCE: length(of: "α ε", in: text) ?? length(of: "ε π ε", in: text) ?? length(of: "ι κ ε", in: text)
        default: nil
        }
    }

    /// Length of a legal form that is written out and longer than a table's word.
    private static func longForm(_ text: Span<UInt8>) -> Int? {
        switch text[0] {
        case UInt8(ascii: "a"): length(of: "aktiengesellschaft", in: text)
        case UInt8(ascii: "b"): length(of: "besloten vennotschap", in: text)
        case UInt8(ascii: "g"): length(of: "gesellschaft mit beschrankter haftung", in: text)
        case UInt8(ascii: "k"): length(of: "kommanditgesellschaft", in: text)
        case UInt8(ascii: "n"): length(of: "namloze vennotschap", in: text)
        case UInt8(ascii: "o"): length(of: "offene handelsgesellschaft", in: text)
        case UInt8(ascii: "s") where text.starts(with: "soc") || text.starts(with: "spol"):
            length(of: "societe a responsabilite limite", in: text) ?? length(of: "societe anonyme", in: text)
                ?? length(of: "sociedad limitada", in: text) ?? length(of: "sociedad anonima", in: text)
                ?? length(of: "societa per azioni", in: text) ?? length(
                    of: "societa a responsabilita limitata", in: text)
                ?? length(of: "spolka z ograniczona odpowiedzialnoscia", in: text)
        default: nil
        }
    }

    /// The length of `form` when the text begins with it and a word ends there.
    private static func length(of form: StaticString, in text: Span<UInt8>) -> Int? {
        guard text.starts(with: form) else { return nil }
        var end = form.utf8CodeUnitCount
        while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
        // "vennotschap" and "vennotschapp", "limite" and "limitee" count; "sp k" is not the start of "sp kowalski".
        return end - form.utf8CodeUnitCount <= (form.utf8CodeUnitCount > 8 ? 1 : 0) ? end : nil
    }

    private static let forms = WordTable(
        """
        gmbh mbh ag kg kgaa ohg ug gbr ev ek eg co cie bv nv vof cv bvba srl sarl sas sasu sa sprl asbl vzw eurl sci snc
        ltd limited llc llp lp plc inc incorporated corp corporation company pty pte spa sapa srls sl slu sau slne
        aps as asa ab hb kb oy oyj zoo spzoo sro doo dd kft zrt nyrt bt ou uab sia eood ood ad lda ltda unipessoal se
        is ans enk nuf tmi ky ks da dac clg uc teoranta cpt spol vos spk spj sc pfa jdoo eprl epe ike ggmbh gug gesmbh
        ges eu klg sagl commv comm scs ivs aktiebolag handelsbolag osakeyhtiö anpartsselskab aktieselskab osauhing
        aktsiaselts drustvo еоод оод ад еад ет αε επε ικε тов ооо пп scop sapa spzo kkt mb
        scrl scri and und et en y e
        """)

    private static let placeholders = WordTable(
        """
        na none no privat private privatperson particulier prive privato particular prywatnie osobaprywatna test unknown
        null undefined nvt geen keine kein aucun aucune ninguna nessuna brak ingen onbekend unbekannt inconnu xx xxx
        firma company bedrijf entreprise empresa azienda societe unternehmen
        """)
}
