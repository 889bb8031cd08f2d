import Bytes
import Testing

@testable import Commerce

@Suite struct VATNumberTests {
    static func normalise(_ bytes: [UInt8], _ country: CountryCode) -> (VATClass, [UInt8]) {
        var output = ByteWriter()
        output.append("<")
        let verdict = VATNumber.normalise(bytes.span, country: country, into: &output)
        return (verdict, output.copyBytes(from: 1))
    }

    static func normalise(_ text: String, _ country: String) -> (verdict: VATClass, text: String) {
        let code = Array(country.utf8)
        let (verdict, bytes) = normalise(Array(text.utf8), CountryCode(code.span) ?? .unknown)
        return (verdict, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [
        ("nl 1234.56.782.b.12", "", "NL123456782B12"), ("123456782B12", "NL", "NL123456782B12"),
        ("0468.561.072", "BE", "BE0468561072"),
        ("BE 468 561 072", "", "BE0468561072"), ("GR094259216", "", "EL094259216"), ("094259216", "GR", "EL094259216"),
        ("CHE-100.155.212 TVA", "", "CHE100155212"), ("CHE-100.155.212 MWST", "DE", "CHE100155212"),
        ("NO 982 952 573 MVA", "", "NO982952573"),
        ("982952573", "NO", "NO982952573"), ("15159209", "AT", "ATU15159209"), ("XI 432525179", "GB", "XI432525179"),
        ("GD001", "GB", "GBGD001"), ("B58378431", "ES", "ESB58378431"), ("BE0468561072", "NL", "BE0468561072"),
    ])
    func valid(raw: String, country: String, expected: String) {
        #expect(Self.normalise(raw, country) == (.valid, expected))
    }

    @Test(arguments: [
        ("NL123456783B12", ""), ("", "NL"), ("NL", ""), ("DE", "DE"), ("NL123456782B12!", ""), ("n/a", "NL"),
        ("DE000000000", ""),
        ("NL NL 123456782B12", "NL"), ("0468561073", "BE"),
    ])
    func invalid(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.invalid, ""))
    }

    @Test(arguments: [("12-3456789", "US"), ("123456789", ""), ("US123456789", "")])
    func unsupported(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.unsupported, ""))
    }

    /// Every undisputed row. Our canonical form leaves out the words MWST, TVA, IVA and MVA.
    @Test func vectors() throws {
        guard let rows = Vectors.rows("vat/vat-ids.tsv") else { return }
        var tested = 0
        for row in rows where row.count < 8 || row[7] != "yes" {
            let result = Self.normalise(row[1], row[0])
            if row[3] == "valid" {
                var expected = row[2]
                for word in ["MWST", "TVA", "IVA", "TPV", "MVA"] where expected.hasSuffix(word) {
                    expected.removeLast(word.count)
                }
                #expect(result == (.valid, expected), "\(row)")
            } else {
                #expect(result.verdict != .valid, "\(row)")
            }
            tested += 1
        }
        #expect(tested > 1500)
    }

    @Test(arguments: [UInt64(12), 13]) func junkNeverCrashesAndNormalisingTwiceChangesNothing(seed: UInt64) {
        var junk = Junk(seed: seed)
        for country in ["NL", "ES", "FR", "GB", "IE", "BG", "CZ", "LV", "RO", "CH", "LT", "IT", "SK"] {
            let code = Array(country.utf8)
            let home = CountryCode(code.span) ?? .unknown
            for _ in 0..<5_000 {
                let raw = junk.bytes(alphabet: "01234567890123456789 BXCHEGDé+*W", longest: 15)
                let (verdict, once) = Self.normalise(raw, home)
                #expect((verdict == .valid) == !once.isEmpty)
                guard verdict == .valid else { continue }
                #expect(
                    Self.normalise(once, .unknown) == (.valid, once),
                    "seed \(seed): \(String(decoding: raw, as: UTF8.self))")
            }
        }
    }
}
