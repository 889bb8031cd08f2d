import Bytes

/// What a message says, frozen when it was queued. On disk counted texts in this order, then the rule (1 byte), the end of
/// its time (zigzag) and, only where it has one, the beginning (zigzag).
package struct MessageRecord: Sendable, Equatable {
    /// Names the message to whoever queued it; the same again is the same message.
    package var identifier = ""
    package var channel = ""
    /// How replies name its order; empty without one.
    package var order = ""
    /// The language of the template that it was made from.
    package var language = ""
    package var fromAddress = ""
    package var fromName = ""
    package var toAddress = ""
    package var toName = ""
    package var subject = ""
    package var body = ""
    package var actor = ""
    package var rule = LanguageRule.shop
    /// Milliseconds after which it must not be sent any more; `noEnd` where nothing says so.
    package var notAfter = noEnd
    /// Milliseconds before which it must not be sent; zero where nothing says so.
    package var notBefore: Int64 = 0

    static let noEnd: Int64 = 0

    private static var texts: [WritableKeyPath<MessageRecord, String>] {
        [
            \.identifier, \.channel, \.order, \.language, \.fromAddress, \.fromName, \.toAddress, \.toName, \.subject,
            \.body, \.actor,
        ]
    }

    init() {}

    /// Bytes that this very code has written, or that came from a disk.
    init(_ bytes: Span<UInt8>) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        for text in Self.texts { self[keyPath: text] = try reader.string() }
        rule = LanguageRule(rawValue: try reader.byte()) ?? .shop
        notAfter = try reader.zigzag()
        if !reader.isAtEnd { notBefore = try reader.zigzag() }
    }

    func write(into output: inout ByteWriter) {
        for text in Self.texts { output.countedText(self[keyPath: text]) }
        output.append(rule.rawValue)
        output.appendZigzag(notAfter)
        if notBefore != 0 { output.appendZigzag(notBefore) }
    }
}

extension ByteWriter {
    mutating func countedText(_ text: String) {
        appendVarint(UInt64(text.utf8.count))
        append(text)
    }
}
