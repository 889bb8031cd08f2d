import Bytes
import Commerce

/// What `DOCUMENT.SEND` asks for.
package struct SendArguments: Sendable {
    package let names: [DocumentName]
    package let label: String
    package let customer: UInt32?
    package let message: MessageRequest
}

// Requests about files, and about what is said of documents.
extension RequestReader {
    // MARK: Files

    package static func fileBegin(_ request: RequestLine) throws(Refusal) -> (name: String, type: String, bytes: Int?) {
        guard let name = try fileName(request) else { throw .invalid("name", "is required") }
        let type = try text(request, "type", bytes: 127) ?? "application/octet-stream"
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .invalid("type", "must be a media type such as application/pdf") }
        return (name, type, try natural(request, "bytes"))
    }

    /// What a file is called, under any system; nil if it is not said.
    private static func fileName(_ request: RequestLine) throws(Refusal) -> String? {
        guard let name = try text(request, "name", bytes: 255) else { return nil }
        guard !name.contains("/"), name != ".", name != ".." else {
            throw .invalid("name", "must be a file's name without folders and control characters")
        }
        return name
    }

    /// The number of an upload: `U1` is 1.
    package static func upload(_ request: RequestLine, _ name: String) throws(Refusal) -> UInt32 {
        guard let text = request.argument(named: name) else {
            throw .invalid(name, "is required: U1, as FILE.BEGIN says")
        }
        guard let place = DocumentSelector.place(text, letter: "U") else {
            throw .invalid(name, "must be an upload such as U1")
        }
        return place + 1
    }

    package static func part(_ request: RequestLine) throws(Refusal) -> [UInt8] {
        let bytes = try json(request)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw Refusal(.syntax, "the JSON is broken at its byte \(error.offset)")
        }
        guard let text = value["data"]?.string, let data = Base64.decode([UInt8](text.utf8).span) else {
            throw .invalid("data", "must be base64 (RFC 4648, padded)")
        }
        return data
    }

    package static func contentHash(_ request: RequestLine) throws(Refusal) -> ContentHash? {
        guard let text = request.argument(named: "sha256") else { return nil }
        guard let hash = ContentHash(hexadecimal: text) else {
            throw .invalid("sha256", "must be 64 hexadecimal digits")
        }
        return hash
    }

    package static func attachment(_ request: RequestLine) throws(Refusal) -> AttachRequest {
        let named = ["document", "order", "customer"].filter { request.argument(named: $0) != nil }
        guard named.count == 1, let value = request.argument(named: named[0]) else {
            throw .invalid("document", "name whose it is, by one of document=, order= and customer=")
        }
        var wanted: AttachRequest
        switch named[0] {
        case "document": wanted = AttachRequest(owner: .document(try DocumentName(value)))
        case "order":
            wanted = AttachRequest(
                owner: .order(try OrderName(value.span), text: String(decoding: value, as: UTF8.self)))
        default: wanted = AttachRequest(owner: .customer(try customerNumber(value)))
        }
        if let kind = try choice(request, "kind", FiledKind.allCases.map(\.text)) {
            wanted.kind = FiledKind.allCases[kind]
        }
        wanted.name = try fileName(request) ?? ""
        wanted.visibility = try visibility(request)
        wanted.label = try text(request, "label", bytes: 64) ?? ""
        if let language = try text(request, "language", bytes: 35) {
            guard let tag = LanguageTag(language) else {
                throw .invalid("language", "must be a BCP 47 tag such as nl or nl-BE")
            }
            wanted.language = tag
        }
        wanted.country = try country(request)
        return wanted
    }

    /// The filed document that `DOCUMENT.SHOW` asks for; nil where it asks for another.
    package static func filedDocument(_ request: RequestLine) throws(Refusal) -> DocumentName? {
        guard let text = request.plainArguments.first else { return nil }
        let name = try DocumentName(text)
        if case .filed = name { return name }
        return nil
    }

    // MARK: Marks

    /// The one plain argument.
    package static func documentName(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> DocumentName {
        guard let text = request.plainArguments.first else { throw wrongUse(name) }
        return try DocumentName(text)
    }

    package static func archiveCommand(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> ArchiveCommand {
        switch name {
        case .documentLabel, .documentUnlabel:
            return .label(
                try documents(request), try required(request, "label", bytes: 64), isOn: name == .documentLabel)
        case .documentShare:
            guard let visibility = try visibility(request) else {
                throw .invalid("visibility", "is required: internal or customer")
            }
            return .share(try documentName(request, name), visibility)
        default: return try retention(request)
        }
    }

    package static func sending(_ request: RequestLine) throws(Refusal) -> SendArguments {
        let label = try text(request, "label", bytes: 64) ?? ""
        let names = request.argument(named: "documents") == nil ? [] : try documents(request)
        guard label.isEmpty != names.isEmpty else { throw .invalid("documents", "name documents= or a label=") }
        let events: [MessageEvent] = [.documentsSent, .documentIssued]
        var message = MessageRequest(event: events[try choice(request, "template", events.map(\.word)) ?? 0])
        if let language = try text(request, "language", bytes: 35) {
            guard let tag = LanguageTag(language) else {
                throw .invalid("language", "must be a BCP 47 tag such as nl or nl-BE")
            }
            message.language = tag
        }
        message.identifier = try text(request, "id", bytes: 100)
        let customer = try request.argument(named: "customer").map { value throws(Refusal) in try customerNumber(value)
        }
        return SendArguments(names: names, label: label, customer: customer, message: message)
    }

    /// The customer of a report.
    package static func reported(_ request: RequestLine) throws(Refusal) -> (customer: UInt32, isFiled: Bool) {
        guard let text = request.plainArguments.first else { throw wrongUse(.reportCustomer) }
        return (try customerNumber(text), try choice(request, "file", ["no", "yes"]) == 1)
    }

    package static func orderName(_ request: RequestLine) throws(Refusal) -> OrderName {
        guard let text = request.plainArguments.first else { throw wrongUse(.orderDocuments) }
        return try OrderName(text.span)
    }

    private static func documents(_ request: RequestLine) throws(Refusal) -> [DocumentName] {
        guard let list = request.argument(named: "documents") else {
            throw .invalid("documents", "is required: ids or numbers, separated by commas")
        }
        let parts = list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count <= 1_000 else { throw .invalid("documents", "1000 at most") }
        var names: [DocumentName] = []
        for part in parts { names.append(try DocumentName(Array(part))) }
        return names
    }

    /// Whether `SHOP.RETENTION` says nothing, and so asks.
    package static func asksForRetention(_ request: RequestLine) -> Bool {
        ["kind", "years", "country", "source"].allSatisfy { request.argument(named: $0) == nil }
    }

    private static func retention(_ request: RequestLine) throws(Refusal) -> ArchiveCommand {
        let kinds = DocumentKind.all.map { "\($0)" }.filter { $0 != FiledKind.itinerary.text }
        guard let kind = try choice(request, "kind", kinds) else {
            throw .invalid("kind", "is required, one of \(kinds.joined(separator: ", "))")
        }
        guard let years = try natural(request, "years"), years <= 100 else {
            throw .invalid("years", "is required: 0 to 100")
        }
        return .retain(
            kind: kinds[kind], country: try country(request), years: years,
            source: try text(request, "source", bytes: 200) ?? "")
    }

    // MARK: Values

    private static func visibility(_ request: RequestLine) throws(Refusal) -> Visibility? {
        try choice(request, "visibility", Visibility.allCases.map(\.text)).map { Visibility.allCases[$0] }
    }

    private static func country(_ request: RequestLine) throws(Refusal) -> String {
        guard let text = request.argument(named: "country") else { return "" }
        guard let country = CountryCode(text.span) else {
            throw .invalid("country", "must be a country of ISO 3166 such as NL")
        }
        return String(UnicodeScalar(UInt8(country.rawValue >> 8)))
            + String(UnicodeScalar(UInt8(country.rawValue & 0xFF)))
    }

    private static func customerNumber(_ text: [UInt8]) throws(Refusal) -> UInt32 {
        guard let number = CustomerNumber.parse(text.span) else {
            throw .invalid("customer", "must be a customer number such as C17")
        }
        return number
    }
}
