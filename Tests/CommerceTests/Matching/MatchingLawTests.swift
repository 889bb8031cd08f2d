import Testing

@testable import Commerce

private let home =
    #""billing":{"street":"Dorpsstraat","houseNumber":"12","postalCode":"1234 AB","city":"Utrecht","country":"NL"}"#
private let phone = #""phone":"030 2345678""#
private let mail = #""email":"familie.devries@ziggo.nl""#

private func person(_ first: String, _ last: String, _ rest: String...) -> String {
    (["\"firstName\":\"\(first)\",\"lastName\":\"\(last)\""] + rest).joined(separator: ",")
}

/// The laws of who may be merged, as a shop owner would put them; each holds in a small shop and in a large one.
struct MatchingLawTests {
    struct Law: Sendable, CustomTestStringConvertible {
        let name: String
        let left: String
        let right: String
        let allowed: Set<PairVerdict>

        init(_ name: String, _ left: String, _ right: String, _ allowed: PairVerdict...) {
            self.name = name
            self.left = left
            self.right = right
            self.allowed = Set(allowed)
        }

        var testDescription: String { name }
    }

    static let households = [
        Law(
            "spouses, one phone", person("Jan", "de Vries", home, phone), person("Maria", "de Vries", home, phone),
            .link),
        Law(
            "mother and daughter", person("Maria", "de Vries", home, phone), person("Sophie", "de Vries", home, phone),
            .link),
        Law("brothers", person("Thomas", "de Vries", home, phone), person("Daan", "de Vries", home, phone), .link),
        Law(
            "spouses, one phone and one e-mail", person("Jan", "de Vries", home, phone, mail),
            person("Maria", "de Vries", home, phone, mail), .link, .queue),
        Law(
            "one e-mail, two first names", person("Jan", "de Vries", mail), person("Maria", "de Vries", mail), .link,
            .queue),
        Law("one e-mail, two names", person("Jan", "de Vries", mail), person("Ahmed", "Yilmaz", mail), .link, .queue),
        Law(
            "twins with their own telephones",
            person("Luke", "Purdon", home, #""birthDate":"1983-10-24""#, #""phone":"06 12345678""#),
            person("Mia", "Purdon", home, #""birthDate":"1983-10-24""#, #""phone":"06 87654321""#), .queue, .link),
        Law(
            "sisters of nearly one name", person("Marie", "Bakker", home, #""birthDate":"1990-02-11""#),
            person("Maria", "Bakker", home, #""birthDate":"1994-07-30""#), .queue, .link),
        Law("Tim and Tom", person("Tim", "Bakker", home, phone), person("Tom", "Bakker", home, phone), .queue, .link),
        Law(
            "Daniel and Daniela", person("Daniel", "Koch", home, phone), person("Daniela", "Koch", home, phone), .queue,
            .link),
    ]

    /// A name that looks strange is a slip only of a name that it resembles.
    static let strangeNames =
        ["Zbigniew", "Siobhan", "Sjoerd", "Vsevolod", "Hrvoje", "Dzsenifer", "Qwentzhal"].map { name in
            Law(
                "Jan and \(name), one phone", person("Jan", "Visser", home, phone),
                person(name, "Visser", home, phone), .link, .queue)
        } + [
            Law(
                "a keyboard's Lachlan", person("Lachlan", "Visser", home, phone),
                person("Lazhj", "Visser", home, phone), .merge),
            Law(
                "a keyboard's name that may be anybody's", person("Eva", "Visser", home, phone),
                person("Lazhj", "Visser", home, phone), .link, .queue),
        ]

    /// A name that nearly all know and one like it that nobody bears are one; two known ones, or a longer one, are two.
    static let knownNames = [
        Law("a letter short", person("Matild", "Bakker", home), person("Matilda", "Bakker", home), .merge),
        Law("a letter more", person("Kiran", "Bakker", home), person("Kirana", "Bakker", home), .queue, .link),
        Law(
            "a slip that sounds the same, one phone", person("Kenneth", "Bakker", home, phone),
            person("Kennotih", "Bakker", home, phone), .merge),
        Law(
            "a slip that sounds the same, no phone", person("Kenneth", "Bakker", home),
            person("Kennotih", "Bakker", home), .queue),
        Law(
            "two names that sound the same, one phone", person("Katrin", "Bakker", home, phone),
            person("Catharina", "Bakker", home, phone), .queue, .link),
    ]

    /// Dates of birth of two who live together under different given names.
    static let couples = [
        Law(
            "a couple born in one spring", person("Erin", "Bakker", home, #""birthDate":"1959-05-06""#),
            person("Timothy", "Bakker", home, #""birthDate":"1959-03-25""#), .queue, .link),
        Law(
            "a date that is none", person("Shelbey", "Clark", home, phone, #""birthDate":"1957-05-28""#),
            person("Willima", "Clark", home, phone, #""birthDate":"1957-20-28""#), .merge),
    ]

    static let generations = [
        Law(
            "father and son by birth date", person("Hans", "Müller", home, #""birthDate":"1952-03-14""#),
            person("Hans", "Müller", home, #""birthDate":"1981-11-02""#), .queue),
        Law(
            "father and son, one telephone", person("Hans", "Müller", home, phone, #""birthDate":"1952-03-14""#),
            person("Hans", "Müller", home, phone, #""birthDate":"02-11-1981""#), .queue),
        Law(
            "other e-mail and other telephone",
            person("Hans", "Müller", home, #""email":"hans.mueller@web.de""#, #""phone":"030 2345678""#),
            person("Hans", "Müller", home, #""email":"speedy81@gmx.de""#, #""phone":"06 98761234""#), .queue),
        Law("junior and senior", person("Hans", "Müller jr.", home), person("Hans", "Müller sr.", home), .queue),
        Law("junior and II", person("John", "Smith Junior", home), person("John", "Smith II", home), .queue),
    ]

    static let samePersons = [
        Law("name and address", person("Jan", "de Vries", home), person("Jan", "de Vries", home), .merge),
        Law("particle behind the comma", person("Jan", "de Vries", home), #""name":"Vries, de, Jan","# + home, .merge),
        Law(
            "a relay against a real e-mail", person("Jan", "de Vries", home, #""email":"x7k2@marketplace.amazon.de""#),
            person("Jan", "de Vries", home, mail), .merge),
        Law("e-mail and name", person("Jan", "Jansen", mail), person("Jan", "Jansen", mail), .merge),
        Law("e-mail and last name", #""lastName":"Jansen",\#(mail)"#, person("Jan", "Jansen", mail), .merge),
        Law("e-mail and initial", person("J.", "Jansen", mail), person("Jan", "Jansen", mail), .merge),
        Law(
            "telephone and name", person("Jan", "Jansen", phone, home),
            #""name":"Jan Jansen",\#(phone),"billing":{"country":"NL"}"#, .merge),
        Law("umlauts", person("Jürgen", "Schröder", home), person("Juergen", "Schroeder", home), .merge),
        Law("first and last exchanged", person("Jan", "Jansen", mail), person("Jansen", "Jan", mail), .merge),
        Law("a slip in the name, one e-mail", person("Jan", "Janssens", mail), person("Jan", "Jansens", mail), .merge),
        Law(
            "slips in the name, address and birth date",
            person("Katharina", "Hofstede", home, #""birthDate":"1971-06-24""#),
            person("Katarina", "Hofsteed", home, #""birthDate":"24.06.1971""#), .merge),
        Law("a short form, one e-mail", person("Bob", "Miller", mail), person("Robert", "Miller", mail), .merge),
        Law(
            "one VAT number, two buyers",
            #""firstName":"Eva","lastName":"Smit","company":"Fietsfabriek B.V.","vatId":"NL123456782B12""#,
            #""firstName":"Tom","lastName":"Bos","company":"De Fietsfabriek BV","vatId":"NL 1234.56.782.B12""#, .merge),
    ]

    static let strangers = [
        Law(
            "one name and house number, but another street, postcode and date of birth",
            person(
                "Stephanie", "Quist", #""birthDate":"1915-06-14""#,
                #""billing":{"street":"Sollya Place","houseNumber":"26","postalCode":"6285","city":"Galston","country":"AU"}"#
            ),
            person(
                "Stephanie", "Quist", #""birthDate":"1971-07-18""#,
                #""billing":{"street":"Griffin Place","houseNumber":"26","postalCode":"6258","city":"Galston","country":"AU"}"#
            ),
            .queue, .none),
        Law("a common name alone", person("Jan", "Jansen"), person("Jan", "Jansen"), .none, .queue),
        Law(
            "a common name in one town", person("Jan", "Jansen", #""billing":{"city":"Amsterdam","country":"NL"}"#),
            person("Jan", "Jansen", #""billing":{"city":"Amsterdam","country":"NL"}"#), .none, .queue),
        Law("one company name", #""company":"Acme GmbH""#, #""company":"ACME""#, .none),
        Law(
            "one company name, two people", person("Eva", "Smit", #""company":"Acme GmbH""#),
            person("Tom", "Bos", #""company":"Acme GmbH""#), .none),
        Law(
            "Amazon Business",
            person("Eva", "Smit", #""company":"Amazon Business EU SARL","email":"orders@acme-trade.de""#),
            person("Tom", "Bos", #""company":"Amazon Business EU SARL","email":"orders@acme-trade.de""#), .link, .queue,
            .none),
        Law(
            "an initial at one address", person("J.", "de Vries", home), person("Jan", "de Vries", home), .queue, .link),
        Law(
            "Amazon Business without a person", #""name":"Amazon Business EU SARL","email":"orders@acme-trade.de""#,
            #""name":"Amazon Business EU SARL","email":"orders@acme-trade.de""#, .none, .link, .queue),
        Law(
            "one landline, an initial, two e-mails",
            person("J.", "de Vries", home, phone, #""email":"jaap@gmail.com""#),
            person("Jan", "de Vries", home, phone, mail), .queue, .link),
        Law(
            "e-mail names that only repeat the name", person("Jan", "Jansen", #""email":"jan.jansen1@gmail.com""#),
            person("Jan", "Jansen", #""email":"jan.jansen7@gmail.com""#), .none, .queue),
        Law(
            "siblings born in one year", person("Thomas", "Bakker", home, #""birthDate":"1990-01-11""#),
            person("Sophie", "Bakker", home, #""birthDate":"1990-12-11""#), .queue, .link),
        Law("nothing in common", person("Jan", "de Vries", home), person("Eva", "Smit", phone), .none),
        Law("nothing at all", "", "", .none),
    ]

    @Test(
        arguments: households + strangeNames + knownNames + couples + generations + samePersons + strangers,
        TestShop.allCases)
    func law(_ law: Law, in shop: TestShop) throws {
        let weight = try weigh(law.left, law.right, in: shop)
        #expect(law.allowed.contains(weight.verdict), "\(weight)")
        #expect(try weigh(law.right, law.left, in: shop) == weight)
    }

    /// Where only names and dates tell, one slip is forgiven; more, or a graver one, only to names that few bear.
    @Test(arguments: [
        ("1985-03-01", "Horn", "1985-03-01", "Horn", true, true),
        ("1985-03-01", "Horn", "1985-03-07", "Horn", true, true),
        ("1985-03-01", "Horn", "1967-03-01", "Horn", true, false),
        ("1985-03-01", "Horn", "1985-03-01", "Korn", true, true),
        ("1985-03-01", "Weber", "1985-03-01", "Becker", true, false),
        ("1985-03-01", "Horn", "1985-05-21", "Korn", false, false),
    ])
    func namesAndDatesAlone(
        _ oneDate: String, _ oneName: String, _ otherDate: String, _ otherName: String, _ isRare: Bool, _ isCommon: Bool
    ) throws {
        let one = try features(person("Petra", oneName, "\"birthDate\":\"\(oneDate)\""))
        let other = try features(person("Petra", otherName, "\"birthDate\":\"\(otherDate)\""))
        var classes = FrequencyClasses(population: FrequencyClasses.populationClass(count: 10_000))
        #expect(
            (PairWeigher(.standard).weigh(one, other, FrequencyClasses(), withheld: []).verdict == .merge) == isRare)
        classes[.firstName] = FrequencyClasses.valueClass(count: 100)
        classes[.lastName] = FrequencyClasses.valueClass(count: 100)
        #expect((PairWeigher(.standard).weigh(one, other, classes, withheld: []).verdict == .merge) == isCommon)
    }

    @Test func rareNameWeighsMoreThanCommonOne() throws {
        let town = #""billing":{"city":"Amsterdam","country":"NL"}"#
        let zebulon = person("Zebulon", "Quist", town)
        var rare = TestShop.large.classes
        rare[.firstName] = 0
        rare[.lastName] = 0
        let party = try features(zebulon)
        let rareWeight = PairWeigher(.standard).weigh(party, party, rare, withheld: [])
        let commonWeight = PairWeigher(.standard).weigh(party, party, TestShop.large.classes, withheld: [])
        #expect(rareWeight.score > commonWeight.score + 1000)
        #expect(rareWeight.verdict < .merge)
    }

    @Test func withheldValuesAreNoEvidence() throws {
        let left = person("Jan", "Jansen", mail)
        for shop in TestShop.allCases {
            let weight = try weigh(left, left, in: shop, withheld: .email)
            #expect(weight[.email] == .missing)
            #expect(weight.verdict < .merge)
        }
    }

    @Test(arguments: [
        (person("Jan", "de Vries"), person("Johanna", "de Vries"), true),
        (person("Jan", "de Vries"), person("J.", "de Vries"), false),
        (person("Johanna", "de Vries"), person("J.", "de Vries"), false),
        (person("Johanna", "de Vries"), person("K.", "de Vries"), true),
        (person("Jan", "de Vries"), person("Jan", "Jansen"), false),
        (person("Bob", "Miller"), person("Robert", "Miller"), false),
        (person("Hans", "Müller jr."), person("Hans", "Müller sr."), true),
        (person("Hans", "Müller jr."), person("Hans", "Müller"), false),
        (
            person("Hans", "Müller", #""birthDate":"1952-03-14""#),
            person("Hans", "Müller", #""birthDate":"1981-11-02""#), true
        ),
        (
            person("Hans", "Müller", #""birthDate":"1952-03-14""#),
            person("Hans", "Müller", #""birthDate":"1952-03-15""#), false
        ),
        (person("Hans", "Müller"), person("Müller", "Hans"), false),
    ])
    func contradiction(_ left: String, _ right: String, _ isExpected: Bool) throws {
        let (one, other) = (try features(left), try features(right))
        #expect(one.contradicts(other) == isExpected)
        #expect(other.contradicts(one) == isExpected)
    }

    /// Where the names are not everybody's, one house number of one town is one door.
    @Test func aWrongPostcodeAndAStreetThatIsAlikeAreOneDoor() throws {
        func buyer(_ street: String, _ postalCode: String) -> String {
            person(
                "Jacynta", "Quist",
                """
                "billing":{"street":"\(street)","houseNumber":"4","postalCode":"\(postalCode)","city":"Munruben",\
                "country":"AU"}
                """)
        }
        let right = buyer("Marrakai Street", "2042")
        #expect(try weigh(right, buyer("Marrakai Srteet", "2153"), in: .small).verdict == .merge)
        #expect(try weigh(right, buyer("Sollya Street", "2153"), in: .small).verdict == .queue)
    }
}
