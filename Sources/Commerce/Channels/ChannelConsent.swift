import Bytes

/// What a channel says of the buyer's consent to advertising mail, as of a moment.
package struct ChannelConsent: Equatable, Sendable {
    /// The order or the channel's own number of the customer, as `channel/store:number`.
    package let subject: String
    package let isOrder: Bool
    package let isGiven: Bool
    /// Milliseconds.
    package let at: Int64

    /// Who says so, as wishes and histories name it: the channel, and as of when, so that a later word is known from an
    /// earlier one that comes late.
    package var actor: String {
        let channel = subject.prefix { $0 != "/" }
        var output = ByteWriter(capacity: 32)
        output.timestamp(Timestamp(milliseconds: at))
        return "\(Self.prefix)\(channel) \(output.span.text.filter { $0 != "\"" })"
    }

    private static let prefix = "channel:"

    /// As of when the channel said what this actor said; nil if a person did.
    static func moment(of actor: String) -> Int64? {
        guard actor.hasPrefix(prefix), let text = actor.split(separator: " ").last else { return nil }
        return Timestamp(rfc3339: Array(text.utf8).span)?.milliseconds
    }
}

extension Platform {
    /// What the payload of an order or customer says of consent, and as of when; nil where it says nothing.
    static func consent(_ fields: ChannelFields, isOrder: Bool) -> (isGiven: Bool, at: ChannelTime)? {
        switch channel {
        case ShopifyPlatform.channel: ShopifyPlatform.consent(fields, isOrder)
        case WooCommercePlatform.channel where isOrder: WooCommercePlatform.consent(fields)
        default: nil
        }
    }
}

extension ShopifyPlatform {
    /// The customer's own state, else the older flag; an order's box that was ticked counts as of the order. One that was
    /// not ticked takes nothing back.
    fileprivate static func consent(_ fields: ChannelFields, _ isOrder: Bool) -> (isGiven: Bool, at: ChannelTime)? {
        let customer = isOrder ? fields.fields("customer") : fields
        let state = customer.fields("email_marketing_consent")
        if let word = state.text("state") {
            return moment(state, "consent_updated_at", or: customer).map { (word == "subscribed", $0) }
        }
        if let flag = customer.flag("accepts_marketing") {
            return moment(customer, "accepts_marketing_updated_at", or: customer).map { (flag, $0) }
        }
        guard isOrder, fields.flag("buyer_accepts_marketing") == true else { return nil }
        return moment(fields, "created_at", or: fields).map { (true, $0) }
    }

    private static func moment(_ fields: ChannelFields, _ name: String, or others: ChannelFields) -> ChannelTime? {
        [fields.text(name), others.text("updated_at"), others.text("created_at")].lazy.compactMap { $0 }
            .compactMap { ChannelTime($0) }.first
    }
}

extension WooCommercePlatform {
    /// WooCommerce itself asks for no consent; its usual newsletter plug-in leaves the tick with the order.
    fileprivate static func consent(_ fields: ChannelFields) -> (isGiven: Bool, at: ChannelTime)? {
        let tick = fields.list("meta_data").first { $0.text("key") == "mailchimp_woocommerce_is_subscribed" }
        guard let value = tick?.text("value"), value == "1" || value == "0",
            let at = (fields.text("date_created_gmt", "date_created")).flatMap({ ChannelTime($0) })
        else { return nil }
        return (value == "1", at)
    }
}

extension OutboxState {
    /// What a channel's word about consent changes: nothing that a person has decided, and nothing that is newer. A channel
    /// that says no says something only where it said yes before.
    package func decideConsent(
        _ consent: ChannelConsent, profile: UInt32, members: [UInt32]
    ) -> [OutboxEvent] {
        let known = wishes(of: members).wishes
        return [WishSubject.mailing, .newsletter].compactMap { subject in
            if let wish = known[subject] {
                guard let before = ChannelConsent.moment(of: wish.actor), wish.value != consent.isGiven,
                    consent.at > before || (consent.at == before && !consent.isGiven)
                else { return nil }
            } else if !consent.isGiven {
                return nil
            }
            return .wishExpressed(profile: profile, subject, consent.isGiven, actor: consent.actor)
        }
    }
}
