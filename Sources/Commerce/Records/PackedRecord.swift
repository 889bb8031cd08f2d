import Bytes

/// A packed record opened for reading: where each member lies.
///
/// Records come from our own packers, from memory or behind a checksum, so a record that does not read is a broken
/// program; nevertheless nothing outside its bytes is ever touched.
package struct PackedRecord: ~Escapable {
    package let bytes: Span<UInt8>
    private let bitmap: UInt64
    private var ranges: Ranges
    /// Offset of the first byte behind the members.
    package let end: Int

    /// Where each member begins, in the lower half, and ends.
    private typealias Ranges = InlineArray<20, UInt64>

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, _ members: [Member]) { self.init(bytes, MemberKinds(members)) }

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ kinds: MemberKinds) {
        self.bytes = bytes
        ranges = Ranges(repeating: 0)
        (bitmap, end) = Self.read(bytes, kinds, into: &ranges)
    }

    private static func read(
        _ bytes: Span<UInt8>, _ kinds: MemberKinds, into ranges: inout Ranges
    ) -> (bitmap: UInt64, end: Int) {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            // No bytes at all are a record that says nothing: what an absent nested record reads as.
            let bitmap = reader.isAtEnd ? 0 : try reader.varint()
            var rest = bitmap & kinds.known
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                let bit = rest & (0 &- rest)
                rest ^= bit
                let range: Range<Int>
                if kinds.special & bit != 0 {
                    range = try Self.range(of: bit, kinds, &reader)
                } else if let short = reader.shortCountedRange() {
                    range = short
                } else {
                    range = try reader.countedRange()
                }
                ranges[place] =
                    UInt64(truncatingIfNeeded: range.lowerBound) | UInt64(truncatingIfNeeded: range.upperBound) << 32
            }
            return (bitmap, reader.position)
        } catch {
            preconditionFailure("a packed record does not read: \(error)")
        }
    }

    /// Reads a member that is no text.
    @inline(__always)
    private static func range(
        of bit: UInt64, _ kinds: MemberKinds, _ reader: inout ByteReader
    ) throws(ByteReaderError) -> Range<Int> {
        if kinds.nested & bit != 0 {
            let count = try reader.littleEndian(UInt32.self)
            return try reader.range(count: Int(count))
        }
        let start = reader.position
        if kinds.decimals & bit != 0 { try reader.skipPackedDecimal() } else { try reader.skipVarint() }
        return start..<reader.position
    }

    // MARK: Records from a disk

    /// Whether bytes from a disk are a record of this shape, with every record inside it, and how many bytes that takes;
    /// nil if they are not. What passes never trips over its own lengths.
    static func length(of bytes: Span<UInt8>, _ members: [Member]) -> Int? { length(of: bytes, MemberKinds(members)) }

    static func length(of bytes: Span<UInt8>, _ kinds: MemberKinds) -> Int? {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            let bitmap = reader.isAtEnd ? 0 : try reader.varint()
            var rest = bitmap & kinds.known
            while rest != 0 {
                let bit = rest & (0 &- rest)
                rest ^= bit
                if kinds.special & bit == 0 {
                    if reader.shortCountedRange() == nil { _ = try reader.countedRange() }
                    continue
                }
                let range = try range(of: bit, kinds, &reader)
                guard kinds.nested & bit == 0 || isReadable(bytes.extracting(range), bit, of: kinds) else { return nil }
            }
            return reader.position
        } catch {
            return nil
        }
    }

    /// Whether what is nested at a place of a record is a record, or a list of records, of that place's shape.
    private static func isReadable(_ nested: Span<UInt8>, _ bit: UInt64, of kinds: MemberKinds) -> Bool {
        if kinds.lists & bit == 0 { return length(of: nested, AddressShape.kinds) != nil }
        let elements =
            kinds.lines & bit != 0
            ? LineShape.kinds : kinds.factLines & bit != 0 ? FactLineShape.kinds : AddressShape.kinds
        var reader = ByteReader(nested)
        do throws(ByteReaderError) {
            while !reader.isAtEnd {
                let count = try reader.littleEndian(UInt32.self)
                let element = nested.extracting(try reader.range(count: Int(count)))
                guard length(of: element, elements) != nil else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    @inline(__always) package func has(_ place: Int) -> Bool { bitmap & (1 << UInt64(place)) != 0 }

    /// The members that are there, one bit for each place.
    @inline(__always) var places: UInt64 { bitmap }

    /// Where the member lies in `bytes`; empty when it is absent.
    @inline(__always) func range(of place: Int) -> Range<Int> {
        let range = ranges.span[place]
        return Range(uncheckedBounds: (Int(range & 0xFFFF_FFFF), Int(range >> 32)))
    }

    /// The member's bytes; empty when it is absent, which as a nested record says nothing.
    package subscript(place: Int) -> Span<UInt8> {
        @_lifetime(copy self) @inline(__always) get {
            bytes.extracting(range(of: place))
        }
    }

    /// The first member of a record, a text, without opening the others; empty when it is absent.
    @_lifetime(copy bytes)
    static func firstText(of bytes: Span<UInt8>) -> Span<UInt8> {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            guard !reader.isAtEnd, try reader.varint() & 1 != 0 else { return bytes.extracting(0..<0) }
            return bytes.extracting(try reader.countedRange())
        } catch {
            preconditionFailure("a packed record does not read: \(error)")
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
        guard let length = PackedRecord.length(of: members, PartyShape.kinds), length > 0 else { return false }
        return PartyOrigin(bytes) != nil
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

/// Where a party record comes from: what it begins with, read without the rest.
struct PartyOrigin: ~Escapable {
    let channel: Span<UInt8>
    let store: Span<UInt8>
    /// The channel's own number of the buyer; empty where it gave none.
    let reference: Span<UInt8>

    /// Nil where channel or store are missing, which only bytes from a disk may lack.
    @_lifetime(copy record)
    init?(_ record: Span<UInt8>) {
        var reader = ByteReader(record)
        do throws(ByteReaderError) {
            let first: UInt64 = 1 << UInt64(PartyShape.channel) | 1 << UInt64(PartyShape.store)
            let bitmap = try reader.varint()
            guard bitmap & first == first else { return nil }
            channel = record.extracting(try reader.countedRange())
            store = record.extracting(try reader.countedRange())
            let hasReference = bitmap & (1 << UInt64(PartyShape.ref)) != 0
            reference = hasReference ? record.extracting(try reader.countedRange()) : Span()
        } catch {
            return nil
        }
    }
}
