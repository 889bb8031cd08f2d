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
        ("NL123456783B12", ""), ("", "NL"), ("NL", ""), ("DE", "DE"), ("NL123456782B12!", ""), ("BE 10", ""),
        ("NL NL 123456782B12", "NL"), ("0468561073", "BE"),
    ])
    func invalid(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.invalid, ""))
    }

    @Test(arguments: [
        ("n/a", "NL"), ("geen", "NL"), ("-", "DE"), ("DE000000000", ""), ("123456789", "DE"), ("NL123456789B01", ""),
        ("0000000000", "BE"), ("keine", "AT"),
    ])
    func placeholder(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.placeholder, ""))
    }

    @Test(arguments: [("12-3456789", "US"), ("123456789", ""), ("US123456789", "")])
    func unsupported(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.unsupported, ""))
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
