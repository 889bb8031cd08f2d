/// What a mail server tells of a mail that it could not deliver, is late with, or has delivered: a delivery status notification of
/// RFC 3464, or what older servers write instead.
struct DeliveryNotice: Equatable {
    enum Outcome: Equatable {
        /// It will not arrive: nobody tries any more.
        case failed
        /// It is still being tried.
        case delayed
        case delivered
        /// Handed to a server that tells no more, or to a list.
        case passedOn
    }

    let outcome: Outcome
    /// The enhanced status code of RFC 3463, such as `5.1.1`; empty where nobody says one.
    let status: String
    /// What the other server said.
    let diagnostic: String
    /// Whom it did not reach, as far as anybody says.
    let recipient: String
    /// Message-IDs by which the mail that it speaks of may be known, the surest first.
    let identifiers: [String]

    /// For `reason=`: `5.1.1 550 no such user (gone@example.nl)`.
    var reason: String {
        let said = [status, diagnostic].filter { !$0.isEmpty }.joined(separator: " ")
        let told = said.isEmpty ? "given back without a reason" : said
        return recipient.isEmpty ? told : "\(told) (\(recipient))"
    }

    /// The part of a mail that is looked at: what servers tell is short, and headers of the mail given back come first.
    private static let longestPart = 1 << 18

    /// Nil for a mail that is none: an answer, an out-of-office notice, a receipt, or anything else.
    init?(_ mail: [UInt8]) {
        let mail = MailPart(mail[...])
        let parts = Self.leaves(of: mail, depth: 0)
        if let report = parts.first(where: { Self.isStatus($0.type) }) {
            self.init(report, parts, mail)
        } else {
            self.init(old: mail, parts)
        }
    }

    private static func isStatus(_ type: String) -> Bool {
        type == "message/delivery-status" || type == "message/global-delivery-status"
    }

    /// Parts that are no multiparts. What a mail carries inside itself as another mail is not opened: a report that somebody
    /// forwards is none.
    private static func leaves(of part: MailPart, depth: Int) -> [MailPart] {
        guard part.type.hasPrefix("multipart/") else { return [part] }
        guard depth < 8 else { return [] }
        return part.parts.flatMap { leaves(of: $0, depth: depth + 1) }
    }

    // MARK: RFC 3464

    private init?(_ report: MailPart, _ parts: [MailPart], _ mail: MailPart) {
        // Of the mail as a whole, then of each recipient: a courier's mails have one.
        var groups: [MailPart] = []
        var rest = report.decoded(Self.longestPart)
        while groups.count < 50, !rest.isEmpty {
            let group = MailPart(rest)
            // A line that is no field ends a group without an empty line; what cannot be read is stepped over.
            rest = group.body.startIndex > rest.startIndex ? group.body : MailPart.line(rest)?.rest ?? rest.suffix(0)
            if !group.headers.isEmpty { groups.append(group) }
        }
        let recipients = groups.filter { $0.header("action") != nil || $0.header("status") != nil }
        let verdicts = recipients.compactMap { group in Self.outcome(group).map { (group, $0) } }
        let failure = verdicts.first { $0.1 == .failed }
        guard let (group, outcome) = failure ?? verdicts.first else { return nil }
        self.outcome = outcome
        status =
            Self.statusCode(group.header("status") ?? "") ?? Self.statusCode(group.header("diagnostic-code") ?? "")
            ?? ""
        let told = Self.behindType(group.header("diagnostic-code") ?? "")
        // Some servers say why only in the words for people.
        diagnostic = told.isEmpty && outcome == .failed ? Self.replyLine(in: parts) : told
        recipient = Self.behindType(group.header("original-recipient") ?? group.header("final-recipient") ?? "")
        identifiers = Self.identifiers(in: parts, mail)
    }

    /// The action decides; a server that leaves it out has its status to say.
    private static func outcome(_ group: MailPart) -> Outcome? {
        let action = (group.header("action") ?? "").lowercased().prefix { $0.isLetter }
        switch action {
        case "failed": return .failed
        case "delayed": return .delayed
        case "delivered": return .delivered
        case "relayed", "expanded": return .passedOn
        default: break
        }
        switch statusCode(group.header("status") ?? "")?.first {
        case "5": return .failed
        case "4": return .delayed
        case "2": return .passedOn
        default: return nil
        }
    }

    /// The first enhanced status code in a text.
    static func statusCode(_ text: String) -> String? {
        for word in text.split(whereSeparator: { !($0.isASCII && $0.isNumber) && $0 != "." }) {
            let numbers = word.split(separator: ".", omittingEmptySubsequences: false)
            guard numbers.count == 3, ["2", "4", "5"].contains(numbers[0]),
                numbers.dropFirst().allSatisfy({ (1...3).contains($0.count) })
            else { continue }
            return String(word)
        }
        return nil
    }

    /// `smtp; 550 5.1.1 no such user` without the type in front.
    private static func behindType(_ value: String) -> String {
        let text = value.firstIndex(of: ";").map { String(value[value.index(after: $0)...]) } ?? value
        return plain(text)
    }

    /// On one line, without what no reason may hold.
    private static func plain(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        return words.joined(separator: " ")
    }

    // MARK: Which mail

    /// First what is given back of the mail itself, then what the notice answers to.
    private static func identifiers(in parts: [MailPart], _ mail: MailPart) -> [String] {
        var found: [String] = []
        for part in parts where isReturned(part.type) {
            let original = MailPart(trimmedStart(part.decoded(longestPart)))
            if let identifier = original.header("message-id") { found.append(identifier) }
        }
        for name in ["in-reply-to", "references"] {
            for word in (mail.header(name) ?? "").split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" }) {
                found.append(String(word))
            }
        }
        return found
    }

    private static func isReturned(_ type: String) -> Bool {
        [
            "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
            "message/global-headers", "message/partial",
        ].contains(type)
    }

    /// Some servers leave empty lines in front of the mail that they give back.
    private static func trimmedStart(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    }

    // MARK: Before RFC 3464

    /// A plain text with the mail behind it, which says whom it did not reach in a header (`X-Failed-Recipients`).
    private init?(old mail: MailPart, _ parts: [MailPart]) {
        guard let recipient = mail.header("x-failed-recipients"), !recipient.isEmpty else { return nil }
        var identifiers = Self.identifiers(in: parts, mail)
        for part in parts where part.type == "text/plain" {
            var rest = part.decoded(Self.longestPart)
            while let line = MailPart.line(rest) {
                rest = line.rest
                let text = MailPart.trimmed(MailPart.text(line.content))
                if text.lowercased().hasPrefix("message-id:") {
                    identifiers.append(MailPart.trimmed(String(text.dropFirst("message-id:".count))))
                }
            }
        }
        outcome = .failed
        status = ""
        diagnostic = Self.replyLine(in: parts)
        self.recipient = Self.plain(recipient)
        self.identifiers = identifiers
    }

    /// The first line of the words for people that holds what a mail server answered; empty where none does.
    private static func replyLine(in parts: [MailPart]) -> String {
        for part in parts where part.type == "text/plain" {
            var rest = part.decoded(longestPart)
            while let line = MailPart.line(rest) {
                rest = line.rest
                let text = MailPart.trimmed(MailPart.text(line.content))
                if isReplyCode(text) { return plain(text) }
            }
        }
        return ""
    }

    /// Whether a line holds what a mail server answers to a command: `550 no such user`, `550-5.1.1 …`.
    private static func isReplyCode(_ line: String) -> Bool {
        line.split(separator: " ").contains { word in
            let code = word.prefix(3)
            return code.count == 3 && (code.first == "5" || code.first == "4")
                && code.allSatisfy { $0.isASCII && $0.isNumber }
                && (word.count == 3 || word.dropFirst(3).first == "-")
        }
    }
}
