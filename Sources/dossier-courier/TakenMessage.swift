import Client

/// A message that the server has handed out, as the ROW of `OUTBOX.TAKE` tells it.
struct TakenMessage: Equatable {
    let number: String
    let attempt: Int
    let from: String
    let fromName: String
    let to: String
    let toName: String
    let language: String
    let subject: String
    let body: String
    let queuedAt: String

    /// Nil if the row is none that this courier understands.
    init?(row: String) {
        guard let value = JSONValue(ifParsing: row), let number = value["message"]?.text,
            let attempt = value["attempt"]?.text.flatMap({ Int($0) }), let from = value["from"]?.text,
            let to = value["to"]?.text, let subject = value["subject"]?.text, let body = value["body"]?.text
        else { return nil }
        self.number = number
        self.attempt = attempt
        self.from = from
        self.to = to
        self.subject = subject
        self.body = body
        fromName = value["fromName"]?.text ?? ""
        toName = value["toName"]?.text ?? ""
        language = value["language"]?.text ?? ""
        queuedAt = value["queuedAt"]?.text ?? ""
    }

    /// The message of RFC 5322, with the line feeds that a sendmail program reads.
    /// - Parameters:
    ///   - shop: part of the Message-ID.
    ///   - date: as RFC 5322 writes it.
    ///   - key: seals the Message-ID; empty for none.
    func mail(shop: String, date: String, key: [UInt8] = []) -> String {
        let body = MailBody(self.body)
        let identifier = MessageIdentifier(message: number, queuedAt: queuedAt, shop: shop)
        let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
        let headers = [
            "From: " + HeaderText.mailbox(name: fromName, address: from),
            "To: " + HeaderText.mailbox(name: toName, address: to),
            "Subject: " + HeaderText.unstructured(subject),
            "Date: \(date)",
            "Message-ID: \(identifier.text(domain: domain, key: key))",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(body.encoding)",
            "Content-Language: \(language)",
            // Keeps out-of-office programs from answering (RFC 3834).
            "Auto-Submitted: auto-generated",
        ]
        return headers.joined(separator: "\n") + "\n\n" + body.text
    }
}
