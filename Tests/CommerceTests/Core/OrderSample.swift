import Bytes

@testable import Commerce

/// A random canonical order: its members as they are sent, and as a record must show them.
///
/// Written without a look at the packers: it knows the protocol only.
struct OrderSample {
    /// One member: name, value sent, value that must come back (nil for one that counts as absent).
    typealias Field = (name: String, sent: JSONValue, kept: JSONValue?)

    var order: [Field] = []
    var lines: [[Field]]?
    var customer: [Field]?
    var billing: [Field]?
    var shipping: [Field]?
    let channel: String
    let store: String?
    let number: String

    init(using random: inout SeededGenerator, unknownMembers: Bool = true) {
        channel = ["shopify", "bol", "amazon.nl", "x"].randomElement(using: &random) ?? "x"
        store = Bool.random(using: &random) ? nil : "Winkel_2"
        number = Bool.random(using: &random) ? Self.text(using: &random) : String(random.next())
        let currency = ["EUR", "JPY", "BHD", "USD"].randomElement(using: &random) ?? "EUR"
        let digits = ["JPY": 0, "BHD": 3][currency] ?? 2
        let placedAt = Self.moment(using: &random)
        order = [
            ("number", .string(number), .string(number)), ("placedAt", placedAt.sent, placedAt.kept),
            ("currency", .string(currency), .string(currency)),
        ]
        order.append(Self.decimal("total", digits, using: &random))
        for name in ["status", "kind"] where Bool.random(using: &random) {
            order.append(Self.field(name, using: &random))
        }
        if Bool.random(using: &random) {
            let updatedAt = Self.moment(using: &random)
            order.append(("updatedAt", updatedAt.sent, updatedAt.kept))
        }
        if Bool.random(using: &random) {
            lines = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                var line = ["sku", "title"].map { Self.field($0, using: &random) }
                line.append(Self.decimal("quantity", 0, using: &random))
                line.append(Self.decimal("unitPrice", digits, using: &random))
                line.append(Self.decimal("vatRate", 0, using: &random))
                return Self.some(line, unknownMembers, using: &random)
            }
        }
        customer = Self.party(unknownMembers, using: &random)
        billing = Self.address(unknownMembers, using: &random)
        shipping = Bool.random(using: &random) ? billing : Self.address(unknownMembers, using: &random)
        if unknownMembers { order.append(Self.unknown("x", using: &random)) }
    }

    // MARK: Members

    static func text(using random: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 1..<12, using: &random) {
            let limit: UInt32 = [0x7F, 0x250, 0x3000, 0x11_0000].randomElement(using: &random) ?? 0x7F
            scalars.append(Unicode.Scalar(UInt32.random(in: 0x20..<limit, using: &random)) ?? "\"")
        }
        let text = String(scalars)
        // A control character is refused in an order's number, and has tests of its own.
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\u{7F}" })) + "a"
    }

    private static func field(_ name: String, using random: inout SeededGenerator) -> Field {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return (name, .null, nil)
        case 1: return (name, .string(""), nil)
        case 2:
            let digits = String(random.next() >> 20)
            return (name, .number(digits), .string(digits))
        default:
            let value = text(using: &random)
            return (name, .string(value), .string(value))
        }
    }

    /// An amount whose last digit is not zero, sent with or without zeros behind it, as text or as a number.
    private static func decimal(_ name: String, _ minimum: Int, using random: inout SeededGenerator) -> Field {
        let whole = String(Int.random(in: 0..<100_000, using: &random))
        var decimals = String(Int.random(in: 0..<10_000, using: &random))
        while decimals.hasSuffix("0") { decimals.removeLast() }
        let sign = Bool.random(using: &random) ? "" : "-"
        let kept = decimals + String(repeating: "0", count: max(0, minimum - decimals.count))
        let isZero = !decimals.contains { $0 != "0" } && whole == "0"
        let sent = sign + whole + (decimals.isEmpty ? "" : "." + decimals + (Bool.random(using: &random) ? "00" : ""))
        let expected = (isZero ? "" : sign) + whole + (kept.isEmpty ? "" : "." + kept)
        return (name, Bool.random(using: &random) ? .string(sent) : .number(sent), .string(expected))
    }

    private static func moment(using random: inout SeededGenerator) -> (sent: JSONValue, kept: JSONValue) {
        let hour = Int.random(in: 10..<20, using: &random)
        let rest = ":0\(Int.random(in: 0..<10, using: &random)):3\(Int.random(in: 0..<10, using: &random))"
        let kept = "2026-03-01T\(hour)\(rest)Z"
        let forms = [kept, "2026-03-01T\(hour + 2)\(rest)+02:00", "2026-03-01t\(hour)\(rest).000z"]
        return (.string(forms.randomElement(using: &random) ?? kept), .string(kept))
    }

    private static func unknown(_ name: String, using random: inout SeededGenerator) -> Field {
        let values: [JSONValue] = [
            .null, .bool(true), .number("1e5"), .string(text(using: &random)), .array([.number("1.0"), .null]),
            .object([JSONMember("email", .string("x@y.nl")), JSONMember("a b", .array([]))]),
        ]
        let value = values.randomElement(using: &random) ?? .null
        return ("\(name)-\(text(using: &random))", value, value)
    }

    /// Some of the members, and perhaps an unknown one.
    private static func some(
        _ fields: [Field], _ unknownMembers: Bool, using random: inout SeededGenerator
    ) -> [Field] {
        var result = fields.filter { _ in Bool.random(using: &random) }
        if unknownMembers, Bool.random(using: &random) { result.append(unknown("y", using: &random)) }
        return result
    }

    private static func party(_ unknownMembers: Bool, using random: inout SeededGenerator) -> [Field]? {
        guard Int.random(in: 0..<5, using: &random) > 0 else { return nil }
        let names = [
            "ref", "email", "phone", "firstName", "lastName", "name", "company", "vatId", "birthDate", "language",
        ]
        return some(names.map { field($0, using: &random) }, unknownMembers, using: &random)
    }

    private static func address(_ unknownMembers: Bool, using random: inout SeededGenerator) -> [Field]? {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
        let names = [
            "name", "company", "street", "houseNumber", "addition", "postalCode", "city", "state", "country",
            "firstName", "lastName", "email", "phone", "vatId",
        ]
        return some(names.map { field($0, using: &random) }, unknownMembers, using: &random)
    }

    // MARK: What is sent and what must come back

    /// The order's JSON, members of all objects in any order, characters escaped or not, blanks anywhere.
    func json(using random: inout SeededGenerator) -> String {
        var members = order.map { JSONMember($0.name, $0.sent) }
        members.append(JSONMember("channel", .string(Bool.random(using: &random) ? channel : channel.uppercased())))
        if let store { members.append(JSONMember("store", .string(store))) }
        if let lines { members.append(JSONMember("lines", .array(lines.map(Self.sent)))) }
        for (name, fields) in [("customer", customer), ("billing", billing), ("shipping", shipping)] {
            if let fields { members.append(JSONMember(name, Self.sent(fields))) }
        }
        return Self.render(.object(members), using: &random)
    }

    var expectedName: String { channel + (store.map { "/" + $0.lowercased() } ?? "") + ":" + number }

    var expectedRecord: JSONValue {
        var fields = Self.kept(order)
        if let lines { fields.append(JSONMember("lines", .array(lines.map { .object(Self.kept($0)) }))) }
        return JSONValue.object(fields).sorted
    }

    var expectedParty: JSONValue {
        var fields = Self.kept(customer ?? [])
        fields.append(JSONMember("channel", .string(channel)))
        fields.append(JSONMember("store", .string(store?.lowercased() ?? "main")))
        if let billing { fields.append(JSONMember("billing", .object(Self.kept(billing)))) }
        if let shipping { fields.append(JSONMember("shipping", .object(Self.kept(shipping)))) }
        return JSONValue.object(fields).sorted
    }

    private static func sent(_ fields: [Field]) -> JSONValue { .object(fields.map { JSONMember($0.name, $0.sent) }) }

    private static func kept(_ fields: [Field]) -> [JSONMember] {
        fields.compactMap { field in field.kept.map { JSONMember(field.name, $0) } }
    }

    // MARK: Rendering

    static func render(_ value: JSONValue, using random: inout SeededGenerator) -> String {
        func blank(_ random: inout SeededGenerator) -> String { Int.random(in: 0..<12, using: &random) == 0 ? " " : "" }
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let digits): return digits
        case .string(let text): return quoted(text, escaping: true, using: &random)
        case .array(let elements):
            let parts = elements.map { blank(&random) + render($0, using: &random) + blank(&random) }
            return "[" + parts.joined(separator: ",") + "]"
        case .object(let members):
            let parts = members.shuffled(using: &random).map { member in
                let name = quoted(member.name, escaping: false, using: &random)
                return blank(&random) + name + blank(&random) + ":" + blank(&random)
                    + render(member.value, using: &random) + blank(&random)
            }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, escaping: Bool, using random: inout SeededGenerator) -> String {
        // Amounts and currencies are plain text in every encoder there is.
        let escaping = escaping && text.contains { !"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-".contains($0) }
        var result = "\""
        for character in text.unicodeScalars {
            let mustEscape = character == "\"" || character == "\\" || character.value < 0x20
            guard mustEscape || (escaping && Int.random(in: 0..<6, using: &random) == 0) else {
                result.unicodeScalars.append(character)
                continue
            }
            for unit in String(character).utf16 {
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
