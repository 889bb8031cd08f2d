// What a string says, without its escapes.
extension JSONReader {
    /// Appends the string's content without its escapes. A lone surrogate becomes U+FFFD.
    package func unescape(_ string: JSONString, into output: inout ByteWriter) {
        guard string.hasEscapes else { return output.append(bytes.extracting(string.range)) }
        var index = string.range.lowerBound
        let end = string.range.upperBound
        while index < end {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): output.append(8)
            case UInt8(ascii: "f"): output.append(12)
            case UInt8(ascii: "n"): output.append(10)
            case UInt8(ascii: "r"): output.append(13)
            case UInt8(ascii: "t"): output.append(9)
            case UInt8(ascii: "u"): index = unescapeUnicode(at: index, end: end, into: &output)
            default: output.append(escape)
            }
        }
    }

    /// Decodes the four hex digits at `index` (and a second escape, if they are a high surrogate); returns the offset
    /// after what was read.
    private func unescapeUnicode(at index: Int, end: Int, into output: inout ByteWriter) -> Int {
        let unit = hexUnit(at: index)
        var next = index + 4
        var scalar = UInt32(unit)
        if (0xD800..<0xDC00).contains(unit), next + 6 <= end, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u")
        {
            let low = hexUnit(at: next + 2)
            if (0xDC00..<0xE000).contains(low) {
                scalar = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
                next += 6
            }
        }
        for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
            output.append(byte)
        }
        return next
    }

    private func hexUnit(at index: Int) -> UInt16 {
        var unit: UInt16 = 0
        for offset in 0..<4 { unit = unit << 4 | UInt16(hexValue(bytes[index + offset]) ?? 0) }
        return unit
    }

    /// The string's content as a Swift string: convenient, for paths that are not hot.
    package func text(_ string: JSONString) -> String {
        guard string.hasEscapes else { return bytes.text(string.range) }
        var output = ByteWriter(capacity: string.range.count)
        unescape(string, into: &output)
        return output.span.text
    }
}

@inline(__always) func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
