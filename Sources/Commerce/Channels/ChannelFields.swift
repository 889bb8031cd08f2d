import Bytes

/// One object of a payload with its path, so that a refusal can name the field.
///
/// Types drift between versions and plugins of the platforms: a SKU may be a number, an amount a number or a string,
/// a flag a string. So every look-up says what it wants and takes whatever form that comes in. An empty string is
/// nothing.
struct ChannelFields {
    let value: JSONValue
    private let path: String

    init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    var isEmpty: Bool { value.members?.isEmpty ?? true }

    /// Whether any of the members is there, even if null.
    func has(_ names: String...) -> Bool { names.contains { value[$0] != nil } }

    /// Whether all of the members are there, even if null.
    func hasAll(_ names: String...) -> Bool { names.allSatisfy { value[$0] != nil } }

    /// Whether any of the members is there as an object or array.
    func holds(_ names: String...) -> Bool {
        names.contains { value[$0]?.members != nil || value[$0]?.array != nil }
    }

    /// What to say of an object that is nothing known.
    var unknown: String {
        let names = (value.members ?? []).prefix(4).map { String($0.name.prefix(40)) }
        return names.isEmpty
            ? "something unknown" : "something unknown with the members \(names.joined(separator: ", "))"
    }

    // MARK: Members

    /// The object below a name; an empty one if there is none, so that look-ups chain.
    func fields(_ name: String) -> ChannelFields {
        let nested = value[name]
        return ChannelFields(nested?.members == nil ? .object([]) : nested ?? .null, path: path(name))
    }

    /// The first of several objects that has members.
    func fields(oneOf names: String...) -> ChannelFields {
        for name in names where !fields(name).isEmpty { return fields(name) }
        return fields(names[0])
    }

    /// The objects of the array below a name.
    func list(_ name: String) -> [ChannelFields] {
        guard let elements = value[name]?.array else { return [] }
        return elements.enumerated().filter { $1.members != nil }.map { index, element in
            ChannelFields(element, path: "\(path(name))[\(index)]")
        }
    }

    /// The non-empty texts of the array below a name.
    func texts(_ name: String) -> [String] {
        (value[name]?.array ?? []).compactMap { Self.text($0) }
    }

    // MARK: Values

    /// The first non-empty text or number among the names, trimmed; a number digit for digit.
    func text(_ names: String...) -> String? {
        for name in names {
            if let found = value[name].flatMap(Self.text) { return found }
        }
        return nil
    }

    /// An id: like a text, but 0 is how WooCommerce says that there is none, and a number that somebody's double put
    /// into exponent form is written in digits again.
    func id(_ names: String...) -> String? {
        for name in names {
            guard let found = text(name), found != "0" else { continue }
            guard case .number = value[name], found.contains(where: { ".eE".contains($0) }) else { return found }
            return ExactDecimal(found)?.integer.map(String.init) ?? found
        }
        return nil
    }

    func flag(_ names: String...) -> Bool? {
        for name in names {
            switch value[name] {
            case .bool(let flag): return flag
            case .string(let word), .number(let word):
                if ["true", "yes", "1"].contains(word.lowercased()) { return true }
                if ["false", "no", "0"].contains(word.lowercased()) { return false }
            default: continue
            }
        }
        return nil
    }

    /// The first amount or quantity among the names. What is there must be a number.
    func decimal(_ names: String...) throws(ChannelError.Reason) -> ExactDecimal? {
        for name in names {
            guard let raw = value[name], raw != .null, raw != .string("") else { continue }
            guard let text = Self.text(raw), let decimal = ExactDecimal(text) else {
                throw .badValue(path(name), raw)
            }
            return decimal
        }
        return nil
    }

    /// The sum of one member over the objects of an array; nil if none of them has it.
    func sum(of name: String, in list: String) throws(ChannelError.Reason) -> ExactDecimal? {
        var sum: ExactDecimal?
        for element in self.list(list) {
            guard let amount = try element.decimal(name) else { continue }
            guard let next = (sum ?? .zero).adding(amount) else { throw .badValue(element.path(name), element.value) }
            sum = next
        }
        return sum
    }

    /// The first moment among the names. What is there must be one.
    func time(_ names: String...) throws(ChannelError.Reason) -> ChannelTime? {
        for name in names {
            guard let raw = value[name], raw != .null, raw != .string("") else { continue }
            guard let text = Self.text(raw), let time = ChannelTime(text) else { throw .badValue(path(name), raw) }
            return time
        }
        return nil
    }

    /// A moment that only informs: one that cannot be read is passed on as it came.
    func timeText(_ names: String...) -> String? {
        for name in names {
            if let text = text(name) { return ChannelTime(text)?.text ?? text }
        }
        return nil
    }

    private static func text(_ value: JSONValue) -> String? {
        guard let exact = value.exactText else { return nil }
        let trimmed = exact.trimmingSpaces
        return trimmed.isEmpty ? nil : trimmed
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmingSpaces: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        return String(String(self[start...].reversed()).drop { $0.isWhitespace }.reversed())
    }
}
