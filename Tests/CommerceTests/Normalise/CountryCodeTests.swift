import Bytes
import Testing

@testable import Commerce

@Suite struct CountryCodeTests {
    private static func code(_ text: String) -> CountryCode? {
        let bytes = Array(text.utf8)
        return CountryCode(bytes.span)
    }

    @Test(arguments: [
        ("NL", "NL"), ("nl", "NL"), ("dE", "DE"), ("UK", "GB"), ("el", "GR"), ("XK", "XK"), ("ZW", "ZW"), ("AC", "AC"),
        ("ta", "TA"),
    ])
    func known(text: String, expected: String) {
        var output = ByteWriter()
        Self.code(text)?.append(to: &output)
        #expect(output.span.text == expected)
    }

    @Test(arguments: ["", "N", "NLD", "XX", "ZZ", "QQ", "n1", "@A", "[[", "\u{0E}\u{0C}", "é", "EU"])
    func unknown(text: String) {
        #expect(Self.code(text) == nil)
    }

    /// ISO 3166-1 counts 249 codes; Kosovo, AC, TA and the aliases UK and EL come on top.
    @Test func theListIsComplete() {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { $0 }
        var accepted = 0
        for first in letters {
            for second in letters where CountryCode([first, second].span) != nil { accepted += 1 }
        }
        #expect(accepted == 249 + 1 + 2 + 2)
    }
}
