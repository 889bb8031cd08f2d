import Client

/// A ROW of `IDENTITY.QUEUE` as a line of a table: who the two are, and why a person is asked. The fields and their bits are
/// for `CUSTOMER.WHY`, or for `--json`.
enum DoubtfulPairLayout {
    /// Any other row stays as it is.
    static func condensed(_ row: JSONValue) -> JSONValue {
        guard let pair = row["pair"], let score = row["score"], let one = row["a"], let two = row["b"],
            row["waterfall"] != nil
        else { return row }
        return .object([
            JSONMember(name: "pair", value: pair), JSONMember(name: "score", value: score),
            JSONMember(name: "a", value: .string(person(one))), JSONMember(name: "b", value: .string(person(two))),
            JSONMember(name: "why", value: row["text"] ?? .null),
        ])
    }

    /// `C4 Zebulon Quist, zeb@example.nl, 1950-01-02, Dorpsstraat 3 9981AA Uithuizen`
    private static func person(_ customer: JSONValue) -> String {
        let name = text([customer["number"], customer["name"]], " ")
        let contacts = ["company", "email", "phone", "birthDate"].map { customer[$0] }
        let address = ["street", "houseNumber", "addition", "postalCode", "city"].map { customer["billing"]?[$0] }
        return [name, text(contacts, ", "), text(address, " ")].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private static func text(_ values: [JSONValue?], _ separator: String) -> String {
        values.compactMap { $0.map(CellText.of) }.filter { !$0.isEmpty }.joined(separator: separator)
    }
}
