/// A growing buffer of bytes, owned by whoever holds it.
///
/// Appending copies bytes and never allocates per call once the buffer has grown; `removeAll` keeps the memory,
/// so one writer serves a connection or a batch loop for ever. This file owns the unsafe code of writing.
@usableFromInline
package struct ByteWriter: ~Copyable, @unchecked Sendable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline package internal(set) var capacity: Int
    /// Bytes written so far.
    @usableFromInline package internal(set) var count: Int

    /// - Parameter capacity: bytes reserved at once; at least 16.
    package init(capacity: Int = 256) {
        self.capacity = max(capacity, 16)
        base = .allocate(byteCount: self.capacity, alignment: 16)
        count = 0
    }

    deinit { base.deallocate() }

    /// The bytes written so far, valid until the next append.
    @inlinable package var span: Span<UInt8> {
        @_lifetime(borrow self) get {
            let start = base.assumingMemoryBound(to: UInt8.self)
            return _overrideLifetime(Span(_unsafeStart: start, count: count), borrowing: self)
        }
    }

    /// The byte written last.
    @inlinable @inline(__always) package var lastByte: UInt8? {
        count > 0 ? base.load(fromByteOffset: count - 1, as: UInt8.self) : nil
    }

    /// One byte that was written.
    @inlinable @inline(__always) package func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < count)
        return base.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// A copy of everything written, to hand to another thread.
    package func copyBytes() -> [UInt8] { copyBytes(from: 0) }

    /// A copy of what was written from `offset` on.
    package func copyBytes(from offset: Int) -> [UInt8] {
        precondition(offset >= 0 && offset <= count)
        return [UInt8](UnsafeRawBufferPointer(start: base + offset, count: count - offset))
    }

    /// A copy of what was written at `range`.
    package func copyBytes(in range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Forgets all bytes and keeps the memory.
    @inlinable package mutating func removeAll() { count = 0 }

    /// Forgets the bytes from `newCount` on: the way back from a half-written record.
    @inlinable package mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count)
        count = newCount
    }

    /// Drops the first `prefixCount` bytes, for instance those already sent.
    package mutating func removeFirst(_ prefixCount: Int) {
        precondition(prefixCount >= 0 && prefixCount <= count)
        base.copyMemory(from: base + prefixCount, byteCount: count - prefixCount)
        count -= prefixCount
    }

    /// Gives back memory beyond `limit` bytes once the buffer is empty, so that one huge reply is not kept for ever.
    package mutating func shrink(to limit: Int) {
        guard count == 0, capacity > limit else { return }
        base.deallocate()
        capacity = max(limit, 16)
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    /// Makes sure that `additional` more bytes fit without another allocation.
    @inlinable @inline(__always) package mutating func reserve(_ additional: Int) {
        if count + additional > capacity { grow(by: additional) }
    }

    @inline(never) @usableFromInline mutating func grow(by additional: Int) {
        let larger = max(capacity * 2, count + additional)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    @inlinable @inline(__always) package mutating func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inlinable @inline(__always) package mutating func append(_ bytes: Span<UInt8>) {
        let added = bytes.count
        reserve(max(added, 16))
        if added <= 16 {
            // Most texts are short, and shorter than the way into `memcpy`. What is written behind them is overwritten.
            let (low, high) = bytes.words(at: 0, count: added)
            base.storeBytes(of: low.littleEndian, toByteOffset: count, as: UInt64.self)
            base.storeBytes(of: high.littleEndian, toByteOffset: count &+ 8, as: UInt64.self)
        } else {
            bytes.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { (base + count).copyMemory(from: start, byteCount: added) }
            }
        }
        count &+= added
    }

    /// Appends the lowest `length` bytes of a word, 0 to 8; what stands above them is written too, and then overwritten.
    @inlinable @inline(__always) package mutating func append(word: UInt64, count length: Int) {
        precondition(length >= 0 && length <= 8)
        reserve(8)
        base.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= length
    }

    /// The same of up to 8 bytes where room for 8 is there.
    @inlinable @inline(__always) mutating func appendReserved(word: UInt64, count length: Int) {
        base.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= length
    }

    /// The same of up to 24 bytes in three words.
    @inlinable @inline(__always)
    package mutating func append(words low: UInt64, _ middle: UInt64, _ high: UInt64, count length: Int) {
        precondition(length >= 0 && length <= 24)
        reserve(24)
        appendReserved(words: low, middle, high, count: length)
    }

    /// The same where room for 24 is there.
    @inlinable @inline(__always)
    mutating func appendReserved(words low: UInt64, _ middle: UInt64, _ high: UInt64, count length: Int) {
        base.storeBytes(of: low.littleEndian, toByteOffset: count, as: UInt64.self)
        base.storeBytes(of: middle.littleEndian, toByteOffset: count &+ 8, as: UInt64.self)
        base.storeBytes(of: high.littleEndian, toByteOffset: count &+ 16, as: UInt64.self)
        count &+= length
    }

    /// Appends once more what was written at `range`.
    package mutating func appendCopy(of range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        reserve(range.count)
        (base + count).copyMemory(from: base + range.lowerBound, byteCount: range.count)
        count += range.count
    }

    @inlinable @inline(__always) package mutating func append(_ text: StaticString) {
        let added = text.utf8CodeUnitCount
        reserve(added)
        (base + count).copyMemory(from: text.utf8Start, byteCount: added)
        count += added
    }

    package mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

    @_disfavoredOverload
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { source in
            reserve(source.count)
            if let start = source.baseAddress { (base + count).copyMemory(from: start, byteCount: source.count) }
            count += source.count
        }
    }

    /// Appends the integer's bytes, least significant first.
    @inlinable @inline(__always) package mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        let size = MemoryLayout<T>.size
        reserve(size)
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: T.self)
        count += size
    }

    /// Appends 1 to 10 bytes: seven bits a byte, lowest first, the high bit set on all but the last (LEB128).
    @inlinable @inline(__always) package mutating func appendVarint(_ value: UInt64) {
        reserve(10)
        if value < 0x80 {
            base.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: count, as: UInt8.self)
            count &+= 1
        } else {
            appendLongVarint(value)
        }
    }

    @usableFromInline mutating func appendLongVarint(_ value: UInt64) {
        if value < 0x4000 {
            let two = UInt16(truncatingIfNeeded: value & 0x7F | 0x80 | value << 1 & 0x7F00)
            base.storeBytes(of: two.littleEndian, toByteOffset: count, as: UInt16.self)
            count &+= 2
            return
        }
        var rest = value
        while rest >= 0x80 {
            base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
            count += 1
            rest >>= 7
        }
        base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends a signed integer as a varint, small magnitudes first (zigzag).
    @inlinable @inline(__always) package mutating func appendZigzag(_ value: Int64) {
        appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Appends the length as a varint, then the bytes.
    @inlinable @inline(__always) package mutating func appendCounted(_ bytes: Span<UInt8>) {
        appendVarint(UInt64(bytes.count))
        append(bytes)
    }

    /// Appends the length of a part of `bytes` as a varint, then the part: two loads and two stores for the short texts that
    /// records are made of, where that many bytes follow. What is written behind them is overwritten.
    @inlinable @inline(__always) package mutating func appendCounted(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let (start, added) = (range.lowerBound, range.count)
        guard added <= 16, start >= 0, start <= bytes.count &- 16 else {
            return appendCounted(bytes.extracting(range))
        }
        reserve(17)
        base.storeBytes(of: UInt8(truncatingIfNeeded: added), toByteOffset: count, as: UInt8.self)
        base.storeBytes(
            of: bytes.load(start, as: UInt64.self).littleEndian, toByteOffset: count &+ 1, as: UInt64.self)
        base.storeBytes(
            of: bytes.load(start &+ 8, as: UInt64.self).littleEndian, toByteOffset: count &+ 9, as: UInt64.self)
        count &+= added &+ 1
    }

    /// Overwrites four bytes at `offset`: a length that is known only after what it counts was written.
    @inlinable package mutating func overwriteUInt32(_ value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= count)
        base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Appends what a C function writes: `body` gets the free memory of at least `maximum` bytes and returns how many
    /// it filled.
    package mutating func appendUninitialized<E: Error>(
        _ maximum: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        reserve(maximum)
        let written = try body(UnsafeMutableRawBufferPointer(start: base + count, count: maximum))
        precondition(written >= 0 && written <= maximum)
        count += written
    }
}

extension ByteWriter {
    /// Appends all bytes of another writer.
    @inlinable package mutating func append(contentsOf other: borrowing ByteWriter) { append(other.span) }
}
