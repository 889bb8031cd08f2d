/// A text in one of the two encodings of RFC 2045 that every mail server lets through, whichever is shorter.
struct MailBody: Equatable {
    let encoding: String
    /// Lines of at most 76 characters, each with its line feed.
    let text: String

    init(_ text: String) {
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        let printable = Self.quotedPrintable(lines)
        let base64 = Self.base64(lines)
        encoding = printable.utf8.count <= base64.utf8.count ? "quoted-printable" : "base64"
        self.text = encoding == "base64" ? base64 : printable
    }

    private static func base64(_ text: String) -> String {
        var output = ""
        // Text has CR LF for the line feeds of a canonical text (RFC 2045, 6.8).
        var rest = Array(text.replacing("\n", with: "\r\n").utf8)[...]
        while !rest.isEmpty {
            output += Base64.encode(rest.prefix(57)) + "\n"
            rest = rest.dropFirst(57)
        }
        return output
    }

    private static func quotedPrintable(_ text: String) -> String {
        var output = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var width = 0
            let bytes = Array(line.utf8)
            // Some programs take these for the end of the mail or the beginning of another (RFC 2049, 3).
            let isMisread = line == "." || line.hasPrefix("From ")
            for (place, byte) in bytes.enumerated() {
                let symbol =
                    isMisread && place == 0 ? code(of: byte) : symbol(of: byte, isLast: place == bytes.count - 1)
                if width + symbol.utf8.count > 75 {
                    output += "=\n"
                    width = 0
                }
                output += symbol
                width += symbol.utf8.count
            }
            output += "\n"
        }
        return output
    }

    private static func symbol(of byte: UInt8, isLast: Bool) -> String {
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
        return isPlain || (isBlank && !isLast) ? String(UnicodeScalar(byte)) : code(of: byte)
    }

    private static func code(of byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
