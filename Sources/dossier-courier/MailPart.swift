/// A mail of RFC 5322, or a part of one (RFC 2045, 2046): its headers, and what stands behind them.
///
/// Made for what mail servers send back: line ends may be CR LF or LF, headers folded, parts encoded, boundaries missing.
/// Nothing of it is an error; what cannot be understood is not there.
struct MailPart {
    /// In their order, names in small letters, values on one line.
    let headers: [(name: String, value: String)]
    /// As it came, still encoded.
    let body: ArraySlice<UInt8>

    /// More headers than any mail has are taken for its text.
    private static let mostHeaders = 1_000

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        var headers: [(name: String, value: String)] = []
        while headers.count < Self.mostHeaders, let line = Self.line(rest) {
            // The line that an mbox file puts in front, or a mail program leaves there.
            let isEnvelope = headers.isEmpty && Self.text(line.content).hasPrefix("From ")
            if line.content.isEmpty {
                rest = line.rest
                break
            }
            if let first = line.content.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t"),
                let last = headers.indices.last
            {
                headers[last].value += " " + Self.trimmed(Self.text(line.content))
            } else if let header = Self.header(line.content) {
                headers.append(header)
            } else if !isEnvelope {
                break
            }
            rest = line.rest
        }
        self.headers = headers
        body = rest
    }

    /// The first value of the header, its name in small letters.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// `multipart/report`, in small letters; plain text where nothing is said.
    var type: String {
        let type = (header("content-type") ?? "text/plain").prefix { $0 != ";" && $0 != "(" }
        return Self.trimmed(String(type)).lowercased()
    }

    /// A parameter of the content's type.
    private func parameter(_ wanted: String) -> String? {
        var rest = (header("content-type") ?? "")[...]
        while let mark = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: mark)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(String(rest[..<equals])).lowercased()
            rest = rest[rest.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
            let value: String
            (value, rest) = rest.first == "\"" ? Self.quoted(rest.dropFirst()) : Self.word(rest)
            if name == wanted { return value }
        }
        return nil
    }

    private static func word(_ text: Substring) -> (String, Substring) {
        let word = text.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
        return (String(word), text[word.endIndex...])
    }

    private static func quoted(_ text: Substring) -> (String, Substring) {
        var value = ""
        var rest = text
        while let next = rest.popFirst(), next != "\"" {
            if next == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(next) }
        }
        return (value, rest)
    }

    // MARK: Parts

    /// More than any report has.
    private static let mostParts = 100

    /// The parts of a multipart; none of anything else. The last may lack its end.
    var parts: [MailPart] {
        guard type.hasPrefix("multipart/"), let boundary = parameter("boundary"), !boundary.isEmpty else { return [] }
        let mark = Array("--\(boundary)".utf8)
        var parts: [MailPart] = []
        var start: Int?
        var rest = body
        while parts.count < Self.mostParts, let line = Self.line(rest) {
            defer { rest = line.rest }
            guard line.content.starts(with: mark) else { continue }
            let behind = Self.trimmed(Self.text(line.content.dropFirst(mark.count)))
            guard behind.isEmpty || behind == "--" else { continue }
            if let start { parts.append(MailPart(body[start..<line.content.startIndex])) }
            start = line.rest.startIndex
            if behind == "--" { return parts }
        }
        if let start, parts.count < Self.mostParts { parts.append(MailPart(body[start...])) }
        return parts
    }

    /// The first `count` bytes of the content as it was before it was encoded.
    func decoded(_ count: Int) -> ArraySlice<UInt8> {
        let encoding = Self.trimmed(header("content-transfer-encoding") ?? "").lowercased()
        switch encoding {
        case "base64": return TransferEncoding.base64(body.prefix(count * 2))[...].prefix(count)
        case "quoted-printable": return TransferEncoding.quotedPrintable(body.prefix(count * 3))[...].prefix(count)
        default: return body.prefix(count)
        }
    }

    // MARK: Lines

    /// The first line without its end, and what follows; nil at the end.
    static func line(_ bytes: ArraySlice<UInt8>) -> (content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard !bytes.isEmpty else { return nil }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return (bytes, bytes.suffix(0)) }
        var content = bytes[..<end]
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        return (content, bytes[(end + 1)...])
    }

    private static func header(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return (text(name).lowercased(), trimmed(text(line[(colon + 1)...])))
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// The encodings of RFC 2045, read as widely as anybody writes them.
enum TransferEncoding {
    static func base64(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        var count = 0
        for byte in text {
            let digit: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(byte - 65)
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(byte - 71)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte) + 4
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            default: continue
            }
            word = word << 6 | digit
            count += 1
            if count == 4 {
                bytes += [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
                (word, count) = (0, 0)
            }
        }
        if count == 2 { bytes.append(UInt8(word >> 4 & 255)) }
        if count == 3 { bytes += [UInt8(word >> 10 & 255), UInt8(word >> 2 & 255)] }
        return bytes
    }

    static func quotedPrintable(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let line = MailPart.line(rest) {
            var content = line.content
            rest = line.rest
            while content.last == UInt8(ascii: " ") || content.last == UInt8(ascii: "\t") { content.removeLast() }
            let isSoft = content.last == UInt8(ascii: "=")
            if isSoft { content.removeLast() }
            while let byte = content.popFirst() {
                guard byte == UInt8(ascii: "="), content.count >= 2,
                    let value = UInt8(MailPart.text(content.prefix(2)), radix: 16)
                else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(value)
                content = content.dropFirst(2)
            }
            if !isSoft { bytes.append(UInt8(ascii: "\n")) }
        }
        return bytes
    }
}
