// JSON written straight into a byte buffer.
//
// Commas put themselves: a value or key needs one exactly if the byte before it ends another value, which is
// anything but an opening bracket, a colon, a space or a line feed (our protocol puts a space before a document).
extension ByteWriter {
    /// Whether a value or key that is written next has to stand behind a comma.
    @inlinable @inline(__always) package var needsComma: Bool {
        guard let last = lastByte else { return false }
        switch last {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"):
            return false
        default: return true
        }
    }

    @inlinable @inline(__always) mutating func separate() {
        if needsComma { append(UInt8(ascii: ",")) }
    }

    package mutating func openObject() {
        separate()
        append(UInt8(ascii: "{"))
    }

    package mutating func closeObject() { append(UInt8(ascii: "}")) }

    package mutating func openArray() {
        separate()
        append(UInt8(ascii: "["))
    }

    package mutating func closeArray() { append(UInt8(ascii: "]")) }

    /// A member's name; it must need no escaping.
    @inlinable @inline(__always) package mutating func key(_ name: StaticString) {
        separate()
        append(UInt8(ascii: "\""))
        append(name)
        append("\":")
    }

    /// Up to 24 bytes that begin with a comma, which falls away where an object begins: a member's name, made beforehand.
    /// - Parameter low, middle, high: the bytes, eight in a word, the first lowest.
    @inlinable @inline(__always)
    package mutating func append(member low: UInt64, _ middle: UInt64, _ high: UInt64, count length: Int) {
        reserve(24)
        appendReserved(name: low, middle, high, count: length, isFirst: !needsComma)
    }

    /// The same where room for 24 bytes is there.
    @inlinable @inline(__always)
    mutating func appendReserved(
        name low: UInt64, _ middle: UInt64, _ high: UInt64, count length: Int, isFirst: Bool
    ) {
        guard isFirst else { return appendReserved(words: low, middle, high, count: length) }
        appendReserved(
            words: low &>> 8 | middle &<< 56, middle &>> 8 | high &<< 56, high &>> 8, count: length &- 1)
    }

    /// A member's name out of data.
    // Disfavoured, like its two sisters, so that a literal is not made a String first.
    @_disfavoredOverload
    package mutating func key(_ name: String) {
        string(name)
        append(UInt8(ascii: ":"))
    }

    @_disfavoredOverload
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(Span(_unsafeElements: $0)) }
    }

    /// A string of UTF-8 bytes, escaped: quotes, backslashes and control characters, so that a line stays a line.
    package mutating func string(_ bytes: Span<UInt8>) {
        separate()
        append(UInt8(ascii: "\""))
        appendEscaped(bytes)
        append(UInt8(ascii: "\""))
    }

    /// A string that needs no escaping.
    @inlinable @inline(__always) package mutating func string(_ text: StaticString) {
        beginString()
        append(text)
        append(UInt8(ascii: "\""))
    }

    /// The quote before a string; what follows must need no escaping, and its end is the caller's.
    @inlinable @inline(__always) package mutating func beginString() {
        separate()
        append(UInt8(ascii: "\""))
    }

    /// What stands between the quotes of a string of UTF-8 bytes.
    package mutating func appendEscaped(_ bytes: Span<UInt8>) {
        let length = bytes.count
        reserve(length &+ 8)
        var index = 0
        while index &+ 8 <= length {
            let word = bytes.load(index, as: UInt64.self)
            guard ByteWord.firstToEscape(in: word) == 0 else { return appendEscaping(bytes, from: index) }
            appendReserved(word: word, count: 8)
            index &+= 8
        }
        let rest = length &- index
        guard rest > 0 else { return }
        let word = bytes.lastWord(at: index, count: rest)
        // Zeros above the last byte would count as control characters.
        guard ByteWord.firstToEscape(in: word) & ByteWord.mask(rest) == 0 else {
            return appendEscaping(bytes, from: index)
        }
        appendReserved(word: word, count: rest)
    }

    /// A member of an object that is a string: its name, made beforehand, and what stands at `range` of `bytes`, escaped. One
    /// look at the room for both, and words that reach over the end of a text where something follows it.
    /// - Parameters:
    ///   - low, middle, high: up to 24 bytes from the comma before the name to the quote that begins the string, eight in a
    ///     word, the first lowest.
    ///   - isFirst: whether the object begins with it, so that the comma falls away.
    @inlinable @inline(__always)
    package mutating func append(
        member low: UInt64, _ middle: UInt64, _ high: UInt64, count length: Int, isFirst: Bool,
        text bytes: Span<UInt8>, _ range: Range<Int>
    ) {
        reserve(range.count &+ 48)
        appendReserved(name: low, middle, high, count: length, isFirst: isFirst)
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let wordsEnd = bytes.count &- 8
        var index = range.lowerBound
        while true {
            let rest = range.upperBound &- index
            guard index <= wordsEnd else { return appendEscapedEnd(bytes.extracting(index..<range.upperBound)) }
            let word = bytes.load(index, as: UInt64.self)
            if rest < 8 {
                let mask = ByteWord.mask(rest)
                guard ByteWord.firstToEscape(in: word) & mask == 0 else { break }
                let quote = UInt64(UInt8(ascii: "\"")) &<< UInt64(truncatingIfNeeded: rest &* 8)
                return appendReserved(word: word & mask | quote, count: rest &+ 1)
            }
            guard ByteWord.firstToEscape(in: word) == 0 else { break }
            appendReserved(word: word, count: 8)
            index &+= 8
        }
        appendEscapedEnd(bytes.extracting(index..<range.upperBound))
    }

    /// The rest of a string and the quote behind it.
    @inline(never) @usableFromInline mutating func appendEscapedEnd(_ bytes: Span<UInt8>) {
        appendEscaped(bytes)
        append(UInt8(ascii: "\""))
    }

    /// The same from the first word on in which something must be escaped; hardly any text has one.
    @inline(never) private mutating func appendEscaping(_ bytes: Span<UInt8>, from start: Int) {
        var index = start
        while index < bytes.count {
            let length = min(8, bytes.count &- index)
            let word = bytes.word(at: index, count: length)
            let marks = ByteWord.firstToEscape(in: word) & ByteWord.mask(length)
            let plain = marks == 0 ? length : ByteWord.index(of: marks)
            append(word: word, count: plain)
            index &+= plain
            guard marks != 0 else { continue }
            appendEscape(bytes[unchecked: index])
            index &+= 1
        }
    }

    /// A string of all bytes of another writer.
    package mutating func string(contentsOf other: borrowing ByteWriter) { string(other.span) }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append("u00")
            appendHexDigit(byte >> 4)
            appendHexDigit(byte & 15)
        }
    }

    private mutating func appendHexDigit(_ digit: UInt8) {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    @inlinable package mutating func number(_ value: some BinaryInteger) {
        separate()
        appendDecimal(Int64(value))
    }

    package mutating func bool(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
    }

    package mutating func null() {
        separate()
        append("null")
    }

    /// A value that is JSON already.
    package mutating func rawJSON(_ json: Span<UInt8>) {
        separate()
        append(json)
    }

    package mutating func rawJSON(_ json: [UInt8]) { rawJSON(json.span) }

    /// The integer in decimal digits, without a separator.
    @usableFromInline package mutating func appendDecimal(_ value: Int64) { appendDecimal(value, scale: 0) }

    /// `value / 10^scale` in decimal digits, without a separator: `39.90` for 3990 and 2. At most 18 decimals.
    package mutating func appendDecimal(_ value: Int64, scale: Int) {
        precondition(scale >= 0 && scale <= 18)
        if value < 0 { append(UInt8(ascii: "-")) }
        guard value.magnitude < 100_000_000, scale < 8 else { return appendLong(value.magnitude, scale: scale) }
        let digits = Self.eightDigits(UInt32(truncatingIfNeeded: value.magnitude))
        let zeros = ByteWord.index(of: (digits & ByteWord.repeating(0x0F)) | 1 &<< 56)
        let whole = max(8 &- zeros &- scale, 1)
        let shown = digits &>> UInt64(truncatingIfNeeded: (8 &- whole &- scale) &* 8)
        append(word: shown, count: whole)
        guard scale > 0 else { return }
        append(UInt8(ascii: "."))
        append(word: shown &>> UInt64(truncatingIfNeeded: whole &* 8), count: scale)
    }

    /// Eight decimal digits of a number below 10^8, the first one lowest: halves are cut off in all places of a word at once,
    /// by multiplying with a reciprocal that is exact for numbers of their size.
    @inline(__always) private static func eightDigits(_ value: UInt32) -> UInt64 {
        let fours = UInt64(value / 10_000) | UInt64(value % 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x7F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((twos &* 103) &>> 10) & 0x000F_000F_000F_000F
        return (tens | (twos &- tens &* 10) &<< 8) | ByteWord.repeating(UInt8(ascii: "0"))
    }

    private mutating func appendLong(_ magnitude: UInt64, scale: Int) {
        // From the last digit on; 20 digits and a point at most.
        var digits: InlineArray<24, UInt8> = .init(repeating: 0)
        var start = 24
        var rest = magnitude
        var written = 0
        repeat {
            if written == scale, scale > 0 {
                start &-= 1
                digits[start] = UInt8(ascii: ".")
            }
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start &-= 1
            digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
            written &+= 1
        } while rest > 0 || written <= scale
        append(digits.span.extracting(start..<24))
    }
}
