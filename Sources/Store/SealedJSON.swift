import Bytes

// A small JSON file for people to read that still notices a changed byte: its last member is the XXH64 of every byte
// before the comma in front of it. The file is written in one go, so it is checked as bytes, not as JSON.

extension ByteWriter {
    /// Ends an open object with its checksum and a line feed. The object must begin at byte 0 and have a member.
    mutating func seal() {
        let checksum = Checksum.of(span)
        key("checksum")
        hex(checksum)
        closeObject()
        append(UInt8(ascii: "\n"))
    }

    /// A JSON string of 16 hexadecimal digits.
    mutating func hex(_ value: UInt64) {
        let digits = String(value, radix: 16)
        string(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}

/// Whether the last member is the checksum of all that stands before it.
func isSealed(_ bytes: [UInt8]) -> Bool {
    let tail = #","checksum":"0123456789abcdef"}"#.utf8.count + 1
    guard bytes.count > tail else { return false }
    var expected = ByteWriter()
    expected.append(bytes.span.extracting(0..<(bytes.count - tail)))
    expected.seal()
    return expected.span.equals(bytes.span)
}

extension JSONReader {
    /// Reads a string of 16 hexadecimal digits.
    @_lifetime(self: copy self)
    mutating func hex() throws(JSONError) -> UInt64 {
        let digits = text(try string())
        guard digits.utf8.count == 16, let value = UInt64(digits, radix: 16) else {
            throw JSONError(.badNumber, at: position)
        }
        return value
    }

    /// Reads a whole number from 0 on that fits.
    @_lifetime(self: copy self)
    mutating func unsigned<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(JSONError) -> T {
        let range = try number()
        guard let value = T(bytes.text(range)), value >= 0 else { throw JSONError(.badNumber, at: range.lowerBound) }
        return value
    }
}
