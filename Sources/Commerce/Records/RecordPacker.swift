import Bytes

/// Packs JSON objects into records of a given shape, one pass over the bytes.
///
/// The members of an object may come in any order; the record has one order. So a first pass notes where each known
/// member lies (`MemberTable`), a second one packs. Unknown members are kept word for word in `extra`.
struct MemberTable {
    enum Form: UInt8 { case absent, text, escapedText, number, nested }

    struct Slot {
        var form: Form = .absent
        var start: UInt32 = 0
        var end: UInt32 = 0

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    private var slots: InlineArray<20, Slot> = .init(repeating: Slot())
    /// The members that are there, one bit for each place.
    private(set) var places: UInt64 = 0

    subscript(place: Int) -> Slot { slots.span[place] }

    func has(_ place: Int) -> Bool { places & (1 << UInt64(place)) != 0 }

    /// The members that are there among those at `range`.
    @inline(__always) func places(_ range: ClosedRange<Int>) -> UInt64 {
        places & (2 << UInt64(range.upperBound) &- 1 << UInt64(range.lowerBound))
    }

    /// Notes where the object's members lie. `null` and `""` count as absent. Unknown members go to `extra` as
    /// JSON text, separated by commas. Into an empty table: a table is too large to be handed back by value.
    mutating func read(
        _ reader: inout JSONReader, _ names: borrowing MemberNames, path: StaticString, extra: inout ByteWriter
    ) throws(Refusal) {
        do throws(JSONError) {
            try reader.beginObject()
            var isFirst = true
            var nested = 0..<0
            while true {
                if let place = Self.plainPlace(&reader, &isFirst, names) {
                    note(try Self.slot(&reader, &nested), at: place)
                    continue
                }
                guard let key = try reader.nextKey(&isFirst) else { break }
                if let place = names.place(of: key.range, in: reader.bytes) {
                    note(try Self.slot(&reader, &nested), at: place)
                } else {
                    Self.keep(key, try reader.skipValue(), reader.bytes, in: &extra)
                }
            }
        } catch {
            throw .json(error, path)
        }
    }

    /// The place of the next member if it is a known one, written as machines write it; reads nothing otherwise.
    @inline(__always) private static func plainPlace(
        _ reader: inout JSONReader, _ isFirst: inout Bool, _ names: borrowing MemberNames
    ) -> Int? {
        guard let key = reader.peekPlainKey(isFirst: isFirst), let place = names.place(low: key.low, high: key.high)
        else { return nil }
        reader.resume(at: key.end)
        isFirst = false
        return place
    }

    /// Of a member that comes twice, the last one counts.
    @inline(__always) private mutating func note(_ slot: Slot, at place: Int) {
        slots[place] = slot
        let bit: UInt64 = 1 << UInt64(place)
        places = slot.form == .absent ? places & ~bit : places | bit
    }

    /// - Parameter nested: where the last nested value lies, if there was one.
    @inline(__always) private static func slot(
        _ reader: inout JSONReader, _ nested: inout Range<Int>
    ) throws(JSONError) -> Slot {
        switch try reader.peek() {
        case .string:
            let string = try reader.string()
            guard !string.range.isEmpty else { return Slot() }
            return Slot(string.hasEscapes ? .escapedText : .text, string.range)
        case .number: return Slot(.number, try reader.number())
        case .null:
            guard try reader.null() else { throw JSONError(.unexpectedByte, at: reader.position) }
            return Slot()
        case .object, .array:
            nested = try reader.skipNested(like: nested)
            return Slot(.nested, nested)
        case .bool: return Slot(.nested, try reader.skipValue())
        }
    }

    private static func keep(_ key: JSONString, _ value: Range<Int>, _ bytes: Span<UInt8>, in extra: inout ByteWriter) {
        if extra.count > 0 { extra.append(UInt8(ascii: ",")) }
        extra.append(UInt8(ascii: "\""))
        extra.append(bytes.extracting(key.range))
        extra.append("\":")
        extra.append(bytes.extracting(value))
    }
}

extension MemberTable.Slot {
    init(_ form: MemberTable.Form, _ range: Range<Int>) {
        self.form = form
        start = UInt32(range.lowerBound)
        end = UInt32(range.upperBound)
    }
}

extension Refusal {
    /// The JSON of a command is broken or has another type than expected.
    static func json(_ error: JSONError, _ path: StaticString) -> Refusal {
        switch error.reason {
        case .wrongType: .invalid("\(path)", "has the wrong JSON type at byte \(error.offset)")
        case .tooDeep: Refusal(.tooLarge, "JSON nested deeper than \(JSONReader.maximumDepth) at byte \(error.offset)")
        default: Refusal(.syntax, "not JSON: \(error.reason) at byte \(error.offset) of the JSON text")
        }
    }
}

/// Appends members to a record; the caller sets the bitmap in front.
struct RecordPacker: ~Escapable {
    let bytes: Span<UInt8>

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Appends a text member, unescaped; numbers count as their text.
    @inline(__always)
    func text(
        _ slot: MemberTable.Slot, _ name: @autoclosure () -> StaticString, into output: inout ByteWriter
    ) throws(Refusal) {
        switch slot.form {
        case .text, .number: output.appendCounted(bytes.extracting(slot.range))
        case .escapedText: unescaped(slot, into: &output)
        case .absent, .nested: throw .invalid("\(name())", "must be a string")
        }
    }

    /// Appends the text members at `places`, one bit for each, in their order.
    func texts(
        _ table: MemberTable, _ places: UInt64, _ members: @autoclosure () -> [Member], into output: inout ByteWriter
    ) throws(Refusal) {
        var rest = places
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            try text(table[place], members()[place].name, into: &output)
            rest &= rest &- 1
        }
    }

    /// Rare: the length stands in front, so the plain text is made aside.
    private func unescaped(_ slot: MemberTable.Slot, into output: inout ByteWriter) {
        var plain = ByteWriter(capacity: slot.range.count)
        JSONReader(bytes).unescape(JSONString(range: slot.range, hasEscapes: true), into: &plain)
        output.appendCounted(plain.span)
    }

    /// Appends a text member without its length.
    func plainText(
        _ slot: MemberTable.Slot, _ name: StaticString, into output: inout ByteWriter
    ) throws(Refusal) {
        switch slot.form {
        case .text, .number: output.append(bytes.extracting(slot.range))
        case .escapedText:
            JSONReader(bytes).unescape(JSONString(range: slot.range, hasEscapes: true), into: &output)
        case .absent, .nested: throw .invalid("\(name)", "must be a string")
        }
    }

    func decimal(_ slot: MemberTable.Slot, _ name: StaticString) throws(Refusal) -> Decimal64 {
        guard slot.form == .text || slot.form == .number, let value = Decimal64(bytes.extracting(slot.range)) else {
            throw .invalid("\(name)", "must be a decimal such as \"39.90\", up to 18 digits and 12 decimals")
        }
        return value
    }

    func moment(_ slot: MemberTable.Slot, _ name: StaticString) throws(Refusal) -> Timestamp {
        let value: Timestamp?
        switch slot.form {
        case .text: value = Timestamp(rfc3339: bytes.extracting(slot.range))
        case .escapedText:
            // Some encoders write the `+` of an offset as an escape.
            var plain = ByteWriter(capacity: slot.range.count)
            try plainText(slot, name, into: &plain)
            value = Timestamp(rfc3339: plain.span)
        case .absent, .number, .nested: value = nil
        }
        guard let value else {
            throw .invalid("\(name)", "must be a moment in RFC 3339 such as \"2026-03-01T10:22:31Z\"")
        }
        return value
    }

    /// Where the next element of an array begins, which must be an object; nil behind the last one. The reader stands
    /// before the array and `isFirst` is true, or behind an element.
    @inline(__always) static func nextObject(
        _ reader: inout JSONReader, _ isFirst: inout Bool, _ name: StaticString
    ) throws(Refusal) -> Int? {
        do throws(JSONError) {
            if isFirst { try reader.beginArray() }
            guard try reader.nextElement(&isFirst) else { return nil }
            guard try reader.peek() == .object else { throw JSONError(.wrongType, at: reader.position) }
            return reader.position
        } catch {
            throw .json(error, name)
        }
    }
}
