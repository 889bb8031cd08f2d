import Testing

@testable import Commerce

/// The standard's own snippets: each is marked with the rule that it keeps or breaks.
@Suite struct EInvoiceSnippetTests {
    /// Snippets that our types cannot hold, or that the official check judges more mildly than the rule reads, by
    /// `file#place` from 1.
    private static let exceptions: [String: String] = [
        "en16931-unit-ubl/BR-CO-15.xml#8": "two totals of VAT in one currency: there is one",
        "en16931-unit-ubl/BR-S-08-2.xml#5": "VAT category IC: no such category (BR-CL-18)",
        "en16931-unit-ubl/BR-S-08-3.xml#5": "VAT category IC: no such category (BR-CL-18)",
        "en16931-unit-ubl-creditnote/BR-01.xml#2": "no specification: the writer always gives one",
        "en16931-unit-ubl-creditnote/BR-03.xml#1": "an issue date that is none: dates are dates",
        "en16931-unit-ubl-creditnote/BR-03.xml#2": "no issue date: there always is one",
        "en16931-unit-ubl-creditnote/BR-04.xml#1": "a type that is of no list",
        "en16931-unit-ubl-creditnote/BR-04.xml#2": "no type: there always is one",
        "en16931-unit-ubl-creditnote/BR-CO-15.xml#8": "two totals of VAT in one currency: there is one",
        "peppol-bis-3/unit-UBL-NL/NL-R-007.xml#3":
            "a credit note without means of payment: marked as kept, but Peppol's released check refuses it",
        "peppol-bis-3/unit-UBL-NL/NL-R-008.xml#3":
            "means of payment 1 to a buyer abroad: marked as kept, but Peppol's released check refuses it",
    ]

    private struct Snippet {
        let name: String
        let rule: String
        let isBroken: Bool
        let document: XMLNode
    }

    private static func snippets(in folder: String) throws -> [Snippet] {
        try EInvoiceExamples.files(in: folder).flatMap { file in
            let set = try EInvoiceExamples.document(file)
            return try set.all("test").enumerated().map { index, test in
                let error = test["assert", "error"]?.value()
                let rule = try #require(error ?? test["assert", "success"]?.value())
                let document = try #require(test.children.first { $0.name == "Invoice" || $0.name == "CreditNote" })
                return Snippet(
                    name: "\(file)#\(index + 1)", rule: rule, isBroken: error != nil, document: document)
            }
        }
    }

    /// Whether we say the same as the snippet's mark; nil if the model cannot hold it.
    private static func agrees(_ snippet: Snippet) throws -> Bool? {
        let reader = UBLReader(snippet.document, isSnippet: true)
        let invoice: EInvoice
        let totals: EInvoiceTotals
        do {
            (invoice, totals) = (try reader.invoice(), try reader.statedTotals())
        } catch is UBLReader.Unreadable {
            return nil
        }
        let findings = EInvoiceRules.findings(in: invoice, totals: totals, profile: .peppol)
        return findings.contains { $0.rule == snippet.rule } == snippet.isBroken
    }

    @Test(arguments: [
        "en16931-unit-ubl", "en16931-unit-ubl-creditnote", "peppol-bis-3/unit-UBL-NL",
    ])
    func snippetsAreJudgedAsMarked(_ folder: String) throws {
        var agreed = 0
        for snippet in try Self.snippets(in: folder) {
            let agrees = try Self.agrees(snippet)
            if let reason = Self.exceptions[snippet.name] {
                #expect(agrees != true, "stale exception: \(snippet.name) is judged as marked (\(reason))")
            } else {
                #expect(agrees == true, "\(snippet.name) \(snippet.rule) \(snippet.isBroken ? "broken" : "kept")")
                agreed += 1
            }
        }
        #expect(agreed > 0 || EInvoiceExamples.folder == nil, "no snippet in \(folder)")
    }
}
