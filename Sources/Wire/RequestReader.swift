import Bytes
import Commerce

/// Turns the arguments of a request into what the engine understands.
package enum RequestReader {
    /// Refuses arguments that the command does not take: a typing error must not be overlooked.
    package static func check(_ request: RequestLine, _ command: CommandDescription) throws(Refusal) {
        var plain = 0
        for (place, argument) in request.arguments.enumerated() {
            if argument.name.isEmpty {
                plain += 1
                guard plain <= command.plainArguments else {
                    throw Refusal(.syntax, "too many arguments; usage: \(usage(command))")
                }
                continue
            }
            guard takes(command, argument, of: request) else {
                let name = request.name(argument)
                throw Refusal(.syntax, "\(command.text) takes no \(name.prefix(64))=; usage: \(usage(command))")
            }
            // CUSTOMER.FIND alone takes several keys of a kind.
            guard place == 0 || command.name == .customerFind || !isRepeated(place, request) else {
                throw Refusal(.syntax, "\(request.name(argument))= stands there twice; usage: \(usage(command))")
            }
        }
        if request.json != nil, !command.takesJSON {
            throw Refusal(.syntax, "\(command.text) takes no JSON; usage: \(usage(command))")
        }
    }

    private static func takes(_ command: CommandDescription, _ argument: Argument, of request: RequestLine) -> Bool {
        for name in command.argumentNames where request.isNamed(argument, name) { return true }
        return false
    }

    /// Whether an argument before this one has its name.
    private static func isRepeated(_ place: Int, _ request: RequestLine) -> Bool {
        request.arguments[..<place].contains { request.haveOneName($0, request.arguments[place]) }
    }

    package static func usage(_ command: CommandDescription) -> String {
        "\(command.text) \(command.arguments)".trimmingSpaces
    }

    /// The request's JSON object.
    @_lifetime(copy request)
    package static func json(_ request: RequestLine) throws(Refusal) -> Span<UInt8> {
        guard let range = request.json, request.bytes[range.lowerBound] == UInt8(ascii: "{") else {
            throw Refusal(.syntax, "a JSON object is expected at the end of the line")
        }
        return request.bytes.extracting(range)
    }

    /// The request's JSON, object or array.
    @_lifetime(copy request)
    package static func payload(_ request: RequestLine) throws(Refusal) -> Span<UInt8> {
        guard let range = request.json else {
            throw Refusal(.syntax, "the platform's JSON is expected at the end of the line")
        }
        return request.bytes.extracting(range)
    }

    package static func shopName(_ name: [UInt8]) throws(Refusal) -> String {
        let isGood =
            (1...64).contains(name.count)
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isGood else { throw .invalid("shop", "1 to 64 of a-z, 0-9, '.', '_' and '-'") }
        return String(decoding: name, as: UTF8.self)
    }

    package static func note(_ request: RequestLine) throws(Refusal) -> (customer: UInt32, text: [UInt8]) {
        let arguments = request.plainArguments
        guard arguments.count == 2 else { throw Refusal(.syntax, "usage: NOTE.ADD C17 \"text\"") }
        let number = arguments[0]
        guard let customer = CustomerNumber.parse(number.span) else {
            throw .invalid("customer", "must be a customer number such as C17")
        }
        guard (1...10_000).contains(arguments[1].count) else { throw .invalid("text", "1 to 10,000 bytes") }
        return (customer, arguments[1])
    }

    // MARK: Questions

    package static func query(
        _ request: RequestLine, _ command: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> CustomerQuery {
        let plain = request.plainArguments
        switch command {
        case .orderGet:
            guard plain.count == 1 else { throw Refusal(.syntax, "usage: ORDER.GET channel:number") }
            let name = plain[0]
            return .order(try OrderName(name.span))
        case .orderLife:
            guard plain.count == 1 else { throw Refusal(.syntax, "usage: ORDER.LIFE channel:number") }
            let name = plain[0]
            return .life(try OrderName(name.span))
        case .customerWhy:
            guard (1...2).contains(plain.count) else { throw Refusal(.syntax, "usage: CUSTOMER.WHY a [b]") }
            return plain.count == 1 ? .why(try number(plain[0]), nil) : try pairQuery(request, command)
        case .customerFind:
            let selectors = try selectors(request, hasher)
            let limit = try natural(request, "limit") ?? 100
            guard limit <= 1_000 else { throw .invalid("limit", "1000 at most; use offset for more") }
            return .find(selectors, offset: try natural(request, "offset") ?? 0, limit: limit)
        case .identityQueue:
            let (offset, limit) = try page(request)
            return .doubtfulPairs(try reason(request), offset: offset, limit: limit)
        case .customerWhyNot, .customerHow, .identityStatus, .identityRules, .quarantineList, .shopSettings:
            return try identityQuery(request, command)
        default:
            let selector = try onlySelector(request, plain, hasher)
            if command == .customerOrders { return try orders(selector, request) }
            return .dossier(
                selector, offset: try natural(request, "offset") ?? 0, limit: try natural(request, "limit") ?? 1_000)
        }
    }

    static func number(_ text: [UInt8]) throws(Refusal) -> CustomerSelector {
        guard let number = CustomerNumber.parse(text.span) else {
            throw .invalid(
                "number", "\(String(decoding: text.prefix(40), as: UTF8.self)) is no customer number such as C17")
        }
        return .number(number)
    }

    /// `offset=` and `limit=` of a list: limit is 100 unless given, at most 1000.
    package static func page(_ request: RequestLine) throws(Refusal) -> (offset: Int, limit: Int) {
        let limit = try natural(request, "limit") ?? 100
        guard limit <= 1_000 else { throw .invalid("limit", "1000 at most; use offset for more") }
        return (try natural(request, "offset") ?? 0, limit)
    }

    private static func reason(_ request: RequestLine) throws(Refusal) -> PairReason? {
        guard let text = request.argument(named: "reason") else { return nil }
        let name = String(decoding: text, as: UTF8.self)
        guard let reason = PairReason.allCases.first(where: { "\($0)" == name }) else {
            throw .invalid("reason", "one of \(PairReason.allCases.map { "\($0)" }.joined(separator: ", "))")
        }
        return reason
    }

    package static func natural(_ request: RequestLine, _ name: String) throws(Refusal) -> Int? {
        guard let argument = request.first(named: name) else { return nil }
        guard let value = try request.withValue(argument, digits) else {
            throw .invalid(name, "a whole number from 0 to 999999999")
        }
        return value
    }

    /// A number of one to nine digits and nothing else; nil if the text is none.
    static func digits(_ text: Span<UInt8>) -> Int? {
        guard (1...9).contains(text.count) else { return nil }
        var value = 0
        for place in 0..<text.count {
            let byte = text[place]
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    static func selectors(_ request: RequestLine, _ hasher: KeyHasher) throws(Refusal) -> [CustomerSelector] {
        var selectors: [CustomerSelector] = []
        for argument in request.arguments {
            if let selector = try selector(argument, request, hasher) { selectors.append(selector) }
        }
        return selectors
    }

    /// What names the customer of a question about one; `plain` are the request's plain arguments.
    private static func onlySelector(
        _ request: RequestLine, _ plain: [[UInt8]], _ hasher: KeyHasher
    ) throws(Refusal) -> CustomerSelector {
        var only: CustomerSelector? = if let first = plain.first { try number(first) } else { nil }
        for argument in request.arguments {
            guard let selector = try selector(argument, request, hasher) else { continue }
            guard only == nil else { throw wrongSelector }
            only = selector
        }
        guard let only else { throw wrongSelector }
        return only
    }

    private static var wrongSelector: Refusal {
        Refusal(.syntax, "name the customer by exactly one of: number, email=, phone=, vat=, ref=, order=, document=")
    }

    /// The customer that an argument names; nil if it names none.
    private static func selector(
        _ argument: Argument, _ request: RequestLine, _ hasher: KeyHasher
    ) throws(Refusal) -> CustomerSelector? {
        guard !argument.name.isEmpty,
            let name = CommandTable.selectorNames.first(where: { request.isNamed(argument, $0) })
        else { return nil }
        return try request.withValue(argument) { value throws(Refusal) in try selector(name.text, value, hasher) }
    }

    private static func selector(
        _ name: String, _ value: Span<UInt8>, _ hasher: KeyHasher
    ) throws(Refusal) -> CustomerSelector {
        switch name {
        case "number": try number(value.array)
        case "email": .key(try emailKey(value, hasher))
        case "phone": .keys(try phoneKeys(value, hasher))
        case "vat": .key(try vatKey(value, hasher))
        case "ref": try reference(value)
        case "order": .order(try OrderName(value))
        case "document": .document(number: value, hasher)
        default: preconditionFailure("\(name) selects nobody")
        }
    }

    static func emailKey(_ value: Span<UInt8>, _ hasher: KeyHasher) throws(Refusal) -> IdentityKey {
        var normalised = ByteWriter()
        switch EmailAddress.normalise(value, into: &normalised) {
        case .real: return hasher.key(.email, normalised.span)
        case .relay: return hasher.key(.relayLookup, normalised.span)
        case .constant, .placeholder:
            throw .invalid("email", "that address stands for nobody in particular; it ties nobody")
        case .invalid: throw .invalid("email", "not an e-mail address such as anna@example.nl")
        }
    }

    /// A number with its country code needs no country; a national one is tried for the countries around here.
    static func phoneKeys(_ value: Span<UInt8>, _ hasher: KeyHasher) throws(Refusal) -> [IdentityKey] {
        var keys: [IdentityKey] = []
        for country in ["", "NL", "BE", "DE", "FR", "GB", "AT", "CH", "LU", "IT", "ES", "PL", "US"] {
            var normalised = ByteWriter()
            let code = [UInt8](country.utf8)
            let home = CountryCode(code.span) ?? .unknown
            if PhoneNumber.normalise(value, country: home, into: &normalised) == .valid {
                keys.append(hasher.key(.phone, normalised.span))
            }
        }
        guard !keys.isEmpty else { throw .invalid("phone", "not a telephone number; write it as +31612345678") }
        return keys
    }

    static func vatKey(_ value: Span<UInt8>, _ hasher: KeyHasher) throws(Refusal) -> IdentityKey {
        var normalised = ByteWriter()
        guard VATNumber.normalise(value, country: .unknown, into: &normalised) == .valid else {
            throw .invalid("vat", "not a VAT id with valid check digits, country code first")
        }
        return hasher.key(.vat, normalised.span)
    }

    /// `channel:ref` or `channel/store:ref`, as orders are named.
    private static func reference(_ value: Span<UInt8>) throws(Refusal) -> CustomerSelector {
        do throws(Refusal) { return .reference(try OrderName(value)) } catch {
            throw .invalid("ref", "must be channel:ref or channel/store:ref")
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
