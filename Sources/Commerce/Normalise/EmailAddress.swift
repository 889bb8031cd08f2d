import Bytes

/// What an e-mail address is worth as an identity key.
package enum EmailClass: UInt8, Sendable {
    /// The address of a person or a company.
    case real
    /// A marketplace's or a mail service's forwarding address: it says who someone is inside one channel only.
    case relay
    /// One address for everybody (no-reply@…, the one address of every Amazon Business buyer): it identifies nobody.
    case constant
    /// Filled in to get past a form: none@…, test@test, n/a.
    case placeholder
    /// Not an address that mail could be sent to.
    case invalid
}

/// The canonical form of an e-mail address: equal bytes mean one mailbox.
///
/// - Blanks around it, `mailto:`, a display name and angle brackets go; local part and domain are lower-cased (RFC 5321
///   lets a host tell upper from lower case in the local part, no provider does); a needlessly quoted local part
///   loses its quotes (RFC 5322, 3.2.4).
/// - Dots count for nothing at Gmail only; what follows + is a label at the providers of `MailProvider`, what follows
///   - at Yahoo; googlemail.com is gmail.com and Yandex's domains are one. Everywhere else nothing is dropped, since
///   a stranger's mailbox would be the price.
/// - Internationalised domains become punycode (RFC 3492, RFC 5891), local parts NFC (RFC 6532).
/// - RFC 2606 and 6761 names (.invalid, .test, .localhost, .local) are invalid. example.com is reserved too, but the
///   platforms' published samples use it for their customers, so it stays real.
///
/// Real and relay addresses are written; for any other class the output stays as it was. Idempotent.
/// An ASCII address of 24 bytes takes about 0.15 us; one with a foreign script up to 10 us.
package enum EmailAddress {
    /// RFC 5321, 4.5.3.1.
    private static let longestAddress = 254
    private static let longestLocalPart = 64

    package static func normalise(_ raw: Span<UInt8>, into output: inout ByteWriter) -> EmailClass {
        let trimmed = ASCII.trimmed(raw, 0..<raw.count)
        // Longer text cannot be an address, not even one with a display name: refused before anything is scanned.
        guard trimmed.count <= longestAddress * 3 else { return .invalid }
        let address = raw.extracting(trimmed)
        var lower = FoldedText()
        if let marks = lower.append(dotted: address) {
            return judge(lower.span, at: marks.at, domainDots: marks.domainDots, into: &output)
        }
        lower.removeAll()
        guard lower.append(plain: address) else { return EmailRepair.normalise(address, into: &output) }
        guard let at = ASCII.lastIndex(of: UInt8(ascii: "@"), in: address) else {
            return EmailJunk.isPlaceholder(word: address) ? .placeholder : .invalid
        }
        return judge(lower.span, at: at, into: &output)
    }

    /// Judges a lower-case address whose @ stands at `at`, and writes what is left of it when it is real or a relay.
    /// - Parameter domainDots: where the domain has dots, a bit for each byte, if both parts are known to be words with single
    ///   dots between them, those of the domain of letters and digits alone.
    static func judge(
        _ address: Span<UInt8>, at: Int, domainDots: UInt64? = nil, into output: inout ByteWriter
    ) -> EmailClass {
        guard at > 0, at <= longestLocalPart, address.count <= longestAddress else { return .invalid }
        let local = address.extracting(0..<at)
        let domain = address.extracting((at + 1)..<address.count)
        if EmailJunk.isPlaceholder(local: local, domain: domain) { return .placeholder }
        guard domainDots.map({ MailDomain.isValid(domain, dots: $0) }) ?? MailDomain.isValid(domain) else {
            return .invalid
        }
        let provider = MailProvider.of(domain)
        guard domainDots != nil || isValid(local, provider: provider) else { return .invalid }
        if EmailJunk.isConstant(local: local, domain: domain) { return .constant }
        let parent = domainDots.map { $0.withoutHighestBit.bitWidthInUse } ?? RelayDomains.parentStart(domain)
        let isRelay = RelayDomains.contains(domain, parentAt: parent) || EmailJunk.isBlacklisted(local)
        if isRelay || provider.isPlain {
            output.append(address)
            return isRelay ? .relay : .real
        }
        return append(local, domain, provider: provider, to: &output) ? .real : .invalid
    }

    /// Dot-atom of RFC 5322 in ASCII or beyond (RFC 6532), or a quoted string. Runs of dots are refused, except at
    /// Gmail, where dots are nothing.
    private static func isValid(_ local: Span<UInt8>, provider: MailProvider) -> Bool {
        if local[0] == UInt8(ascii: "\"") || ASCII.isDotted(local, besides: "_-") { return true }
        var previous = UInt8(ascii: ".")
        for index in 0..<local.count {
            let byte = local[index]
            if byte == UInt8(ascii: ".") {
                if previous == byte, !provider.ignoresDots { return false }
            } else if !ASCII.isAtomText(byte), byte < 0x80 {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".") || provider.ignoresDots
    }

    /// Writes the address after the provider's rules; false when nothing is left of the local part.
    private static func append(
        _ local: Span<UInt8>, _ domain: Span<UInt8>, provider: MailProvider, to output: inout ByteWriter
    ) -> Bool {
        let start = output.count
        let end = provider.label == 0 ? nil : ASCII.firstIndex(of: provider.label, in: local)
        let mailbox = local.extracting(0..<(end ?? local.count))
        var written = 0
        while provider.ignoresDots, let dot = ASCII.firstIndex(of: UInt8(ascii: "."), in: mailbox, from: written) {
            output.append(mailbox.extracting(written..<(isLoneDot(local, dot) ? dot : dot + 1)))
            written = dot + 1
        }
        output.append(mailbox.extracting(written..<mailbox.count))
        guard output.count > start else { return false }
        output.append(UInt8(ascii: "@"))
        if provider.domain.utf8CodeUnitCount > 0 { output.append(provider.domain) } else { output.append(domain) }
        return true
    }

    /// A dot without another one beside it. A run of dots is no form of a Gmail address; it is kept and meets nobody.
    private static func isLoneDot(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
        let dot = UInt8(ascii: ".")
        let before = index > 0 && bytes[index - 1] == dot
        let after = index + 1 < bytes.count && bytes[index + 1] == dot
        return !before && !after
    }
}

extension FoldedText {
    /// Appends an address in lower case, if it is what nearly all are: one @, before it letters, digits, `_` and `-`, behind it
    /// letters and digits, in both parts with single dots between them. Returns where the @ stands, and the domain's dots, a bit
    /// for each of its bytes; nil, and what was appended means nothing, where the address needs a closer look.
    fileprivate mutating func append(dotted address: Span<UInt8>) -> (at: Int, domainDots: UInt64)? {
        guard address.count > 0, address.count <= 64 else { return nil }
        var allDots: UInt64 = 0
        var at = -1
        // Whether a dot or the @ stands before the word, as its mark: there is one before the first.
        var endBefore: UInt64 = 0x80
        var index = 0
        while index < address.count {
            let word = address.word(from: index)
            let length = min(8, address.count &- index)
            if (ByteWord.lettersAndDigits(in: word) ^ ByteWord.highBits) & ByteWord.mask(length) == 0 {
                append(word: ByteWord.lowercased(word), count: length)
                endBefore = 0
                index &+= 8
                continue
            }
            let dots = ByteWord.equal(UInt8(ascii: "."), in: word)
            let signs = ByteWord.equal(UInt8(ascii: "@"), in: word)
            let joints = ByteWord.equal(UInt8(ascii: "_"), in: word) | ByteWord.equal(UInt8(ascii: "-"), in: word)
            let ends = dots | signs
            let others = (ByteWord.lettersAndDigits(in: word) | ends | joints) ^ ByteWord.highBits
            let doubled = ends & (ends << 8 | endBefore)
            guard others & ByteWord.mask(length) | doubled == 0 else { return nil }
            if signs != 0 {
                guard at < 0, signs & (signs &- 1) == 0, joints < signs else { return nil }
                at = index &+ ByteWord.index(of: signs)
            } else if at >= 0, joints != 0 {
                return nil
            }
            allDots |= ByteWord.bits(of: dots) &<< UInt64(truncatingIfNeeded: index)
            append(word: ByteWord.lowercased(word), count: length)
            endBefore = ends >> 56
            index &+= 8
        }
        let last: UInt64 = 1 &<< UInt64(truncatingIfNeeded: address.count &- 1)
        guard at >= 0, at &+ 1 < address.count, allDots & last == 0 else { return nil }
        return (at, allDots &>> UInt64(truncatingIfNeeded: at &+ 1))
    }

    /// Appends an address in lower case; false where it needs a closer look: it is long, not all ASCII, or has quotes,
    /// brackets or a colon.
    fileprivate mutating func append(plain address: Span<UInt8>) -> Bool {
        guard address.count <= Self.capacity else { return false }
        var index = 0
        while index < address.count {
            let length = min(8, address.count &- index)
            let word = address.word(at: index, count: length)
            let odd =
                word & ByteWord.highBits | ByteWord.first(UInt8(ascii: "\""), in: word)
                | ByteWord.first(UInt8(ascii: "<"), in: word) | ByteWord.first(UInt8(ascii: ":"), in: word)
                | ByteWord.first(UInt8(ascii: "\\"), in: word)
            guard odd == 0 else { return false }
            append(word: ByteWord.lowercased(word), count: length)
            index &+= 8
        }
        return true
    }
}
