import Bytes
import Testing

@testable import Commerce

/// Whether bytes from a disk are a record is found by bits for each place of a shape; here the members are asked themselves.
@Suite struct RecordLengthTests {
    /// Reads as plainly as can be; throws where a record does not read.
    private struct PlainReader {
        struct Unreadable: Error {}

        var bytes: ArraySlice<UInt8>

        mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count else { throw Unreadable() }
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count)
        }

        mutating func number() throws -> UInt64 {
            var value: UInt64 = 0
            for place in 0..<10 {
                guard let byte = try take(1).first, place < 9 || byte <= 1 else { throw Unreadable() }
                value |= UInt64(byte & 0x7F) << UInt64(place * 7)
                if byte < 0x80 { return value }
            }
            throw Unreadable()
        }

        mutating func nested() throws -> ArraySlice<UInt8> {
            try take(try take(4).reversed().reduce(0) { $0 << 8 | Int($1) })
        }

        mutating func record(_ members: [Member]) throws {
            let bitmap = bytes.isEmpty ? 0 : try number()
            for place in members.indices where bitmap >> UInt64(place) & 1 == 1 {
                switch members[place].kind {
                case .text, .extra: _ = try take(Int(clamping: try number()))
                case .moment: _ = try number()
                case .decimal:
                    guard let scale = try take(1).first, scale <= Decimal64.maximumScale else { throw Unreadable() }
                    _ = try number()
                case .address:
                    var address = PlainReader(bytes: try nested())
                    try address.record(AddressShape.members)
                case .addresses: try list(AddressShape.members)
                case .lines: try list(LineShape.members)
                case .factLines: try list(FactLineShape.members)
                }
            }
        }

        private mutating func list(_ members: [Member]) throws {
            var list = PlainReader(bytes: try nested())
            while !list.bytes.isEmpty {
                var element = PlainReader(bytes: try list.nested())
                try element.record(members)
            }
        }
    }

    private static func plainLength(of bytes: [UInt8], _ members: [Member]) -> Int? {
        var reader = PlainReader(bytes: bytes[...])
        do { try reader.record(members) } catch { return nil }
        return bytes.count - reader.bytes.count
    }

    /// A record with members of random sizes.
    private static func record(_ members: [Member], _ random: inout SeededGenerator) -> [UInt8] {
        let places = members.indices.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        var writer = ByteWriter()
        writer.appendVarint(places.reduce(0) { $0 | 1 << UInt64($1) })
        for place in places { append(members[place].kind, to: &writer, &random) }
        return writer.copyBytes()
    }

    private static func append(_ kind: MemberKind, to writer: inout ByteWriter, _ random: inout SeededGenerator) {
        func list(_ members: [Member]) -> [UInt8] {
            var list = ByteWriter()
            for _ in 0..<Int.random(in: 0..<3, using: &random) { appendNested(record(members, &random), to: &list) }
            return list.copyBytes()
        }
        let number = UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
        switch kind {
        case .text, .extra:
            let text = [UInt8](repeating: 120, count: Int(number % (number % 9 == 0 ? 300 : 12)))
            writer.appendCounted(text.span)
        case .moment: writer.appendVarint(number)
        case .decimal:
            writer.append(UInt8(number % UInt64(Decimal64.maximumScale + 1)))
            writer.appendVarint(number)
        case .address: appendNested(record(AddressShape.members, &random), to: &writer)
        case .addresses: appendNested(list(AddressShape.members), to: &writer)
        case .lines: appendNested(list(LineShape.members), to: &writer)
        case .factLines: appendNested(list(FactLineShape.members), to: &writer)
        }
    }

    private static func appendNested(_ bytes: [UInt8], to writer: inout ByteWriter) {
        writer.appendLittleEndian(UInt32(bytes.count))
        writer.append(bytes.span)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 6])
    func recordsReadAsTheirMembersSay(shape: Int) {
        let shapes: [([Member], MemberKinds)] = [
            (PartyShape.members, PartyShape.kinds), (OrderShape.members, OrderShape.kinds),
            (AddressShape.members, AddressShape.kinds), (LineShape.members, LineShape.kinds),
            (DocumentShape.members, DocumentShape.kinds), (FactLineShape.members, FactLineShape.kinds),
            (FactShape.refund.members, MemberKinds(FactShape.refund.members)),
        ]
        let (members, kinds) = shapes[shape]
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for round in 0..<1_500 {
            var bytes = Self.record(members, &random)
            if round % 3 > 0 { Self.damage(&bytes, &random) }
            let plain = Self.plainLength(of: bytes, members)
            #expect(PackedRecord.length(of: bytes.span, kinds) == plain, "\(bytes), seed \(seed)")
            if plain == nil { refused += 1 }
            if round % 3 == 0 { #expect(plain == bytes.count, "\(bytes), seed \(seed)") }
        }
        #expect(refused > 50)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let place = bytes.indices.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = 0xFF
            case 2: bytes.removeLast(bytes.count - place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
    }
}
