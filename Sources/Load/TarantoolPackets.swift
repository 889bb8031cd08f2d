import Bytes

/// The part of Tarantool's binary protocol that calling one function takes: packets of a length, a header map and a
/// body map, all in MessagePack.
enum TarantoolPackets {
    /// What the server says first: two lines of 64 bytes.
    static func greeting(_ bytes: Span<UInt8>, _ offset: Int) -> ReplyFrame? {
        bytes.count < offset + 128 ? nil : ReplyFrame(.answer, offset..<(offset + 128), end: offset + 128)
    }

    /// `CALL` with one text.
    /// - Parameter position: of the request in the run; its reply carries it back.
    static func append(
        call function: StaticString, _ argument: Span<UInt8>, position: Int, to writer: inout ByteWriter
    ) {
        let fixed = 9 + 2 + 1 + function.utf8CodeUnitCount + 2 + 5
        writer.append(0xCE)
        writer.appendBigEndian(UInt32(fixed + argument.count))
        // Header: request type CALL, and the number that comes back.
        writer.append([0x82, 0x00, 0x0A, 0x01, 0xCE])
        writer.appendBigEndian(UInt32(position))
        // Body: the function's name, and an array of one argument.
        writer.append([0x82, 0x22, 0xA0 | UInt8(function.utf8CodeUnitCount)])
        writer.append(function)
        writer.append([0x21, 0x91, 0xDB])
        writer.appendBigEndian(UInt32(argument.count))
        writer.append(argument)
    }

    /// The first value that the function returned, which must be a text, or the message of the error.
    static func next(_ bytes: Span<UInt8>, _ offset: Int) -> ReplyFrame? {
        guard bytes.count >= offset + 5 else { return nil }
        var reader = MessagePack(offset: offset)
        guard let length = reader.unsigned(bytes), bytes.count >= reader.offset + Int(length) else { return nil }
        let end = reader.offset + Int(length)
        var position: Int?
        var kind = ReplyFrame.Kind.answer
        for _ in 0..<reader.count(bytes) {
            let key = reader.unsigned(bytes)
            let value = reader.unsigned(bytes)
            if key == 0, value != 0 { kind = .error }
            if key == 1 { position = value.map { Int($0) } }
        }
        var content = end..<end
        guard reader.offset < end else { return ReplyFrame(.error, content, end: end, position: position) }
        for _ in 0..<reader.count(bytes) {
            let key = reader.unsigned(bytes)
            if key == 0x30 {
                let values = reader.count(bytes)
                guard values > 0, let text = reader.text(bytes) else { break }
                content = text
            } else if key == 0x31, let text = reader.text(bytes) {
                content = text
            }
            // What follows is not wanted.
            break
        }
        return ReplyFrame(content.isEmpty ? .error : kind, content, end: end, position: position)
    }
}

/// A place in MessagePack; knows numbers, texts and the heads of maps and arrays.
private struct MessagePack {
    var offset: Int

    /// Takes an unsigned number; nil, with the value's first byte taken, for anything else.
    mutating func unsigned(_ bytes: Span<UInt8>) -> UInt64? {
        let head = bytes[offset]
        offset += 1
        switch head {
        case 0..<0x80: return UInt64(head)
        case 0xCC...0xCF: return big(bytes, 1 << Int(head - 0xCC))
        default: return nil
        }
    }

    /// Takes the head of a map or an array; 0 for anything else.
    mutating func count(_ bytes: Span<UInt8>) -> Int {
        let head = bytes[offset]
        offset += 1
        switch head {
        case 0x80..<0xA0: return Int(head & 0x0F)
        case 0xDC, 0xDE: return Int(big(bytes, 2))
        case 0xDD, 0xDF: return Int(big(bytes, 4))
        default: return 0
        }
    }

    /// Takes a text; nil for anything else.
    mutating func text(_ bytes: Span<UInt8>) -> Range<Int>? {
        let head = bytes[offset]
        offset += 1
        let count: Int
        switch head {
        case 0xA0..<0xC0: count = Int(head & 0x1F)
        case 0xD9...0xDB: count = Int(big(bytes, 1 << Int(head - 0xD9)))
        default: return nil
        }
        offset += count
        return (offset - count)..<offset
    }

    private mutating func big(_ bytes: Span<UInt8>, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value = value << 8 | UInt64(bytes[offset + index]) }
        offset += count
        return value
    }
}
