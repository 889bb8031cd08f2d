import Bytes

/// The rare addresses: display names, quotes, `mailto:`, letters beyond ASCII. Strings are fine here.
///
/// Sources: RFC 5322 (3.2.4 quoted strings, 3.4 display names), RFC 6068 (mailto), RFC 6532 (UTF-8 local parts, NFC),
/// RFC 5891 and UTS #46 (domains: NFKC, lower case, then punycode).
enum EmailRepair {
    static func normalise(_ raw: Span<UInt8>, into output: inout ByteWriter) -> EmailClass {
        guard var text = String(validating: raw.array, as: UTF8.self) else { return .invalid }
        text = unwrapped(text)
        guard text.utf8.count <= 254 else { return .invalid }
        text = UnicodeForms.composed(text)
        guard let at = text.lastIndex(where: { $0 == "@" || $0 == "＠" }) else { return .invalid }
        guard text[at] == "@" else { return .invalid }
        guard let local = localPart(String(text[..<at])),
            let domain = asciiDomain(String(text[text.index(after: at)...]))
        else { return .invalid }
        guard !local.isEmpty, local.utf8.count <= 64, local.utf8.count + domain.utf8.count < 254 else {
            return .invalid
        }
        let address = Array(local.utf8) + [UInt8(ascii: "@")] + Array(domain.utf8)
        return EmailAddress.judge(address.span, at: local.utf8.count, into: &output)
    }

    /// What stands between angle brackets, without `mailto:` and its headers.
    private static func unwrapped(_ text: String) -> String {
        var inner = Substring(text)
        if inner.last == ">", let open = inner.lastIndex(of: "<") {
            inner = inner[inner.index(after: open)...].dropLast()
        }
        if inner.lowercased().hasPrefix("mailto:") {
            inner = inner.dropFirst(7)
            if let question = inner.firstIndex(of: "?") { inner = inner[..<question] }
        }
        return String(inner)
    }

    /// Lower case, without quotes that are not needed; nil when it is no local part.
    private static func localPart(_ text: String) -> String? {
        let lower = UnicodeForms.composed(text.lowercased())
        guard lower.hasPrefix("\"") else { return isAtom(lower) ? lower : nil }
        guard lower.count >= 2, lower.hasSuffix("\""), let content = unquoted(lower.dropFirst().dropLast()) else {
            return nil
        }
        if !content.isEmpty, isAtom(content), !content.hasPrefix("."), !content.hasSuffix("."), !content.contains("..")
        {
            return content
        }
        let escaped = content.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    private static func isAtom(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                guard ASCII.isAtomText(UInt8(scalar.value)) || scalar == "." else { return false }
            } else {
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
                    .paragraphSeparator:
                    return false
                default: break
                }
            }
        }
        return !(text.unicodeScalars.first?.properties.generalCategory == .nonspacingMark)
    }

    /// The text of a quoted string without its escapes; nil when a quote stands in it unescaped or nothing is there.
    private static func unquoted(_ text: Substring) -> String? {
        var content = ""
        var isEscaped = false
        for character in text.unicodeScalars {
            if isEscaped {
                // RFC 5322, 3.2.1: what a backslash quotes is visible ASCII or a blank.
                guard character.isASCII, character.value >= 0x20, character.value < 0x7F else { return nil }
                content.unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" || character.value < 0x20 || character.value == 0x7F {
                return nil
            } else {
                content.unicodeScalars.append(character)
            }
        }
        return isEscaped || content.isEmpty ? nil : content
    }

    /// The domain in lower-case ASCII; nil when a label cannot be encoded.
    private static func asciiDomain(_ text: String) -> String? {
        let mapped = UnicodeForms.composedCompatible(UnicodeForms.composedCompatible(text).lowercased())
        var labels: [String] = []
        let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        for label in mapped.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: dots.contains) {
            let scalars = label.map(\.value)
            if scalars.allSatisfy({ $0 < 0x80 }) {
                labels.append(String(String.UnicodeScalarView(label)))
            } else {
                guard isEncodable(label), let encoded = Punycode.encode(scalars) else { return nil }
                labels.append("xn--" + encoded)
            }
        }
        return labels.joined(separator: ".")
    }

    private static func isEncodable(_ label: Substring.UnicodeScalarView) -> Bool {
        if label.first == "-" || label.last == "-" { return false }
        return label.allSatisfy { scalar in
            if scalar.isASCII {
                return ASCII.isLetter(UInt8(scalar.value)) || scalar == "-" || ("0"..."9").contains(scalar)
            }
            let properties = scalar.properties
            return properties.isAlphabetic || properties.numericType != nil
                || [.nonspacingMark, .spacingMark, .format].contains(properties.generalCategory)
                || scalar == "\u{B7}" || scalar == "\u{30FB}" || scalar == "\u{375}" || scalar == "\u{5F3}"
                || scalar == "\u{5F4}"
        }
    }
}
