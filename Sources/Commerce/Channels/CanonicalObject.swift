import Bytes

/// A name and a value in the words of platform or merchant.
struct CanonicalPair: Equatable {
    let name: String
    let value: String

    /// nil if there is no value.
    init?(_ name: String, _ value: String?) {
        guard let value else { return nil }
        self.name = name
        self.value = value
    }
}

/// An object under construction that leaves out whatever has no value.
struct CanonicalObject {
    private var members: [JSONMember] = []

    var json: JSONValue { .object(members) }

    mutating func add(_ name: String, _ value: JSONValue?) {
        switch value {
        case nil, .null, .object([]), .array([]): return
        case .some(let value): members.append(JSONMember(name, value))
        }
    }

    mutating func add(_ name: String, _ text: String?) { add(name, text.map(JSONValue.string)) }

    mutating func add(_ name: String, _ flag: Bool?) { add(name, flag.map(JSONValue.bool)) }

    /// Amounts are strings, so that no reader on the way rounds them.
    mutating func add(_ name: String, _ amount: ExactDecimal?) { add(name, amount?.text) }

    /// Quantities are numbers.
    mutating func add(quantity name: String, _ quantity: ExactDecimal?) {
        add(name, quantity.map { JSONValue.number($0.shortestText) })
    }

    mutating func add(_ name: String, _ elements: [JSONValue]) {
        add(name, JSONValue.array(elements.filter { $0 != .object([]) }))
    }

    /// An object with one member for each pair; of several with one name the first counts.
    mutating func add(_ name: String, _ pairs: [CanonicalPair]) {
        var seen: Set<String> = []
        let unique = pairs.filter { seen.insert($0.name).inserted }
        add(name, JSONValue.object(unique.map { JSONMember($0.name, .string($0.value)) }))
    }
}
