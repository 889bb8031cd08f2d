import Client

/// JSON taken apart without being read: where the members of an object and the elements of a list lie. What an export
/// brings must come back word for word, so values stay the bytes that they are.
struct JSONSlices {
    struct Member {
        let name: String
        /// Name, colon and value, as they stand there.
        let whole: Range<Int>
        let value: Range<Int>
    }

    /// The text is not JSON where a member or element should stand.
    struct Malformed: Error, Equatable {
        /// In bytes from the beginning of the text.
        let offset: Int
    }

    let bytes: [UInt8]
    private var position: Int

    private init(_ bytes: [UInt8], at start: Int) {
        self.bytes = bytes
        position = start
    }

    /// The members of the object that is all of `range`.
    static func members(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(Malformed) -> [Member] {
        var slices = JSONSlices(bytes, at: range?.lowerBound ?? 0)
        var found: [Member] = []
        try slices.each(UInt8(ascii: "{"), UInt8(ascii: "}"), until: range?.upperBound ?? bytes.count) {
            slices throws(Malformed) in
            let start = slices.position
            try slices.skipString()
            let name = JSONSlices.text(bytes, start..<slices.position)
            slices.skipBlanks()
            try slices.expect(UInt8(ascii: ":"))
            slices.skipBlanks()
            let valueStart = slices.position
            try slices.skipValue()
            found.append(
                Member(name: name, whole: start..<slices.position, value: valueStart..<slices.position))
        }
        return found
    }

    /// The elements of the list that is all of `range`.
    static func elements(_ bytes: [UInt8], in range: Range<Int>) throws(Malformed) -> [Range<Int>] {
        var slices = JSONSlices(bytes, at: range.lowerBound)
        var found: [Range<Int>] = []
        try slices.each(UInt8(ascii: "["), UInt8(ascii: "]"), until: range.upperBound) { slices throws(Malformed) in
            let start = slices.position
            try slices.skipValue()
            found.append(start..<slices.position)
        }
        return found
    }

    // MARK: Walking

    private mutating func each(
        _ opening: UInt8, _ closing: UInt8, until end: Int, _ body: (inout JSONSlices) throws(Malformed) -> Void
    ) throws(Malformed) {
        skipBlanks()
        try expect(opening)
        skipBlanks()
        var isFirst = true
        while peek != closing {
            if !isFirst {
                try expect(UInt8(ascii: ","))
                skipBlanks()
            }
            isFirst = false
            try body(&self)
            skipBlanks()
        }
        try expect(closing)
        skipBlanks()
        guard position >= end else { throw Malformed(offset: position) }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func expect(_ byte: UInt8) throws(Malformed) {
        guard peek == byte else { throw Malformed(offset: position) }
        position += 1
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func skipString() throws(Malformed) {
        try expect(UInt8(ascii: "\""))
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        throw Malformed(offset: position)
    }

    /// Brackets are counted, not paired: whoever reads the JSON in earnest says what is wrong with it.
    private mutating func skipValue() throws(Malformed) {
        var depth = 0
        repeat {
            guard let byte = peek else { throw Malformed(offset: position) }
            switch byte {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                guard depth > 0 else { throw Malformed(offset: position) }
                position += 1
            default: skipWord()
            }
        } while depth > 0
    }

    private mutating func skipWord() {
        let ends = Array(",:{}[]\" \t\r\n".utf8)
        while let byte = peek, !ends.contains(byte) { position += 1 }
    }
}

// MARK: - Strings

extension JSONSlices {
    /// The text of a string, or the bytes of any other value as they stand there.
    static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: plain(bytes, range), as: UTF8.self)
    }

    /// The same as bytes.
    static func plain(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return Array(bytes[range]) }
        let inner = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
        guard inner.contains(UInt8(ascii: "\\")) else { return Array(inner) }
        var parsed: String?
        do throws(JSONTextError) {
            parsed = try JSONValue(parsing: String(decoding: bytes[range], as: UTF8.self)).text
        } catch {
            // An escape that means nothing stays as it is.
            parsed = nil
        }
        return parsed.map { Array($0.utf8) } ?? Array(inner)
    }

    /// Appends a JSON string.
    static func append(string text: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += Array(#"\n"#.utf8)
            case 0x0D: output += Array(#"\r"#.utf8)
            case 0x09: output += Array(#"\t"#.utf8)
            case 0..<0x20: output += Array(#"\u00"#.utf8) + [byte >> 4, byte & 15].map { hexDigit($0) }
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
