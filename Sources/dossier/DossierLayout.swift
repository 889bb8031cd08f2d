import Client

/// A customer's dossier, the result of `CUSTOMER.360`, as a page: who it is, the totals, then a table for each part.
///
/// It shows the members it knows where a reader looks for them, and any it does not know below those.
struct DossierLayout {
    private let dossier: JSONValue
    private let customer: JSONValue
    private let layout: ReplyLayout

    /// Nil when the value is no dossier.
    init?(_ value: JSONValue, layout: ReplyLayout) {
        guard let customer = value["customer"], customer.members != nil, value["profiles"]?.elements != nil else {
            return nil
        }
        dossier = value
        self.customer = customer
        self.layout = layout
    }

    var lines: [String] {
        header
            + section("sources", sources, columns: DossierLayout.sourceColumns)
            + section("pins", customer["pins"]?.elements, columns: ["field", "value", "profile", "actor", "at"])
            + section(
                "verifications", customer["verifications"]?.elements,
                columns: ["vat", "verdict", "source", "at", "actor"])
            + section("profiles", columns: DossierLayout.profileColumns)
            + section("orders", columns: DossierLayout.orderColumns)
            + section("documents", columns: DossierLayout.documentColumns)
            + section("messages", columns: nil)
            + others
    }

    private static let profileColumns = [
        "channel", "store", "ref", "name", "email", "phone", "company", "vatId", "birthDate", "language", "addresses",
    ]
    private static let orderColumns = [
        "channel", "store", "number", "placedAt", "status", "total", "currency", "lines",
    ]
    private static let documentColumns = ["number", "kind", "order", "issuedAt", "status", "total", "currency"]
    private static let sourceColumns = ["field", "rule", "channel", "store", "order", "profile", "at"]
    private static let headerNames = ["number", "name", "firstName", "lastName", "company"]
    /// Members of the customer that have a table of their own.
    private static let tableNames = ["sources", "pins", "verifications"]

    // MARK: Header

    private var header: [String] {
        let title = ["Customer", customer["number"].map(CellText.of) ?? "", name].filter { !$0.isEmpty }
        let elsewhere = DossierLayout.headerNames + DossierLayout.tableNames
        let details = customer.members?.filter { !elsewhere.contains($0.name) } ?? []
        return [layout.style.bold(title.joined(separator: " "))] + layout.memberLines(details) + totals
    }

    /// The customer's own name and company, or else those of the first profile that has any.
    private var name: String {
        let candidates = [customer] + (dossier["profiles"]?.elements ?? [])
        return candidates.lazy.map(DossierLayout.name).first { !$0.isEmpty } ?? ""
    }

    private static func name(of party: JSONValue) -> String {
        let company = party["company"].map(CellText.of) ?? ""
        let person = personName(of: party)
        return company.isEmpty || person.isEmpty ? person + company : "\(person), \(company)"
    }

    private static func personName(of party: JSONValue) -> String {
        if let name = party["name"].map(CellText.of), !name.isEmpty { return name }
        return [party["firstName"], party["lastName"]].compactMap { $0.map(CellText.of) }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    private var totals: [String] {
        guard let members = dossier["totals"]?.members, !members.isEmpty else { return [] }
        let parts = members.filter { !$0.value.isEmpty }.map { "\(CellText.visible($0.name)) \(CellText.of($0.value))" }
        return [layout.style.dim("totals: " + parts.joined(separator: " · "))]
    }

    // MARK: Sections

    private func section(_ name: String, columns: [String]?) -> [String] {
        section(name, dossier[name]?.elements, columns: columns)
    }

    private func section(_ name: String, _ elements: [JSONValue]?, columns: [String]?) -> [String] {
        guard let elements, !elements.isEmpty else { return [] }
        let title = "\(name.prefix(1).uppercased())\(name.dropFirst()) (\(elements.count))"
        let table = TextTable(objects: elements.map(DossierLayout.condensed), only: columns)
        return ["", layout.style.bold(title)] + table.lines(width: layout.width, style: layout.style)
    }

    /// Where each value comes from, a row for each field.
    private var sources: [JSONValue]? {
        customer["sources"]?.members?.map { source in
            .object([JSONMember(name: "field", value: .string(source.name))] + (source.value.members ?? []))
        }
    }

    /// An order's lines become `2 × title`, a profile's two names become one; a store that everybody has goes unsaid.
    private static func condensed(_ value: JSONValue) -> JSONValue {
        guard let members = value.members else { return value }
        var condensed: [JSONMember] = []
        if value["name"] == nil { condensed.append(JSONMember(name: "name", value: .string(personName(of: value)))) }
        for member in members {
            switch (member.name, member.value) {
            case ("store", .string("main")): continue
            case ("placedAt", .string(let time)), ("issuedAt", .string(let time)):
                condensed.append(JSONMember(name: member.name, value: .string(minute(of: time))))
            case ("lines", .array(let lines)):
                let items = lines.map(itemText).joined(separator: ", ")
                condensed.append(JSONMember(name: "lines", value: .string(items)))
            default: condensed.append(member)
            }
        }
        return .object(condensed)
    }

    /// `2026-03-01T10:22:31Z` as `2026-03-01 10:22`; any other text as it is.
    private static func minute(of time: String) -> String {
        guard let match = time.prefixMatch(of: #/([0-9-]{10})T([0-9]{2}:[0-9]{2})/#), time.hasSuffix("Z") else {
            return time
        }
        return "\(match.1) \(match.2)"
    }

    private static func itemText(_ line: JSONValue) -> String {
        let title = line["title"]?.text ?? line["sku"]?.text ?? CellText.of(line)
        guard let quantity = line["quantity"]?.text else { return title }
        return "\(quantity) × \(title)"
    }

    private var others: [String] {
        let known = ["customer", "profiles", "orders", "documents", "messages", "totals"]
        let unknown = (dossier.members ?? []).filter { !known.contains($0.name) && !$0.value.isEmpty }
        return unknown.isEmpty ? [] : [""] + layout.memberLines(unknown)
    }
}
