import Bytes
import Testing

@testable import Commerce

@Suite struct PhoneNumberTests {
    static func normalise(_ bytes: [UInt8], _ country: CountryCode) -> (PhoneClass, [UInt8]) {
        var output = ByteWriter()
        output.append("<")
        let verdict = PhoneNumber.normalise(bytes.span, country: country, into: &output)
        return (verdict, output.copyBytes(from: 1))
    }

    static func normalise(_ text: String, _ country: String) -> (verdict: PhoneClass, text: String) {
        let code = Array(country.utf8)
        let (verdict, bytes) = normalise(Array(text.utf8), CountryCode(code.span) ?? .unknown)
        return (verdict, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [
        ("06 12 34 56 78", "NL", "+31612345678"), ("+31 (0)6-12345678", "", "+31612345678"),
        ("0031612345678", "BE", "+31612345678"),
        ("31612345678", "NL", "+31612345678"), ("612345678", "NL", "+31612345678"),
        ("+49 (0)30 901820", "", "+4930901820"),
        ("+49 0711 1234560", "", "+497111234560"), ("030/901820", "DE", "+4930901820"),
        ("02 36618300", "IT", "+390236618300"),
        ("+39 02 36618300", "", "+390236618300"), ("345 678 9012", "IT", "+393456789012"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("1-650-253-0000", "CA", "+16502530000"), ("011 44 20 8765 4321", "US", "+442087654321"),
        ("0011 31 20 1234567", "AU", "+31201234567"),
        ("0412 345 678", "AU", "+61412345678"), ("090-1234-5678", "JP", "+819012345678"),
        ("010 31 6 12345678", "JP", "+31612345678"),
        ("+44 20 8765 4321 ext. 456", "", "+442087654321"), ("020 8765 4321 x456", "GB", "+442087654321"),
        ("０６１２３４５６７８", "NL", "+31612345678"),
        ("tel:+31-6-12345678", "", "+31612345678"), ("tel:06-12345678;phone-context=+31", "", "+31612345678"),
        ("06 70 123 4567", "HU", "+36701234567"), ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("Tel.: 020 624 1111", "NL", "+31206241111"),
        ("GSM 0475 12 34 57", "BE", "+32475123457"), ("0612345678 werk", "NL", "+31612345678"),
        ("06-12345678 (M)", "NL", "+31612345678"), ("тел. 8 912 345-67-89", "RU", "+79123456789"),
        ("1-800-SIX-FLAG", "US", "+18007493524"), ("0800 FLOWERS", "NL", "+318003569377"),
        ("1800 six-flag", "US", "+18007493524"), ("020-6241111 tst. 12", "NL", "+31206241111"),
        ("030 123456 Durchwahl 12", "DE", "+4930123456"), ("03 331 6005 ~ 12", "NZ", "+6433316005"),
        ("0２0 8765 4321 ｘ456", "GB", "+442087654321"), ("tel:331-6005;phone-context=+64-3", "", "+6433316005"),
        ("0343 15 555 1212", "AR", "+5493435551212"), ("011 15-2345-3680", "AR", "+5491123453680"),
        ("012 3121286979", "BR", "+553121286979"), ("+800 1234 5678", "", "+80012345678"),
        ("06\u{A0}12\u{A0}34\u{A0}56\u{A0}78", "FR", "+33612345678"), ("+1 (650) 253-0000", "NL", "+16502530000"),
    ])
    func valid(raw: String, country: String, expected: String) {
        #expect(Self.normalise(raw, country) == (.valid, expected))
    }

    @Test(arguments: [
        ("", "NL"), ("  ", "NL"), ("0612345678", ""), ("061234567", "NL"), ("1800 six-flags", "US"),
        ("AB0612345678", "NL"), ("Jansen", "NL"),
        ("06 1234 5678 9012 3456 7890 1", "NL"),
        ("jan@example.com 0612345678", "NL"), ("+999 123456", ""),
        ("0612345678 / 0201234567", "NL"),
    ])
    func invalid(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.invalid, ""))
    }

    @Test(arguments: [
        ("0000000000", "NL"), ("1111111111", "DE"), ("123456789", "DE"), ("0123456789", "FR"), ("+31 6 00000000", ""),
        ("0", "NL"), ("-", "NL"),
        ("(201) 555-0123", "US"), ("+1 650 555 0199", ""), ("999999999", "NL"), ("123-456-7890", "US"), ("+31", ""),
        ("n/a", "NL"), ("geen", "NL"), ("onbekend", "NL"), ("9876543210", "NL"), ("0611111111", "FR"), ("99999", "DE"),
    ])
    func placeholder(raw: String, country: String) {
        #expect(Self.normalise(raw, country) == (.placeholder, ""))
    }

    @Test(arguments: [UInt64(10), 11]) func junkNeverCrashesAndNormalisingTwiceChangesNothing(seed: UInt64) {
        var junk = Junk(seed: seed)
        for country in ["NL", "US", "IT", "HU", "RU", "JP", "GB", "DE"] {
            let code = Array(country.utf8)
            let home = CountryCode(code.span) ?? .unknown
            for _ in 0..<5_000 {
                let raw = junk.bytes(alphabet: "0123456789012345678900+ ()-/.x;６", longest: 18)
                let (verdict, once) = Self.normalise(raw, home)
                #expect((verdict == .valid) == !once.isEmpty)
                guard verdict == .valid else { continue }
                let twice = Self.normalise(once, .unknown)
                #expect(twice == (.valid, once), "seed \(seed): \(String(decoding: raw, as: UTF8.self))")
            }
        }
    }
}
