import Bytes
import Testing

@testable import Commerce

@Suite struct PostalAddressTests {
    struct Address: CustomStringConvertible {
        var street = ""
        var number = ""
        var addition = ""
        var code = ""
        var city = ""
        var country: String

        var description: String { "\(street)|\(number)|\(addition)|\(code)|\(city)|\(country)" }
    }

    static func key(_ address: Address) -> String? {
        let (street, number, addition) = (
            Array(address.street.utf8), Array(address.number.utf8), Array(address.addition.utf8)
        )
        let (code, city, country) = (Array(address.code.utf8), Array(address.city.utf8), Array(address.country.utf8))
        var output = ByteWriter()
        output.append("<")
        let isDoor = PostalAddress.appendKey(
            street: street.span, houseNumber: number.span, addition: addition.span, postalCode: code.span,
            city: city.span,
            country: CountryCode(country.span) ?? .unknown, into: &output)
        if !isDoor { #expect(output.count == 1) }
        return isDoor ? output.span.text(1..<output.count) : nil
    }

    @Test(arguments: [
        [
            Address(street: "Damrak 12-2", code: "1015 KD", city: "Amsterdam", country: "NL"),
            Address(street: "Damrak", number: "12-2", code: "1015kd", country: "NL"),
            Address(street: "Damrak", number: "12", addition: "2", code: "NL-1015 KD", country: "NL"),
            Address(street: "DAMRAK 12/2", code: "1015KD", country: "NL"),
            Address(street: "Damrak 12", number: "12", addition: "-2", code: "1015KD", country: "NL"),
        ],
        [
            Address(street: "Hauptstraße 5a", code: "10115", city: "Berlin", country: "DE"),
            Address(street: "Hauptstr. 5 A", code: "D-10115", city: "Berlin-Mitte", country: "DE"),
            Address(street: "Haupt Strasse", number: "5a", code: "10115", country: "DE"),
            Address(street: "HAUPTSTR.", number: "5", addition: "a", code: "10115", country: "DE"),
        ],
        [
            Address(street: "12 bis rue de la Paix", code: "75002", country: "FR"),
            Address(street: "12bis, Rue de la Paix", code: "F-75002", country: "FR"),
            Address(street: "rue de la paix", number: "12", addition: "bis", code: "75002", country: "FR"),
        ],
        [
            Address(street: "Mariahilfer Straße 3, 12. OG", code: "1070", country: "AT"),
            Address(street: "Mariahilfer Str. 3 12.OG", code: "A-1070", country: "AT"),
            Address(street: "Mariahilferstr. 3", addition: "12. Etage", code: "1070", country: "AT"),
        ],
        [
            Address(street: "Zennestraat 32 bus 20", code: "1000", country: "BE"),
            Address(street: "Zennestr.", number: "32", addition: "bte 20", code: "B-1000", country: "BE"),
            Address(street: "Zennestraat 32/20", code: "1000", country: "BE"),
        ],
        [
            Address(street: "12 High Street", code: "SW1A 1AA", country: "GB"),
            Address(street: "High St", number: "12", code: "sw1a1aa", country: "GB"),
        ],
        [
            Address(street: "Rose Cottage, Church Lane", code: "OX1 1AA", country: "GB"),
            Address(street: "Rose Cottage Church Ln", code: "OX11AA", country: "GB"),
        ],
        [
            Address(street: "123 N Main Street Apt 4", code: "90210-1234", country: "US"),
            Address(street: "123 North Main St, #4", code: "90210", country: "US"),
        ],
        [
            Address(street: "Calle Mayor 12, 3º B", code: "28013", country: "ES"),
            Address(street: "C/ Mayor 12", addition: "3 B", code: "28013", country: "ES"),
        ],
        [
            Address(street: "Hauptstr. 1", code: "01067", country: "DE"),
            Address(street: "Hauptstraße 1", code: "1067", country: "DE"),
        ],
        [
            Address(street: "Zennestraat 32B20", code: "1000", country: "BE"),
            Address(street: "Zennestraat 32 b 20", code: "1000", country: "BE"),
            Address(street: "Zennestraat", number: "32", addition: "bus 20", code: "1000", country: "BE"),
        ],
        [
            Address(street: "ul. Marszałkowska 12/34", code: "00-001", country: "PL"),
            Address(street: "Marszałkowska 12 m. 34", code: "00001", country: "PL"),
        ],
        [
            Address(street: "Flat 2, 12 High Street", code: "SW1A 1AA", country: "GB"),
            Address(street: "12 High Street, Flat 2", code: "SW1A 1AA", country: "GB"),
            Address(street: "High Street", number: "12", addition: "2", code: "SW1A 1AA", country: "GB"),
        ],
        [
            Address(street: "Damrak 12 II", code: "1012LG", country: "NL"),
            Address(street: "Damrak 12-2", code: "1012LG", country: "NL"),
        ],
        [
            Address(street: "Damrak 12 hs", code: "1012LG", country: "NL"),
            Address(street: "Damrak 12-huis", code: "1012LG", country: "NL"),
        ],
        [
            Address(street: "Unit 4/12 Smith St", code: "2000", country: "AU"),
            Address(street: "4/12 Smith Street", code: "2000", country: "AU"),
            Address(street: "12 Smith Street, Unit 4", code: "2000", country: "AU"),
        ],
        [
            Address(street: "Neubaugasse 12/3", code: "1070", country: "AT"),
            Address(street: "Neubaug. 12 Top 3", code: "1070", country: "AT"),
            Address(street: "Neubau Gasse 12", addition: "3", code: "1070", country: "AT"),
        ],
        [
            Address(street: "бул. Витоша 12", code: "1000", country: "BG"),
            Address(street: "булевард Витоша 12", code: "1000", country: "BG"),
        ],
        [
            Address(street: "Nørregade 12, 2. tv", code: "1165", country: "DK"),
            Address(street: "Noerregade 12 2.tv.", code: "DK-1165", country: "DK"),
        ],
        [Address(street: "Flat 2", code: "D02 X285", country: "IE"), Address(code: "d02x285", country: "IE")],
        [
            Address(street: "12 Nathan Road", city: "Kowloon", country: "HK"),
            Address(street: "Nathan Rd.", number: "12", city: "KOWLOON", country: "HK"),
        ],
    ])
    func oneDoor(addresses: [Address]) {
        let keys = addresses.map { Self.key($0) }
        #expect(keys[0] != nil)
        #expect(Set(keys).count == 1, "\(keys)")
    }

    @Test(arguments: [
        (
            Address(street: "Damrak 12", code: "1015KD", country: "NL"),
            Address(street: "Damrak 12-2", code: "1015KD", country: "NL")
        ),
        (
            Address(street: "Damrak 12", code: "1015KD", country: "NL"),
            Address(street: "Damrak 122", code: "1015KD", country: "NL")
        ),
        (
            Address(street: "X 1-12", code: "1015KD", country: "NL"),
            Address(street: "X 11-2", code: "1015KD", country: "NL")
        ),
        (
            Address(street: "Am Markt 1", code: "10115", country: "DE"),
            Address(street: "Am Mark 1", code: "10115", country: "DE")
        ),
        (
            Address(street: "Str. 3, 2. OG", code: "1070", country: "AT"),
            Address(street: "Str. 3/2", code: "1070", country: "AT")
        ),
    ])
    func twoDoors(one: Address, other: Address) {
        #expect(Self.key(one) != nil)
        #expect(Self.key(other) != nil)
        #expect(Self.key(one) != Self.key(other))
    }

    @Test(arguments: [
        Address(street: "Damrak", code: "1015KD", country: "NL"), Address(street: "Damrak 1", country: "NL"),
        Address(street: "Damrak 1", code: "1015", country: "NL"),
        Address(street: "Damrak 1", code: "1015KD", country: ""),
        Address(street: "Postbus 12", code: "1015KD", country: "NL"),
        Address(street: "Packstation 123", code: "10115", country: "DE"),
        Address(street: "PO Box 12", code: "90210", country: "US"),
        Address(street: "P.O. Box 12", code: "90210", country: "US"),
        Address(street: "Postnummer 123456 DHL Packstation 101", code: "10115", country: "DE"),
        Address(street: "PostNL Pakketpunt Dorpsstraat 1", code: "1015KD", country: "NL"),
        Address(street: "Hauptstr. 1", code: "00000", country: "DE"),
        Address(number: "12", code: "10115", country: "DE"),
        Address(street: "Am Markt", code: "10115", country: "DE"), Address(street: "12 Nathan Road", country: "HK"),
    ])
    func noDoor(address: Address) {
        #expect(Self.key(address) == nil)
    }

    @Test(arguments: [UInt64(8), 9]) func junkNeverCrashes(seed: UInt64) {
        var junk = Junk(seed: seed)
        var output = ByteWriter()
        for _ in 0..<20_000 {
            let street = junk.bytes(alphabet: "12 ,-/.anrostße bus", longest: 60)
            let number = junk.bytes(alphabet: "12-/ab N", longest: 8)
            let code = junk.bytes(alphabet: "0123456789ABD -", longest: 8)
            output.removeAll()
            let isDoor = PostalAddress.appendKey(
                street: street.span, houseNumber: number.span, addition: code.span, postalCode: code.span,
                city: street.span,
                country: CountryCode("DE"), into: &output)
            #expect(isDoor == (output.count > 0))
        }
        let long = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
        #expect(
            !PostalAddress.appendKey(
                street: long.span, houseNumber: long.span, addition: long.span, postalCode: long.span, city: long.span,
                country: CountryCode("DE"), into: &output))
    }
}
