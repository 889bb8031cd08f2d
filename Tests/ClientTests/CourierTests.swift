import Foundation
import Testing

@testable import dossier_courier

/// What the courier makes of a message, and what it makes of a mail program's answer.
@Suite struct CourierTests {
    static let row = #"""
        {"message":"M7","attempt":2,"from":"shop@theehuis.nl","fromName":"Thee & Zo","to":"anna@vanderlinden.nl",\#
        "toName":"Änna \"de\" Vries","language":"nl","subject":"Bestelling 7 is onderweg – dank u","body":"Dag,\n\nprijs €\t= 1 \n",\#
        "queuedAt":"2026-11-22T10:48:49.814Z"}
        """#

    @Test func writesAMessageThatReadsBack() throws {
        let message = try #require(TakenMessage(row: Self.row))
        let mail = message.mail(shop: "main", date: "Sun, 22 Nov 2026 10:48:49 +0000")
        let (headers, body) = try Mail.read(mail)
        #expect(headers["From"] == "\"Thee & Zo\" <shop@theehuis.nl>")
        #expect(headers["To"] == "Änna \"de\" Vries <anna@vanderlinden.nl>")
        #expect(headers["Subject"] == "Bestelling 7 is onderweg – dank u")
        #expect(headers["Message-ID"] == "<M7.20261122104849814.main@theehuis.nl>")
        #expect(headers["Auto-Submitted"] == "auto-generated" && headers["Date"]?.hasPrefix("Sun,") == true)
        #expect(body == "Dag,\n\nprijs €\t= 1 \n\n" || body == "Dag,\n\nprijs €\t= 1 \n")
    }

    @Test(arguments: 0..<60)
    func anyTextSurvives(_ seed: Int) throws {
        var random = SplitMixCourier(UInt64(seed))
        let alphabet = seed % 2 == 0 ? "abc =?.\t\u{e9}€😀\n " : "日本語€ \n"
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "x" })
        }
        let body = text(Int(random.next() % 400))
        let encoded = MailBody(body)
        #expect(
            encoded.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(Mail.decode(encoded.text, encoded.encoding).replacing("\r\n", with: "\n").trimmedEnd == body.trimmedEnd)
        let subject = text(Int(random.next() % 120)).replacing("\n", with: " ").replacing("\t", with: " ")
        let header = HeaderText.unstructured(subject)
        #expect(header.split(separator: "\n").allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(Mail.decodeWords(header) == subject)
    }

    @Test func noLineIsTakenForTheEndOfAMail() {
        #expect(MailBody("a\n.\nFrom here\nFrom\n..").text == "a\n=2E\n=46rom here\nFrom\n..\n")
    }

    @Test(arguments: ["Anna\nBcc: all@example.nl", "Anna\r\n\r\nbody", "=?utf-8?Q?=0ABcc:?=", "A\u{0}"])
    func noNameBeginsAnotherHeader(_ name: String) throws {
        for text in [HeaderText.unstructured(name), HeaderText.mailbox(name: name, address: "a@b.nl\nBcc: x@y.nl")] {
            // A line feed may only fold.
            #expect(!text.contains("\r") && text.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix(" ") })
            #expect(!Mail.decodeWords(text).contains("\n") && !text.contains("\0"))
        }
    }

    @Test(arguments: [
        ("exit 0", Handover.sent), ("exit 75", .failed("exit status 75")),
        ("echo no such user >&2; exit 67", .bounced("no such user")),
        ("exit 68", .bounced("exit status 68")), ("cat >/dev/null; echo try later >&2; exit 75", .failed("try later")),
    ])
    func theExitStatusIsTheVerdict(_ script: String, _ verdict: Handover) {
        // As the program does: a mail program need not read to the end.
        signal(SIGPIPE, SIG_IGN)
        let mail = String(repeating: "x", count: 300_000)
        #expect(Sendmail(command: ["/bin/sh", "-c", script], seconds: 30).hand(mail, from: "a@b.nl") == verdict)
    }

    @Test func aProgramThatHangsOrIsNotThereFails() {
        guard
            case .failed(let reason) = Sendmail(command: ["/bin/sh", "-c", "exec sleep 60"], seconds: 1).hand(
                "x", from: "a@b.nl")
        else {
            Issue.record("not failed")
            return
        }
        #expect(reason.contains("longer than 1 seconds"))
        guard case .failed = Sendmail(command: ["/nowhere/sendmail"], seconds: 1).hand("x", from: "a@b.nl") else {
            Issue.record("not failed")
            return
        }
    }

    @Test func theLogRemembersWhatWasNotReported() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "courier-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = HandoverLog(path: path)
        let entries = (1...3).map { HandoverLog.Entry(shop: "main", message: "M\($0)", attempt: $0) }
        #expect(try log.open().isEmpty)
        for entry in entries { try log.sent(entry) }
        try log.reported(entries[1])
        #expect(try log.open() == [entries[0], entries[2]])
        try log.reported(entries[0])
        #expect(try log.open() == [entries[2]])
        #expect(throws: UsageError.self) { try HandoverLog(path: "/nowhere/log").sent(entries[0]) }
    }

    @Test(arguments: [
        ["--port", "0"], ["--limit", "101"], ["--sendmail", "sendmail"], ["--nope", "x"], ["--lease"],
        ["--limit", "10", "--lease", "60"],
    ])
    func refusesWhatMakesNoSense(_ arguments: [String]) {
        #expect(throws: UsageError.self) { try CourierOptions(arguments) }
    }
}

/// Just enough of a mail reader to check what was written.
enum Mail {
    static func read(_ mail: String) throws -> (headers: [String: String], body: String) {
        let parts = mail.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [String: String] = [:]
        for line in String(parts[0]).replacing("\n ", with: "\u{1}").split(separator: "\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[String(pair[0])] = decodeWords(String(pair[1].dropFirst()).replacing("\u{1}", with: "\n "))
        }
        let encoding = headers["Content-Transfer-Encoding"] ?? ""
        let body = decode(try #require(parts.count > 1 ? String(parts[1]) : nil), encoding)
        return (headers, body.replacing("\r\n", with: "\n"))
    }

    static func decodeWords(_ text: String) -> String {
        guard text.contains("=?utf-8?B?") else { return text }
        return text.replacing("?=\n =?utf-8?B?", with: "?==?utf-8?B?").replacing(/=\?utf-8\?B\?([A-Za-z0-9+\/=]*?)\?=/)
        {
            String(decoding: Data(base64Encoded: String($0.1)) ?? Data(), as: UTF8.self)
        }
    }

    static func decode(_ text: String, _ encoding: String) -> String {
        guard encoding == "quoted-printable" else {
            return String(decoding: Data(base64Encoded: text.replacing("\n", with: "")) ?? Data(), as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var rest = Array(text.replacing("=\n", with: "").utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Without line feeds at its end, of which a mail may have one more.
    var trimmedEnd: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}

private struct SplitMixCourier: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
