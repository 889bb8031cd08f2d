import Bytes

/// An address as it stands in an envelope and a header.
enum MailAddress {
    /// Whether it can be written to: one address, nothing around it, no blank, bracket or control character, which could
    /// end the header that it stands in.
    static func isUsable(_ address: String) -> Bool {
        let bytes = Array(address.utf8)
        guard (3...254).contains(bytes.count), bytes.count(where: { $0 == UInt8(ascii: "@") }) == 1 else {
            return false
        }
        let isClean = !address.unicodeScalars.contains {
            $0.isControl || $0 == " " || "<>()[]:;,\\\"".unicodeScalars.contains($0)
        }
        guard isClean, bytes.first != UInt8(ascii: "@"), bytes.last != UInt8(ascii: "@") else { return false }
        switch classify(address) {
        case .real, .relay, .constant: return true
        case .placeholder, .invalid: return false
        }
    }

    /// What the address is worth as an identity; a marketplace's forwarding address is `.relay`.
    static func classify(_ address: String) -> EmailClass {
        var normalised = ByteWriter(capacity: 64)
        return EmailAddress.normalise(Array(address.utf8).span, into: &normalised)
    }
}
