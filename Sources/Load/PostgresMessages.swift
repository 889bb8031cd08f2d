import Bytes

/// The part of PostgreSQL's protocol 3 that calling one function takes: prepared once per connection, then bound and
/// executed with a `Sync` behind each call, so that each call is a transaction of its own and calls can be pipelined.
enum PostgresMessages {
    /// The name of the user and of the database.
    static let database: StaticString = "dossier"
    /// The functions that may be called, each with one text parameter.
    private static let functions: [StaticString] = ["order_put", "orders_put", "customer_living", "customer_360"]

    /// Start-up, the statements of the connection, and one `Sync` behind them.
    static var opening: [UInt8] {
        var writer = ByteWriter()
        let parameters = "user\0\(database)\0database\0\(database)\0\0"
        writer.appendBigEndian(UInt32(8 + parameters.utf8.count))
        writer.appendBigEndian(UInt32(3 << 16))
        writer.append(parameters)
        for function in functions { appendParse(function, to: &writer) }
        appendSync(to: &writer)
        return writer.copyBytes()
    }

    /// `Parse` of a statement with the function's name; one parameter, of type text (25).
    private static func appendParse(_ function: StaticString, to writer: inout ByteWriter) {
        let text = "\(function)\0SELECT \(function)($1)\0"
        writer.append(UInt8(ascii: "P"))
        writer.appendBigEndian(UInt32(4 + text.utf8.count + 2 + 4))
        writer.append(text)
        writer.appendBigEndian(UInt16(1))
        writer.appendBigEndian(UInt32(25))
    }

    /// `Bind`, `Execute` and `Sync`, all in text format.
    static func append(call function: StaticString, _ argument: Span<UInt8>, to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "B"))
        writer.appendBigEndian(UInt32(4 + 1 + function.utf8CodeUnitCount + 1 + 2 + 2 + 4 + argument.count + 2))
        writer.append(0)
        writer.append(function)
        writer.append(0)
        writer.appendBigEndian(UInt16(0))
        writer.appendBigEndian(UInt16(1))
        writer.appendBigEndian(UInt32(argument.count))
        writer.append(argument)
        writer.appendBigEndian(UInt16(0))
        writer.append(UInt8(ascii: "E"))
        writer.appendBigEndian(UInt32(4 + 1 + 4))
        writer.append(0)
        writer.appendBigEndian(UInt32(0))
        appendSync(to: &writer)
    }

    private static func appendSync(to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "S"))
        writer.appendBigEndian(UInt32(4))
    }

    /// All messages up to `ReadyForQuery`: the first column of the first row, or the message of the error.
    static func next(_ bytes: Span<UInt8>, _ offset: Int) -> ReplyFrame? {
        var message = offset
        var kind = ReplyFrame.Kind.answer
        var content = offset..<offset
        while message + 5 <= bytes.count {
            let end = message + 1 + Int(bytes.bigEndian(UInt32.self, at: message + 1))
            guard end <= bytes.count else { return nil }
            switch bytes[message] {
            case UInt8(ascii: "D"):
                let length = Int(Int32(bitPattern: bytes.bigEndian(UInt32.self, at: message + 7)))
                if length >= 0 { content = (message + 11)..<(message + 11 + length) } else { kind = .error }
            case UInt8(ascii: "E"):
                kind = .error
                content = messageField(bytes, (message + 5)..<end)
            case UInt8(ascii: "Z"):
                return ReplyFrame(kind, content, end: end)
            default: break
            }
            message = end
        }
        return nil
    }

    /// Fields are a letter and a text that ends with zero; `M` is the one for people.
    private static func messageField(_ bytes: Span<UInt8>, _ fields: Range<Int>) -> Range<Int> {
        var start = fields.lowerBound
        while start < fields.upperBound, bytes[start] != 0 {
            var end = start + 1
            while end < fields.upperBound, bytes[end] != 0 { end += 1 }
            if bytes[start] == UInt8(ascii: "M") { return (start + 1)..<end }
            start = end + 1
        }
        return fields
    }
}

extension ByteWriter {
    /// Network byte order.
    mutating func appendBigEndian(_ value: some FixedWidthInteger) { appendLittleEndian(value.bigEndian) }
}

extension Span<UInt8> {
    /// Network byte order.
    func bigEndian<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        var value: Value = 0
        for index in 0..<(Value.bitWidth / 8) { value = value << 8 | Value(self[offset + index]) }
        return value
    }
}
