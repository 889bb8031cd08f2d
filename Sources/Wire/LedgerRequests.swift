import Bytes
import Commerce

// Requests about documents, vouchers and cheques.
extension RequestReader {
    /// What `SHOP.SELLER` and its like ask, where they change nothing; nil where they do.
    package static func ledgerQuery(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> LedgerQuery? {
        switch name {
        case .shopSeller: request.json == nil ? .seller : nil
        case .shopSeries: request.argument(named: "kind") == nil ? try seriesQuery(request) : nil
        case .voucherShow: .voucher(try voucher(request))
        default: nil
        }
    }

    private static func seriesQuery(_ request: RequestLine) throws(Refusal) -> LedgerQuery {
        guard request.argument(named: "pattern") == nil, request.argument(named: "next") == nil else {
            throw .invalid("kind", "is required: invoice or credit-note")
        }
        return .series
    }

    /// - Parameter code: draws a voucher's code.
    package static func ledgerCommand(
        _ request: RequestLine, _ name: CommandName, code: () -> VoucherCode
    ) throws(Refusal) -> LedgerCommand {
        switch name {
        case .shopSeller: return .describeSeller(try Seller(try json(request)))
        case .shopSeries:
            return .setSeries(
                try documentKind(request) ?? .invoice, pattern: try text(request, "pattern", bytes: 40),
                next: try natural(request, "next").map { UInt32(max(1, $0)) })
        case .documentDiscard: return .discard(try document(request, name))
        case .voucherIssue: return try issue(request, code())
        case .voucherRedeem: return try redeem(request)
        case .voucherReverse:
            return .reverse(
                id: try required(request, "id", bytes: 128), reason: try text(request, "reason", bytes: 1_000) ?? "")
        case .voucherRenew:
            return .renew(
                try voucher(request), code: code(), id: try required(request, "id", bytes: 128),
                reason: try text(request, "reason", bytes: 1_000) ?? "")
        case .chequeTake:
            return .takeCheque(try voucher(request), reason: try text(request, "reason", bytes: 1_000) ?? "")
        case .chequePay:
            return .payCheque(
                try voucher(request), reference: try required(request, "reference", bytes: 256))
        default: preconditionFailure("\(name) goes to the document flow")
        }
    }

    // MARK: Documents

    /// The one plain argument.
    package static func document(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> DocumentSelector {
        let plain = request.plainArguments
        guard plain.count == 1 else { throw wrongUse(name) }
        return try DocumentSelector(plain[0])
    }

    /// The JSON object at the end of the line, if there is one.
    package static func overrides(_ request: RequestLine) throws(Refusal) -> [UInt8]? {
        request.json == nil ? nil : try json(request).array
    }

    /// The order that a document is to be made from.
    package static func order(_ request: RequestLine) throws(Refusal) -> [UInt8] {
        guard let order = request.argument(named: "order") else { throw .invalid("order", "is required") }
        guard try documentKind(request) ?? .invoice == .invoice else {
            throw .invalid("kind", "a credit note is made from its invoice: DOCUMENT.CREDIT")
        }
        return order
    }

    package static func credit(
        _ request: RequestLine
    ) throws(Refusal) -> (document: DocumentSelector, credit: CreditRequest, allowsMore: Bool) {
        guard let document = request.argument(named: "document") else {
            throw .invalid("document", "is required: the number of the invoice")
        }
        let allowsMore = try choice(request, "allowmore", ["no", "yes"]) == 1
        return (
            try DocumentSelector(document), try CreditRequest(try json(request), allowsMore: allowsMore), allowsMore
        )
    }

    private static func documentKind(_ request: RequestLine) throws(Refusal) -> LedgerDocumentKind? {
        guard let text = try text(request, "kind", bytes: 32) else { return nil }
        guard let kind = LedgerDocumentKind(named: text) else {
            throw .invalid("kind", "must be invoice or credit-note")
        }
        return kind
    }

    // MARK: Vouchers

    private static func voucher(_ request: RequestLine) throws(Refusal) -> VoucherSelector {
        switch (request.argument(named: "code"), request.argument(named: "voucher")) {
        case (let code?, nil): return .code(try VoucherCode(typed: code))
        case (nil, let id?):
            guard let place = VoucherSelector.place(id) else { throw .invalid("voucher", "must be an id such as V17") }
            return .id(place)
        default: throw .invalid("code", "name the voucher by code= or voucher=")
        }
    }

    private static func issue(_ request: RequestLine, _ code: VoucherCode) throws(Refusal) -> LedgerCommand {
        var terms = VoucherTerms()
        terms.currency = try currency(request)
        terms.owed = try amount(request, "amount", terms.currency) ?? 0
        terms.extra = try amount(request, "extra", terms.currency) ?? 0
        terms.id = try text(request, "id", bytes: 128) ?? ""
        terms.description = try text(request, "description", bytes: 1_000) ?? ""
        terms.reason = try text(request, "reason", bytes: 1_000) ?? ""
        terms.startsAt = try moment(request, "startsat")
        terms.expiresAt = try moment(request, "expiresat")
        let creditNote = request.argument(named: "creditnote")
        let customer = request.argument(named: "customer")
        guard creditNote == nil || customer == nil else {
            throw .invalid("customer", "the credit note says whose the voucher is")
        }
        var number: UInt32?
        if let customer {
            guard let parsed = CustomerNumber.parse(customer.span) else {
                throw .invalid("customer", "must be a customer number such as C17")
            }
            number = parsed
        }
        let source: DocumentSelector? = if let creditNote { try DocumentSelector(creditNote) } else { nil }
        return .issue(terms, code: code, customer: number, creditNote: source)
    }

    private static func redeem(_ request: RequestLine) throws(Refusal) -> LedgerCommand {
        guard let text = request.argument(named: "amount"), let amount = Decimal64(text.span) else {
            throw .invalid("amount", "is required, a decimal such as 19.95")
        }
        let place = try choice(request, "in", RedemptionPlace.allCases.map { "\($0.text)" }) ?? 0
        let currency: String? = request.argument(named: "currency") == nil ? nil : try currency(request)
        let id = try required(request, "id", bytes: 128)
        let order = try self.text(request, "order", bytes: 256) ?? ""
        // The till may be quicker than the order: only its form is looked at.
        if !order.isEmpty { _ = try OrderName(Array(order.utf8).span) }
        return .redeem(
            RedeemRequest(
                voucher: try voucher(request), amount: amount, currency: currency, id: id,
                place: RedemptionPlace.allCases[place], order: order))
    }

    static func required(
        _ request: RequestLine, _ name: String, bytes: Int
    ) throws(Refusal) -> String {
        guard let text = try text(request, name, bytes: bytes) else { throw .invalid(name, "is required") }
        return text
    }

    private static func currency(_ request: RequestLine) throws(Refusal) -> String {
        let text = request.argument(named: "currency") ?? []
        guard text.count == 3, text.allSatisfy({ $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) else {
            throw .invalid("currency", "must be three capital letters of ISO 4217, such as EUR")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func amount(
        _ request: RequestLine, _ name: String, _ currency: String
    ) throws(Refusal) -> Int64? {
        guard let text = request.argument(named: name) else { return nil }
        guard let value = Decimal64(text.span) else { throw .invalid(name, "must be a decimal such as 19.95") }
        let units = try Money.minorUnits(value, name, currency)
        guard (0...1_000_000_000_000).contains(units) else { throw .invalid(name, "from nothing to ten billion") }
        return units
    }

    /// Milliseconds.
    private static func moment(_ request: RequestLine, _ name: String) throws(Refusal) -> Int64? {
        guard let text = request.argument(named: name) else { return nil }
        guard let moment = Timestamp(rfc3339: text.span) else {
            throw .invalid(name, "must be a moment in RFC 3339 such as 2026-03-01T10:22:31Z")
        }
        return moment.milliseconds
    }
}
