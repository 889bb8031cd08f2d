import Bytes

/// Where a telephone number ends and its extension begins: "x 456", "ext. 456", "Durchwahl 12", "#12", ",,12".
///
/// Sources: RFC 3966 (`;ext=`), ITU-T E.123 ("ext."), and the words that the languages of Europe use for it.
enum PhoneExtension {
    /// Fewer digits before it are no number yet, so that the mark is something else ("(0xx) 11 …").
    static let fewestDigitsBefore = 4

    /// The first letter of the Russian "доб.".
    static let cyrillicMark: UInt32 = 0x434

    private static let words = WordTable(
        "x ext int tst toestel dw durchwahl app apparat nst poste anexo interno klapka linka wew mell lok", folds: false
    )

    static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "~"), UInt8(ascii: "x"),
            UInt8(ascii: "X"):
            true
        default: false
        }
    }

    /// Whether what stands at `index` announces an extension; `digits` is the number of digits before it.
    static func begins(_ raw: Span<UInt8>, at index: Int, after digits: Int) -> Bool {
        guard digits >= fewestDigitsBefore else { return false }
        guard ASCII.isLetter(raw[index]) else { return isMark(raw[index]) }
        if ASCII.isLetter(raw[index - 1]) { return false }
        var word = FoldedText()
        var end = index
        while end < raw.count, ASCII.isLetter(raw[end]), word.count < 16 {
            word.append(ASCII.lowercased(raw[end]))
            end += 1
        }
        return word.span.starts(with: "ext") || word.span.starts(with: "xt") || words.contains(word.span)
    }
}
