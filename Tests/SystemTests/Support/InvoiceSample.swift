import Foundation

/// Random orders to be invoiced, such as webshops have them and such as nobody thought of. Each can be posted as it is.
struct InvoiceSample {
    private var random: Seeded

    init(_ seed: UInt64) { random = Seeded(seed) }

    struct Invoice {
        let order: String
        let overrides: String
        /// What is to be paid, in hundredths of the currency.
        let payable: Int
        let isPaid: Bool
        let recipient: String
        let isPeppol: Bool
    }

    /// A shop per seller.
    static let sellers = [
        "nl": seller("Winkel BV", "NL", "NL804124188B01", "0106", "12345678", "NL91ABNA0417164300", "1015 KD"),
        "be": seller("Magasin & Fils SRL", "BE", "BE0417497106", "0208", "0417497106", "BE68539007547034", "1000"),
        "de": seller(
            "Läden GmbH <Köln>", "DE", "DE136695976", "9930", "DE136695976", "DE89370400440532013000", "50667"),
        "fr": seller(
            "L'Épicerie \\\"Rémy\\\" SAS", "FR", "FR40303265045", "9957", "FR40303265045",
            "FR1420041010050500013M02606", "75001"),
    ]

    private static func seller(
        _ name: String, _ country: String, _ vatId: String, _ scheme: String, _ id: String, _ iban: String,
        _ postalCode: String
    ) -> String {
        let registration = scheme.hasPrefix("99") ? "" : #""registration":{"value":"\#(id)","scheme":"\#(scheme)"},"#
        return """
            SHOP.SELLER {"name":"\(name)","street":"Marktstraat 1","postalCode":"\(postalCode)","city":"Stad",\
            "country":"\(country)","vatId":"\(vatId)",\(registration)\
            "electronicAddress":{"value":"\(id)","scheme":"\(scheme)"},"iban":"\(iban)","paymentDays":14,\
            "contact":{"name":"Anna","phone":"+31201234567","email":"boekhouding@winkel.example"}}
            """
    }

    /// Countries with a company's VAT id and its address on the network, where it has one.
    private static let companies = [
        (
            "NL", "NL804124188B01",
            #""electronicAddress":{"value":"87654321","scheme":"0106"},"registration":{"value":"87654321","scheme":"0106"}"#
        ),
        ("BE", "BE0417497106", #""electronicAddress":{"value":"0417497106","scheme":"0208"}"#),
        ("DE", "DE136695976", #""electronicAddress":{"value":"DE136695976","scheme":"9930"}"#),
        ("FR", "FR40303265045", #""electronicAddress":{"value":"inkoop@societe.example","scheme":"EM"}"#),
        ("AT", "ATU13585627", #""contact":{"name":"Jörg"}"#),
    ]
    private static let countries = ["NL", "NL", "BE", "DE", "FR", "TR", "GB", "CH", "US", "GR", "ES"]

    private static let words = [
        "Thee", "Çay İğde", "Bücher & Maße <groß>", "L'été \\\"rouge\\\"", "日本茶", "🫖 set", "a]]>b", "&amp;",
        "two\\nlines", "tab\\there", "e\\u0301clair", "nul\\u0001byte", "\\ufffe end", "שלום", "x\\u0085y", "{{order}}",
    ]

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
    private mutating func one<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }
    private mutating func word() -> String { one(Self.words) }

    private static func text(_ cents: Int) -> String {
        let digits = String(format: "%03d", abs(cents))
        return (cents < 0 ? "-" : "") + digits.dropLast(2) + "." + digits.suffix(2)
    }

    private static func rounded(_ value: Decimal) -> Int {
        var (value, result) = (value, Decimal())
        NSDecimalRound(&result, &value, 0, .plain)
        return (result as NSDecimalNumber).intValue
    }

    private struct Group: Hashable {
        let rate: String
        var percent: Decimal { Decimal(string: rate) ?? 0 }
    }

    /// The next invoice of a shop, under this order number.
    mutating func next(_ id: Int, seller: String) -> Invoice {
        let isCompany = chance(45)
        let company = one(Self.companies)
        let country = isCompany ? company.0 : one(Self.countries)
        let isAbroad = country != seller.uppercased()
        // Abroad a company pays no VAT, nor does anybody outside the union.
        let isUntaxed = isAbroad && (isCompany || ["TR", "GB", "CH", "US"].contains(country)) && chance(70)
        let rates =
            isUntaxed
            ? ["0"] : Array(["21", "9", "0", "5.5", "19", "25.5", "6"].shuffled(using: &random).prefix(number(1...3)))
        let isNet = chance(35)
        var sums: [Group: Int] = [:]
        var lines: [String] = []
        for place in 0..<(chance(4) ? number(60...120) : number(1...6)) {
            let rate = one(rates)
            let isWeighed = chance(15)
            let quantity = isWeighed ? Decimal(number(1...9_999)) / 1_000 : Decimal(chance(5) ? -1 : number(1...40))
            let cents = one([0, 1, 3, 333, 999, 1995, number(1...50_000), number(1...50_000)])
            let discount = chance(20) && cents > 100 && quantity >= 1 ? number(1...99) : 0
            let amount = Self.rounded(quantity * Decimal(cents)) - discount
            sums[Group(rate: rate), default: 0] += amount
            let more = discount == 0 ? "" : #","discount":"\#(Self.text(discount))""#
            let title = chance(50) ? word() : "Article \(place)"
            lines.append(
                #"{"sku":"S-\#(place)","title":"\#(title)","quantity":"\#(quantity)","unitPrice":"\#(Self.text(cents))","vatRate":"\#(rate)"\#(more)}"#
            )
        }
        var more = isNet ? #","pricesIncludeTax":false"# : ""
        if chance(35) {
            let (rate, amount) = (one(rates), number(1...2_000))
            sums[Group(rate: rate), default: 0] += amount
            more +=
                #","shippingTotal":"\#(Self.text(amount))","shippingLines":[{"title":"\#(word())","rate":"\#(rate)"}]"#
        }
        var total = sums.values.reduce(0, +)
        if isNet {
            // Shops round the VAT of each rate, and some a cent beside it.
            for (group, net) in sums { total += Self.rounded(Decimal(net) * group.percent / 100) }
            if chance(20) { total += one([-1, 1]) }
        }
        // What comes to less than nothing is no invoice.
        guard total >= 0 else { return next(id, seller: seller) }
        let isPaid = chance(40)
        if isPaid { more += #","paymentStatus":"paid""# }
        let name = word()
        let address =
            #""name":"\#(name)","street":"\#(word())","houseNumber":"7","postalCode":"1000","city":"\#(word())","country":"\#(country)""#
        let order =
            #"ORDER.PUT {"channel":"web","number":"\#(id)","placedAt":"2024-02-29T23:59:59Z","currency":"EUR","total":"\#(Self.text(total))","customer":{"ref":"r\#(id)"},"billing":{\#(address)},"lines":[\#(lines.joined(separator: ","))]\#(more)}"#
        var overrides = [#""deliveryDate":"2024-02-29""#]
        if chance(30) { overrides.append(#""dueDate":"2028-02-29""#) }
        if chance(30) { overrides.append(#""notes":["\#(word())"]"#) }
        if isCompany {
            overrides.append(#""recipient":{"business":true,"vatId":"\#(company.1)",\#(company.2)}"#)
        }
        return Invoice(
            order: order, overrides: "{" + overrides.joined(separator: ",") + "}", payable: total, isPaid: isPaid,
            recipient: name, isPeppol: isCompany && company.2.contains("scheme") && !company.2.contains("EM"))
    }

    /// What a credit note of an invoice may say, when `left` hundredths and these lines are there.
    mutating func credit(left: Int, lines: Int) -> String {
        switch number(0...3) {
        case 0: return #"{"reason":"cancellation"}"#
        case 1:
            let part = chance(50) ? #","quantity":1"# : ""
            return #"{"lines":[{"line":"\#(number(1...lines))"\#(part)}],"reason":"return","note":"\#(word())"}"#
        default: return #"{"amount":"\#(Self.text(number(1...max(1, left))))","reason":"damage"}"#
        }
    }
}
