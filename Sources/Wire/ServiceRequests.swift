import Bytes
import Commerce

/// A page of the list of brochures.
package struct BrochureQuestion: Sendable {
    /// Nil for every brochure.
    package let brochure: String?
    package let offset: Int
    package let limit: Int
}

// Requests about price terms, brochures, log-ins and open invoices.
extension RequestReader {
    /// What is decided, or answered, by the directory alone; nil for the commands that need the shards.
    package static func service(
        _ request: RequestLine, _ name: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> ServiceCommand? {
        switch name {
        case .termsPut: return .putTerms(try PriceTerms(try json(request)))
        case .termsRemove: return .removeTerms(try termsId(request, name))
        case .brochureRequest:
            var wanted = BrochureRequest(brochure: try line(request, "brochure", bytes: 128, isRequired: true))
            wanted.note = try line(request, "note", bytes: 1_000)
            wanted.id = try line(request, "id", bytes: 128)
            return .requestBrochure(try customer(request, hasher), wanted)
        case .brochurePrinted: return try printing(request)
        case .brochureWithdraw:
            guard let text = request.plainArguments.first else { throw wrongUse(name) }
            return .withdrawBrochure(try brochure(text), reason: try line(request, "reason", bytes: 1_000))
        case .customerLogIn:
            return .logIn(
                try customer(request, hasher), at: try moment(request, "at"),
                from: try line(request, "from", bytes: 256))
        default: return nil
        }
    }

    /// Who a log-in is put down to: the customer's own act unless somebody is named.
    package static func actorOfLogIn(_ request: RequestLine) throws(Refusal) -> String {
        try request.argument(named: "actor") == nil ? "customer" : actor(request)
    }

    package static func serviceQuery(
        _ request: RequestLine, _ name: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> ServiceQuery? {
        switch name {
        case .termsList:
            let (offset, limit) = try page(request)
            return .listTerms(
                group: try request.argument(named: "group").map { text throws(Refusal) in try group(text) },
                on: try moment(request, "on"), offset: offset, limit: limit)
        case .termsShow: return .showTerms(try termsId(request, name))
        case .customerTerms:
            return .customerTerms(try customer(request, hasher), on: try moment(request, "on"))
        case .termsQuote:
            let wanted = try QuoteRequest(try json(request))
            guard let text = request.argument(named: "group") else {
                return .quote(.customer(try customer(request, hasher)), wanted)
            }
            guard request.plainArguments.isEmpty, try selectors(request, hasher).isEmpty else {
                throw .invalid("group", "name a customer or a group, not both")
            }
            return .quote(.group(try group(text)), wanted)
        default: return nil
        }
    }

    package static func brochures(_ request: RequestLine) throws(Refusal) -> BrochureQuestion {
        let (offset, limit) = try page(request)
        let brochure = try line(request, "brochure", bytes: 128)
        return BrochureQuestion(brochure: brochure.isEmpty ? nil : brochure, offset: offset, limit: limit)
    }

    // MARK: Invoices

    package static func openInvoices(
        _ request: RequestLine
    ) throws(Refusal) -> (customer: CustomerSelector?, days: Int, offset: Int, limit: Int) {
        let (offset, limit) = try page(request)
        let customer = try request.argument(named: "customer").map { text throws(Refusal) in try number(text) }
        let days = try natural(request, "days") ?? 0
        guard days <= 36_500 else { throw .invalid("days", "0 to 36500") }
        return (customer, days, offset, limit)
    }

    package static func reminder(
        _ request: RequestLine
    ) throws(Refusal) -> (invoice: DocumentSelector, url: String, language: LanguageTag?) {
        let invoice = try document(request, .invoiceRemind)
        var language: LanguageTag?
        if let text = try text(request, "language", bytes: 35) {
            guard let tag = LanguageTag(text) else {
                throw .invalid("language", "must be a BCP 47 tag such as nl or nl-BE")
            }
            language = tag
        }
        return (invoice, try line(request, "url", bytes: 1_000), language)
    }

    // MARK: Values

    /// The customer's group, or nil for none.
    static func group(_ word: [UInt8]?, _ name: CommandName) throws(Refusal) -> PriceGroup? {
        guard let word else { throw wrongUse(name) }
        if String(decoding: word, as: UTF8.self).lowercased() == "none" { return nil }
        return try group(word)
    }

    private static func group(_ text: [UInt8]) throws(Refusal) -> PriceGroup {
        guard let group = PriceGroup(String(decoding: text, as: UTF8.self)) else {
            throw .invalid("group", "1 to 58 bytes without a comma, such as resellers")
        }
        return group
    }

    private static func termsId(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> String {
        guard let text = request.plainArguments.first, (1...64).contains(text.count) else { throw wrongUse(name) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func brochure(_ text: some Collection<UInt8>) throws(Refusal) -> UInt32 {
        guard let place = DocumentSelector.place(Array(text), letter: "B") else {
            throw .invalid("request", "must be a request such as B17")
        }
        return place
    }

    private static func printing(_ request: RequestLine) throws(Refusal) -> ServiceCommand {
        let date = try moment(request, "at")
        switch (request.argument(named: "requests"), try moment(request, "until", endOfDay: true)) {
        case (let list?, nil):
            guard request.argument(named: "brochure") == nil else {
                throw .invalid("brochure", "goes with until; requests= names each")
            }
            let parts = list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard parts.count <= 1_000 else { throw .invalid("requests", "1000 at most") }
            var numbers: [UInt32] = []
            for part in parts { numbers.append(try brochure(part)) }
            return .printBrochures(.requests(numbers), at: date)
        case (nil, let moment?):
            let brochure = try line(request, "brochure", bytes: 128)
            return .printBrochures(.until(moment, brochure: brochure.isEmpty ? nil : brochure), at: date)
        default: throw .invalid("requests", "say either requests=B1,B2,… or until=")
        }
    }

    /// A text on one line; empty where it is not given.
    private static func line(
        _ request: RequestLine, _ name: String, bytes: Int, isRequired: Bool = false
    ) throws(Refusal) -> String {
        try isRequired ? required(request, name, bytes: bytes) : text(request, name, bytes: bytes) ?? ""
    }

    /// Milliseconds: a moment, or a day in UTC, which begins at its first moment and ends with its last.
    private static func moment(
        _ request: RequestLine, _ name: String, endOfDay: Bool = false
    ) throws(Refusal) -> Int64? {
        guard let text = request.argument(named: name) else { return nil }
        guard let moment = Timestamp(momentOrDay: String(decoding: text, as: UTF8.self), endOfDay: endOfDay) else {
            throw .invalid(name, "must be a day such as 2026-03-01 or a moment such as 2026-03-01T10:22:31Z")
        }
        return moment.milliseconds
    }
}
