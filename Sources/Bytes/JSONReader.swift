/// Why a text is not JSON (RFC 8259), and at which byte.
@usableFromInline package struct JSONError: Error, Equatable {
    @usableFromInline package enum Reason: Equatable, Sendable {
        case endOfInput, unexpectedByte, badEscape, badNumber, controlCharacter, tooDeep, trailingBytes, wrongType
    }

    @usableFromInline package let reason: Reason
    /// Offset into the span that was read.
    @usableFromInline package let offset: Int

    @inlinable package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// The kind of the next value, seen by its first byte.
@usableFromInline package enum JSONKind: Equatable, Sendable {
    case object, array, string, number, bool, null
}

/// A string's bytes between its quotes, still escaped.
@usableFromInline package struct JSONString: Equatable, Sendable {
    @usableFromInline package let range: Range<Int>
    @usableFromInline package let hasEscapes: Bool

    @inlinable package init(range: Range<Int>, hasEscapes: Bool) {
        self.range = range
        self.hasEscapes = hasEscapes
    }
}

/// A pull reader of JSON over bytes: the caller asks for what it expects next, nothing is allocated or copied.
///
/// The bytes must be valid UTF-8 (a session checks each line once). Nesting deeper than `maximumDepth` is an error,
/// so that hostile input cannot exhaust a stack.
@usableFromInline package struct JSONReader: ~Escapable {
    @inlinable package static var maximumDepth: Int { 64 }

    @usableFromInline package let bytes: Span<UInt8>
    /// Offset of the next unread byte.
    @usableFromInline package internal(set) var position: Int
    @usableFromInline var depth = 0

    @_lifetime(copy bytes)
    @inlinable package init(_ bytes: Span<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Skips white space and tells the next value's kind without reading it.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func peek() throws(JSONError) -> JSONKind {
        skipSpace()
        guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
        switch bytes[unchecked: position] {
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    // MARK: Objects and arrays

    /// Enters an object; then call `nextKey` until it returns nil.
    @_lifetime(self: copy self)
    @inlinable package mutating func beginObject() throws(JSONError) { try enter(UInt8(ascii: "{")) }

    /// Enters an array; then call `nextElement` until it returns false.
    @_lifetime(self: copy self)
    @inlinable package mutating func beginArray() throws(JSONError) { try enter(UInt8(ascii: "[")) }

    @_lifetime(self: copy self)
    @inlinable mutating func enter(_ bracket: UInt8) throws(JSONError) {
        skipSpace()
        guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
        guard bytes[unchecked: position] == bracket else { throw JSONError(.wrongType, at: position) }
        guard depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        depth += 1
        position += 1
    }

    /// The next member's name, with the reader before its value; nil when the object has ended.
    /// `isFirst` is true before the first call and is cleared by it.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func nextKey(_ isFirst: inout Bool) throws(JSONError) -> JSONString? {
        // Written without blanks, which is how machines write, a comma and a quote follow each other.
        if !isFirst, position &+ 1 < bytes.count, bytes[unchecked: position] == UInt8(ascii: ","),
            bytes[unchecked: position &+ 1] == UInt8(ascii: "\"")
        {
            position &+= 1
        } else {
            guard try advance(to: UInt8(ascii: "}"), &isFirst) else { return nil }
        }
        let key = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Whether another element follows; false when the array has ended.
    @_lifetime(self: copy self)
    @inlinable package mutating func nextElement(_ isFirst: inout Bool) throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"), &isFirst)
    }

    @_lifetime(self: copy self)
    @inlinable @inline(__always)
    mutating func advance(to close: UInt8, _ isFirst: inout Bool) throws(JSONError) -> Bool {
        skipSpace()
        guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
        if bytes[unchecked: position] == close {
            position += 1
            depth -= 1
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
        return true
    }

    // MARK: Scalars

    /// Reads a string and says where its content lies.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func string() throws(JSONError) -> JSONString {
        skipSpace()
        guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
        guard bytes[unchecked: position] == UInt8(ascii: "\"") else { throw JSONError(.wrongType, at: position) }
        let start = position + 1
        var index = start
        let end = bytes.count
        while index &+ 8 <= end {
            let stops = ByteWord.firstOfJSON(in: bytes.load(index, as: UInt64.self))
            index &+= ByteWord.index(of: stops)
            if stops != 0 { break }
        }
        while index < end {
            let byte = bytes[unchecked: index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return JSONString(range: start..<index, hasEscapes: false)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, firstEscape: index) }
            if byte < 0x20 { throw JSONError(.controlCharacter, at: index) }
            index += 1
        }
        throw JSONError(.endOfInput, at: end)
    }

    @_lifetime(self: copy self)
    @usableFromInline mutating func escapedString(from start: Int, firstEscape: Int) throws(JSONError) -> JSONString {
        var index = firstEscape
        while index < bytes.count {
            switch bytes[unchecked: index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return JSONString(range: start..<index, hasEscapes: true)
            case UInt8(ascii: "\\"): index += try escapeLength(at: index)
            case 0..<0x20: throw JSONError(.controlCharacter, at: index)
            default: index += 1
            }
        }
        throw JSONError(.endOfInput, at: bytes.count)
    }

    private func escapeLength(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw JSONError(.endOfInput, at: bytes.count) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count else { throw JSONError(.endOfInput, at: bytes.count) }
            for offset in 2..<6 where hexValue(bytes[index + offset]) == nil {
                throw JSONError(.badEscape, at: index)
            }
            return 6
        default: throw JSONError(.badEscape, at: index)
        }
    }

    /// Reads a number and returns the range of its text, digit for digit as it was sent.
    @_lifetime(self: copy self)
    @usableFromInline package mutating func number() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = position
        var index = start
        func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[unchecked: at] : 0 }
        func isDigit(_ at: Int) -> Bool { byte(at) >= UInt8(ascii: "0") && byte(at) <= UInt8(ascii: "9") }
        if byte(index) == UInt8(ascii: "-") { index += 1 }
        guard isDigit(index) else { throw JSONError(index == start ? .wrongType : .badNumber, at: index) }
        if byte(index) == UInt8(ascii: "0") && isDigit(index + 1) { throw JSONError(.badNumber, at: index) }
        while isDigit(index) { index += 1 }
        if byte(index) == UInt8(ascii: ".") {
            index += 1
            guard isDigit(index) else { throw JSONError(.badNumber, at: index) }
            while isDigit(index) { index += 1 }
        }
        if byte(index) | 0x20 == UInt8(ascii: "e") {
            index += 1
            if byte(index) == UInt8(ascii: "+") || byte(index) == UInt8(ascii: "-") { index += 1 }
            guard isDigit(index) else { throw JSONError(.badNumber, at: index) }
            while isDigit(index) { index += 1 }
        }
        position = index
        return start..<index
    }

    @_lifetime(self: copy self)
    @usableFromInline package mutating func bool() throws(JSONError) -> Bool {
        skipSpace()
        if try literal("true") { return true }
        if try literal("false") { return false }
        throw JSONError(.wrongType, at: position)
    }

    /// Reads `null` if it comes next; otherwise reads nothing and returns false.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func null() throws(JSONError) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[unchecked: position] == UInt8(ascii: "n") else { return false }
        guard try literal("null") else { throw JSONError(.unexpectedByte, at: position) }
        return true
    }

    @_lifetime(self: copy self)
    @usableFromInline mutating func literal(_ word: StaticString) throws(JSONError) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes.extracting(position..<end).equals(word) else { return false }
        position = end
        return true
    }

    // MARK: Whole values

    /// Steps over one value of any kind, checking its grammar, and returns the range of its text.
    @_lifetime(self: copy self)
    @inlinable package mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = position
        switch kind {
        case .string: _ = try string()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: guard try null() else { throw JSONError(.unexpectedByte, at: position) }
        case .object:
            try beginObject()
            var isFirst = true
            while try nextKey(&isFirst) != nil { _ = try skipValue() }
        case .array:
            try beginArray()
            var isFirst = true
            while try nextElement(&isFirst) { _ = try skipValue() }
        }
        return start..<position
    }

    /// Steps over an object or array that is going to be read by itself: finds its end by strings and brackets alone and
    /// leaves the grammar to that reading.
    @_lifetime(self: copy self)
    @inlinable package mutating func skipNested() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = position
        var level = 0
        var index = start
        let end = bytes.count
        while index < end {
            switch bytes[unchecked: index] {
            case UInt8(ascii: "\""): index = closingQuote(from: index + 1)
            case UInt8(ascii: "{"), UInt8(ascii: "["): level += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                level -= 1
                if level <= 0 {
                    position = index + 1
                    return start..<position
                }
            default: break
            }
            index += 1
        }
        throw JSONError(.endOfInput, at: end)
    }

    /// Steps over the value that comes next if it repeats, byte for byte, the whole value at `previous`, which was read
    /// before; otherwise reads nothing and returns false.
    @_lifetime(self: copy self)
    @inlinable package mutating func skipRepetition(of previous: Range<Int>) -> Bool {
        let end = position &+ previous.count
        guard !previous.isEmpty, end <= bytes.count,
            bytes.extracting(position..<end).equals(bytes.extracting(previous))
        else { return false }
        position = end
        return true
    }

    /// Where the string ends whose content begins at `start`; the end of the bytes, or one beyond, where it does not.
    @inlinable @inline(__always) func closingQuote(from start: Int) -> Int {
        var index = start
        let end = bytes.count
        while index < end {
            if index &+ 8 <= end {
                let word = bytes.word(at: index)
                let stops =
                    ByteWord.first(UInt8(ascii: "\""), in: word) | ByteWord.first(UInt8(ascii: "\\"), in: word)
                index &+= ByteWord.index(of: stops)
                if stops == 0 { continue }
            }
            let byte = bytes[unchecked: index]
            if byte == UInt8(ascii: "\"") { break }
            index &+= byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return index
    }

    /// Goes on behind what another reader of the same bytes has read.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func resume(at offset: Int) {
        precondition(offset >= position && offset <= bytes.count)
        position = offset
    }

    /// Succeeds if only white space is left.
    @_lifetime(self: copy self)
    package mutating func end() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }

    // MARK: Bytes

    @_lifetime(self: copy self)
    @inlinable @inline(__always) mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[unchecked: position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    @_lifetime(self: copy self)
    @inlinable @inline(__always) mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
        guard bytes[unchecked: position] == byte else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }
}
