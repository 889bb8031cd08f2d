import Bytes

/// What the form and the check digits of a VAT number say. Whether it is registered, only VIES or the tax office know.
package enum VATClass: UInt8, Sendable {
    case valid, invalid
    /// Filled in to get past a form: "n/a", 000000000, NL123456789B01.
    case placeholder
    /// No prefix and no country that we know the check of.
    case unsupported
}

/// VAT identification numbers in one form: prefix and number without blanks and signs, "NL123456782B12".
///
/// - The prefix in the text wins over the country; without one the country's is written in front. Greece is EL, Northern
///   Ireland XI, Switzerland CHE.
/// - Leading zeros that people drop in Belgium, Greece and the Netherlands come back. The Swiss MWST, TVA, IVA and the Norwegian MVA at the end are
///   dropped, for they are words in four languages and not part of the number.
///
/// Sources: the European Commission's VIES (structures), the checks as each tax office publishes them (`VATChecks`), HMRC,
/// the Swiss UID register and the Norwegian Brønnøysund register. Every undisputed row of the reference vectors passes.
/// About 0.1 us a number.
package enum VATNumber {
    /// Writes the canonical form of a valid number; otherwise the output stays as it was.
    package static func normalise(
        _ raw: Span<UInt8>, country: CountryCode, into output: inout ByteWriter
    ) -> VATClass {
        guard raw.count <= 96 else { return .invalid }
        guard let text = VATText(raw), text.count > 0 else { return classify(word: raw) }
        let written = text.prefix
        if let prefix = written, VATChecks.isSupported(prefix), text.count > 2 {
            if let verdict = append(text.dropping(2), prefix: prefix, to: &output) { return verdict }
        }
        let home = VATText.prefix(of: country)
        if VATChecks.isSupported(home), let verdict = append(text, prefix: home, to: &output) { return verdict }
        guard written.map(VATChecks.isSupported) ?? false || VATChecks.isSupported(home) else { return .unsupported }
        return text.isPlaceholder() ? .placeholder : .invalid
    }

    /// A text without a letter or digit of a number: "-", "???".
    @inline(never) private static func classify(word raw: Span<UInt8>) -> VATClass {
        let word = raw.extracting(ASCII.trimmed(raw, 0..<raw.count))
        return EmailJunk.isPlaceholder(word: word) ? .placeholder : .invalid
    }

    /// Writes the number when it is valid, nil otherwise.
    private static func append(_ number: VATText, prefix: UInt16, to output: inout ByteWriter) -> VATClass? {
        var number = number
        VATChecks.complete(&number, prefix: prefix)
        guard VATChecks.isValid(number, prefix: prefix) else { return nil }
        output.append(UInt8(prefix >> 8))
        output.append(UInt8(truncatingIfNeeded: prefix))
        for index in 0..<number.count { output.append(number[index]) }
        return .valid
    }
}

/// Letters, digits, + and * of a VAT number, upper case, without what stands between them.
struct VATText {
    private static let longest = 20

    private var storage = InlineArray<20, UInt8>(repeating: 0)
    private(set) var count = 0

    private init() {}

    /// Reading through a span: a subscript of the array itself would copy all of it first.
    private var bytes: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { storage.span }
    }

    /// Nil when there is a sign that no VAT number is written with, or too much of it.
    init?(_ raw: Span<UInt8>) {
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            if ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "*") {
                guard count < Self.longest else { return nil }
                append(ASCII.uppercased(byte))
            } else if byte >= 0x80 {
                guard let length = ASCII.wideBlankLength(raw, at: index, before: raw.count) else { return nil }
                index += length - 1
            } else if !ASCII.isBlank(byte) {
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: ")"),
                    UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "'"):
                    break
                default: return nil
                }
            }
            index += 1
        }
    }

    subscript(index: Int) -> UInt8 { bytes[index] }

    /// Value of the digit at `index`; 99 for anything else.
    func digit(_ index: Int) -> Int { ASCII.isDigit(bytes[index]) ? Int(bytes[index] - 0x30) : 99 }

    /// One digit over and over or counting up, after a prefix or none; or a word such as "na" or "geen". Asked only of
    /// what no check accepts.
    @inline(never) func isPlaceholder() -> Bool {
        var start = 0
        while start < count, ASCII.isLetter(bytes[start]) { start += 1 }
        var end = start
        while end < count, ASCII.isDigit(bytes[end]) { end += 1 }
        guard end > start else { return EmailJunk.isPlaceholder(word: bytes.extracting(0..<count)) }
        guard end - start >= 5 else { return false }
        var isSame = true
        var isAscending = true
        for index in (start + 1)..<end {
            if bytes[index] != bytes[start] { isSame = false }
            if (bytes[index] & 0x0F) != ((bytes[index - 1] & 0x0F) + 1) % 10 { isAscending = false }
        }
        return isSame || isAscending
    }

    /// The two letters at the start.
    var prefix: UInt16? {
        guard count >= 2, ASCII.isLetter(bytes[0]), ASCII.isLetter(bytes[1]) else { return nil }
        let code = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        return code == CountryCode.GR.rawValue ? CountryCode("EL").rawValue : code
    }

    static func prefix(of country: CountryCode) -> UInt16 {
        country == CountryCode.GR ? CountryCode("EL").rawValue : country.rawValue
    }

    /// Whether all of `range` are digits.
    func isNumeric(_ range: Range<Int>) -> Bool {
        for index in range where !ASCII.isDigit(bytes[index]) { return false }
        return true
    }

    /// The digits of `range` as a number; at most 18 of them.
    func number(_ range: Range<Int>) -> Int {
        var value = 0
        for index in range { value = value * 10 + Int(bytes[index] & 0x0F) }
        return value
    }

    func ends(with suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard count >= length else { return false }
        for index in 0..<length where bytes[count - length + index] != suffix.utf8Start[index] { return false }
        return true
    }

    func dropping(_ length: Int) -> VATText {
        var rest = VATText()
        for index in min(length, count)..<count { rest.append(bytes[index]) }
        return rest
    }

    mutating func dropLast(_ length: Int) { count = max(0, count - length) }

    mutating func prepend(_ byte: UInt8) {
        guard count < Self.longest else { return }
        var index = count
        while index > 0 {
            storage[index] = storage[index - 1]
            index -= 1
        }
        storage[0] = byte
        count += 1
    }

    private mutating func append(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }
}
