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
        ("12/2 Smith Street", "AU", "Smith Street", "2", "", "12"),
        ("Unit 4/12 Smith St", "NZ", "Smith St", "12", "", "4"),
        ("Flat 2, 12 High Street", "GB", "High Street", "12", "", "Flat 2"),
        ("Flat 2 12 High Street", "GB", "High Street", "12", "", "Flat 2"),
        ("Apartment 4, The Mill, 12 High Street", "GB", "High Street", "12", "", "Apartment 4"),
        ("Résidence Les Lilas, 12 rue de la Paix", "FR", "rue de la Paix", "12", "", ""),
        ("rue de la Paix 12, 75002 Paris", "FR", "rue de la Paix", "12", "", "75002 Paris"),
        ("123 Main St #4", "US", "Main St", "123", "", "#4"), ("123 1/2 Main St", "US", "Main St", "123", "1/2", ""),
        ("Damrak 12 1 hoog", "NL", "Damrak", "12", "1", "hoog"), ("Damrak 12 II", "NL", "Damrak", "12", "II", ""),
        ("Via Roma, 12 int. 4", "IT", "Via Roma", "12", "", "int. 4"),
        ("Rua Augusta, n.º 12", "PT", "Rua Augusta", "12", "", ""),
        ("Petőfi Sándor u. 12. II/4", "HU", "Petőfi Sándor u.", "12", "II/4", ""),
        ("Mariahilfer Straße 12 Stiege 2 Top 5", "AT", "Mariahilfer Straße", "12", "", "Stiege 2 Top 5"),
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
