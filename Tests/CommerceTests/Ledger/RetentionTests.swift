import Bytes
import Testing

@testable import Commerce

/// Clocks of documents, and base 64.
@Suite struct RetentionTests {
    private static func moment(_ text: String) -> Timestamp {
        Timestamp(rfc3339: [UInt8]("\(text)T23:59:59Z".utf8).span) ?? Timestamp(milliseconds: 0)
    }

    @Test(arguments: [
        ("2024-02-29", 7, "2031-03-01"), ("2024-02-29", 4, "2028-02-29"), ("2024-02-29", 0, "2024-02-29"),
        ("2023-03-01", 1, "2024-03-01"), ("2023-12-31", 7, "2030-12-31"), ("1899-02-28", 1, "1900-02-28"),
        ("2096-02-29", 4, "2100-03-01"),
    ])
    func yearsAreCalendarYears(_ start: String, _ years: Int, _ end: String) {
        #expect(Self.moment(start).adding(years: years) == Self.moment(end))
    }

    @Test func aRuleThatShortensNeverTouchesWhatRuns() {
        var rules = RetentionRules()
        func end(_ kind: String, _ country: String, _ start: String) -> String {
            rules.end(of: kind, country, from: Self.moment(start).milliseconds).dayText
        }
        func add(_ kind: String, _ country: String, _ years: Int, _ since: String) {
            rules.add(
                RetentionRules.Rule(
                    kind: kind, country: country, years: years, source: "", actor: "",
                    since: Self.moment(since).milliseconds))
        }
        #expect(end("invoice", "NL", "2020-05-05") == "2027-05-05")
        add("invoice", "", 3, "2021-01-01")
        #expect(end("invoice", "NL", "2020-05-05") == "2027-05-05")
        #expect(end("invoice", "NL", "2021-05-05") == "2024-05-05")
        add("invoice", "BE", 10, "2022-01-01")
        #expect(
            end("invoice", "BE", "2020-05-05") == "2030-05-05" && end("invoice", "NL", "2021-05-05") == "2024-05-05")
        #expect(end("invoice", "BE", "2023-05-05") == "2033-05-05" && end("upload", "BE", "2023-05-05") == "2030-05-05")
        add("invoice", "", 20, "2023-01-01")
        #expect(
            end("invoice", "BE", "2023-05-05") == "2033-05-05" && end("invoice", "FR", "2020-05-05") == "2040-05-05")
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64IsThePublishedOne(_ text: String, _ encoded: String) {
        var output = ByteWriter()
        Base64.encode([UInt8](text.utf8).span, into: &output)
        #expect(output.span.text == encoded)
        #expect(Base64.decode([UInt8](encoded.utf8).span) == [UInt8](text.utf8))
    }

    @Test(arguments: ["Z", "Zg=", "Zh==", "Zg==Zg==", "Z===", "Zm9v\n", "Zm 9", "Zm9=", "===="])
    func whatIsNoBase64IsRefused(_ text: String) { #expect(Base64.decode([UInt8](text.utf8).span) == nil) }

    @Test(arguments: 0..<50)
    func aHashIsTheSameInPieces(seed: Int) {
        let message = (0..<(seed * 7)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
        var hash = SHA256()
        var start = 0
        while start < message.count {
            let end = min(message.count, start + 1 + (start * 13 + seed) % 90)
            hash.update(message.span.extracting(start..<end))
            start = end
        }
        #expect(hash.finish() == SHA256.digest(message))
    }
}
