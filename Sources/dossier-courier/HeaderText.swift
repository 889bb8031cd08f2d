/// Text as it may stand in a header of RFC 5322: ASCII, folded, and never able to begin another header.
enum HeaderText {
    /// A subject, or any other text without structure.
    static func unstructured(_ text: String) -> String {
        isPlain(text) && text.utf8.count <= longestPlain ? text : encodedWords(text)
    }

    /// A mailbox: `"Anna de Vries" <anna@example.nl>`; the address alone where there is no name.
    static func mailbox(name: String, address: String) -> String {
        let address = String(
            String.UnicodeScalarView(address.unicodeScalars.filter { $0.value > 0x20 && $0 != "<" && $0 != ">" }))
        guard !name.isEmpty else { return address }
        guard isPlain(name), name.utf8.count <= longestPlain else { return "\(encodedWords(name)) <\(address)>" }
        let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(quoted)\" <\(address)>"
    }

    /// So that no line gets longer than the 78 characters that RFC 5322, 2.1.1, asks for.
    private static let longestPlain = 66

    /// Printable ASCII that nobody takes for an encoded word.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?") && text.first != " "
            && text.last != " "
    }

    /// Encoded words of RFC 2047 in base64, each at most 75 characters, none cutting a character in two.
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar).utf8)
            if chunk.count + bytes.count > 45 {
                words.append(word(chunk))
                chunk = []
            }
            chunk += bytes
        }
        if !chunk.isEmpty { words.append(word(chunk)) }
        return words.joined(separator: "\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Base64.encode(bytes))?=" }
}

/// Base64 of RFC 4648.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let group = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let word =
                UInt32(group[0]) << 16 | UInt32(group.count > 1 ? group[1] : 0) << 8
                | UInt32(group.count > 2 ? group[2] : 0)
            for place in 0..<4 {
                let digit = alphabet[Int(word >> UInt32(18 - 6 * place)) & 63]
                output.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
