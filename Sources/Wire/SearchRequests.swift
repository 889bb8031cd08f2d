import Bytes
import Commerce

/// What `CUSTOMER.SEARCH` asks for.
package struct SearchRequest: Sendable {
    package let selection: Selection
    package let sort: SearchSort
    package let offset: Int
    package let limit: Int
    /// The text of a cursor that an earlier page gave; then the rest but `limit` is not said.
    package let cursor: String?
    /// Whether rows show all profiles, as exports need them.
    package let isFull: Bool
}

/// What is done to each customer of a selection.
package enum BulkAction: Sendable {
    case tag([CustomerTag], cause: String)
    case untag([CustomerTag])
    case block(reason: String)
    case unblock
    case language(LanguageChange)
    case wish(WishSubject, Bool)
    case message(MessageRequest)

    static let words = ["tag", "untag", "block", "unblock", "language", "wish", "message"]
}

extension RequestReader {
    static let selectionOptions = ["text", "tagged", "untagged", "blocked", "country", "channel", "numbers"]

    package static func search(_ request: RequestLine, _ hasher: KeyHasher) throws(Refusal) -> SearchRequest {
        let limit = try natural(request, "limit") ?? 50
        guard (1...1_000).contains(limit) else { throw .invalid("limit", "1 to 1000; the cursor in next brings more") }
        let from = try natural(request, "from") ?? 1
        guard from >= 1 else { throw .invalid("from", "counts from 1") }
        let cursor = try text(request, "cursor", bytes: 64)
        let others = selectionOptions + ["from", "sort"]
        if cursor != nil, let other = others.first(where: { request.argument(named: $0) != nil }) {
            throw .invalid(other, "a cursor goes on with the list it came from, as it was asked for; leave this out")
        }
        let sort = try choice(request, "sort", SearchSort.allCases.map { "\($0)" }).map { SearchSort.allCases[$0] }
        return SearchRequest(
            selection: try selection(request, hasher), sort: sort ?? .number, offset: from - 1, limit: limit,
            cursor: cursor, isFull: try choice(request, "full", ["no", "yes"]) == 1)
    }

    /// Which customers are meant; everybody where nothing is said.
    static func selection(_ request: RequestLine, _ hasher: KeyHasher) throws(Refusal) -> Selection {
        var selection = Selection()
        if let text = request.argument(named: "text") {
            guard text.count <= 200 else { throw .invalid("text", "200 bytes at most") }
            selection.terms = SearchTerm.words(of: text)
            guard (1...SearchTerm.maximumWords).contains(selection.terms.count) else {
                throw .invalid("text", "must have a letter or a digit, and at most \(SearchTerm.maximumWords) words")
            }
            if selection.terms.count == 1,
                case .document(let hashes) = CustomerSelector.document(number: text.span, hasher)
            {
                selection.documents = hashes
            }
        }
        for (name, mark) in [("country", SearchMark.country), ("channel", .channel)] {
            guard let value = try text(request, name, bytes: 60) else { continue }
            selection.terms.append(.mark(mark, Array(value.lowercased().utf8)))
        }
        selection.tagged = try list(request, "tagged", tag)
        selection.untagged = try list(request, "untagged", tag)
        selection.isBlocked = try choice(request, "blocked", ["no", "yes"]).map { $0 == 1 }
        if request.argument(named: "numbers") != nil {
            selection.numbers = try list(request, "numbers") { word throws(Refusal) in
                guard let number = CustomerNumber.parse(word.span) else {
                    throw .invalid("numbers", "must be customer numbers with commas between them: C1,C2")
                }
                return number
            }
        }
        return selection
    }

    /// What to do with a selection, and whether only to tell what would be done.
    package static func bulk(
        _ request: RequestLine, _ hasher: KeyHasher
    ) throws(Refusal) -> (action: BulkAction, selection: Selection, isPreview: Bool) {
        let isAll = try choice(request, "all", ["no", "yes"]) == 1
        guard isAll != selectionOptions.contains(where: { request.argument(named: $0) != nil }) else {
            throw .invalid(
                "all", "say which customers: \(selectionOptions.joined(separator: "=, "))= or all=yes, not both")
        }
        return (
            try action(request), try selection(request, hasher), try choice(request, "preview", ["no", "yes"]) == 1
        )
    }

    private static func action(_ request: RequestLine) throws(Refusal) -> BulkAction {
        guard let place = try choice(request, "action", BulkAction.words) else { throw wrongUse(.customerBulk) }
        guard request.json == nil || BulkAction.words[place] == "message" else { throw wrongUse(.customerBulk) }
        switch BulkAction.words[place] {
        case "tag": return .tag(try values(request, tag), cause: try text(request, "cause", bytes: 200) ?? "")
        case "untag": return .untag(try values(request, tag))
        case "block":
            guard let reason = try text(request, "reason", bytes: 1_000) else {
                throw .invalid("reason", "is required: why are they blocked?")
            }
            return .block(reason: reason)
        case "unblock": return .unblock
        case "language":
            guard let value = request.argument(named: "value") else { throw .invalid("value", "a language, or none") }
            return .language(try languageChange(value))
        case "wish": return try wish(request)
        default: return .message(try bulkMessage(request))
        }
    }

    private static func wish(_ request: RequestLine) throws(Refusal) -> BulkAction {
        let value = try text(request, "value", bytes: 40) ?? ""
        let parts = value.lowercased().split(separator: ":")
        guard parts.count == 2, let subject = WishSubject.allCases.first(where: { $0.word == parts[0] }),
            parts[1] == "yes" || parts[1] == "no"
        else { throw .invalid("value", "such as newsletter:no; the wishes are post, mailing and newsletter") }
        return .wish(subject, parts[1] == "yes")
    }

    private static func values<Value>(
        _ request: RequestLine, _ read: ([UInt8]) throws(Refusal) -> Value
    ) throws(Refusal) -> [Value] {
        let values = try list(request, "value", read)
        guard !values.isEmpty else { throw .invalid("value", "which tags? several with commas between them") }
        return values
    }

    /// Values with commas between them.
    private static func list<Value>(
        _ request: RequestLine, _ name: String, _ read: ([UInt8]) throws(Refusal) -> Value
    ) throws(Refusal) -> [Value] {
        guard let value = request.argument(named: name) else { return [] }
        var values: [Value] = []
        for word in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            // Who fills in nothing must not get everybody.
            guard !word.isEmpty else {
                throw .invalid(name, "is empty, or between two commas; leave it out to mean all")
            }
            values.append(try read(Array(word)))
        }
        return values
    }

    // MARK: Orders of a customer

    /// `CUSTOMER.ORDERS`: whose, and which of them.
    static func orders(_ selector: CustomerSelector, _ request: RequestLine) throws(Refusal) -> CustomerQuery {
        let limit = try natural(request, "limit") ?? 100
        guard (1...1_000).contains(limit) else { throw .invalid("limit", "1 to 1000; use from for more") }
        let from = try natural(request, "from") ?? 1
        guard from >= 1 else { throw .invalid("from", "counts from 1") }
        var since = Int64.min
        if let value = try text(request, "since", bytes: 40) {
            let moment = value.contains("T") ? value : value + "T00:00:00Z"
            guard let time = Timestamp(rfc3339: Array(moment.utf8).span) else {
                throw .invalid("since", "must be a day such as 2026-03-01 or a moment in RFC 3339")
            }
            since = time.milliseconds
        }
        let channel = try text(request, "channel", bytes: 60).map { Array($0.lowercased().utf8) }
        return .orders(selector, OrderListing(offset: from - 1, limit: limit, channel: channel, since: since))
    }
}

/// The commands of lists and selections.
extension CommandTable {
    static let lists: [CommandDescription] = [
        CommandDescription(
            name: .customerSearch, text: "CUSTOMER.SEARCH",
            arguments:
                "[text=] [tagged=] [untagged=] [blocked=yes|no] [country=] [channel=] [numbers=] [sort=number|newest|name] [from=] [limit=] [full=yes] | cursor= [limit=] [full=yes]",
            summary: "one ROW per customer whose texts have all the words; without text, all customers",
            details:
                "Finds names, companies, streets, places, postcodes, e-mail addresses, phones, and numbers of orders, documents and customers, of every variant that was ever told, by parts of words; a part of one or two letters is a beginning. OK {\"total\":n,\"from\":a,\"to\":b,\"next\":cursor}. Pages fetched with the cursor are pages of one list: its total and who is in it stay, whatever is written meanwhile. limit is 50 unless given, at most 1000.",
            options: RequestReader.selectionOptions + ["sort", "from", "limit", "cursor", "full"], plainArguments: 0,
            takesJSON: false),
        CommandDescription(
            name: .customerOrders, text: "CUSTOMER.ORDERS",
            arguments:
                "number | email= | phone= | vat= | ref= | order= | document= [channel=] [since=] [from=] [limit=]",
            summary: "what a customer bought over all channels, the newest first, one ROW per order",
            details: "OK {\"total\":n,\"from\":a,\"to\":b}. since is a day or a moment. limit is 100, at most 1000.",
            options: selectors + ["channel", "since", "from", "limit"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerBulk, text: "CUSTOMER.BULK",
            arguments:
                "action=tag|untag|block|unblock|language|wish|message [value=] [reason=] [cause=] [event=] [id=] [language=] [preview=yes] [actor=] text= | tagged= | untagged= | blocked= | country= | channel= | numbers= | all=yes [{data}]",
            summary: "does the same to every customer of a selection",
            details:
                "Each customer gets an event of its own; one ROW for each that is refused, the first 10,000 of them. preview=yes changes nothing and shows how many and the first ten. Said twice it changes nothing; cut off in the middle it can be said again. value: tags for tag and untag, a language or none, newsletter:no and the like for a wish. message: event, id and data as in MESSAGE.QUEUE; id names the mailing, so that nobody gets it twice.",
            options: RequestReader.selectionOptions + [
                "action", "value", "reason", "cause", "event", "id", "language", "preview", "actor", "all",
            ], plainArguments: 0, takesJSON: true),
    ]
}
