import Bytes

/// A dossier as plain text: what an agent would read out (T23, T27). It shows what `CUSTOMER.360` shows, in its order.
package enum CustomerReport {
    /// - Parameter dossier: the object of `CUSTOMER.360`.
    package static func text(_ dossier: JSONValue) -> String {
        var lines = customer(dossier["customer"] ?? .null)
        if let group = dossier["group"]?.string { lines.append("group: \(group.onOneLine)") }
        lines += totals(dossier["totals"] ?? .null)
        section("Orders", dossier["orders"], into: &lines) { order in
            ["placedAt", "channel", "number", "status", "total", "currency"].map { word(order, $0) }
        } details: { order in
            (order["lines"]?.array ?? []).map {
                "    \(word($0, "quantity")) x \(word($0, "title")) at \(word($0, "unitPrice"))"
            }
        }
        section("Documents", dossier["documents"], into: &lines) { document in
            ["kind", "number", "name", "state", "order", "total", "currency", "createdBy", "postedBy", "filedBy"].map {
                word(document, $0)
            }
        }
        section("Vouchers", dossier["vouchers"], into: &lines) { voucher in
            ["voucher", "state", "issued", "left", "currency", "startsAt", "expiresAt"].map { word(voucher, $0) }
        }
        section("Messages", dossier["messages"], into: &lines) { message in
            ["message", "event", "state", "to", "queuedAt"].map { word(message, $0) }
        }
        section("Brochures", dossier["brochures"], into: &lines) { brochure in
            ["request", "brochure", "state", "requestedAt", "printedAt"].map { word(brochure, $0) }
        }
        section("Notes", dossier["notes"], into: &lines) { note in ["at", "actor", "text"].map { word(note, $0) } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func customer(_ customer: JSONValue) -> [String] {
        var lines = ["Customer \(word(customer, "number")) \(word(customer, "name"))", ""]
        for field in ["company", "email", "phone", "vatId", "birthDate", "language"] {
            let value = word(customer, field)
            if !value.isEmpty { lines.append("\(field): \(value)") }
        }
        if let billing = customer["billing"] {
            let parts = ["street", "houseNumber", "postalCode", "city", "country"].map { word(billing, $0) }
            lines.append("address: " + parts.filter { !$0.isEmpty }.joined(separator: " "))
        }
        return lines
    }

    private static func totals(_ totals: JSONValue) -> [String] {
        var line = "totals: \(word(totals, "orders")) orders, \(word(totals, "documents")) documents"
        for amount in totals["amounts"]?.members ?? [] { line += ", \(amount.value.exactText ?? "") \(amount.name)" }
        return [line]
    }

    private static func section(
        _ title: String, _ list: JSONValue?, into lines: inout [String], _ words: (JSONValue) -> [String],
        details: (JSONValue) -> [String] = { _ in [] }
    ) {
        guard let entries = list?.array, !entries.isEmpty else { return }
        lines += ["", "\(title) (\(entries.count))"]
        for entry in entries {
            lines.append("  " + words(entry).filter { !$0.isEmpty }.joined(separator: "  "))
            lines += details(entry)
        }
    }

    /// A member as one line of text; empty where there is none.
    private static func word(_ object: JSONValue, _ name: String) -> String {
        (object[name]?.exactText ?? object[name]?.string ?? "").onOneLine
    }
}
