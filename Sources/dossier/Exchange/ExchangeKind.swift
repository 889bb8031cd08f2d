/// What `dossier import` and `dossier export` carry.
enum ExchangeKind: String, CaseIterable, Sendable {
    case customers, orders, documents, facts

    /// The command that puts a row in.
    var putCommand: String {
        switch self {
        case .customers: "CUSTOMER.PUT"
        case .orders: "ORDER.PUT"
        case .documents: "DOCUMENT.PUT"
        case .facts: "FACT.PUT"
        }
    }

    /// The command that takes rows out.
    var exportCommand: String {
        switch self {
        case .customers: "CUSTOMER.EXPORT"
        case .orders: "ORDER.EXPORT"
        case .documents: "DOCUMENT.EXPORT"
        case .facts: "FACT.EXPORT"
        }
    }

    /// The member of an exported row that holds the object; the members before it say about it what the server knows.
    var member: String {
        switch self {
        case .customers: "profile"
        case .orders: "order"
        case .documents: "document"
        case .facts: "fact"
        }
    }

    /// The member by which results name a row.
    var nameMember: String { self == .customers ? "ref" : self == .facts ? "order" : "number" }
}

/// The columns of a CSV file and what each means: a path into the canonical object. `a` is a member, `a.b` a member of the
/// object `a`, `lines.b` a member of an order's line, of which each row holds one. A column `extra` holds, as JSON, the
/// members that have no column of their own.
struct ExchangeColumns: Equatable, Sendable {
    let paths: [String]
    /// Members that are objects and have columns of their own.
    let groups: [String]
    /// Members that stand in their cell as JSON.
    let jsonPaths: Set<String>

    static let address = [
        "name", "company", "street", "houseNumber", "addition", "postalCode", "city", "state", "country", "firstName",
        "lastName", "email", "phone", "vatId", "extra",
    ]

    private static let person = [
        "ref", "email", "phone", "firstName", "lastName", "name", "company", "vatId", "birthDate", "language",
        "addresses", "extra",
    ]

    private static func group(_ name: String, _ members: [String]) -> [String] { members.map { "\(name).\($0)" } }

    static let orders = ExchangeColumns(
        paths: ["channel", "store", "number", "placedAt", "updatedAt", "status", "kind", "currency", "total"]
            + group("customer", person) + group("billing", address) + group("shipping", address) + ["extra"]
            + group("lines", ["sku", "title", "quantity", "unitPrice", "vatRate", "extra"]),
        groups: ["customer", "billing", "shipping"], jsonPaths: ["customer.addresses"])

    static let customers = ExchangeColumns(
        paths: ["channel", "store"] + person.dropLast(2) + group("billing", address) + group("shipping", address)
            + ["addresses", "updatedAt", "extra"],
        groups: ["billing", "shipping"], jsonPaths: ["addresses"])

    static let documents = ExchangeColumns(
        paths: ["kind", "number", "order", "customer", "issuedAt", "currency", "total"]
            + group("recipient", address) + ["updatedAt", "extra"],
        groups: ["recipient"], jsonPaths: [])

    static let facts = ExchangeColumns(paths: ["kind", "order", "fact"], groups: [], jsonPaths: ["fact"])

    /// Customers with the values that show: for reading, not for putting.
    static let shownCustomers = ExchangeColumns(
        paths: [
            "number", "name", "firstName", "lastName", "company", "email", "phone", "vatId", "birthDate", "language",
        ] + group("billing", address),
        groups: ["billing"], jsonPaths: [])

    static func of(_ kind: ExchangeKind) -> ExchangeColumns {
        switch kind {
        case .customers: customers
        case .orders: orders
        case .documents: documents
        case .facts: facts
        }
    }
}
