import Bytes

/// Turns the JSON of a command into packed records with all hashes worked out. One per session; it owns the buffers
/// that packing needs. Pure: nothing is decided here, and a refusal leaves the output as it was.
package struct CommandDecoder: ~Copyable {
    var scratch = PackingScratch()

    package init() {}

    /// Runs `body` for a command of its own: nothing that was noted of the one before means anything. If it refuses, takes
    /// back what it appended.
    mutating func keeping<Value>(
        _ output: inout ByteWriter,
        _ body: (inout PackingScratch, inout ByteWriter) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        let start = output.count
        scratch.forgetCommand()
        do throws(Refusal) { return try body(&scratch, &output) } catch {
            output.truncate(to: start)
            throw error
        }
    }

    /// Steps over white space after the JSON; anything else is an error.
    static func expectEnd(_ reader: inout JSONReader) throws(Refusal) {
        do throws(JSONError) { try reader.end() } catch {
            throw Refusal(.syntax, "unexpected text behind the JSON, at its byte \(error.offset)")
        }
    }
}

/// Limits of names that become part of other names, such as `channel/store:number`.
enum NameRule {
    static let maximumChannelBytes = 64
    static let maximumNumberBytes = 128

    /// Copies a channel or store name in lower case: ASCII letters, digits, `.`, `_`, `-`.
    static func append(
        _ name: Span<UInt8>, _ field: StaticString, into output: inout ByteWriter
    ) throws(Refusal) {
        guard name.count > 0, name.count <= maximumChannelBytes else {
            throw .invalid("\(field)", "must have 1 to \(maximumChannelBytes) characters")
        }
        var index = 0
        while index < name.count {
            let length = min(8, name.count &- index)
            let word = name.word(at: index, count: length)
            let allowed =
                ByteWord.lettersAndDigits(in: word) | ByteWord.equal(UInt8(ascii: "."), in: word)
                | ByteWord.equal(UInt8(ascii: "_"), in: word) | ByteWord.equal(UInt8(ascii: "-"), in: word)
            guard (allowed ^ ByteWord.highBits) & ByteWord.mask(length) == 0 else {
                throw .invalid("\(field)", "may hold only letters a-z, digits, '.', '_' and '-'")
            }
            output.append(word: ByteWord.lowercased(word), count: length)
            index &+= 8
        }
    }

    /// Checks an order's or document's number: printable, no longer than its limit.
    static func check(number: Span<UInt8>, _ field: StaticString) throws(Refusal) {
        guard number.count <= maximumNumberBytes else {
            throw .invalid("\(field)", "must have at most \(maximumNumberBytes) bytes")
        }
        var index = 0
        while index < number.count {
            let length = min(8, number.count &- index)
            let word = number.word(at: index, count: length) | ByteWord.repeating(0x20) & ~ByteWord.mask(length)
            guard ByteWord.firstControl(in: word) | ByteWord.first(0x7F, in: word) == 0 else {
                throw .invalid("\(field)", "must not hold control characters")
            }
            index &+= 8
        }
    }
}

extension CommandDecoder {
    /// Puts channel and store, checked and lower-cased, into the scratch; `store` is `main` unless given.
    static func source(
        _ packer: RecordPacker, channel: MemberTable.Slot, store: MemberTable.Slot, _ scratch: inout PackingScratch
    ) throws(Refusal) {
        guard channel.form != .absent else { throw .invalid("channel", "is required, a string such as \"shopify\"") }
        try sourceName(packer, channel, "channel", &scratch.normalised, into: &scratch.channel)
        guard store.form != .absent else {
            scratch.store.removeAll()
            return scratch.store.append("main")
        }
        try sourceName(packer, store, "store", &scratch.normalised, into: &scratch.store)
    }

    private static func sourceName(
        _ packer: RecordPacker, _ slot: MemberTable.Slot, _ field: StaticString, _ plain: inout ByteWriter,
        into output: inout ByteWriter
    ) throws(Refusal) {
        guard slot.form == .text || slot.form == .escapedText else { throw .invalid("\(field)", "must be a string") }
        if slot.form == .text {
            let name = packer.bytes.extracting(slot.range)
            // What was written into the output is in lower case, and allowed: the name of the order before, mostly.
            if name.equals(output.span) { return }
            output.removeAll()
            return try NameRule.append(name, field, into: &output)
        }
        output.removeAll()
        plain.removeAll()
        try packer.plainText(slot, field, into: &plain)
        try NameRule.append(plain.span, field, into: &output)
    }
}
