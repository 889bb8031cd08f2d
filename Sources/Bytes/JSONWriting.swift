// JSON written straight into a byte buffer.
//
// Commas put themselves: a value or key needs one exactly if the byte before it ends another value, which is
// anything but an opening bracket, a colon, a space or a line feed (our protocol puts a space before a document).
extension ByteWriter {
    @inline(__always) private mutating func separate() {
        guard let last = lastByte else { return }
        switch last {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"): return
        default: append(UInt8(ascii: ","))
        }
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
    @inline(__always) package mutating func key(_ name: StaticString) {
        separate()
        append(UInt8(ascii: "\""))
        append(name)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    /// A member's name out of data.
    package mutating func key(_ name: String) {
        string(name)
        append(UInt8(ascii: ":"))
    }

    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(Span(_unsafeElements: $0)) }
    }

    /// A string of UTF-8 bytes, escaped: quotes, backslashes and control characters, so that a line stays a line.
    package mutating func string(_ bytes: Span<UInt8>) {
        separate()
        append(UInt8(ascii: "\""))
        var plainStart = 0
        var index = 0
        while index < bytes.count {
            let length = min(8, bytes.count &- index)
            let marks = Self.escapes(in: bytes.word(at: index, count: length)) & ByteWord.mask(length)
            guard marks != 0 else {
                index &+= length
                continue
            }
            index &+= ByteWord.index(of: marks)
            append(bytes.extracting(plainStart..<index))
            appendEscape(bytes[unchecked: index])
            index &+= 1
            plainStart = index
        }
        append(bytes.extracting(plainStart..<bytes.count))
        append(UInt8(ascii: "\""))
    }

    /// Which bytes must be escaped. Above the first mark others may be false.
    @inline(__always) private static func escapes(in word: UInt64) -> UInt64 {
        ByteWord.firstControl(in: word) | ByteWord.first(UInt8(ascii: "\""), in: word)
            | ByteWord.first(UInt8(ascii: "\\"), in: word) | ByteWord.first(0x7F, in: word)
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

    package mutating func number(_ value: some BinaryInteger) {
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

    /// The integer in decimal digits, without a separator.
    package mutating func appendDecimal(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var length = 0
        repeat {
            digits[length] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            length += 1
        } while rest > 0
        while length > 0 {
            length -= 1
            append(digits[length])
        }
    }
}
