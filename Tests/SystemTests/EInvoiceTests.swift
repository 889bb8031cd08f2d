import Client
import Foundation
import Testing

extension SystemTests {
    /// E-invoices as their recipients get them: what `DOCUMENT.UBL` answers, held against the rules of EN 16931 and Peppol
    /// BIS Billing 3. With `DOSSIER_UBL_FOLDER` in the environment each document is left there too, for the published
    /// schematron rules.
    @Suite struct EInvoiceTests {
        private static func ubl(_ talk: Talk, _ number: String) throws -> String {
            let reply = try talk.ask("DOCUMENT.UBL \(number)")
            guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(reply.outcome), to \(number)") }
            let parts = try (reply.rows.isEmpty ? [text] : reply.rows).map { part in
                try #require(JSONValue(parsing: part).text("ubl"))
            }
            let ubl = parts.joined()
            if let folder = ProcessInfo.processInfo.environment["DOSSIER_UBL_FOLDER"] {
                try ubl.write(toFile: "\(folder)/\(UUID().uuidString).xml", atomically: false, encoding: .utf8)
            }
            return ubl
        }

        private static func hundredths(_ text: String?) throws -> Int {
            let value = try #require(Decimal(string: text ?? ""))
            return (value * 100 as NSDecimalNumber).intValue
        }

        /// Every draft can be posted, breaks no rule, asks for what the order cost and names who it is for.
        @Test func randomInvoicesAndCreditNotesBreakNoRule() throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("random e-invoices: seed \(seed)")
            var (peppol, credits, rows) = (0, 0, 0)
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for (place, shop) in InvoiceSample.sellers.keys.sorted().enumerated() {
                    var sample = InvoiceSample(seed &+ UInt64(place))
                    try talk.ok("SHOP \(shop)")
                    try talk.ok(try #require(InvoiceSample.sellers[shop]))
                    for number in 1...90 {
                        let invoice = sample.next(number, seller: shop)
                        let comment: Comment = "seed \(seed) shop \(shop) \(invoice.order) \(invoice.overrides)"
                        let (posted, ubl) = try Self.post(talk, number, invoice, comment)
                        if ubl.contains("peppol.eu") { peppol += 1 }
                        if ubl.utf8.count > 24_000 { rows += 1 }
                        if try Self.credit(talk, &sample, posted, comment) { credits += 1 }
                    }
                }
            }
            print("of 360 invoices \(peppol) for Peppol, \(rows) in rows; \(credits) credit notes")
            #expect(peppol > 30 && credits > 60 && rows > 0)
        }

        private static func post(
            _ talk: Talk, _ number: Int, _ invoice: InvoiceSample.Invoice, _ comment: Comment
        ) throws -> (number: String, ubl: String) {
            try talk.ok(invoice.order)
            let draft = try talk.ok("DOCUMENT.CREATE order=web:\(number) \(invoice.overrides)")
            let posted = try talk.ok("DOCUMENT.POST \(try #require(draft.text("document")))")
            let name = try #require(posted.text("number"))
            let ubl = try ubl(talk, name)
            #expect(try EInvoiceCheck.broken(ubl) == [], comment)
            let root = try UBLElement.parse(ubl)
            let payable = try hundredths(root.text("LegalMonetaryTotal/PayableAmount"))
            let prepaid = try hundredths(root.first("LegalMonetaryTotal/PrepaidAmount")?.text ?? "0")
            #expect(payable + prepaid == invoice.payable, comment)
            #expect(payable == (invoice.isPaid ? 0 : invoice.payable), comment)
            #expect(ubl.contains("peppol.eu") == invoice.isPeppol, comment)
            let lines = try JSONValue(parsing: String(invoice.order.dropFirst("ORDER.PUT ".count))).count("lines")
            #expect(root.all("InvoiceLine").count == lines, comment)
            return (name, ubl)
        }

        /// Credits what was posted last; false where there is nothing to credit.
        private static func credit(
            _ talk: Talk, _ sample: inout InvoiceSample, _ invoice: String, _ comment: Comment
        ) throws -> Bool {
            let shown = try talk.ok("DOCUMENT.SHOW \(invoice)")
            let left = try hundredths(shown.text("total"))
            guard left > 0 else { return false }
            let request = sample.credit(left: left, lines: try #require(shown.count("lines")))
            let reply = try talk.ask("DOCUMENT.CREDIT document=\(invoice) \(request)")
            guard case .ok(let text?) = reply.outcome else {
                // A line below zero, or of nothing, has nothing that could be given back.
                #expect(request.contains(#""lines""#), "\(comment) \(request): \(reply.outcome)")
                return false
            }
            let draft = try #require(JSONValue(parsing: text).text("document"))
            let posted = try talk.ok("DOCUMENT.POST \(draft)")
            let ubl = try ubl(talk, try #require(posted.text("number")))
            #expect(try EInvoiceCheck.broken(ubl) == [], "\(comment) \(request)")
            let root = try UBLElement.parse(ubl)
            #expect(root.name == "CreditNote")
            #expect(root.text("BillingReference/InvoiceDocumentReference/ID") == invoice)
            let payable = try hundredths(root.text("LegalMonetaryTotal/PayableAmount"))
            #expect(try hundredths(posted.text("total")) == payable, "\(comment) \(request)")
            return true
        }
    }
}
