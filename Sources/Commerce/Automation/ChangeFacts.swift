import Bytes

/// What the order's shard knows about a change.
package struct ChangeDetail: Sendable {
    package internal(set) var order: MessageOrder?
    package internal(set) var billingCountry = CountryCode.unknown
    package internal(set) var kind = "order"
    package internal(set) var total: Decimal64?
    /// What the change brings for a template.
    package internal(set) var values: [String: String] = [:]

    /// Nothing: what there is to tell of a change that is about no order.
    package init() {}
}

/// Everything that rules may look at when a change came: gathered from directory and shards.
package struct ChangeFacts: Sendable {
    package let change: Change
    package let message: MessageFacts
    var detail: ChangeDetail
    let orderCount: Int
    let amounts: [(currency: String, sum: Decimal64)]
    /// The customer's tags, in small letters; the directory knows them.
    package var tags: [String] = []
    /// The document that came; the directory knows it.
    var document: ChangedDocument?

    package init(_ change: Change, _ message: MessageFacts, _ detail: ChangeDetail, parts: [DossierPart]) {
        self.change = change
        self.message = message
        self.detail = detail
        orderCount = parts.reduce(0) { $0 + $1.orders.count }
        var amounts: [(currency: String, sum: Decimal64)] = []
        for part in parts {
            for (currency, sum) in part.amounts {
                if let place = amounts.firstIndex(where: { $0.currency == currency }) {
                    amounts[place].sum = amounts[place].sum + sum
                } else {
                    amounts.append((currency, sum))
                }
            }
        }
        self.amounts = amounts
    }

    /// How people name what it is about.
    package var subject: String { document?.name ?? message.subject }

    /// The values of a field of words, in small letters; empty where it has none.
    func words(of field: RuleField) -> [String] {
        let word: String? =
            switch field {
            case .channel: detail.order?.channel
            case .store: detail.order?.store
            case .deliveryCountry: detail.order.map { $0.country.text }
            case .billingCountry: detail.billingCountry.text
            case .language: message.channelLanguage?.text
            case .status: detail.order?.status
            case .kind: detail.kind
            case .currency: detail.order?.currency
            case .documentKind: document?.kind
            case .documentVisibility: document?.visibility.text
            case .total, .customerOrders, .customerSpent: nil
            case .customerTag, .documentLabel: nil
            }
        if field == .customerTag { return tags }
        if field == .documentLabel { return document?.labels.map { $0.lowercased() } ?? [] }
        guard let word, !word.isEmpty else { return [] }
        return [word.lowercased()]
    }

    func number(of field: RuleField) -> Decimal64? {
        switch field {
        case .total: detail.total
        case .customerOrders: Decimal64(units: Int64(orderCount), scale: 0)
        case .customerSpent(let currency): amounts.first { $0.currency == currency }?.sum ?? .zero
        default: nil
        }
    }
}

extension CountryCode {
    /// Two letters; empty when unknown.
    fileprivate var text: String {
        var output = ByteWriter(capacity: 2)
        append(to: &output)
        return output.span.text
    }
}
