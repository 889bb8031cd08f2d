import Bytes

/// What writing a shape's records as JSON needs, worked out once: each member's name as it stands in JSON, and how the
/// member is packed, a bit for each place.
struct RecordTexts: ~Copyable, Sendable {
    /// `,"name":` and, of a text, the quote that begins it. No name is longer than 16 bytes.
    private struct Name {
        var low: UInt64 = 0
        var middle: UInt64 = 0
        var high: UInt64 = 0
        var count = 0
    }

    // On the heap: an array inside of this value was copied whole for each name that was read.
    private let names: [Name]
    fileprivate let all: UInt64
    fileprivate let texts: UInt64
    fileprivate let decimals: UInt64
    fileprivate let moments: UInt64
    fileprivate let addresses: UInt64
    fileprivate let extras: UInt64
    fileprivate let lists: [MemberKind?]

    init(_ members: [Member]) {
        func places(_ isMeant: (MemberKind) -> Bool) -> UInt64 {
            members.indices.reduce(0) { $0 | (isMeant(members[$1].kind) ? 1 << UInt64($1) : 0) }
        }
        all = places { _ in true }
        texts = places { $0 == .text }
        decimals = places { $0 == .decimal }
        moments = places { $0 == .moment }
        addresses = places { $0 == .address }
        extras = places { $0 == .extra }
        lists = members.map { [.addresses, .lines, .factLines].contains($0.kind) ? $0.kind : nil }
        names = members.map { member in
            let text = Array(",\"\(member.name)\":\(member.kind == .text ? "\"" : "")".utf8)
            precondition(text.count <= 24, "a member's name is longer than two words")
            func word(_ start: Int) -> UInt64 {
                start < text.count ? text.span.word(at: start, count: min(8, text.count - start)) : 0
            }
            return Name(low: word(0), middle: word(8), high: word(16), count: text.count)
        }
    }

    @inline(__always) fileprivate func append(_ place: Int, to output: inout ByteWriter) {
        let name = names[place]
        output.append(member: name.low, name.middle, name.high, count: name.count)
    }

    /// A member that is a text, which stands at `range`.
    @inline(__always)
    fileprivate func append(
        _ place: Int, _ bytes: Span<UInt8>, _ range: Range<Int>, isFirst: Bool, to output: inout ByteWriter
    ) {
        let name = names[place]
        output.append(
            member: name.low, name.middle, name.high, count: name.count, isFirst: isFirst, text: bytes, range)
    }
}

extension AddressShape { static let texts = RecordTexts(members) }
extension PartyShape { static let texts = RecordTexts(members) }
extension LineShape { static let texts = RecordTexts(members) }
extension FactLineShape { static let texts = RecordTexts(members) }
extension OrderShape { static let texts = RecordTexts(members) }

// One pass over the packed bytes: nothing is opened, noted or copied on the way.
extension ByteWriter {
    /// The members of a packed record, without braces, inside of an object that was opened.
    /// - Parameter omitted: places to leave out, a bit each.
    mutating func members(of bytes: Span<UInt8>, _ texts: borrowing RecordTexts, omitting omitted: UInt64 = 0) {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            var rest = (reader.isAtEnd ? 0 : try reader.varint()) & texts.all
            var isFirst = !needsComma
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                let bit = rest & (0 &- rest)
                rest ^= bit
                let isShown = omitted & bit == 0
                if texts.texts & bit != 0, isShown {
                    let short = reader.shortCountedRange()
                    let range = if let short { short } else { try reader.countedRange() }
                    texts.append(place, bytes, range, isFirst: isFirst, to: &self)
                } else {
                    try member(place, bit, &reader, texts, isShown: isShown)
                }
                if isShown { isFirst = false }
            }
        } catch {
            preconditionFailure("a packed record does not read: \(error)")
        }
    }

    /// The texts among the members of a record that was opened, inside of an object that was opened.
    /// - Parameter places: those to write, a bit each.
    mutating func texts(of record: PackedRecord, _ texts: borrowing RecordTexts, _ places: UInt64) {
        var rest = record.places & places & texts.texts
        var isFirst = !needsComma
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest &- 1
            texts.append(place, record.bytes, record.range(of: place), isFirst: isFirst, to: &self)
            isFirst = false
        }
    }

    @inline(__always)
    private mutating func member(
        _ place: Int, _ bit: UInt64, _ reader: inout ByteReader, _ texts: borrowing RecordTexts, isShown: Bool
    ) throws(ByteReaderError) {
        if texts.decimals & bit != 0 {
            let value = try reader.packedDecimal()
            guard isShown else { return }
            texts.append(place, to: &self)
            decimal(value)
        } else if texts.moments & bit != 0 {
            let value = Timestamp(milliseconds: try reader.zigzag())
            guard isShown else { return }
            texts.append(place, to: &self)
            timestamp(value)
        } else if (texts.texts | texts.extras) & bit != 0 {
            let range = try reader.countedRange()
            if isShown { rawJSON(reader.bytes.extracting(range)) }
        } else {
            let range = try reader.range(count: Int(try reader.littleEndian(UInt32.self)))
            guard isShown else { return }
            texts.append(place, to: &self)
            nested(reader.bytes.extracting(range), texts.lists[place])
        }
    }

    private mutating func nested(_ bytes: Span<UInt8>, _ list: MemberKind?) {
        switch list {
        case .lines: self.list(bytes, LineShape.texts)
        case .addresses: self.list(bytes, AddressShape.texts)
        case .factLines: self.list(bytes, FactLineShape.texts)
        default: address(bytes)
        }
    }

    private mutating func list(_ bytes: Span<UInt8>, _ texts: borrowing RecordTexts) {
        openArray()
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            while !reader.isAtEnd {
                let range = try reader.range(count: Int(try reader.littleEndian(UInt32.self)))
                openObject()
                members(of: bytes.extracting(range), texts)
                closeObject()
            }
        } catch {
            preconditionFailure("a packed list does not read: \(error)")
        }
        closeArray()
    }

    /// A packed address as an object.
    mutating func address(_ bytes: Span<UInt8>) {
        openObject()
        members(of: bytes, AddressShape.texts)
        closeObject()
    }
}
