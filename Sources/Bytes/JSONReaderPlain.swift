// What machines write, by the word: no blanks, no escapes. Each of these reads nothing where something else stands, so that
// the plain way can follow.
extension JSONReader {
    /// Steps over a member's name, and over the comma before it unless it is the first, if that is what stands here; otherwise
    /// reads nothing and returns false.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func plainName(_ name: JSONName, isFirst: Bool) -> Bool {
        let start = isFirst ? position : position &+ 1
        guard start &+ 16 <= bytes.count, isFirst || bytes[unchecked: position] == UInt8(ascii: ","),
            bytes.load(start, as: UInt64.self) & name.lowMask == name.low,
            bytes.load(start &+ 8, as: UInt64.self) & name.highMask == name.high
        else { return false }
        position = start &+ name.count
        return true
    }

    /// Steps over the end of an object, if that is what stands here; otherwise reads nothing and returns false.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func plainObjectEnd() -> Bool {
        guard position < bytes.count, bytes[unchecked: position] == UInt8(ascii: "}") else { return false }
        position &+= 1
        depth &-= 1
        return true
    }

    /// Whether an object or a list begins here.
    @inlinable @inline(__always) package var isBeforeNested: Bool {
        position < bytes.count && bytes[unchecked: position] | 0x20 == UInt8(ascii: "{")
    }

    /// The next member's name in two words, and where its value begins, if it stands there as machines write it: up to 15
    /// bytes without a blank around them. Nothing is read, and an escape in the name is not looked for.
    @inlinable @inline(__always) package func peekPlainKey(isFirst: Bool) -> (low: UInt64, high: UInt64, end: Int)? {
        var start = position
        guard start &+ 20 <= bytes.count else { return nil }
        if !isFirst {
            guard bytes[unchecked: start] == UInt8(ascii: ",") else { return nil }
            start &+= 1
        }
        guard bytes[unchecked: start] == UInt8(ascii: "\"") else { return nil }
        start &+= 1
        // 16 bytes are left, and two for quote and colon behind them.
        var (low, high) = (bytes.load(start, as: UInt64.self), UInt64(0))
        var marks = ByteWord.first(UInt8(ascii: "\""), in: low)
        var length = ByteWord.index(of: marks)
        if marks != 0 {
            low &= ByteWord.before(marks)
        } else {
            high = bytes.load(start &+ 8, as: UInt64.self)
            marks = ByteWord.first(UInt8(ascii: "\""), in: high)
            guard marks != 0 else { return nil }
            high &= ByteWord.before(marks)
            length &+= ByteWord.index(of: marks)
        }
        let colon = start &+ length &+ 1
        guard bytes[unchecked: colon] == UInt8(ascii: ":") else { return nil }
        return (low, high, colon &+ 1)
    }

    /// Reads a string without escapes, if that is what stands here, and says where its content lies; otherwise reads
    /// nothing.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func plainText() -> Range<Int>? {
        let start = position &+ 1
        guard start < bytes.count, bytes[unchecked: position] == UInt8(ascii: "\"") else { return nil }
        var index = start
        while index &+ 8 <= bytes.count {
            let stops = ByteWord.firstOfJSON(in: bytes.load(index, as: UInt64.self))
            if stops == 0 {
                index &+= 8
                continue
            }
            index &+= ByteWord.index(of: stops)
            guard bytes[unchecked: index] == UInt8(ascii: "\"") else { return nil }
            position = index &+ 1
            return Range(uncheckedBounds: (start, index))
        }
        return nil
    }

    /// Reads up to seven digits that a comma or the end of an object follows, if that is what stands here, and says where they
    /// lie; otherwise reads nothing.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func plainDigits() -> Range<Int>? {
        guard position &+ 8 <= bytes.count else { return nil }
        let word = bytes.load(position, as: UInt64.self)
        let count = ByteWord.index(of: ByteWord.digits(in: word) ^ ByteWord.highBits)
        guard count > 0, count < 8, count == 1 || word & 0xFF != UInt8(ascii: "0") else { return nil }
        let next = bytes[unchecked: position &+ count]
        guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { return nil }
        let start = position
        position &+= count
        return Range(uncheckedBounds: (start, position))
    }

    /// Reads `null`, if that is what stands here; otherwise reads nothing and returns false.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func plainNull() -> Bool {
        guard position &+ 4 <= bytes.count, bytes.load(position, as: UInt32.self) == 0x6C6C_756E else { return false }
        position &+= 4
        return true
    }
}

/// The name of a member in its quotes, with the colon behind them: up to 16 bytes, to be compared by the word.
@usableFromInline package struct JSONName: Sendable, BitwiseCopyable {
    @usableFromInline let low: UInt64
    @usableFromInline let high: UInt64
    @usableFromInline let lowMask: UInt64
    @usableFromInline let highMask: UInt64
    @usableFromInline let count: Int

    /// - Parameter name: must need no escaping; nil, and one of more than 13 bytes, is found nowhere.
    package init(_ name: StaticString?) {
        let text = name.map { Array("\"\($0)\":".utf8) } ?? []
        count = text.count
        guard (1...16).contains(count) else {
            (low, high, lowMask, highMask) = (1, 0, 0, 0)
            return
        }
        (low, high) = text.span.words(at: 0, count: count)
        (lowMask, highMask) = (ByteWord.mask(min(count, 8)), ByteWord.mask(max(count - 8, 0)))
    }
}
