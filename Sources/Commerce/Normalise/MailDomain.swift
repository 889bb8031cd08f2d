import Bytes

/// Whether a lower-case ASCII domain could receive mail.
///
/// Sources: RFC 1123, 2.1 and RFC 5321, 4.1.2 (labels of letters, digits and hyphens, 63 bytes at most); RFC 5890, 2.3.1
/// (hyphens in the third and fourth place only after "xn"); RFC 2606 and RFC 6761 (reserved top-level names). Address
/// literals ([192.0.2.1]) are correct mail but nobody's identity, so they are refused.
enum MailDomain {
    static func isValid(_ domain: Span<UInt8>) -> Bool {
        // Nearly every domain is words with dots between them.
        if domain.count <= 63, ASCII.isDotted(domain) {
            guard let dot = ASCII.lastIndex(of: UInt8(ascii: "."), in: domain) else { return false }
            return isTopLevel(domain.extracting((dot + 1)..<domain.count))
        }
        var labelStart = 0
        var labels = 0
        for index in 0...domain.count where index == domain.count || domain[index] == UInt8(ascii: ".") {
            guard isLabel(domain.extracting(labelStart..<index)) else { return false }
            labels += 1
            if index == domain.count { break }
            labelStart = index + 1
        }
        guard labels >= 2 else { return false }
        return isTopLevel(domain.extracting(labelStart..<domain.count))
    }

    /// The same of up to 63 bytes that are words of letters and digits with single dots between them.
    /// - Parameter dots: where they stand, a bit for each byte.
    static func isValid(_ domain: Span<UInt8>, dots: UInt64) -> Bool {
        dots != 0 && isTopLevel(domain.extracting(dots.bitWidthInUse..<domain.count))
    }

    private static func isLabel(_ label: Span<UInt8>) -> Bool {
        guard label.count > 0, label.count <= 63 else { return false }
        let hyphen = UInt8(ascii: "-")
        guard label[0] != hyphen, label[label.count - 1] != hyphen else { return false }
        for index in 0..<label.count {
            let byte = label[index]
            guard ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == hyphen else { return false }
        }
        guard label.count > 3, label[2] == hyphen, label[3] == hyphen else { return true }
        // At least one basic or encoded character must follow "xn--", and a digit alone cannot be one.
        return label.starts(with: "xn--") && label.count > 5
    }

    private static func isTopLevel(_ label: Span<UInt8>) -> Bool {
        guard label.count >= 2 else { return false }
        if label.starts(with: "xn--") { return true }
        for index in 0..<label.count where !ASCII.isLetter(label[index]) { return false }
        switch label[0] {
        case UInt8(ascii: "i"): return !label.equals("invalid") && !label.equals("internal")
        case UInt8(ascii: "l"):
            return !label.equals("local") && !label.equals("localhost") && !label.equals("localdomain")
        case UInt8(ascii: "t"): return !label.equals("test")
        case UInt8(ascii: "o"): return !label.equals("onion")
        default: return true
        }
    }
}
