import Bytes
import Testing

@testable import Commerce

/// A fact as a client would tell it.
struct Told: Sendable {
    let kind: FactKind
    let json: String
    var order = "web:1"

    init(_ kind: FactKind, _ json: String, order: String = "web:1") {
        self.kind = kind
        self.json = json
        self.order = order
    }
}

/// An order of two lines, 25.00 in all; `more` begins with a comma.
func teaOrder(_ number: String = "1", _ more: String = "") -> String {
    """
    {"channel":"web","number":"\(number)","placedAt":"2026-03-01T00:00:00Z","currency":"EUR","total":"25.00",\
    "customer":{"ref":"b\(number)"},"lines":[{"sku":"A","quantity":2,"unitPrice":"10.00","id":"l1"},\
    {"sku":"B","quantity":1,"unitPrice":"5.00","id":"l2"}]\(more)}
    """
}

extension DirectoryWorld {
    /// What ORDER.LIFE answers.
    func lifeText(_ order: Int = 0) -> String {
        let entry = directory.orders[order]
        var output = ByteWriter()
        shards[directory.shard(of: entry.profile)].lifeJSON(order: entry.row, into: &output)
        return output.span.text
    }

    /// What ORDER.GET answers.
    func orderText(_ order: Int) -> String {
        let entry = directory.orders[order]
        var output = ByteWriter()
        shards[directory.shard(of: entry.profile)].orderJSON(row: entry.row, into: &output)
        return output.span.text
    }

    /// The number of the order in the directory.
    func number(of name: String) throws -> Int {
        let bytes = [UInt8](name.utf8)
        return try #require(directory.order(named: try OrderName(bytes.span), shop: 0))
    }
}

extension JSONValue {
    /// The text at a path such as `returns.0.refundedAt`; a list gives its length.
    func at(_ path: String) -> String? {
        var value = self
        for step in path.split(separator: ".") {
            let next = Int(step).flatMap { place in value.array.flatMap { $0.indices.contains(place) ? $0[place] : nil }
            }
            guard let found = next ?? value[String(step)] else { return nil }
            value = found
        }
        if let list = value.array { return "\(list.count)" }
        return value.bool.map { "\($0)" } ?? value.exactText
    }
}
