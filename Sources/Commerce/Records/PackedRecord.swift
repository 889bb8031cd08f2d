import Bytes

/// A packed record opened for reading: where each member lies.
///
/// Records come from our own packers, from memory or behind a checksum, so a record that does not read is a broken
/// program; nevertheless nothing outside its bytes is ever touched.
package struct PackedRecord: ~Escapable {
    package let bytes: Span<UInt8>
    private let bitmap: UInt64
    private var places: Places
    /// Offset of the first byte behind the members.
    package let end: Int

    /// Where each member begins, in the lower half, and ends.
    private typealias Places = InlineArray<20, UInt64>

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, _ members: [Member]) { self.init(bytes, MemberKinds(members)) }

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ kinds: MemberKinds) {
        self.bytes = bytes
        places = Places(repeating: 0)
        (bitmap, end) = Self.read(bytes, kinds, into: &places)
    }

    private static func read(
        _ bytes: Span<UInt8>, _ kinds: MemberKinds, into places: inout Places
    ) -> (bitmap: UInt64, end: Int) {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            // No bytes at all are a record that says nothing: what an absent nested record reads as.
            let bitmap = reader.isAtEnd ? 0 : try reader.varint()
            let others = kinds.nested | kinds.decimals | kinds.moments
            var rest = bitmap & (1 << UInt64(kinds.count) &- 1)
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                let bit = rest & (0 &- rest)
                rest ^= bit
                let range: Range<Int>
                if others & bit != 0 {
                    range = try Self.range(of: bit, kinds, &reader)
                } else if let short = reader.shortCountedRange() {
                    range = short
                } else {
                    range = try reader.countedRange()
                }
                places[place] =
                    UInt64(truncatingIfNeeded: range.lowerBound) | UInt64(truncatingIfNeeded: range.upperBound) << 32
            }
            return (bitmap, reader.position)
        } catch {
            preconditionFailure("a packed record does not read: \(error)")
        }
    }

    private static func range(
        of bit: UInt64, _ kinds: MemberKinds, _ reader: inout ByteReader
    ) throws(ByteReaderError) -> Range<Int> {
        try range(of: kinds.nested & bit != 0 ? .address : kinds.decimals & bit != 0 ? .decimal : .moment, &reader)
    }

    private static func range(of kind: MemberKind, _ reader: inout ByteReader) throws(ByteReaderError) -> Range<Int> {
        switch kind {
        case .text, .extra: return try reader.countedRange()
        case .address, .addresses, .lines, .factLines:
            let count = try reader.littleEndian(UInt32.self)
            return try reader.range(count: Int(count))
        case .decimal:
            let start = reader.position
            _ = try reader.packedDecimal()
            return start..<reader.position
        case .moment:
            let start = reader.position
            _ = try reader.zigzag()
            return start..<reader.position
        }
    }

    /// Whether bytes from a disk are a record of this shape, with every record inside it, and how many bytes that takes;
    /// nil if they are not. What passes never trips over its own lengths.
    static func length(of bytes: Span<UInt8>, _ members: [Member]) -> Int? {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            let bitmap = reader.isAtEnd ? 0 : try reader.varint()
            var rest = bitmap & (1 << UInt64(members.count) &- 1)
            while rest != 0 {
                let kind = members[rest.trailingZeroBitCount].kind
                rest &= rest &- 1
                if kind == .text {
                    _ = try reader.countedRange()
                    continue
                }
                let range = try range(of: kind, &reader)
                let isReadable =
                    switch kind {
                    case .address: length(of: bytes.extracting(range), AddressShape.members) != nil
                    case .addresses: try areReadable(bytes.extracting(range), AddressShape.members)
                    case .lines: try areReadable(bytes.extracting(range), LineShape.members)
                    case .factLines: try areReadable(bytes.extracting(range), FactLineShape.members)
                    case .text, .extra, .decimal, .moment: true
                    }
                guard isReadable else { return nil }
            }
            return reader.position
        } catch {
            return nil
        }
    }

    private static func areReadable(_ list: Span<UInt8>, _ members: [Member]) throws(ByteReaderError) -> Bool {
        var reader = ByteReader(list)
        while !reader.isAtEnd {
            let count = try reader.littleEndian(UInt32.self)
            guard length(of: list.extracting(try reader.range(count: Int(count))), members) != nil else { return false }
        }
        return true
    }

    @inline(__always) package func has(_ place: Int) -> Bool { bitmap & (1 << UInt64(place)) != 0 }

    /// The member's bytes; empty when it is absent, which as a nested record says nothing.
    package subscript(place: Int) -> Span<UInt8> {
        @_lifetime(copy self) @inline(__always) get {
            let range = places.span[place]
            return bytes.extracting(Int(range & 0xFFFF_FFFF)..<Int(range >> 32))
        }
    }

    package func text(_ place: Int) -> String { self[place].text }

    package func decimal(_ place: Int) -> Decimal64? {
        guard has(place) else { return nil }
        var reader = ByteReader(self[place])
        do throws(ByteReaderError) { return try reader.packedDecimal() } catch {
            preconditionFailure("a packed decimal does not read: \(error)")
        }
    }

    package func moment(_ place: Int) -> Timestamp? {
        guard has(place) else { return nil }
        var reader = ByteReader(self[place])
        do throws(ByteReaderError) { return Timestamp(milliseconds: try reader.zigzag()) } catch {
            preconditionFailure("a packed moment does not read: \(error)")
        }
    }

    /// Calls `body` with the record of each element of a list member.
    package func forEachElement(_ place: Int, _ body: (Span<UInt8>) -> Void) {
        let list = self[place]
        var reader = ByteReader(list)
        do throws(ByteReaderError) {
            while !reader.isAtEnd {
                let count = try reader.littleEndian(UInt32.self)
                body(list.extracting(try reader.range(count: Int(count))))
            }
        } catch {
            preconditionFailure("a packed list does not read: \(error)")
        }
    }
}

/// A packed party record: its members and the identity keys behind them.
package struct PartyRecord: ~Escapable {
    package let members: PackedRecord
    private let keyBytes: Span<UInt8>

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) {
        keyBytes = Self.keyBytes(of: bytes)
        members = PackedRecord(bytes.extracting(0..<(bytes.count - keyBytes.count)), PartyShape.kinds)
    }

    /// Whether channel, store and all other members, and the keys at the end, are there; for data that came from a disk.
    static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0, bytes.count > Int(bytes[bytes.count - 1]) * 9 else { return false }
        let members = bytes.extracting(0..<(bytes.count - keyBytes(of: bytes).count))
        guard let length = PackedRecord.length(of: members, PartyShape.members), length > 0 else { return false }
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            let first: UInt64 = 1 << UInt64(PartyShape.channel) | 1 << UInt64(PartyShape.store)
            return try reader.varint() & first == first
        } catch {
            return false
        }
    }

    /// The part of a party record that holds the identity keys, found from its end without reading the members.
    @_lifetime(copy bytes)
    @inline(__always) static func keyBytes(of bytes: Span<UInt8>) -> Span<UInt8> {
        let count = Int(bytes[bytes.count - 1])
        return bytes.extracting((bytes.count - 1 - count * 9)..<bytes.count)
    }

    /// Calls `body` for each identity key of a packed party record.
    @inline(__always)
    package static func forEachKey(of bytes: Span<UInt8>, _ body: (IdentityKey) -> Void) {
        let keys = keyBytes(of: bytes)
        for index in 0..<((keys.count - 1) / 9) {
            guard let kind = IdentityKeyKind(rawValue: keys[index * 9]) else { continue }
            let hash = keys.bytes.unsafeLoadUnaligned(fromByteOffset: index * 9 + 1, as: UInt64.self)
            body(IdentityKey(kind: kind, hash: hash))
        }
    }
}
