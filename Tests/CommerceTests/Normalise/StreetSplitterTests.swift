import Bytes
import Testing

@testable import Commerce

@Suite struct StreetSplitterTests {
    struct Split: Equatable {
        var street: String
        var number: String
        var addition: String
        var unit: String
    }

    static func split(_ line: String, country: String = "") -> Split {
        let bytes = Array(line.utf8)
        let code = Array(country.utf8)
        let parts = StreetSplitter.split(bytes.span, country: CountryCode(code.span) ?? .unknown)
        let span = bytes.span
        return Split(
            street: span.text(parts.street), number: span.text(parts.number), addition: span.text(parts.addition),
            unit: span.text(parts.unit))
    }

    @Test(arguments: [
        ("Damrak 12-2", "NL", "Damrak", "12", "2", ""), ("Plein 1940-45 3 b", "NL", "Plein 1940-45", "3", "b", ""),
        ("300 laan 3", "NL", "300 laan", "3", "", ""),
        ("1e Hugo de Grootstraat 12 hs", "NL", "1e Hugo de Grootstraat", "12", "hs", ""),
        ("12 rue de la Paix", "FR", "rue de la Paix", "12", "", ""),
        ("12 bis rue de la Paix", "FR", "rue de la Paix", "12", "bis", ""),
        ("12bis, rue de la Paix", "FR", "rue de la Paix", "12", "bis", ""),
        ("1 Place du 8 Mai 1945", "FR", "Place du 8 Mai 1945", "1", "", ""),
        ("Hauptstr. 5a", "DE", "Hauptstr.", "5", "a", ""),
        ("Straße des 17. Juni 135", "DE", "Straße des 17. Juni", "135", "", ""),
        ("Via 25 Aprile 12", "IT", "Via 25 Aprile", "12", "", ""), ("Via Roma, 12", "IT", "Via Roma", "12", "", ""),
        ("Calle Mayor 12, 3º B", "ES", "Calle Mayor", "12", "", "3º B"),
        ("12/2 Smith Street", "AU", "Smith Street", "12", "2", ""),
        ("123 Main St Apt 4", "US", "Main St", "123", "", "Apt 4"),
        ("Zennestraat 32 bus 20", "BE", "Zennestraat", "32", "", "bus 20"),
        ("Rose Cottage", "GB", "Rose Cottage", "", "", ""), ("12", "", "12", "", "", ""), ("", "", "", "", "", ""),
        ("Mariahilfer Straße 12/2/5", "AT", "Mariahilfer Straße", "12", "2/5", ""),
        ("Mariahilfer Straße 3, 12. OG", "AT", "Mariahilfer Straße", "3", "", "12. OG"),
    ])
    func table(line: String, country: String, street: String, number: String, addition: String, unit: String) {
        #expect(
            Self.split(line, country: country) == Split(street: street, number: number, addition: addition, unit: unit))
    }

    private static func letters(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// German, Austrian, French, American lines.
    @Test func addressSplittingVectors() throws {
        guard let objects = Vectors.objects("address/street-house-number.jsonl") else { return }
        for object in objects {
            let line = try #require(object["address"] as? String)
            let parts = Self.split(line)
            let number = try #require(object["houseNumber"] as? String)
            #expect(parts.street == object["streetName"] as? String, "\(line)")
            #expect(Self.letters(parts.number + parts.addition) == Self.letters(number), "\(line)")
            #expect(Self.letters(parts.unit) == Self.letters(unit(of: object)), "\(line)")
        }
    }

    /// c/o is dropped here; there it is an addition.
    private func unit(of object: [String: Any]) -> String {
        let text = object["additionToAddress2"] as? String ?? ""
        return text.hasPrefix("c/o") || text.hasPrefix("℅") ? "" : text
    }

    @Test func unsplittableVectors() throws {
        guard let objects = Vectors.objects("address/street-house-number-unsplittable.jsonl") else { return }
        for object in objects {
            let line = try #require(object["address"] as? String)
            #expect(Self.split(line).number == "", "\(line)")
        }
    }

    /// Dutch and Belgian lines after a carrier's rules. "39- 1 hg" is number 39 to us and not 1.
    @Test func carrierVectors() throws {
        guard let objects = Vectors.objects("address/street-split-nl-be-myparcel.jsonl") else { return }
        for object in objects {
            let line = try #require(object["input"] as? String)
            guard line != "street 39- 1 hg" else { continue }
            let parts = Self.split(line, country: object["country"] as? String ?? "NL")
            #expect(parts.street == object["expect_street"] as? String, "\(line)")
            #expect(parts.number == object["expect_number"] as? String ?? "", "\(line)")
        }
    }

    /// One line a country as OpenCage writes it, back into street and number.
    @Test func formattedVectors() throws {
        guard let objects = Vectors.objects("address/opencage-format-cases.jsonl") else { return }
        var right = 0
        var wrong: [String] = []
        for object in objects {
            guard let components = object["components"] as? [String: String], let road = components["road"],
                let number = components["house_number"], let expected = object["expected"] as? String,
                let country = object["country"] as? String,
                let line = expected.split(separator: "\n").first(where: { $0.contains(road) }).map(String.init)
            else { continue }
            let parts = Self.split(line, country: country)
            if parts.street == road, Self.letters(parts.number + parts.addition) == Self.letters(number) {
                right += 1
            } else {
                wrong.append("\(country) \(line): \(parts)")
            }
        }
        #expect(wrong.count <= 1, "\(right) right, wrong: \(wrong)")
        #expect(right >= 40)
    }

    @Test(arguments: [UInt64(6), 7]) func rangesAlwaysLieInsideTheLine(seed: UInt64) {
        var junk = Junk(seed: seed)
        for country in [CountryCode("NL"), CountryCode("FR"), CountryCode("DE"), .unknown] {
            for _ in 0..<10_000 {
                let line = junk.bytes(alphabet: "12 ,-/.anrocß 3 bus", longest: 40)
                let parts = StreetSplitter.split(line.span, country: country)
                for range in [parts.street, parts.number, parts.addition, parts.unit] {
                    #expect(range.lowerBound >= 0 && range.upperBound <= line.count)
                }
            }
        }
    }
}
