/// What a platform allows a merchant to write to its buyers. The rules are data, so that each stands in one place with
/// its source; `MessageDecide` applies them when a message is queued and again when it is taken.
package struct ChannelGate: Sendable {
    package enum Permission: Sendable, Equatable {
        case always
        /// Only with the customer's own yes.
        case consent
        case never
        /// Once per order, from so many days after its delivery to so many.
        case onceWithin(days: ClosedRange<Int>)
        /// Once per order, with the customer's own yes.
        case onceByConsent

        package var text: String {
            switch self {
            case .always: "always"
            case .consent: "with consent"
            case .never: "never"
            case .onceWithin(let days):
                "once per order, \(days.lowerBound) to \(days.upperBound) days after delivery"
            case .onceByConsent: "once per order, with consent"
            }
        }
    }

    /// `*` stands for every channel that has no rules of its own.
    package let channel: String
    /// Mail may only go to the forwarding address that the marketplace gave out for the order.
    package let needsRelay: Bool
    private let permissions: [MessagePurpose: Permission]
    /// Where the platform says so.
    package let source: String

    package func permission(_ purpose: MessagePurpose) -> Permission { permissions[purpose] ?? .never }

    package static let all = [amazon, bol, own]

    package static func of(_ channel: String) -> ChannelGate { all.first { $0.channel == channel } ?? own }

    /// Amazon, Communication Guidelines (Seller Central, in force since 2020-11-03): messages that are needed to complete
    /// an order or that answer a question, invoices and questions about a return among them; no order or shipping
    /// confirmations, since Amazon sends them; no marketing, no coupons; a review asked for once per order. The days are
    /// those in which Amazon's own "Request a Review" works: 5 to 30 after delivery.
    private static let amazon = ChannelGate(
        channel: "amazon", needsRelay: true,
        permissions: [.service: .always, .review: .onceWithin(days: 5...30)],
        source: "Amazon Communication Guidelines; Request a Review, 5 to 30 days after delivery")

    /// bol.com, partner platform, policy "Ongewenste communicatie" and article 10.2 of its terms: the scrambled address
    /// serves the handling of the order and nothing else; no shipping updates in mails of one's own, no request for a
    /// review in a separate mail, no newsletter.
    private static let bol = ChannelGate(
        channel: "bol", needsRelay: true, permissions: [.service: .always],
        source: "bol.com partner platform, Ongewenste communicatie; terms of use, article 10.2")

    /// The merchant's own web shops (Shopify, WooCommerce and whatever else): mails about the order always; whatever
    /// advertises only with consent (Directive 2002/58/EC, article 13; Shopify's and WooCommerce's marketing consent is
    /// the buyer's tick for the same). A request for a review counts as advertising.
    private static let own = ChannelGate(
        channel: "*", needsRelay: false,
        permissions: [
            .confirmation: .always, .shipping: .always, .service: .always, .voucher: .always,
            .review: .onceByConsent, .mailing: .consent, .newsletter: .consent,
        ],
        source: "Directive 2002/58/EC, article 13; marketing consent in Shopify and WooCommerce")
}
