/// Eight bytes in one integer, the first one lowest: questions that are asked of all of them at once.
///
/// An answer is a word of marks: the highest bit of each byte for which it is yes.
@usableFromInline
package enum ByteWord {
    @inlinable @inline(__always) package static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inlinable @inline(__always) package static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// `byte` eight times.
    @inlinable @inline(__always) package static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

    /// Ones in the lowest `count` bytes, 0 to 8.
    @inlinable @inline(__always) package static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? .max : (1 &<< (UInt64(truncatingIfNeeded: count) &* 8)) &- 1
    }

    /// Which bytes are `byte`. Above the first mark others may be false.
    @inlinable @inline(__always) package static func first(_ byte: UInt8, in word: UInt64) -> UInt64 {
        let rest = word ^ repeating(byte)
        return (rest &- ones) & ~rest & highBits
    }

    /// Which bytes are control characters, below 0x20. Above the first mark others may be false.
    @inlinable @inline(__always) package static func firstControl(in word: UInt64) -> UInt64 {
        (word &- repeating(0x20)) & ~word & highBits
    }

    /// Which bytes end or interrupt the content of a JSON string: a quote, a backslash, a control character. Above the
    /// first mark others may be false.
    @inlinable @inline(__always) package static func firstOfJSON(in word: UInt64) -> UInt64 {
        // With this bit turned over, the quote stands just above the control characters, which stay among themselves.
        let quotesAndControls = (word ^ repeating(0x02)) &- repeating(0x21)
        let backslashes = (word ^ repeating(UInt8(ascii: "\\"))) &- ones
        return (quotesAndControls | backslashes) & ~word & highBits
    }

    /// Which bytes may not stand in a JSON string as we write it: what ends or interrupts its content, and DEL. Above the first
    /// mark others may be false.
    @inlinable @inline(__always) package static func firstToEscape(in word: UInt64) -> UInt64 {
        let quotes = (word ^ repeating(UInt8(ascii: "\""))) &- ones
        let backslashes = (word ^ repeating(UInt8(ascii: "\\"))) &- ones
        let deletes = (word ^ repeating(0x7F)) &- ones
        return (quotes | backslashes | deletes | (word &- repeating(0x20))) & ~word & highBits
    }

    /// Ones in the bytes before the first mark; there is one.
    @inlinable @inline(__always) package static func before(_ marks: UInt64) -> UInt64 {
        ((marks &- 1) & ~marks) &>> 7
    }

    /// Which bytes are `byte`, all of them.
    @inlinable @inline(__always) package static func equal(_ byte: UInt8, in word: UInt64) -> UInt64 {
        let rest = word ^ repeating(byte)
        return ~(((rest & ~highBits) &+ ~highBits) | rest) & highBits
    }

    /// Which bytes are ASCII letters or digits.
    @inlinable @inline(__always) package static func lettersAndDigits(in word: UInt64) -> UInt64 {
        letters(in: word) | digits(in: word)
    }

    /// Which bytes are ASCII digits.
    @inlinable @inline(__always) package static func digits(in word: UInt64) -> UInt64 {
        inside(UInt8(ascii: "0")...UInt8(ascii: "9"), word & ~highBits) & ~word
    }

    /// Which bytes are ASCII letters.
    @inlinable @inline(__always) package static func letters(in word: UInt64) -> UInt64 {
        inside(UInt8(ascii: "a")...UInt8(ascii: "z"), (word & ~highBits) | repeating(0x20)) & ~word
    }

    /// The letters in lower case, everything else as it is; of bytes below 0x80 only.
    @inlinable @inline(__always) package static func lowercased(_ word: UInt64) -> UInt64 {
        word | inside(UInt8(ascii: "A")...UInt8(ascii: "Z"), word) &>> 2
    }

    /// Which bytes lie in `range`; of bytes below 0x80 only, and a range that ends below 0x80.
    @inlinable @inline(__always) package static func inside(_ range: ClosedRange<UInt8>, _ word: UInt64) -> UInt64 {
        let notBelow = word &+ repeating(0x80 &- range.lowerBound)
        let above = word &+ repeating(0x7F &- range.upperBound)
        return notBelow & ~above & highBits
    }

    /// The marks as eight bits, the lowest for the first byte.
    @inlinable @inline(__always) package static func bits(of marks: UInt64) -> UInt64 {
        ((marks &>> 7) &* 0x0102_0408_1020_4080) &>> 56
    }

    /// How many bytes stand before the first mark; 8 when there is none.
    @inlinable @inline(__always) package static func index(of marks: UInt64) -> Int {
        marks.trailingZeroBitCount &>> 3
    }
}

// Loading words out of spans: the unsafe code stands here, behind one check of the bounds each.
extension Span where Element == UInt8 {
    /// The eight bytes from `offset` on.
    @inlinable @inline(__always) package func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count &- 8)
        return load(offset, as: UInt64.self)
    }

    /// The `length` bytes from `offset` on, 0 to 8 of them, with zeros above.
    @inlinable @inline(__always) package func word(at offset: Int, count length: Int) -> UInt64 {
        precondition(offset >= 0 && length >= 0 && length <= 8 && offset <= count &- length)
        if offset <= count &- 8 { return load(offset, as: UInt64.self) & ByteWord.mask(length) }
        return lastWord(at: offset, count: length)
    }

    /// The bytes from `offset` on, eight or as many as are left, with zeros above.
    @inlinable @inline(__always) package func word(from offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count)
        let last = count &- 8
        if offset <= last { return load(offset, as: UInt64.self) }
        guard last >= 0 else { return lastWord(at: offset, count: count &- offset) }
        // The last eight, without those before: one to eight of them.
        let others = UInt64(truncatingIfNeeded: offset &- last)
        return (load(last, as: UInt64.self) &>> (others &* 8 &- 8)) &>> 8
    }

    /// Near the end, where no eight bytes are left: two halves that overlap in the middle.
    @inlinable @inline(__always) func lastWord(at offset: Int, count length: Int) -> UInt64 {
        let last = UInt64(truncatingIfNeeded: length &* 8)
        if length >= 4 {
            return UInt64(load(offset, as: UInt32.self))
                | UInt64(load(offset &+ length &- 4, as: UInt32.self)) &<< (last &- 32)
        }
        guard length > 0 else { return 0 }
        let middle = length &>> 1
        return UInt64(self[unchecked: offset])
            | UInt64(self[unchecked: offset &+ middle]) &<< UInt64(truncatingIfNeeded: middle &* 8)
            | UInt64(self[unchecked: offset &+ length &- 1]) &<< (last &- 8)
    }

    /// Unchecked: whoever asks has looked that so many bytes are there.
    @inlinable @inline(__always) func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T
    {
        T(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
    }

    /// Offset of the first byte at or behind `start` that is not ASCII; the end when all are.
    package func endOfASCII(from start: Int) -> Int {
        precondition(start >= 0)
        var index = start
        // Eight words in a step, which the compiler looks at in wide registers.
        while index &+ 64 <= count {
            let one = load(index, as: UInt64.self) | load(index &+ 8, as: UInt64.self)
            let two = load(index &+ 16, as: UInt64.self) | load(index &+ 24, as: UInt64.self)
            let three = load(index &+ 32, as: UInt64.self) | load(index &+ 40, as: UInt64.self)
            let four = load(index &+ 48, as: UInt64.self) | load(index &+ 56, as: UInt64.self)
            guard (one | two | three | four) & ByteWord.highBits == 0 else { break }
            index &+= 64
        }
        while index < count {
            let others = word(from: index) & ByteWord.highBits
            if others != 0 { return index &+ ByteWord.index(of: others) }
            index &+= 8
        }
        return count
    }

    /// Whether every byte is an ASCII letter or digit.
    @inlinable package var isLettersAndDigits: Bool {
        var index = 0
        while index < count {
            let others = ByteWord.lettersAndDigits(in: word(from: index)) ^ ByteWord.highBits
            if others & ByteWord.mask(count &- index) != 0 { return false }
            index &+= 8
        }
        return true
    }

    /// Whether there is an ASCII digit.
    @inlinable package var containsDigit: Bool {
        var index = 0
        while index < count {
            if ByteWord.digits(in: word(from: index)) != 0 { return true }
            index &+= 8
        }
        return false
    }

    /// Whether `byte` stands at `start` or behind it.
    @inlinable package func contains(_ byte: UInt8, from start: Int = 0) -> Bool {
        var index = start
        while index < count {
            // Zeros are behind the end, and nobody asks for them.
            if ByteWord.first(byte, in: word(from: index)) & ByteWord.mask(count &- index) != 0 { return true }
            index &+= 8
        }
        return false
    }

    /// Up to 16 bytes from `offset` on as two words, with zeros above.
    @inlinable @inline(__always) package func words(at offset: Int, count length: Int) -> (low: UInt64, high: UInt64) {
        guard length > 8 else { return (word(at: offset, count: length), 0) }
        return (word(at: offset), word(at: offset &+ 8, count: length &- 8))
    }
}
