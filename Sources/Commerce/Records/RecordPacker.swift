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

    var slots: InlineArray<20, Slot> = .init(repeating: Slot())

    subscript(place: Int) -> Slot {
        get { slots[place] }
        set { slots[place] = newValue }
    }

    func has(_ place: Int) -> Bool { slots[place].form != .absent }

    /// The member's bytes, still escaped; empty when absent.
    @_lifetime(copy bytes)
    func raw(_ place: Int, in bytes: Span<UInt8>) -> Span<UInt8> { bytes.extracting(slots[place].range) }

    /// Notes where the object's members lie. `null` and `""` count as absent. Unknown members go to `extra` as
    /// JSON text, separated by commas.
    @inline(__always) static func read(
        _ reader: inout JSONReader, place: (Span<UInt8>) -> Int?, path: StaticString, extra: inout ByteWriter
    ) throws(Refusal) -> MemberTable {
        do throws(JSONError) {
            var table = MemberTable()
            try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&isFirst) {
                if let place = place(reader.bytes.extracting(key.range)) {
                    table[place] = try slot(&reader)
                } else {
                    keep(key, try reader.skipValue(), reader.bytes, in: &extra)
                }
            }
            return table
        } catch {
            throw .json(error, path)
        }
    }

    @inline(__always) private static func slot(_ reader: inout JSONReader) throws(JSONError) -> Slot {
        switch try reader.peek() {
        case .string:
            let string = try reader.string()
            guard !string.range.isEmpty else { return Slot() }
            return Slot(string.hasEscapes ? .escapedText : .text, string.range)
        case .number: return Slot(.number, try reader.number())
        case .null:
            guard try reader.null() else { throw JSONError(.unexpectedByte, at: reader.position) }
            return Slot()
        case .object, .array: return Slot(.nested, try reader.skipNested())
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
    func text(_ slot: MemberTable.Slot, _ name: StaticString, into output: inout ByteWriter) throws(Refusal) {
        switch slot.form {
        case .text, .number: output.appendCounted(bytes.extracting(slot.range))
        case .escapedText: unescaped(slot, into: &output)
        case .absent, .nested: throw .invalid("\(name)", "must be a string")
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

    /// Calls `body` for each element of an array member; every element must be an object.
    func forEachElement(
        _ slot: MemberTable.Slot, _ name: StaticString, _ body: (MemberTable.Slot) throws(Refusal) -> Void
    ) throws(Refusal) {
        var reader = JSONReader(bytes, at: slot.range.lowerBound)
        var isFirst = true
        while true {
            let element: MemberTable.Slot
            do throws(JSONError) {
                if isFirst { try reader.beginArray() }
                guard try reader.nextElement(&isFirst) else { return }
                guard try reader.peek() == .object else { throw JSONError(.wrongType, at: reader.position) }
                element = MemberTable.Slot(.nested, try reader.skipNested())
            } catch {
                throw .json(error, name)
            }
            try body(element)
        }
    }
}
