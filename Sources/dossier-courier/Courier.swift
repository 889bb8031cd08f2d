import Client
import Glibc

/// One round after the other: take, hand over, report.
final class Courier {
    let options: CourierOptions
    private let log: HandoverLog
    private var client: Client?
    private var shop = ""

    init(_ options: CourierOptions) {
        self.options = options
        log = HandoverLog(path: options.log)
    }

    /// Why a round did not come to its end.
    enum Trouble: Error {
        case client(ClientError)
        /// The server or the disk said no.
        case refused(String)
    }

    /// Reports what left before the last end of this courier.
    func resume() throws(Trouble) {
        for entry in try noted({ () throws(UsageError) in try log.open() }) {
            try bind(entry.shop)
            try report(entry, .sent)
        }
    }

    /// Does what there is to do in every shop. Returns how many messages it had in hand.
    func round() throws(Trouble) -> Int {
        var count = 0
        for shop in options.shops where !Interruption.isAsked {
            try bind(shop)
            while true {
                let taken = try take()
                count += taken.count
                for message in taken where !Interruption.isAsked { try deliver(message) }
                if taken.isEmpty || Interruption.isAsked { break }
            }
        }
        return count
    }

    /// Drops the connection, whose state is unknown after trouble.
    func disconnect() { client = nil }

    private func take() throws(Trouble) -> [TakenMessage] {
        let reply = try request(
            "OUTBOX.TAKE \(CommandText.argument("worker", options.worker)) limit=\(options.limit) lease=\(options.lease)"
        )
        var messages: [TakenMessage] = []
        for row in reply.rows {
            guard let message = TakenMessage(row: row) else {
                throw .refused("a row of OUTBOX.TAKE that this courier does not understand: \(row.prefix(200))")
            }
            messages.append(message)
        }
        return messages
    }

    private func deliver(_ message: TakenMessage) throws(Trouble) {
        let mail = message.mail(shop: shop, date: Self.date(), key: options.key)
        let result = Sendmail(command: options.sendmail, seconds: options.sendmailSeconds).hand(
            mail, from: message.from)
        let entry = HandoverLog.Entry(shop: shop, message: message.number, attempt: message.attempt)
        if result == .sent { try noted { () throws(UsageError) in try log.sent(entry) } }
        try report(entry, result)
    }

    private func report(_ entry: HandoverLog.Entry, _ result: Handover) throws(Trouble) {
        var line = "OUTBOX.DONE \(entry.message) attempt=\(entry.attempt) "
        switch result {
        case .sent: line += "state=sent"
        case .bounced(let reason): line += "state=bounced " + CommandText.argument("reason", Self.short(reason))
        case .failed(let reason): line += "state=failed " + CommandText.argument("reason", Self.short(reason))
        }
        _ = try request(line)
        Console.say("\(shop) \(entry.message) attempt \(entry.attempt): \(result)")
        if result == .sent { try noted { () throws(UsageError) in try log.reported(entry) } }
    }

    /// At most as many bytes as a reason may have.
    static func short(_ reason: String) -> String {
        var text = reason
        while text.utf8.count > 900 { text.removeLast() }
        return text
    }

    // MARK: The server

    func bind(_ name: String) throws(Trouble) {
        _ = try request("SHOP \(CommandText.argument(name))")
        shop = name
    }

    private func request(_ line: String) throws(Trouble) -> Reply {
        let reply: Reply
        do throws(ClientError) {
            reply = try connected().request(line)
        } catch {
            throw .client(error)
        }
        guard case .error(let code, let text) = reply.outcome else { return reply }
        // A shop that nobody has written to has nothing to send.
        if code == "NOTFOUND", line.hasPrefix("OUTBOX.TAKE") { return Reply(outcome: .ok(nil)) }
        throw .refused("\(code) \(text), to \(line.prefix(60))")
    }

    func connected() throws(ClientError) -> Client {
        if let client { return client }
        let made = try Client(host: options.host, port: options.port)
        client = made
        return made
    }

    private func noted<Value>(_ body: () throws(UsageError) -> Value) throws(Trouble) -> Value {
        do throws(UsageError) { return try body() } catch { throw .refused(error.reason) }
    }

    /// Now, as RFC 5322 writes it. The program never sets a locale, so that days and months are English.
    private static func date() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S +0000", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
