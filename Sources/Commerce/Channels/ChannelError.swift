import Bytes

/// Why a payload, or one item in it, was not taken.
package struct ChannelError: Error, Equatable, Sendable {
    package enum Reason: Error, Equatable, Sendable {
        /// The channel has no reader of its own; its orders come in canonical form.
        case unknownChannel(String)
        case notUTF8(offset: Int)
        case notJSON(JSONError.Reason, offset: Int)
        /// The payload is something else; the text says what, with its article.
        case notAnOrder(String)
        /// A part of an order that cannot stand alone; `needs` says what to send instead.
        case incomplete(String, needs: String)
        /// A field without which there is no order or customer, as the platform spells it.
        case missingField(String)
        /// A field that is there and cannot be read; `text` is cut to 80 characters.
        case badValue(path: String, text: String)
    }

    package let reason: Reason
    /// The item it concerns, for instance `order 1043946570`; nil if it is the payload as a whole.
    package let item: String?

    package init(_ reason: Reason, item: String? = nil) {
        self.reason = reason
        self.item = item
    }

    /// What is wrong and what to do about it, as one line for a reply.
    package var sentence: String {
        let text = item.map { "\($0): \(reason.sentence)" } ?? reason.sentence
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}

extension ChannelError.Reason {
    package var sentence: String {
        switch self {
        case .unknownChannel(let name):
            "no reader for payloads of channel \(name): send canonical orders with ORDER.PUT"
        case .notUTF8(let offset): "not UTF-8 at byte \(offset): send the platform's answer unchanged"
        case .notJSON(let reason, let offset):
            reason == .endOfInput
                ? "the JSON ends too early, at byte \(offset): send the platform's whole answer"
                : "not strict JSON from byte \(offset) on: send the platform's answer unchanged"
        case .notAnOrder(let what): "this is \(what); only orders, customers and updates of orders are taken here"
        case .incomplete(let what, let needs): "this is \(what): \(needs)"
        case .missingField(let path):
            "\(path) is missing: send the whole order, customer or update as the platform gives it"
        case .badValue(let path, let text): "\(path) cannot be read: \"\(text)\""
        }
    }

    static func badValue(_ path: String, _ value: JSONValue) -> Self {
        .badValue(path: path, text: String((value.exactText ?? value.oneLine).prefix(80)))
    }
}

extension JSONValue {
    /// The document as one line of text.
    var oneLine: String {
        var output = ByteWriter()
        write(into: &output)
        return output.span.text
    }
}
