import Bytes

/// Lists the fields of a value in their order on disk: once, for writing and for reading, so that the two cannot
/// drift. For values that come a few a second; what comes by the million is packed by hand.
///
/// Integers are zigzag varints, texts and byte strings are counted, an optional or a list goes behind its count.
protocol FieldCoder: SendableMetatype {
    mutating func integer(_ value: inout Int64) throws(ByteReaderError)
    mutating func bytes(_ value: inout [UInt8]) throws(ByteReaderError)
    /// What to throw for a value that no writer makes.
    var malformed: ByteReaderError { get }
    /// Whether nothing follows: an older version wrote the value, which ended here.
    var isAtEnd: Bool { get }
}

extension FieldCoder {
    mutating func number<Value: FixedWidthInteger>(_ value: inout Value) throws(ByteReaderError) {
        var wide = Int64(value)
        try integer(&wide)
        guard let narrow = Value(exactly: wide) else { throw malformed }
        value = narrow
    }

    mutating func flag(_ value: inout Bool) throws(ByteReaderError) {
        var number: UInt8 = value ? 1 : 0
        try self.number(&number)
        value = number != 0
    }

    mutating func text(_ value: inout String) throws(ByteReaderError) {
        var bytes = [UInt8](value.utf8)
        try self.bytes(&bytes)
        value = String(decoding: bytes, as: UTF8.self)
    }

    mutating func text(_ value: inout String?) throws(ByteReaderError) {
        try optional(&value, "") { text, coder throws(ByteReaderError) in try coder.text(&text) }
    }

    mutating func decimal(_ value: inout Decimal64) throws(ByteReaderError) {
        var (units, scale) = (value.units, value.scale)
        try integer(&units)
        try number(&scale)
        guard scale <= Decimal64.maximumScale else { throw malformed }
        value = Decimal64(units: units, scale: scale)
    }

    /// A case by its raw number.
    mutating func choice<Choice: RawRepresentable>(_ value: inout Choice) throws(ByteReaderError)
    where Choice.RawValue: FixedWidthInteger {
        var raw = value.rawValue
        try number(&raw)
        guard let choice = Choice(rawValue: raw) else { throw malformed }
        value = choice
    }

    mutating func optional<Value>(
        _ value: inout Value?, _ blank: Value, _ body: (inout Value, inout Self) throws(ByteReaderError) -> Void
    ) throws(ByteReaderError) {
        var list = value.map { [$0] } ?? []
        try self.list(&list, blank, body)
        guard list.count <= 1 else { throw malformed }
        value = list.first
    }

    mutating func list<Value>(
        _ values: inout [Value], _ blank: Value, _ body: (inout Value, inout Self) throws(ByteReaderError) -> Void
    ) throws(ByteReaderError) {
        var count = Int64(values.count)
        try integer(&count)
        guard count >= 0 else { throw malformed }
        for index in 0..<Int(count) {
            // A count that lies runs out of bytes before it runs out of memory.
            if index == values.count { values.append(blank) }
            try body(&values[index], &self)
        }
    }
}

/// A value whose fields are listed.
protocol FieldCoded: SendableMetatype {
    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError)
}

extension FieldCoded {
    /// The value's bytes.
    var packed: [UInt8] {
        var writer = FieldWriter()
        var copy = self
        do throws(ByteReaderError) { try copy.code(&writer) } catch { preconditionFailure("writing cannot fail") }
        return writer.output
    }

    /// This value with its fields read from `bytes`, all of them.
    func reading(_ bytes: Span<UInt8>) throws(ByteReaderError) -> Self {
        var reader = FieldReader(input: bytes.array)
        var copy = self
        try copy.code(&reader)
        guard reader.position == reader.input.count else { throw reader.malformed }
        return copy
    }
}

struct FieldWriter: FieldCoder {
    private(set) var output: [UInt8] = []

    var malformed: ByteReaderError { .overlong(offset: output.count) }
    var isAtEnd: Bool { false }

    mutating func integer(_ value: inout Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func bytes(_ value: inout [UInt8]) {
        varint(UInt64(value.count))
        output += value
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }
}

struct FieldReader: FieldCoder {
    let input: [UInt8]
    private(set) var position = 0

    init(input: [UInt8]) { self.input = input }

    var malformed: ByteReaderError { .overlong(offset: position) }
    var isAtEnd: Bool { position == input.count }

    mutating func integer(_ value: inout Int64) throws(ByteReaderError) {
        var reader = ByteReader(input.span, at: position)
        value = try reader.zigzag()
        position = reader.position
    }

    mutating func bytes(_ value: inout [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(input.span, at: position)
        value = Array(input[try reader.countedRange()])
        position = reader.position
    }
}
