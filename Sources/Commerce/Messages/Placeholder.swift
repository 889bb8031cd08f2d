/// A name that a template may use: `{{order.number}}`.
package struct Placeholder: Sendable {
    package let name: String
    /// May be empty for some customers, so that a template must say what stands there instead.
    package let isOptional: Bool
    /// Comes with `MESSAGE.QUEUE`; the others the engine knows.
    package let isData: Bool
    /// A template of the event that leaves it out would say nothing.
    package let isRequired: Bool
    package let meaning: String
    /// What a preview without an order shows.
    package let sample: String

    private init(
        _ name: String, _ meaning: String, _ sample: String, optional: Bool = false, data: Bool = false,
        required: Bool = false
    ) {
        self.name = name
        self.meaning = meaning
        self.sample = sample
        isOptional = optional
        isData = data
        isRequired = required
    }

    private static func data(
        _ name: String, _ meaning: String, _ sample: String, optional: Bool = false, required: Bool = false
    ) -> Placeholder {
        Placeholder(name, meaning, sample, optional: optional, data: true, required: required)
    }

    // MARK: The list

    /// What templates of the event may use.
    package static func all(of event: MessageEvent) -> [Placeholder] {
        general + (event.needsOrder ? order : []) + data(of: event)
    }

    private static let general = [
        Placeholder("shop.name", "the sender's name", "Theehuis"),
        Placeholder("customer.number", "the customer's number", "C17"),
        Placeholder("customer.name", "full name", "Sophie van der Linden", optional: true),
        Placeholder("customer.firstName", "first name", "Sophie", optional: true),
        Placeholder("customer.lastName", "last name", "van der Linden", optional: true),
        Placeholder("customer.company", "company", "Van der Linden BV", optional: true),
    ]

    private static let order = [
        Placeholder("order.number", "the channel's number of the order", "S-1000123"),
        Placeholder("order.channel", "where it came from", "shopify"),
        Placeholder("order.store", "the store on that channel", "main"),
        Placeholder("order.date", "the day it was placed (UTC)", "2026-03-01"),
        Placeholder("order.total", "its total, a decimal", "39.90"),
        Placeholder("order.currency", "the total's currency", "EUR"),
        Placeholder("order.status", "its status, as the channel calls it", "open"),
    ]

    private static func data(of event: MessageEvent) -> [Placeholder] {
        switch event {
        case .orderConfirmed, .mailing, .newsletter, .reviewRequest: []
        case .orderChanged: [data("change.text", "what has changed", "Bezorging op zaterdag", required: true)]
        case .orderShipped:
            [
                data("shipment.trackingCode", "track and trace code", "3STEST1234567", required: true),
                data("shipment.carrier", "who brings it", "PostNL", optional: true),
                data("shipment.trackingUrl", "where to follow it", "https://example.com/3STEST", optional: true),
            ]
        case .orderDelayed:
            [
                data("delay.newDate", "the new date", "2026-03-12", required: true),
                data("delay.reason", "why", "Uitverkocht bij de leverancier", optional: true),
            ]
        case .orderCancelled:
            [
                data("cancellation.reason", "why", "Op uw verzoek", optional: true),
                data("cancellation.articles", "what will not come", "1 x Thee", optional: true),
            ]
        case .orderRefunded:
            [
                data("refund.amount", "the money that went back, a decimal", "19.95", required: true),
                data("refund.currency", "its currency", "EUR"),
            ]
        case .orderQuestion: [data("question.text", "what has to be known", "Welke maat?", required: true)]
        case .returnReceived:
            [
                data("return.articles", "what has arrived", "1 x Thee", required: true),
                data("return.number", "the return's number", "R-17", optional: true),
            ]
        case .documentIssued:
            [
                data("document.number", "the document's number", "INV-2026-17", required: true),
                data("document.total", "its total, a decimal", "39.90", optional: true),
                data("document.url", "where to get it", "https://example.com/INV-2026-17", optional: true),
            ]
        case .documentsSent:
            [
                data(
                    "documents.names", "the documents, one after the other", "INV-2026-17, Handleiding", required: true),
                data("documents.count", "how many they are", "2"),
            ]
        case .invoiceReminder:
            [
                data("invoice.number", "the invoice's number", "INV-2026-17", required: true),
                data("invoice.open", "what is open of it, a decimal", "19.95", required: true),
                data("invoice.currency", "its currency", "EUR"),
                data("invoice.date", "the day on which it was posted (UTC)", "2026-03-01"),
                data("invoice.total", "its total, a decimal", "39.90"),
                data("invoice.url", "where it can be paid", "https://example.com/pay/17", optional: true),
            ]
        case .voucherIssued:
            [
                data("voucher.code", "the code", "THEE-7Q4M-XK2P", required: true),
                data("voucher.amount", "its worth, a decimal", "10.00"),
                data("voucher.currency", "its currency", "EUR"),
                data("voucher.startDate", "the first day on which it is valid", "2026-03-05", optional: true),
            ]
        case .orderDelivered:
            [
                data("delivery.date", "the day on which it arrived", "2026-03-04", required: true),
                data("shipment.trackingCode", "track and trace code", "3STEST1234567", optional: true),
                data("shipment.carrier", "who brought it", "PostNL", optional: true),
                data("shipment.trackingUrl", "where to look", "https://example.com/3STEST", optional: true),
            ]
        case .returnAnnounced:
            [
                data("return.articles", "what will come back", "1 x Thee", required: true),
                data("return.number", "the return's number", "R-17", optional: true),
                data("return.reason", "why", "Te sterk", optional: true),
            ]
        }
    }

    /// Something for every placeholder of the event, for previews.
    package static func samples(of event: MessageEvent) -> [String: String] {
        Dictionary(uniqueKeysWithValues: all(of: event).map { ($0.name, $0.sample) })
    }
}
