/// The naive model of matching: orders that share one exact, normalised key have one customer. A plain union-find,
/// so simple that it can be trusted; engines and peers are compared with it.
///
/// Keys: real e-mail (trimmed, lower case), phone as E.164 digits, VAT id, postal address with family name and first
/// initial, channel reference. Relay e-mail counts only inside its channel and store. Lower case means ASCII only.
package struct ExactKeyReference: Sendable {
    private var parents: [Int32] = []
    private var owners: [String: Int32] = [:]

    package init() {}

    /// Takes in an order and returns its item, the index of the call.
    @discardableResult
    package mutating func add(_ order: SalesOrder) -> Int {
        let item = Int32(parents.count)
        parents.append(item)
        for key in Self.keys(of: order) {
            if let owner = owners[key] { unite(Int(item), Int(owner)) } else { owners[key] = item }
        }
        return Int(item)
    }

    /// The number of customers among the items so far.
    package var customerCount: Int {
        parents.enumerated().reduce(0) { $0 + ($1.offset == Int($1.element) ? 1 : 0) }
    }

    /// The customer of an item: the first item of its cluster.
    package func customer(of item: Int) -> Int {
        var node = item
        while Int(parents[node]) != node { node = Int(parents[node]) }
        return node
    }

    private mutating func unite(_ first: Int, _ second: Int) {
        let one = root(first)
        let other = root(second)
        if one != other { parents[max(one, other)] = Int32(min(one, other)) }
    }

    private mutating func root(_ item: Int) -> Int {
        let found = customer(of: item)
        var node = item
        while node != found {
            let next = Int(parents[node])
            parents[node] = Int32(found)
            node = next
        }
        return found
    }

    /// The identity keys of an order, each with its type in front.
    package static func keys(of order: SalesOrder) -> [String] {
        var keys: [String] = []
        let place = "\(order.channel.name)/\(order.channel.store)"
        if let reference = order.reference { keys.append("r:\(place):\(reference)") }
        if let email = order.email.map(trimmedLowercase), !email.isEmpty {
            keys.append(isRelay(email) ? "e:\(place):\(email)" : "e:\(email)")
        }
        if let phone = order.phone, let digits = internationalDigits(phone, country: order.billing.country) {
            keys.append("p:\(digits)")
        }
        if let vatID = order.vatID { keys.append("v:\(alphanumerics(ASCII.uppercased(vatID)))") }
        if let last = order.lastName, let initial = order.firstName?.utf8.first {
            keys.append(addressKey(order.billing, family: last, initial: initial))
        }
        return keys
    }

    private static func addressKey(_ address: PostalAddress, family: String, initial: UInt8) -> String {
        // The first byte, as a number: half a character has no text.
        let initial = String(initial >= 0x41 && initial <= 0x5A ? initial | 0x20 : initial)
        let parts = [
            address.country, alphanumerics(ASCII.uppercased(address.postalCode)), ASCII.lowercased(address.street),
            alphanumerics(ASCII.lowercased(address.houseNumber)), ASCII.lowercased(family), initial,
        ]
        return "a:" + parts.joined(separator: "|")
    }

    package static func isRelay(_ email: String) -> Bool {
        email.hasSuffix("@verkopen.bol.com") || email.hasSuffix("@marketplace.amazon.de")
    }

    /// Digits with the country's calling code and no plus sign; nil for fewer than eight.
    package static func internationalDigits(_ phone: String, country: String) -> String? {
        let digits = String(decoding: phone.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)
        let result: String
        if phone.hasPrefix("+") {
            result = digits
        } else if digits.hasPrefix("00") {
            result = String(digits.dropFirst(2))
        } else if digits.hasPrefix("0"), let code = callingCodes[country] {
            result = code + digits.dropFirst()
        } else {
            result = digits
        }
        return result.utf8.count >= 8 ? result : nil
    }

    private static let callingCodes = ["NL": "31", "DE": "49", "BE": "32", "FR": "33", "GB": "44"]

    private static func trimmedLowercase(_ text: String) -> String {
        let bytes = ASCII.lowercased(text).utf8
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 > 0x20 }.map(bytes.index(after:)) ?? bytes.endIndex
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    private static func alphanumerics(_ text: String) -> String {
        let kept = text.utf8.filter { ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }
        return String(decoding: kept, as: UTF8.self)
    }
}
