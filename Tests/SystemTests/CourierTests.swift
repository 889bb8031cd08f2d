import Client
import Foundation
import Testing

extension SystemTests {
    /// The courier against the real server and a mail program that writes down what it gets.
    @Suite struct CourierTests {
        /// A mail program that keeps each message in a file of its own, and refuses addresses that say so.
        private static func sendmail(_ sandbox: Sandbox) throws -> String {
            let script = """
                #!/bin/sh
                file=$(mktemp "\(sandbox.path("mail")).XXXXXX")
                cat > "$file"
                echo "$@" >> "\(sandbox.path("arguments"))"
                if grep -q '^To: .*gone@' "$file"; then rm "$file"; echo "550 no such user" >&2; exit 67; fi
                if grep -q '^To: .*later@' "$file"; then rm "$file"; echo "451 try later" >&2; exit 75; fi
                exit 0
                """
            let path = try sandbox.file("sendmail", script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            return path
        }

        private static func mails(_ sandbox: Sandbox) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: sandbox.folder).filter { $0.hasPrefix("mail.") }
                .map { try String(contentsOfFile: sandbox.path($0), encoding: .utf8) }
        }

        private static func setUp(_ talk: Talk, _ emails: [String]) throws {
            try talk.ok(MessageTests.shipped)
            try talk.ok(MessageTests.sender)
            for (number, email) in emails.enumerated() {
                try talk.ok(MessageTests.order("\(number)", email: email))
                try talk.ok(MessageTests.queue("shopify:\(number)"))
            }
        }

        @Test func handsOverAndReports() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Self.setUp(talk, ["sophie@vanderlinden.nl", "gone@vanderlinden.nl", "later@vanderlinden.nl"])
                let sendmail = try Self.sendmail(sandbox)
                let arguments = ["--port", "\(server.port)", "--once", "--worker", "w7", "--sendmail", sendmail]
                #expect(try runProgram("dossier-courier", arguments).ending == .exit(0))
                let mail = try #require(try Self.mails(sandbox).first)
                #expect(try Self.mails(sandbox).count == 1)
                for line in [
                    "From: \"Theehuis\" <shop@theehuis.nl>", "To: \"Sophie van der Linden\" <sophie@vanderlinden.nl>",
                    "Subject: Bestelling 0", "Auto-Submitted: auto-generated", "Dag Sophie,", "volg 3S1",
                ] { #expect(mail.contains(line + "\n"), "\(line)") }
                #expect(
                    try String(contentsOfFile: sandbox.path("arguments"), encoding: .utf8).hasPrefix(
                        "-t -i -f shop@theehuis.nl\n"))
                let sent = try talk.ok("MESSAGE.SHOW M1")
                #expect(sent.text("state") == "sent" && sent.text("history.1.worker") == "w7")
                let bounced = try talk.ok("MESSAGE.SHOW M2")
                #expect(bounced.text("state") == "bounced" && bounced.text("history.2.reason") == "550 no such user")
                let later = try talk.ok("MESSAGE.SHOW M3")
                #expect(later.text("state") == "queued" && later.text("history.2.reason") == "451 try later")
                // Again: nothing is due, and nothing is sent twice.
                #expect(try runProgram("dossier-courier", arguments).ending == .exit(0))
                #expect(try Self.mails(sandbox).count == 1)
            }
        }

        /// Killed right after the mail program took the message: the log tells it, and it is not sent again.
        @Test func aCrashAfterTheHandoverSendsNothingTwice() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Self.setUp(talk, ["sophie@vanderlinden.nl"])
                let taken = try talk.rows("OUTBOX.TAKE worker=courier lease=1").rows
                #expect(taken.count == 1)
                let log = try sandbox.file("log", "sent main M1 1\n")
                let arguments = [
                    "--port", "\(server.port)", "--once", "--sendmail", try Self.sendmail(sandbox), "--log", log,
                ]
                #expect(try runProgram("dossier-courier", arguments).ending == .exit(0))
                #expect(try talk.ok("MESSAGE.SHOW M1").text("state") == "sent")
                #expect(try Self.mails(sandbox).isEmpty)
            }
        }

        /// Killed while the mail program has the message: nobody knows whether it left. Within the lease nothing is sent;
        /// after it the message goes out again, and its Message-ID tells that it is the same.
        @Test func aCrashDuringTheHandoverWaitsForTheLease() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Self.setUp(talk, ["sophie@vanderlinden.nl"])
                let killer = try sandbox.file(
                    "killer", "#!/bin/sh\ncat > \"$(mktemp \"\(sandbox.path("mail")).XXXXXX\")\"\nkill -9 $PPID\n")
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: killer)
                let arguments = [
                    "--port", "\(server.port)", "--once", "--limit", "1", "--sendmail-seconds", "2", "--lease", "2",
                    "--log",
                    sandbox.path("log"), "--sendmail",
                ]
                #expect(try runProgram("dossier-courier", arguments + [killer]).ending == .signal(SIGKILL))
                let sendmail = try Self.sendmail(sandbox)
                #expect(try runProgram("dossier-courier", arguments + [sendmail]).ending == .exit(0))
                let state = try talk.ok("MESSAGE.SHOW M1")
                if state.text("state") == "leased" { #expect(try Self.mails(sandbox).count == 1) }
                let courier = try ChildProcess(
                    "dossier-courier", arguments.filter { $0 != "--once" } + [sendmail, "--interval", "1"])
                defer { courier.end() }
                #expect(courier.error.wait(within: 30) { $0.contains("M1 attempt 2: sent") ? true : nil } == true)
                let mails = try Self.mails(sandbox)
                let numbers = mails.map { $0.split(separator: "\n").first { $0.hasPrefix("Message-ID:") } }
                #expect(mails.count == 2 && numbers[0] != nil && numbers[0] == numbers[1])
            }
        }

        // MARK: Bounces

        /// A notice that the mail with this Message-ID came back.
        private static func notice(_ identifier: String, action: String = "failed", status: String = "5.1.1") -> String
        {
            """
            From: Mail Delivery System <mailer-daemon@mx.example.nl>\r
            Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\r
            \r
            --=_b\r
            Content-Type: message/delivery-status\r
            \r
            Reporting-MTA: dns; mx.example.nl\r
            \r
            Final-Recipient: rfc822; sophie@vanderlinden.nl\r
            Action: \(action)\r
            Status: \(status)\r
            Diagnostic-Code: smtp; 550 \(status) nobody\r
              lives "here"\r
            \r
            --=_b\r
            Content-Type: text/rfc822-headers\r
            \r
            Message-ID: \(identifier)\r
            \r
            --=_b--\r

            """
        }

        private static func messageID(_ mail: String) throws -> String {
            let line = try #require(mail.split(separator: "\n").first { $0.hasPrefix("Message-ID: ") })
            return String(line.dropFirst("Message-ID: ".count))
        }

        /// From the mail that left to the mail that came back, by every way in, before and after the plug is pulled (W16).
        @Test("W16: mail that comes back is a bounce with its reason", arguments: ["pipe", "maildir", "mbox"])
        func mailThatComesBackIsABounce(_ way: String) throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                try Self.setUp(try server.connect(), ["sophie@vanderlinden.nl", "thomas@vanderlinden.nl"])
                let key = try sandbox.file("key", "a secret of some bytes")
                let sending = [
                    "--port", "\(server.port)", "--key", key, "--once", "--sendmail", try Self.sendmail(sandbox),
                ]
                #expect(try runProgram("dossier-courier", sending).ending == .exit(0))
                let mail = try #require(try Self.mails(sandbox).first { $0.contains("Bestelling 0") })
                let identifier = try Self.messageID(mail)
                #expect(identifier.hasPrefix("<M1.20") && identifier.contains(".main@theehuis.nl>"))
                func read(_ notice: String) throws -> Finished {
                    let options = ["--port", "\(server.port)", "--key", key, "--bounces"]
                    switch way {
                    case "maildir":
                        for folder in ["new", "cur", "tmp"] {
                            try FileManager.default.createDirectory(
                                atPath: sandbox.path("Maildir/\(folder)"), withIntermediateDirectories: true)
                        }
                        _ = try sandbox.file("Maildir/new/1.host", notice)
                        return try runProgram("dossier-courier", options + [sandbox.path("Maildir")])
                    case "mbox":
                        let mbox = "From x Sun\nSubject: hello\n\nDag\n\nFrom y Sun\n\(notice)"
                        return try runProgram("dossier-courier", options + [try sandbox.file("mbox", mbox)])
                    default:
                        return try runProgram("dossier-courier", options, input: try sandbox.file("notice", notice))
                    }
                }
                let before = try server.connect().sequence()
                // Late, forged and unrelated: nothing changes, and the mail server need not try again.
                for notice in [
                    Self.notice(identifier, action: "delayed", status: "4.2.2"), "Subject: hello\n\nDag",
                    Self.notice(identifier.replacing("M1.", with: "M2.")), Self.notice("<x@y.nl>"),
                    Self.notice(identifier.replacing(".main@", with: ".other@")),
                    Self.notice(identifier.replacing(/-[0-9a-f]*/, with: "")),
                ] { #expect(try read(notice).ending == .exit(0)) }
                #expect(try server.connect().sequence() == before)
                let result = try read(Self.notice(identifier))
                #expect(result.ending == .exit(0) && result.error.contains("main M1: bounced"), "\(result.error)")
                #expect(try read(Self.notice(identifier)).ending == .exit(0))
                #expect(try server.connect().sequence() == before + 1, "told twice, noted once")
                for hasSnapshot in [false, true] {
                    let message = try server.connect().ok("MESSAGE.SHOW M1")
                    #expect(message.text("state") == "bounced" && message.count("history") == 4)
                    #expect(
                        message.text("reason") == "5.1.1 550 5.1.1 nobody lives \"here\" (sophie@vanderlinden.nl)")
                    #expect(try server.connect().ok("MESSAGE.SHOW M2").text("state") == "sent")
                    if hasSnapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                }
                if way == "maildir" {
                    let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("Maildir/new"))
                    #expect(left.isEmpty)
                }
            }
        }

        /// Without a key the moment of queueing has to be right, to the millisecond.
        @Test("W16: a forged notice changes nothing") func aForgedNoticeChangesNothing() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Self.setUp(talk, ["sophie@vanderlinden.nl", "later@vanderlinden.nl"])
                let options = ["--port", "\(server.port)"]
                let sendmail = try Self.sendmail(sandbox)
                #expect(
                    try runProgram("dossier-courier", options + ["--once", "--sendmail", sendmail]).ending == .exit(0))
                try talk.ok(MessageTests.queue("shopify:0", code: "3S9"))
                let moments = try ["M1", "M2", "M3"].map { name in
                    try #require(talk.ok("MESSAGE.SHOW \(name)").text("queuedAt")).filter { $0.isNumber }
                }
                let before = try talk.sequence()
                for identifier in [
                    "<M1.20200101000000000.main@theehuis.nl>", "<M7.\(moments[0]).main@theehuis.nl>",
                    "<M3.\(moments[2]).main@theehuis.nl>", "<M1.\(moments[0]).nowhere@theehuis.nl>",
                ] {
                    let file = try sandbox.file("notice", Self.notice(identifier))
                    let shops = ["--shop", "main", "--shop", "nowhere"]
                    let result = try runProgram("dossier-courier", options + shops + ["--bounces"], input: file)
                    #expect(
                        result.ending == .exit(0) && result.error.contains("ignored"), "\(identifier): \(result.error)")
                }
                #expect(try talk.sequence() == before)
                let real = try sandbox.file("notice", Self.notice("<M1.\(moments[0]).main@theehuis.nl>"))
                #expect(try runProgram("dossier-courier", options + ["--bounces"], input: real).ending == .exit(0))
                #expect(try talk.ok("MESSAGE.SHOW M1").text("state") == "bounced")
                // As sysexits.h has them.
                #expect(
                    try runProgram("dossier-courier", ["--port", "1", "--bounces"], input: real).ending == .exit(75))
                #expect(try runProgram("dossier-courier", ["--bounces", "/nowhere"]).ending == .exit(66))
                #expect(try runProgram("dossier-courier", ["--bounces", "--nope", "x"]).ending == .exit(64))
            }
        }

        /// It outlives its server, and ends when it is told to.
        @Test func goesOnThroughARestartOfTheServer() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                try Self.setUp(try server.connect(), ["sophie@vanderlinden.nl"])
                let courier = try ChildProcess(
                    "dossier-courier",
                    ["--port", "\(server.port)", "--interval", "1", "--sendmail", try Self.sendmail(sandbox)])
                defer { courier.end() }
                #expect(courier.error.wait(within: 30) { $0.contains("M1 attempt 1: sent") ? true : nil } == true)
                try server.kill()
                let again = try sandbox.start("data", ["--port", "\(server.port)"])
                try again.connect().ok(MessageTests.queue("shopify:0", code: "3S2"))
                #expect(courier.error.wait(within: 30) { $0.contains("M2 attempt 1: sent") ? true : nil } == true)
                #expect(try Self.mails(sandbox).count == 2)
                courier.send(SIGTERM)
                #expect(try courier.waitForEnd(within: 30) == .exit(0))
            }
        }

        @Test func saysWhatIsWrong() throws {
            #expect(try runProgram("dossier-courier", ["--help"]).output.contains("--sendmail"))
            #expect(try runProgram("dossier-courier", ["--limit", "0"]).ending == .exit(2))
            #expect(try runProgram("dossier-courier", ["--once", "--port", "1"]).ending == .exit(3))
        }
    }
}
