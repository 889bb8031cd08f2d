/// Base64 of RFC 4648, section 4: how bytes travel in JSON.
package enum Base64 {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// By character: its six bits, or 64 for none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Appends the characters of `bytes`, padded.
    package static func encode(_ bytes: Span<UInt8>, into output: inout ByteWriter) {
        output.reserve((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                output.append(index <= count ? alphabet[Int(group >> UInt32(18 - 6 * index)) & 63] : padding)
            }
        }
    }

    /// The bytes of a padded text; nil if it is none, or not the one text that such bytes have.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            let isLast = start + 4 == text.count
            var missing = 0
            if isLast, text[start + 3] == padding { missing = text[start + 2] == padding ? 2 : 1 }
            var group: UInt32 = 0
            for index in 0..<4 {
                let value = index >= 4 - missing ? 0 : values[Int(text[start + index])]
                guard value < 64 else { return nil }
                group = group << 6 | UInt32(value)
            }
            guard group & ((1 << UInt32(8 * missing)) - 1) == 0 else { return nil }
            for index in 0..<(3 - missing) { output.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * index))) }
        }
        return output
    }
}
