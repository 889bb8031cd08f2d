import Bytes

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
        case .text, .number: output.appendCounted(bytes, slot.range)
        case .escapedText: unescaped(slot, into: &output)
        case .absent, .nested: throw .invalid("\(name())", "must be a string")
        }
    }

    /// Appends the text members at `places`, one bit for each, in their order.
    func texts(
        _ table: borrowing MemberTable, _ places: UInt64, _ members: @autoclosure () -> [Member],
        into output: inout ByteWriter
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
