import Bytes
import Commerce

/// Taking everything out, and putting facts in by their kind.
extension CommandTable {
    private static let options = ["after", "limit", "channel", "since", "actor"]
    private static let arguments: StaticString = "[after=cursor] [limit=] [channel=] [since=] [actor=]"

    static let exchange: [CommandDescription] = [
        CommandDescription(
            name: .customerExport, text: "CUSTOMER.EXPORT",
            arguments: "[shape=profile|customer] [after=cursor] [limit=] [channel=] [since=] [actor=]",
            summary: "takes profiles out, as CUSTOMER.PUT takes them in; or customers with the values that show",
            details:
                "One ROW per profile that has a ref, what was put last or else what its newest order says; those without (guests) come back with their orders, and OK counts them. shape=customer: one ROW per customer, as CUSTOMER.FIND shows it. Paging as in ORDER.EXPORT.",
            options: options + ["shape"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .orderExport, text: "ORDER.EXPORT", arguments: arguments,
            summary: "takes orders out, as ORDER.PUT takes them in",
            details:
                "Rows come in the order of arrival. OK {\"rows\":n,\"next\":cursor,\"done\":bool}: go on with after=next until done; a page may hold fewer rows than limit, or none. What stood there at the start is told once, whatever others write meanwhile; after=next later gives what came since. limit is 1000 unless given, at most 10000. since: said (updatedAt, else placedAt) at that moment or later. Each export is logged with its actor.",
            options: options, plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentExport, text: "DOCUMENT.EXPORT", arguments: arguments,
            summary: "takes out the documents that were made elsewhere, as DOCUMENT.PUT takes them in",
            details:
                "Paging as in ORDER.EXPORT. since: updatedAt, else issuedAt, else when it came. Documents that DOCUMENT.POST has numbered are not among them: DOCUMENT.UBL gives those.",
            options: options, plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .factExport, text: "FACT.EXPORT", arguments: arguments,
            summary: "takes out what happened to orders, as FACT.PUT takes it in",
            details:
                "Shipments, delays, returns, receipts, cancellations, refunds, payments, bookings and channels' states, one ROW each. Paging as in ORDER.EXPORT. What waits for its order comes out when the order has come.",
            options: options, plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .factPut, text: "FACT.PUT", arguments: "kind= order=channel[/store]:number {fact}",
            summary: "records what happened to an order, by its kind, as FACT.EXPORT gives it",
            details:
                "kind: shipment, delay, return, receipt, cancellation, refund, payment, booking or status, with the members of ORDER.SHIP, ORDER.DELAY, ORDER.RETURN, RETURN.RECEIVE, ORDER.CANCEL, ORDER.REFUND, PAYMENT.RECORD and BOOKING.UPDATE; status, the channel's own word, with id, status, at and updatedAt.",
            options: ["kind", "order"], plainArguments: 0, takesJSON: true),
    ]
}

extension CommandName {
    /// Whether the command takes data out.
    package var isExport: Bool {
        switch self {
        case .customerExport, .orderExport, .documentExport, .factExport: true
        default: false
        }
    }
}

extension RequestReader {
    /// What an export asks for.
    package static func export(_ request: RequestLine, _ command: CommandName) throws(Refusal) -> ExportQuestion {
        let kind = try exportKind(request, command)
        let limit = try natural(request, "limit") ?? 1_000
        guard (1...10_000).contains(limit) else {
            throw .invalid("limit", "1 to 10000; go on with after= for more")
        }
        let after = try natural(request, "after") ?? 0
        var question = ExportQuestion(
            kind, after: after, limit: kind == .customers ? min(limit, mostCustomers) : limit)
        if let channel = request.argument(named: "channel") {
            guard kind != .customers else { throw .invalid("channel", "goes with shape=profile only") }
            let name = try SourceName(channel.span)
            question.channel = name.channel
        }
        question.since = try since(request)
        return question
    }

    /// A customer is put together from all of its data, so few of them make a slice that nobody waits for.
    private static let mostCustomers = 64

    private static func exportKind(_ request: RequestLine, _ command: CommandName) throws(Refusal) -> ExportKind {
        switch command {
        case .orderExport: return .orders
        case .documentExport: return .documents
        case .factExport: return .facts
        default:
            switch request.argument(named: "shape").map({ String(decoding: $0, as: UTF8.self) }) {
            case nil, "profile": return .profiles
            case "customer": return .customers
            default: throw .invalid("shape", "profile (unless given) or customer")
            }
        }
    }

    private static func since(_ request: RequestLine) throws(Refusal) -> Int64? {
        guard var text = request.argument(named: "since") else { return nil }
        if text.count == 10 { text += Array("T00:00:00Z".utf8) }
        guard let moment = Timestamp(rfc3339: text.span) else {
            throw .invalid("since", "a day such as 2026-03-01, or a moment in RFC 3339")
        }
        return moment.milliseconds
    }

    /// The kind that FACT.PUT names.
    package static func factKind(_ request: RequestLine) throws(Refusal) -> FactKind {
        let word = request.argument(named: "kind").map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let kind = FactKind.allCases.first(where: { "\($0.text)" == word }) else {
            throw .invalid("kind", "one of \(FactKind.allCases.map { "\($0.text)" }.joined(separator: ", "))")
        }
        return kind
    }
}
