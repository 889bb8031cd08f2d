import Bytes

/// What a person wants changed in the active rules: `{"basis":"…","mergeThreshold":7.5,"weights":{"email":{"same":14}}}`.
/// Numbers are bits, with two digits behind the point at most.
package struct RulesChange: Sendable, Equatable {
    /// What the change rests on, in the person's words: 1 to 500 bytes.
    package let basis: String
    private var numbers: [Number: Int32] = [:]
    private var weights: [Weight] = []

    private enum Number: String, CaseIterable { case prior, mergeThreshold, queueThreshold, addressLimit }

    private struct Weight: Equatable {
        let field: MatchField
        let level: PairLevel
        let weight: Int32
    }

    /// The farthest from 0 that a number may be, in 1/100 bit.
    private static let most: Int32 = 10_000

    package init(_ json: Span<UInt8>) throws(Refusal) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: json) } catch {
            throw Refusal(.syntax, "not JSON: \(error.reason) at byte \(error.offset) of the JSON text")
        }
        guard let basis = value["basis"]?.string, (1...500).contains(basis.utf8.count) else {
            throw .invalid("basis", "is required: what the change rests on, 1 to 500 bytes")
        }
        guard basis.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid("basis", "must not hold control characters")
        }
        try Self.checkOnce(value.members ?? [], "")
        self.basis = basis
        for member in value.members ?? [] where member.name != "basis" {
            if member.name == "weights" {
                try read(weights: member.value)
            } else if let number = Number(rawValue: member.name) {
                numbers[number] = try Self.hundredths(member.value, member.name)
            } else {
                let names = (["basis"] + Number.allCases.map(\.rawValue) + ["weights"]).joined(separator: ", ")
                throw .invalid(String(member.name.prefix(64)), "is no part of the rules; they have \(names)")
            }
        }
        guard !numbers.isEmpty || !weights.isEmpty else {
            throw .invalid("weights", "nothing is to be changed; name a number or a weight")
        }
    }

    private mutating func read(weights value: JSONValue) throws(Refusal) {
        guard let fields = value.members else { throw .invalid("weights", "must be an object of fields") }
        try Self.checkOnce(fields, "weights.")
        for member in fields {
            let name = "weights.\(member.name.prefix(64))"
            guard let field = MatchField.allCases.first(where: { "\($0)" == member.name }) else {
                let names = MatchField.allCases.map { "\($0)" }.joined(separator: ", ")
                throw .invalid(name, "is no field; fields are \(names)")
            }
            guard let levels = member.value.members else { throw .invalid(name, "must be an object of levels") }
            try Self.checkOnce(levels, "\(name).")
            for item in levels { try read(item, of: field, name) }
        }
    }

    private mutating func read(_ item: JSONMember, of field: MatchField, _ name: String) throws(Refusal) {
        let path = "\(name).\(item.name.prefix(64))"
        let level = PairLevel.allCases.first { $0 != .missing && "\($0)" == item.name }
        guard let level else {
            let names = PairLevel.allCases.dropFirst().map { "\($0)" }.joined(separator: ", ")
            throw .invalid(path, "is no level; levels are \(names)")
        }
        weights.append(Weight(field: field, level: level, weight: try Self.hundredths(item.value, path)))
    }

    /// Which of two numbers is meant nobody can tell.
    private static func checkOnce(_ members: [JSONMember], _ path: String) throws(Refusal) {
        var names = Set<String>()
        for member in members where !names.insert(member.name).inserted {
            throw .invalid("\(path)\(member.name.prefix(64))", "stands there twice; say it once")
        }
    }

    private static func hundredths(_ value: JSONValue, _ name: String) throws(Refusal) -> Int32 {
        let text = [UInt8]((value.exactText ?? "").utf8)
        guard let number = Decimal64(text.span)?.scaled(to: 2), number.scale == 2,
            let hundredths = Int32(exactly: number.units), abs(hundredths) <= most
        else { throw .invalid(name, "must be a number of bits from -100 to 100 with at most two decimals") }
        return hundredths
    }

    /// The rules with the change in them; refused if they would not be rules.
    func applied(to rules: MatchRules) throws(Refusal) -> MatchRules {
        var changed = rules
        if let prior = numbers[.prior] { changed.prior = prior }
        if let threshold = numbers[.mergeThreshold] { changed.mergeThreshold = threshold }
        if let threshold = numbers[.queueThreshold] { changed.queueThreshold = threshold }
        if let limit = numbers[.addressLimit] { changed.addressLimit = limit }
        for item in weights { changed.set(item.field, item.level, item.weight) }
        guard changed.queueThreshold <= changed.mergeThreshold else {
            throw .invalid("queueThreshold", "must not be above mergeThreshold: what is merged needs no person")
        }
        return changed
    }
}
