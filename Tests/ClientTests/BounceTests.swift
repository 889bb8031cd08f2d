import Foundation
import Testing

@testable import dossier_courier

/// What mail servers send back, in the shapes of several of them, in our own words.
@Suite struct BounceTests {
    static let identifier = "<M17.20261122111355941.main@theehuis.nl>"

    /// A notice in the shape that a server gives it.
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let mail: String
        let outcome: DeliveryNotice.Outcome
        let status: String
        let reason: String
        var isNamed = true
    }

    private static func report(
        _ status: String, original: String? = "Message-ID: \(identifier)\nTo: gone@example.nl\n\nDag\n",
        originalType: String = "message/rfc822", statusHead: String = "", outer: String = "", boundary: String = "b1"
    ) -> String {
        """
        Return-Path: <>
        From: Mail Delivery Subsystem <mailer-daemon@mx.example.nl>
        To: shop@theehuis.nl
        Subject: Undelivered
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        \(outer)Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="\(boundary)"

        This is for programs that do not know MIME.

        --\(boundary)
        Content-Type: text/plain; charset=utf-8

        Your mail did not arrive. The rest is for machines.

        --\(boundary)
        Content-Type: message/delivery-status
        \(statusHead)
        \(status)
        """ + (original.map { "\n--\(boundary)\nContent-Type: \(originalType)\n\n\($0)" } ?? "") + "\n--\(boundary)--\n"
    }

    private static let failed = """
        Reporting-MTA: dns; mx.example.nl
        Arrival-Date: Sun, 22 Nov 2026 11:13:55 +0000

        Final-Recipient: rfc822; gone@example.nl
        Original-Recipient: rfc822;gone@example.nl
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx2.example.nl
        Diagnostic-Code: smtp; 550 5.1.1 no such
            mailbox here

        """

    static let shapes = [
        Shape(
            testDescription: "as Postfix writes it", mail: report(failed), outcome: .failed, status: "5.1.1",
            reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "as Exim writes it: no space behind types, headers alone given back",
            mail: report(
                "Reporting-MTA: dns; exim.example.nl\n\nAction: failed\nFinal-Recipient: rfc822;gone@example.nl\nStatus: 5.0.0\n",
                original: "Message-Id: \(identifier)\nSubject: Bestelling\n", originalType: "text/rfc822-headers",
                outer: "X-Failed-Recipients: gone@example.nl\nReferences: \(identifier)\n"
            ).replacing("The rest is for machines.", with: "\n\n  gone@example.nl\n    550 5.1.1 nobody here"),
            outcome: .failed, status: "5.0.0", reason: "5.0.0 550 5.1.1 nobody here (gone@example.nl)"),
        Shape(
            testDescription: "as Exchange writes it: words in the fields, names in other letters, a comment",
            mail: report(
                "Reporting-MTA: dns;EX01.corp.example\n\nFINAL-RECIPIENT: RFC822;gone@example.nl\nACTION: Failed (for good)\nSTATUS: 5.1.10 (unknown)\nDiagnostic-Code: SMTP;550 5.1.10 RecipientNotFound; not found\nX-Display-Name: Gone\n",
                outer: "In-Reply-To: \(identifier)\nThread-Topic: x\n"), outcome: .failed, status: "5.1.10",
            reason: "5.1.10 550 5.1.10 RecipientNotFound; not found (gone@example.nl)"),
        Shape(
            testDescription: "given up after days of trying: failed, though the code is of the passing kind",
            mail: report(
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nAction: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connection timed out\n"
            ),
            outcome: .failed, status: "4.4.1", reason: "4.4.1 connection timed out (a@b.nl)"),
        Shape(
            testDescription: "late",
            mail: report(
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nAction: delayed\nStatus: 4.2.2\nWill-Retry-Until: Fri, 27 Nov 2026 11:13:55 +0000\n"
            ),
            outcome: .delayed, status: "4.2.2", reason: "4.2.2 (a@b.nl)"),
        Shape(
            testDescription: "without an action: the class of the status decides, and a passing one is no bounce",
            mail: report("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nStatus: 4.7.1\n"),
            outcome: .delayed, status: "4.7.1", reason: "4.7.1 (a@b.nl)"),
        Shape(
            testDescription: "without an action, for good",
            mail: report("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nStatus: 5.7.1\n"),
            outcome: .failed, status: "5.7.1", reason: "5.7.1 (a@b.nl)"),
        Shape(
            testDescription: "without a status: the code of the other server's answer",
            mail: report("\nAction: failed\nDiagnostic-Code: smtp; 552-5.2.2 mailbox full\n"), outcome: .failed,
            status: "5.2.2", reason: "5.2.2 552-5.2.2 mailbox full"),
        Shape(
            testDescription: "delivered",
            mail: report(
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nAction: delivered\nStatus: 2.0.0\n"),
            outcome: .delivered, status: "2.0.0", reason: "2.0.0 (a@b.nl)"),
        Shape(
            testDescription: "relayed to a server that tells no more",
            mail: report("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nAction: relayed\nStatus: 2.0.0\n"),
            outcome: .passedOn, status: "2.0.0", reason: "2.0.0 (a@b.nl)"),
        Shape(
            testDescription: "in base64, and the original in quoted-printable",
            mail: report(
                Data(failed.utf8).base64EncodedString(options: .lineLength76Characters),
                original: "Message-ID:=20<M17.2026112211135594=\n1.main=40theehuis.nl>\nTo: a@b.nl\n",
                originalType: "text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable",
                statusHead: "Content-Transfer-Encoding: base64\n"), outcome: .failed, status: "5.1.1",
            reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "with the Message-ID folded to a line of its own",
            mail: report(failed, original: "Received: from x\n\tby y\nMessage-ID:\n \(identifier)\n\nDag\n"),
            outcome: .failed,
            status: "5.1.1", reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "without the original, named by References",
            mail: report(failed, original: nil, outer: "References: <x@y>\n \(identifier)\n"),
            outcome: .failed, status: "5.1.1", reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "without anything that names a mail", mail: report(failed, original: nil),
            outcome: .failed,
            status: "5.1.1", reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)", isNamed: false),
        Shape(
            testDescription: "cut off in the middle of the original",
            mail: String(report(failed).prefix { _ in true }.replacing("\n--b1--\n", with: "")), outcome: .failed,
            status: "5.1.1", reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "one in another multipart, behind a list's footer",
            mail: "From: a@b\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n"
                + report(failed).replacing(#/\A[\s\S]*?(?=Content-Type: multipart)/#, with: "")
                + "\n--outer\n\nfooter\n--outer--\n",
            outcome: .failed, status: "5.1.1", reason: "5.1.1 550 5.1.1 no such mailbox here (gone@example.nl)"),
        Shape(
            testDescription: "several recipients, of which one failed",
            mail: report(
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.nl\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; c@b.nl\nAction: failed\nStatus: 5.2.1\n"
            ),
            outcome: .failed, status: "5.2.1", reason: "5.2.1 (c@b.nl)"),
        Shape(
            testDescription: "from before RFC 3464: words, and the mail behind them",
            mail: """
                From: Mail Delivery System <Mailer-Daemon@old.example>
                X-Failed-Recipients: gone@example.nl
                Subject: Mail failed

                The address below did not work:

                  gone@example.nl
                    host mx.example [192.0.2.7]: 550 unknown user

                ------ What follows is the mail ------
                To: gone@example.nl
                Message-Id: \(identifier)

                Dag
                """, outcome: .failed, status: "",
            reason: "host mx.example [192.0.2.7]: 550 unknown user (gone@example.nl)"),
    ]

    @Test("W16: what each server says is understood, with either line end", arguments: shapes, ["\n", "\r\n"])
    func isUnderstood(_ shape: Shape, _ end: String) throws {
        let notice = try #require(DeliveryNotice(Array(shape.mail.replacing("\n", with: end).utf8)))
        #expect(notice.outcome == shape.outcome && notice.status == shape.status)
        #expect(notice.reason == shape.reason)
        let named = notice.identifiers.compactMap { MessageIdentifier($0, key: []) }
        #expect(named.first == (shape.isNamed ? MessageIdentifier(Self.identifier, key: []) : nil))
    }

    /// What is no notice is none.
    @Test(arguments: [
        "", "\n", "garbage", "From: a@b\n\nDag", "Subject: x\nIn-Reply-To: \(identifier)\n\nThank you for 550 5.1.1",
        "Auto-Submitted: auto-replied\nSubject: Out of office\nIn-Reply-To: \(identifier)\n\nI am away",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\nOriginal-Message-ID: \(identifier)\n--b--",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n\(report(failed))\n--b--",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction: perhaps\nStatus: fine\n--b--",
        "Content-Type: multipart/report\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--",
        "Content-Type: multipart/report; boundary=\"\n\n--b\nAction: failed",
    ])
    func isNoNotice(_ mail: String) { #expect(DeliveryNotice(Array(mail.utf8)) == nil) }

    /// Bytes cut anywhere and changed anywhere: whatever comes of it, nothing else does.
    @Test(arguments: 0..<40) func garbageHarmsNobody(_ seed: Int) {
        var random = SystemRandomNumberGenerator()
        for shape in Self.shapes {
            var bytes = Array(shape.mail.utf8)
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            for _ in 0..<seed where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            let notice = DeliveryNotice(bytes)
            #expect(notice?.reason.contains("\n") != true)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aMailOfTenMegabytesIsRead() throws {
        let original = "Message-ID: \(Self.identifier)\n\n" + String(repeating: "0123456789abcde\n", count: 650_000)
        let notice = try #require(DeliveryNotice(Array(Self.report(Self.failed, original: original).utf8)))
        #expect(notice.status == "5.1.1" && notice.identifiers == [Self.identifier])
        let nested = (0..<2_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
        #expect(DeliveryNotice(Array(nested.utf8)) == nil)
    }

    // MARK: Which message

    @Test(arguments: [
        ("<M17.20261122111355941.main@theehuis.nl>", "M17", "main"),
        ("M1.20261122111355941.tea.house-2_x@a.nl", "M1", "tea.house-2_x"),
    ])
    func aMessageIDNamesItsMessage(_ text: String, _ message: String, _ shop: String) throws {
        let identifier = try #require(MessageIdentifier(text, key: []))
        #expect(identifier.message == message && identifier.shop == shop && identifier.moment == "20261122111355941")
    }

    @Test(arguments: [
        "", "<>", "<x@y>", "<M17@theehuis.nl>", "<M17.main@theehuis.nl>", "<M17.2026.main@a>",
        "<X17.20261122111355941.main@a>",
        "<M-1.20261122111355941.main@a>", "<M17.20261122111355941.@a>", "<M17.20261122111355941.ma in@a>",
        "<M17.20261122111355941.Main@a>", "<M99999999999.20261122111355941.main@a>",
        "<M17.20261122111355941.main\" state=sent@a>",
        "<M١٧.20261122111355941.main@a>",
    ])
    func othersNameNone(_ text: String) { #expect(MessageIdentifier(text, key: []) == nil) }

    @Test func aSealIsOfItsKeyAlone() throws {
        let key = Array("sixteen bytes!!!".utf8)
        let identifier = MessageIdentifier(message: "M17", queuedAt: "2026-11-22T11:13:55.941Z", shop: "main")
        let sealed = identifier.text(domain: "a.nl", key: key)
        #expect(sealed.hasPrefix("<M17.20261122111355941-") && sealed.utf8.count == 66)
        #expect(MessageIdentifier(sealed, key: key) == identifier)
        #expect(MessageIdentifier(sealed, key: key + [1]) == nil)
        #expect(MessageIdentifier(sealed.replacing("M17", with: "M18"), key: key) == nil)
        #expect(MessageIdentifier(identifier.text(domain: "a.nl", key: []), key: key) == nil)
        // Who does not seal takes both, so that mails on their way when a key is set up are still known by it.
        #expect(MessageIdentifier(sealed, key: []) == identifier)
    }

    @Test func anMboxIsTakenApart() {
        let mbox = "From a Sun\nSubject: 1\n\none\n>From here\n\nFrom b Sun\nSubject: 2\n\ntwo\nFrom inside\n"
        let mails = MailSource.mbox(Array(mbox.utf8)).map { String(decoding: $0, as: UTF8.self) }
        #expect(mails == ["Subject: 1\n\none\nFrom here\n\n", "Subject: 2\n\ntwo\nFrom inside\n"])
    }
}
