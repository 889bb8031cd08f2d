/// The bytes ended before the value did, or the value is not one that the writer makes.
@usableFromInline
package enum ByteReaderError: Error, Equatable {
    /// `offset` is where the value that is cut short begins.
    case truncated(offset: Int)
    /// A varint of more than ten bytes or beyond 64 bits.
    case overlong(offset: Int)
}

/// Reads what `ByteWriter` wrote, checking every length: bytes from disk are never trusted.
@usableFromInline
package struct ByteReader: ~Escapable {
    @usableFromInline package let bytes: Span<UInt8>
    /// Offset of the next unread byte.
    @usableFromInline package var position: Int

    @_lifetime(copy bytes)
    @inlinable package init(_ bytes: Span<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    @inlinable package var isAtEnd: Bool { position >= bytes.count }
    @inlinable package var remaining: Int { bytes.count - position }

    @_lifetime(self: copy self)
    @inlinable package mutating func byte() throws(ByteReaderError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    @_lifetime(self: copy self)
    @inlinable package mutating func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type = T.self
    ) throws(ByteReaderError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw .truncated(offset: position) }
        defer { position += size }
        return T(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: T.self))
    }

    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func varint() throws(ByteReaderError) -> UInt64 {
        if position < bytes.count {
            let first = bytes[position]
            if first < 0x80 {
                position += 1
                return UInt64(first)
            }
        }
        return try longVarint()
    }

    @_lifetime(self: copy self)
    @usableFromInline mutating func longVarint() throws(ByteReaderError) -> UInt64 {
        let start = position
        var index = start
        defer { position = index }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.count {
            let byte = bytes[unchecked: index]
            index &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                // Of the tenth byte only the lowest bit is left.
                guard shift < 63 || byte <= 1 else { throw .overlong(offset: start) }
                return value
            }
            shift &+= 7
            guard shift <= 63 else { throw .overlong(offset: start) }
        }
        throw .truncated(offset: start)
    }

    /// Steps over a varint. Where eight bytes are there, which mostly hold its end, they are looked at once.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func skipVarint() throws(ByteReaderError) {
        if remaining >= 8 {
            let ends = ~bytes.load(position, as: UInt64.self) & 0x8080_8080_8080_8080
            if ends != 0 {
                position += ends.trailingZeroBitCount / 8 + 1
                return
            }
        }
        _ = try varint()
    }

    @_lifetime(self: copy self)
    @inlinable package mutating func zigzag() throws(ByteReaderError) -> Int64 {
        let raw = try varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// The range of the next `count` bytes.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func range(count: Int) throws(ByteReaderError) -> Range<Int> {
        guard count >= 0, remaining >= count else { throw .truncated(offset: position) }
        defer { position += count }
        return position..<(position + count)
    }

    /// The same where the length is one byte and the string is there; otherwise reads nothing.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func shortCountedRange() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position &+ 1
        let end = start &+ Int(bytes[unchecked: position])
        guard bytes[unchecked: position] < 0x80, end <= bytes.count else { return nil }
        position = end
        return Range(uncheckedBounds: (start, end))
    }

    /// The range of a byte string that carries its length as a varint.
    @_lifetime(self: copy self)
    @inlinable @inline(__always) package mutating func countedRange() throws(ByteReaderError) -> Range<Int> {
        let start = position
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw .truncated(offset: start) }
        return try range(count: Int(count))
    }
}

extension Span where Element == UInt8 {
    /// The bytes of a range as text; malformed UTF-8 is repaired, since text from disk was checked when it came in.
    package func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// All bytes as text.
    package var text: String { text(0..<count) }

    /// A copy of the bytes.
    package var array: [UInt8] { withUnsafeBufferPointer { [UInt8]($0) } }

    /// Whether the bytes are exactly those of `literal`.
    @inlinable @inline(__always) package func equals(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard count == length else { return false }
        let other = literal.utf8Start
        for index in 0..<length where self[unchecked: index] != other[index] { return false }
        return true
    }

    /// Whether both spans hold the same bytes.
    @inlinable package func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index &+ 8 <= count {
            if load(index, as: UInt64.self) != other.load(index, as: UInt64.self) { return false }
            index &+= 8
        }
        return word(from: index) == other.word(from: index)
    }
}
