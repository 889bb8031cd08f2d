import Bytes
import Commerce

/// Orders as nobody sends them, and as everybody does: names, addresses and contacts of every spelling, escapes, blanks,
/// unknown members, and broken JSON. The same seed gives the same orders for ever, so that what came of them can be
/// pinned.
struct OrderCorpus {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next order's JSON; one in eight is damaged.
    mutating func next() -> [UInt8] {
        var json = Array(order().utf8)
        if below(8) == 0 { damage(&json) }
        return json
    }

    /// A text that a normaliser may meet: pieces of `kind`, sometimes with stray letters in it.
    mutating func text(_ kind: Kind) -> String {
        var text = pick(kind.pieces)
        switch below(12) {
        case 0: text += pick(kind.pieces)
        case 1: text += " " + pick(kind.pieces)
        case 2: text = text.uppercased()
        case 3: text = " " + text + " "
        case 4: text.insert(contentsOf: stray(), at: text.index(text.startIndex, offsetBy: below(text.count + 1)))
        case 5: text = stray() + stray() + stray() + stray()
        case 6: text = letters(below(40))
        default: break
        }
        return text
    }

    /// Letters, digits and a few signs in any order: the digraphs and edges that no list of names holds.
    mutating func letters(_ count: Int) -> String {
        let alphabet = Array("aaeeiijjouuyqsdvnt rzAEJOU09 -'.,/(")
        return String((0..<count).map { _ in alphabet[below(alphabet.count)] })
    }

    mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: random() >> 33) % limit }

    // MARK: Orders

    private mutating func order() -> String {
        var members = [
            member("channel", Self.quoted(pick(["web", "Shopify", "amazon", "bol"]))),
            member("number", below(20) == 0 ? "\(below(99_999))" : Self.quoted("N-\(random() % 1_000_000)")),
            member("placedAt", Self.quoted(pick(["2026-03-01T10:22:31Z", "2024-02-29 23:59:60.125+01:00"]))),
            member("currency", Self.quoted(pick(["EUR", "JPY", "KWD"]))),
            member("total", pick(["\"39.90\"", "39.9", "0", "-5", "\"1234567.125\""])),
        ]
        if below(2) == 0 { members.append(member("store", Self.quoted(pick(["main", "NL", "de.2"])))) }
        if below(3) == 0 { members.append(member("updatedAt", Self.quoted("2026-03-02T10:22:31.5Z"))) }
        if below(3) == 0 { members.append(member("status", pick(["\"paid\"", "null", "\"\"", "\"br\\u00fcchig\""]))) }
        if below(4) == 0 { members.append(member("unknown", pick(["{\"a\":[1,true,{}]}", "\"x\\\"y\"", "-1.5e3"]))) }
        if below(5) > 0 { members.append(member("customer", Self.object(person()))) }
        let billing = Self.object(address())
        if below(5) > 0 { members.append(member("billing", billing)) }
        if below(2) == 0 { members.append(member("shipping", below(3) == 0 ? Self.object(address()) : billing)) }
        if below(4) > 0 {
            members.append(member("lines", "[" + (0..<below(4)).map { _ in line() }.joined(separator: ",") + "]"))
        }
        if below(4) == 0 { members.swapAt(below(members.count), below(members.count)) }
        if below(30) == 0 { members.append(members[below(members.count)]) }
        return Self.object(members)
    }

    private mutating func person() -> [String] {
        var members: [String] = []
        optional("ref", 3, &members) { Self.quoted("\($0.below(1_000))") }
        optional("email", 5, &members) { Self.quoted($0.text(.email)) }
        optional("phone", 3, &members) { Self.quoted($0.text(.phone)) }
        name(&members)
        optional("company", 1, &members) { Self.quoted($0.text(.company)) }
        optional("vatId", 1, &members) { Self.quoted($0.text(.vat)) }
        optional("birthDate", 1, &members) { Self.quoted($0.pick(["1980-12-24", "24.12.1980", "1970-01-01"])) }
        optional("language", 2, &members) { Self.quoted($0.pick(["nl", "de-AT", "en"])) }
        if below(12) == 0 {
            members.append(member("addresses", "[" + Self.object(address()) + "," + Self.object(address()) + "]"))
        }
        return members
    }

    private mutating func name(_ members: inout [String]) {
        if below(3) > 0 {
            optional("firstName", 6, &members) { Self.quoted($0.text(.given)) }
            optional("lastName", 6, &members) { Self.quoted($0.text(.family)) }
        } else {
            optional("name", 6, &members) { Self.quoted($0.text(.given) + " " + $0.text(.family)) }
        }
    }

    private mutating func address() -> [String] {
        var members: [String] = []
        name(&members)
        let isSplit = below(2) == 0
        optional("street", 7, &members) { Self.quoted($0.text(.street) + (isSplit ? "" : " " + $0.text(.number))) }
        if isSplit { optional("houseNumber", 7, &members) { Self.quoted($0.text(.number)) } }
        optional("addition", 1, &members) { Self.quoted($0.text(.number)) }
        optional("postalCode", 7, &members) { Self.quoted($0.text(.postcode)) }
        optional("city", 7, &members) { Self.quoted($0.text(.city)) }
        optional("country", 7, &members) {
            Self.quoted($0.pick(["NL", "DE", "be", "FR", "GB", "US", "IE", "AT", "PL", "AU"]))
        }
        optional("email", 1, &members) { Self.quoted($0.text(.email)) }
        optional("phone", 1, &members) { Self.quoted($0.text(.phone)) }
        optional("company", 1, &members) { Self.quoted($0.text(.company)) }
        optional("state", 1, &members) { Self.quoted($0.pick(["CA", "Bayern", "n. holland"])) }
        optional("extraLines", 1, &members) { "[" + Self.quoted($0.text(.street)) + "]" }
        return members
    }

    private mutating func line() -> String {
        var members: [String] = []
        optional("sku", 6, &members) { Self.quoted($0.pick(["A-1", "1234567890123", ""])) }
        optional("title", 6, &members) {
            Self.quoted(
                $0.pick(["Puzzel 1000 stukjes", "Käsemesser \\\"de luxe\\\"", "Zwanzig Zeichen lang und länger"]))
        }
        optional("quantity", 6, &members) { $0.pick(["1", "2.50", "\"3\""]) }
        optional("unitPrice", 6, &members) { $0.pick(["\"16.99\"", "5", "1.2345"]) }
        optional("vatRate", 6, &members) { $0.pick(["\"21\"", "7.7", "null"]) }
        optional("note", 1, &members) { $0.pick(["[[],{\"a\":\"]\"}]", "false", "12"]) }
        return Self.object(members)
    }

    // MARK: JSON

    private mutating func optional(
        _ name: String, _ eighths: Int, _ members: inout [String], _ value: (inout OrderCorpus) -> String
    ) {
        guard below(8) < eighths else { return }
        let text = below(25) == 0 ? pick(["null", "\"\"", "7", "\"\\u00e9\\n\""]) : value(&self)
        members.append(member(name, text))
    }

    private mutating func member(_ name: String, _ value: String) -> String {
        below(10) == 0 ? " \"\(name)\" :\t\(value) " : "\"\(name)\":\(value)"
    }

    private static func object(_ members: [String]) -> String { "{" + members.joined(separator: ",") + "}" }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private mutating func damage(_ json: inout [UInt8]) {
        let start = below(json.count)
        switch below(4) {
        case 0: json.removeSubrange(start...)
        case 1: json.remove(at: start)
        case 2: json[start] = UInt8(truncatingIfNeeded: random() >> 40) & 0x7F
        default: json.insert(Array("\"{}[],:\\ \u{1}x0".utf8)[below(12)], at: start)
        }
    }

    private mutating func stray() -> String {
        pick([
            "é", "ß", "Ø", "ij", "IJ", "ÿ", "ñ", "я", "Ω", "名", "’", "–", "\u{A0}", "\u{200B}", "Ａ", "/", "(", "aa",
            "ue", "@", "..",
        ])
    }

    private mutating func pick(_ pieces: [String]) -> String { pieces[below(pieces.count)] }

    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// What a text is written for.
    enum Kind: CaseIterable {
        case given, family, company, email, phone, vat, street, number, postcode, city

        var pieces: [String] {
            switch self {
            case .given:
                [
                    "Tess", "S.", "J.P.", "Jan Peter", "Hans-Jürgen", "Dhr. Kees", "Maria", "ja ck", "Joe", "Dr. Eva",
                    "X",
                    "Guest", "lazhj", "Michael", "Maximilian-Alexander",
                ]
            case .family:
                [
                    "van den Berg", "Smith", "de Vries", "Müller", "Mueller-Lüdenscheidt", "O'Brien", "Vandenberg",
                    "Devos",
                    "Jansen jr.", "Vries, Jan de", "García López", "d'Angelo", "v.d. Berg", "Berg J.", "n/a", "Bauer",
                    "Dijkstra", "Haan", "Baron van Sternburg (office)", "Bakker c/o Visser", "III", "xxx",
                    "Novák, Ph.D.",
                ]
            case .company:
                ["Müller & Söhne GmbH & Co. KG", "Bakker B.V.", "Acme Inc", "Amazon Business EU SARL", "privat", "3M"]
            case .email:
                [
                    "tess.vandenberg@gmail.com", "s.smith7662391@hotmail.co.uk", "Info@Bakker-Zoon.NL",
                    "a+b@outlook.com",
                    "1cpnexgsbg8cf@marketplace.amazon.de", "no-reply@shop.de", "none@none.com", "test@test", "n/a",
                    "Jan <jan@bakker.nl>", "mailto:jan@bakker.nl", "jan..b@web.de", ".jan@web.de", "jan@-web.de",
                    "x@y.z",
                    "jan@münchen.de",
                    "very.long.local.part.of.an.address.that.goes.on@subdomain.of.a.company.example.com",
                    "j-k@yahoo.com", "a@b.c.verkopen.bol.com", "blacklisted-12@amazon.de", "0@0.nl", "jan@web.test",
                ]
            case .phone:
                [
                    "06 12345678", "+31612345678", "0049 30 1234567", "+49 (0)30 12 34 56", "1-800-SIX-FLAG",
                    "0000000000",
                    "020 1234567 x12", "tel: 0612345678", "123456789", "07911 123456", "(212) 555-0123", "06-1234567",
                ]
            case .vat:
                ["NL123456782B12", "DE136695976", "136695976", "GB 980 7806 84", "n/a", "BE0428759497", "ATU13585627"]
            case .street:
                [
                    "Kerkstraat", "Green Lane", "Rue du Moulin", "Hauptstr.", "Haupt Strasse", "Straße des 17. Juni",
                    "Plein 1940-45", "High Street", "Packstation", "Flat 2, 12 High Street", "St. Jacobsplatz",
                    "Churchilllaan",
                    "Via 25 Aprile", "Bäckergasse", "D 6, 2", "P.O. Box 12", "12 bis rue de la Paix", "Wijk 1",
                ]
            case .number:
                [
                    "12", "56", "12-2", "12 bis", "12.OG", "3 hoog", "007", "12a", "Nr. 5", "12/2", "App. 3", "12 b 20",
                    "-",
                ]
            case .postcode:
                ["1332 WW", "1332ww", "D-10115", "1067", "L15 4VB", "2027", "90210-1234", "0000", "D02 X285", "75 001"]
            case .city:
                [
                    "Almere", "Leeds", "Antwerpen", "'s-Gravenhage", "Köln", "Koeln", "Saint-Étienne",
                    "Frankfurt am Main",
                ]
            }
        }
    }
}

/// One hash over everything that packing and extraction make of a corpus, refusals included.
struct ExtractionDigest: Equatable {
    private(set) var value: UInt64 = 0
    private(set) var refusals = 0
    private static let hash = Hash64(seed: 7)

    init(value: UInt64, refusals: Int) {
        self.value = value
        self.refusals = refusals
    }

    init(seed: UInt64, orders: Int) {
        var corpus = OrderCorpus(seed: seed)
        var decoder = CommandDecoder()
        var extractor = FeatureExtractor()
        var output = ByteWriter()
        let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")
        for _ in 0..<orders {
            let json = corpus.next()
            output.removeAll()
            do throws(Refusal) {
                let order = try decoder.order(json.span, hasher, into: &output)
                let features = extractor.features(of: output.span.extracting(order.party.record.range))
                // The pins are older than the place within a second, which canonical orders have none of.
                add("\("\(order)".replacing(", tieBreak: 0", with: "")) \(features)")
                value = Self.hash.hash(output.span, salt: value)
            } catch {
                refusals += 1
                add("\(error)")
            }
        }
    }

    private mutating func add(_ text: String) { value = Self.hash.hash(Array(text.utf8).span, salt: value) }
}
