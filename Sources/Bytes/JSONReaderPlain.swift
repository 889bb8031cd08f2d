// What machines write, by the word: no blanks, no escapes. Each of these reads nothing where something else stands, so that
// the plain way can follow.
extension JSONReader {
    /// The next 16 bytes, if so many are left.
    @inlinable @inline(__always) package func peekWords() -> (low: UInt64, high: UInt64)? {
        guard position &+ 16 <= bytes.count else { return nil }
        return (bytes.load(position, as: UInt64.self), bytes.load(position &+ 8, as: UInt64.self))
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
        var index = position &+ 1
        guard index < bytes.count, bytes[unchecked: position] == UInt8(ascii: "\"") else { return nil }
        let start = index
        while index &+ 8 <= bytes.count {
            let word = bytes.load(index, as: UInt64.self)
            let stops = ByteWord.firstOfJSON(in: word)
            index &+= ByteWord.index(of: stops)
            if stops != 0 {
                guard bytes[unchecked: index] == UInt8(ascii: "\"") else { return nil }
                position = index &+ 1
                return Range(uncheckedBounds: (start, index))
            }
        }
        return nil
    }
}
