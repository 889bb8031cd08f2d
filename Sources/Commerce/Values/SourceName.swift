import Bytes

/// How a source is named: `channel`, or `channel/store` for a store other than `main`.
package struct SourceName: Sendable, Equatable {
    package let channel: [UInt8]
    package let store: [UInt8]

    package init(_ text: Span<UInt8>) throws(Refusal) {
        var slash = 0
        while slash < text.count, text[slash] != UInt8(ascii: "/") { slash += 1 }
        var name = ByteWriter(capacity: 128)
        try NameRule.append(text.extracting(0..<slash), "source", into: &name)
        channel = name.copyBytes()
        name.removeAll()
        guard slash < text.count else {
            store = Array("main".utf8)
            return
        }
        try NameRule.append(text.extracting((slash + 1)..<text.count), "source", into: &name)
        store = name.copyBytes()
    }

    package var text: String { String(decoding: channel + [UInt8(ascii: "/")] + store, as: UTF8.self) }
}
