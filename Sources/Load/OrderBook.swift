import Bytes

/// All orders of one seed, by ordinal: the same ordinal always gives the same order, so a re-delivery needs no memory.
package struct OrderBook: Sendable {
    package let population: Population
    /// How many distinct orders there are.
    package let count: Int
    /// How many of a thousand orders come as a newer version later.
    package let revisedPerMille: Int
    /// How many of a thousand orders are sent again, unchanged.
    package let redeliveredPerMille: Int
    private let activity: Zipf

    /// 2024-01-01 to 2026-03-01, in seconds since 1970: the time over which all orders are spread, oldest first.
    package static let period = 1_704_067_200..<1_772_323_200

    package init(
        seed: UInt64, orders: Int, buyers: Int, channels: [Channel] = Channel.allCases,
        redeliveredPerMille: Int = 30, revisedPerMille: Int = 10
    ) {
        precondition(orders > 0 && orders <= Int(UInt32.max))
        precondition(redeliveredPerMille >= 0 && revisedPerMille >= 0 && redeliveredPerMille + revisedPerMille <= 1000)
        population = Population(seed: seed, count: buyers, channels: channels, period: Self.period)
        count = orders
        self.redeliveredPerMille = redeliveredPerMille
        self.revisedPerMille = revisedPerMille
        // The shift keeps the most active buyer at some hundred orders, as in a real shop.
        activity = Zipf(ranks: buyers, shift: buyers / 200)
    }

    /// What happens to an order after its first delivery.
    package enum Afterlife: Sendable { case none, redelivered, revised }

    /// The fewest first deliveries between an order and what follows from it: a driver that has no more than this under
    /// way never lets the second overtake the first.
    package var shortestDelay: Int { min(20_000, count / 4 + 1) }

    /// - Returns: the afterlife and the delay, counted in first deliveries of other orders, at least 1.
    package func afterlife(of ordinal: Int) -> (Afterlife, delay: Int) {
        var random = SeededGenerator(seed: population.seed, purpose: .delivery, index: ordinal)
        let draw = random.below(1000)
        guard draw < redeliveredPerMille + revisedPerMille else { return (.none, 0) }
        let longest = random.chance(perMille: 500) ? shortestDelay : min(100_000, count)
        let delay = shortestDelay + random.below(longest)
        return (draw < redeliveredPerMille ? .redelivered : .revised, delay)
    }

    /// The index of the true buyer.
    package func buyerIndex(of ordinal: Int) -> Int {
        var random = generator(of: ordinal)
        return activity.draw(&random)
    }

    /// Who bought, and on which channel.
    package func truth(of ordinal: Int) -> (buyer: Int, channel: Channel) {
        var random = generator(of: ordinal)
        let buyer = population.buyer(activity.draw(&random))
        return (buyer.index, drawChannel(buyer, &random))
    }

    private func generator(of ordinal: Int) -> SeededGenerator {
        precondition(ordinal >= 0 && ordinal < count)
        return SeededGenerator(seed: population.seed, purpose: .order, index: ordinal)
    }

    /// The order's name on the protocol: `channel/store:number`, without the store where it is `main`.
    package func name(of ordinal: Int) -> String {
        var random = generator(of: ordinal)
        let buyer = population.buyer(activity.draw(&random))
        let channel = drawChannel(buyer, &random)
        return channel.name(ofOrder: Self.number(on: channel, ordinal: ordinal))
    }

    private func drawChannel(_ buyer: Buyer, _ random: inout SeededGenerator) -> Channel {
        random.chance(perMille: 550) ? buyer.channels[0] : random.pick(buyer.channels)
    }

    private static func number(on channel: Channel, ordinal: Int) -> String {
        switch channel {
        case .shopify: "S-\(1_000_000 + ordinal)"
        case .woocommerce: "\(100_000 + ordinal)"
        case .bol: "C\(padded(ordinal, width: 9))"
        case .amazon: "303-\(1_000_000 + ordinal % 9_000_000)-\(1_000_000 + ordinal / 9_000_000)"
        }
    }

    /// - Parameter isRevision: true for the newer version of an order that comes later.
    package func order(_ ordinal: Int, isRevision: Bool = false) -> SalesOrder {
        var random = generator(of: ordinal)
        let buyer = population.buyer(activity.draw(&random))
        let channel = drawChannel(buyer, &random)
        let placedAt = placingTime(of: ordinal)
        let address = buyer.address(at: placedAt)
        let (first, last) = NameSpelling.draw(given: buyer.givenName, family: buyer.familyName, &random)
        let fullName = buyer.company ?? "\(first) \(last)"
        let hidesName = channel == .amazon && random.chance(perMille: 100)
        let isGift = random.chance(perMille: 60)
        let recipient = isGift ? giftRecipient(buyer.country, &random) : (fullName, address)
        var order = SalesOrder(
            buyer: buyer.index, channel: channel, number: Self.number(on: channel, ordinal: ordinal),
            placedAt: placedAt, currency: buyer.country.currency, language: buyer.country.language,
            reference: reference(buyer, channel, &random), email: email(buyer, channel, &random),
            phone: phone(buyer, channel, &random),
            firstName: hidesName ? nil : first, lastName: hidesName ? nil : last,
            company: buyer.company, vatID: random.chance(perMille: 700) ? buyer.vatID : nil,
            billingName: fullName, billing: address, shippingName: recipient.0, shipping: recipient.1,
            lines: drawLines(&random))
        if channel == .shopify || afterlife(of: ordinal).0 == .revised {
            order.updatedAt = isRevision ? placedAt + random.within(3_600...259_200) : placedAt
            order.status = isRevision ? random.pick(["shipped", "completed", "cancelled"]) : "paid"
        }
        return order
    }

    /// Orders are spread evenly over the period, each some seconds late, never before its predecessor.
    private func placingTime(of ordinal: Int) -> Int {
        let span = Self.period.count
        return Self.period.lowerBound + Int(UInt64(span).multipliedFullWidth(by: UInt64(ordinal)).low / UInt64(count))
    }

    private func reference(_ buyer: Buyer, _ channel: Channel, _ random: inout SeededGenerator) -> String? {
        let asGuest = random.chance(perMille: 150)
        guard buyer.hasAccount(on: channel), !channel.isMarketplace, !asGuest else { return nil }
        return String(channel == .shopify ? 7_100_000_000 + buyer.index : 1_000 + buyer.index)
    }

    private func email(_ buyer: Buyer, _ channel: Channel, _ random: inout SeededGenerator) -> String? {
        guard !random.chance(perMille: 20) else { return nil }
        guard channel.isMarketplace else {
            let email = buyer.emails[channel.rawValue]
            return random.chance(perMille: 15) ? ASCII.uppercased(email) : email
        }
        var mixer = SplitMix64(seed: population.seed &+ UInt64(buyer.index * Channel.allCases.count + channel.rawValue))
        let token = String(mixer.next(), radix: 36)
        return channel == .bol ? "\(token)@verkopen.bol.com" : "\(token)@marketplace.amazon.de"
    }

    private func phone(_ buyer: Buyer, _ channel: Channel, _ random: inout SeededGenerator) -> String? {
        let shown =
            switch channel {
            case .shopify, .woocommerce: 650
            case .bol: 350
            case .amazon: 150
            }
        guard random.chance(perMille: shown), let national = buyer.phone else { return nil }
        let code = buyer.country.callingCode
        switch random.below(10) {
        case 0..<5: return "+\(code)\(national)"
        case 5..<7: return "0\(national)"
        case 7: return "0\(national.prefix(2))-\(national.dropFirst(2))"
        case 8: return "00\(code)\(national)"
        default: return "+\(code) \(national.prefix(3)) \(national.dropFirst(3))"
        }
    }

    private func giftRecipient(
        _ country: Country, _ random: inout SeededGenerator
    ) -> (String, PostalAddress) {
        let name = "\(random.pickSkewed(country.givenNames)) \(random.pickSkewed(country.familyNames))"
        return (name, Household.address(in: country, &random))
    }

    private func drawLines(_ random: inout SeededGenerator) -> [SalesOrder.Line] {
        let draw = random.below(20)
        let count = draw < 14 ? 1 : draw < 18 ? 2 : draw - 15
        return (0..<count).map { _ in
            SalesOrder.Line(product: random.pick(Product.all), quantity: random.chance(perMille: 800) ? 1 : 2)
        }
    }
}
