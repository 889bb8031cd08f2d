import Bytes

/// The number of a customer as people see it: `C` and a decimal, `C1` being the first.
///
/// It is the number of the customer's oldest profile. A profile is never destroyed, so every number ever
/// given resolves for ever, and a split gives each side the number it had.
package enum CustomerNumber {
    /// Reads `C17` or `c17`; nil if the text is no number that this engine gives.
    package static func parse(_ text: Span<UInt8>) -> UInt32? {
        guard text.count >= 2, text.count <= 11, text[0] | 0x20 == UInt8(ascii: "c"), text[1] != UInt8(ascii: "0")
        else { return nil }
        var value: UInt64 = 0
        for index in 1..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + UInt64(digit)
        }
        return UInt32(exactly: value)
    }
}

extension ByteWriter {
    /// A customer number as a JSON string.
    @inline(__always) package mutating func customerNumber(_ number: UInt32) {
        string("C")
        truncate(to: count - 1)
        appendDecimal(Int64(number))
        append(UInt8(ascii: "\""))
    }
}

/// How orders, and likewise references, are named: `channel:number`, or `channel/store:number` where two stores share
/// a channel.
package struct OrderName: Equatable, Sendable {
    package let channel: [UInt8]
    /// Nil when the name does not say which store: it is `main`, or whichever one store of the channel has the number.
    package let store: [UInt8]?
    package let number: [UInt8]

    package init(_ text: Span<UInt8>) throws(Refusal) {
        var colon = 0
        while colon < text.count, text[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < text.count, colon + 1 < text.count else {
            throw .invalid("order", "must be channel:number or channel/store:number")
        }
        var slash = 0
        while slash < colon, text[slash] != UInt8(ascii: "/") { slash += 1 }
        var name = ByteWriter(capacity: 128)
        try NameRule.append(text.extracting(0..<slash), "channel", into: &name)
        channel = name.copyBytes()
        name.removeAll()
        if slash < colon {
            try NameRule.append(text.extracting((slash + 1)..<colon), "store", into: &name)
            store = name.copyBytes()
        } else {
            store = nil
        }
        try NameRule.check(number: text.extracting((colon + 1)..<text.count), "number")
        number = text.extracting((colon + 1)..<text.count).array
    }
}
