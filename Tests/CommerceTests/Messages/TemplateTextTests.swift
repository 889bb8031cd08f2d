import Testing

@testable import Commerce

/// W14, B11: what can be wrong with a template is found when it is stored.
@Suite struct TemplateTextTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let subject: String
        let body: String
        let words: [String]

        init(_ subject: String, _ body: String, _ words: String...) {
            self.subject = subject
            self.body = body
            self.words = words
        }

        var testDescription: String { words.joined(separator: " … ") }
    }

    static let code = "{{shipment.trackingCode}}"

    static let faults = [
        Fault("Order {{order.nummer}}", code, "subject: line 1, column 7", "order.nummer", "order.number"),
        Fault("Order", "a\nbé {{voucher.code}} \(code)", "body: line 2, column 4", "voucher.code"),
        Fault("Order", "a\r\nb {{order.number", "body: line 2, column 3", "{{ without }}"),
        Fault("Order", "\(code) and }} alone", "body: line 1, column 31", "}} without {{"),
        Fault("Order", "}}\(code)", "body: line 1, column 1", "}} without {{"),
        Fault("Order", "{{}} \(code)", "body: line 1, column 1", "no placeholder"),
        Fault("Order", "{{order.{number}} \(code)", "body: line 1, column 1", "on one line"),
        Fault("Order", "{{order.\nnumber}} \(code)", "body: line 1, column 1", "on one line"),
        Fault("Order", "{{customer.firstName}} \(code)", "body: line 1, column 1", "may be empty"),
        Fault("Order", "{{ORDER.NUMBER}} \(code)", "body: line 1, column 1", "ORDER.NUMBER"),
        Fault("Order", "on its way", "order.shipped must show {{shipment.trackingCode}}"),
        Fault("Order\r\nBcc: all@example.nl", code, "subject", "one line"),
        Fault("Order\u{2028}x", code, "subject", "one line"),
        Fault("", code, "subject", "1 to 500"), Fault("Order", "", "body", "1 to 100000"),
        Fault("Order", "\(code)\u{0}", "body", "control"),
        Fault(String(repeating: "x", count: 501), code, "subject", "1 to 500"),
    ]

    @Test(arguments: faults)
    func aFaultIsNamedWithItsPlace(_ fault: Fault) {
        let refusal = #expect(throws: Refusal.self) {
            try TemplateTexts(subject: fault.subject, body: fault.body, event: .orderShipped)
        }
        #expect(refusal?.code == .invalid)
        for word in fault.words {
            #expect(refusal?.text.contains(word) == true, "\(refusal?.text ?? "") lacks \(word)")
        }
    }

    @Test func fillsInValuesAndWhatStandsForEmptyOnes() throws {
        let texts = try TemplateTexts(
            subject: "{{ order.number }}: {{customer.firstName|klant}}",
            body: "{ {{shipment.trackingCode}} } {{shipment.carrier|}}.{{customer.company|a|b}}", event: .orderShipped)
        let (subject, body) = texts.rendered([
            "order.number": "7", "shipment.trackingCode": "3S", "customer.firstName": "",
        ])
        #expect(subject == "7: klant" && body == "{ 3S } .a|b")
        #expect(texts.rendered(["customer.firstName": "{{order.number}}"]).subject == ": {{order.number}}")
    }

    /// What a buyer calls himself must not become a header.
    @Test(arguments: ["Anna\r\nBcc: all@example.nl", "Anna\nBcc: x", "Anna\u{85}x", "Anna\u{0}x", "Anna\u{2029}x"])
    func aValueNeverBreaksTheSubject(_ name: String) throws {
        let texts = try TemplateTexts(
            subject: "Dag {{customer.name|u}}", body: "{{shipment.trackingCode}}{{customer.name|u}}",
            event: .orderShipped)
        let (subject, body) = texts.rendered(["customer.name": name])
        #expect(!subject.unicodeScalars.contains { $0.isControl })
        #expect(!body.unicodeScalars.contains { $0.isControl && $0 != "\n" })
    }

    @Test(arguments: MessageEvent.allCases)
    func everyEventHasSamplesForATemplateOfAllItsPlaceholders(_ event: MessageEvent) throws {
        let all = Placeholder.all(of: event)
        let body = all.map { "{{\($0.name)|-}}" }.joined(separator: "\n")
        let texts = try TemplateTexts(subject: "x", body: body, event: event)
        #expect(texts.rendered(Placeholder.samples(of: event)).body == all.map(\.sample).joined(separator: "\n"))
        #expect(Set(all.map(\.name)).count == all.count && MessageEvent(word: event.word) == event)
    }
}

@Suite struct LanguageTagTests {
    @Test(arguments: [
        ("nl", "nl"), ("NL", "nl"), ("nl_be", "nl-BE"), ("NL-be", "nl-BE"), ("zh-hant-tw", "zh-Hant-TW"),
        ("sl-nedis", "sl-nedis"), ("gsw", "gsw"),
    ])
    func isWrittenOneWay(_ text: String, _ canonical: String) { #expect(LanguageTag(text)?.text == canonical) }

    @Test(arguments: ["", "n", "nederlands", "nl-", "-nl", "nl--be", "n1", "nl-b\u{e9}", "nl be", "nl-abcdefghi"])
    func isRefused(_ text: String) { #expect(LanguageTag(text) == nil) }

    @Test(arguments: [
        ("nl-BE", ["nl-BE", "nl"]), ("zh-Hant-TW", ["zh-Hant-TW", "zh-Hant", "zh"]), ("en-a-bcd", ["en-a-bcd", "en"]),
    ])
    func fallsBack(_ text: String, _ tags: [String]) throws {
        #expect(try #require(LanguageTag(text)).fallbacks.map(\.text) == tags)
    }
}
