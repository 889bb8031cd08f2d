import Testing

@testable import Commerce

/// Who may be written to, in which language, and what reports in any order come to.
@Suite struct MessageRuleTests {
    static let day: Int64 = 86_400_000

    // MARK: The gate (W13, W15)

    struct Case: Sendable, CustomTestStringConvertible {
        let channel: String
        let event: MessageEvent
        var email = "x@marketplace.amazon.nl"
        var age: Int64?
        var wishes: [WishSubject: Bool] = [:]
        /// Words of the refusal; none where the message may go.
        var words: String?

        var testDescription: String { "\(channel) \(event.word) \(age ?? -1) \(wishes) \(words ?? "goes")" }
    }

    static let relay = "x@verkopen.bol.com"

    static let cases: [Case] = [
        Case(channel: "amazon", event: .orderDelayed), Case(channel: "amazon", event: .documentIssued),
        Case(channel: "amazon", event: .orderConfirmed, words: "amazon allows no confirmation"),
        Case(channel: "amazon", event: .orderShipped, words: "amazon allows no shipping"),
        Case(channel: "amazon", event: .voucherIssued, words: "amazon allows no voucher"),
        Case(channel: "amazon", event: .orderDelayed, email: "anna@vanderlinden.nl", words: "relay address only"),
        Case(channel: "amazon", event: .orderDelayed, email: "", words: "none that mail can be sent to"),
        Case(channel: "amazon", event: .reviewRequest, age: 5 * day),
        Case(channel: "amazon", event: .reviewRequest, age: 30 * day),
        Case(channel: "amazon", event: .reviewRequest, age: 5 * day - 1, words: "5 to 30 days"),
        Case(channel: "amazon", event: .reviewRequest, age: 30 * day + 1, words: "5 to 30 days"),
        Case(channel: "amazon", event: .reviewRequest, words: "day of delivery is not known"),
        Case(
            channel: "amazon", event: .reviewRequest, age: 9 * day, wishes: [.mailing: false], words: "wants no mailing"
        ),
        Case(channel: "bol", event: .orderDelayed, email: relay),
        Case(channel: "bol", event: .returnReceived, email: relay),
        Case(channel: "bol", event: .orderShipped, email: relay, words: "bol allows no shipping"),
        Case(channel: "bol", event: .reviewRequest, email: relay, age: 9 * day, words: "bol allows no review"),
        Case(channel: "bol", event: .orderDelayed, email: "anna@vanderlinden.nl", words: "relay address only"),
        Case(channel: "shopify", event: .orderShipped, email: "anna@vanderlinden.nl", wishes: [.mailing: false]),
        Case(
            channel: "shopify", event: .reviewRequest, email: "anna@vanderlinden.nl", words: "not agreed to a mailing"),
        Case(channel: "woocommerce", event: .reviewRequest, email: "anna@vanderlinden.nl", wishes: [.mailing: true]),
        Case(
            channel: "woocommerce", event: .reviewRequest, email: relay, wishes: [.mailing: true],
            words: "not for advertising"),
        Case(channel: "web", event: .orderConfirmed, email: "none@none.nl\r\nBcc: x", words: "none that mail"),
    ]

    @Test(arguments: cases)
    func theGateDecides(_ case: Case) throws {
        let world = OutboxWorld()
        try world.setUp()
        try world.apply(world.outbox.decideWishes(`case`.wishes, profile: 0, members: [0], world.context()))
        let facts = OutboxWorld.facts(
            channel: `case`.channel, email: `case`.email, deliveredAt: `case`.age.map { world.now - $0 })
        let request = OutboxWorld.request(`case`.event)
        guard let words = `case`.words else {
            _ = try world.queue(request, facts)
            return
        }
        let refusal = #expect(throws: Refusal.self) { try world.queue(request, facts) }
        #expect(refusal?.code == .refused && refusal?.text.contains(words) == true, "\(refusal?.text ?? "")")
        #expect(world.outbox.messageCount == 0)
    }

    @Test func aReviewIsAskedForOnce() throws {
        let world = OutboxWorld()
        try world.setUp()
        try world.apply(world.outbox.decideWishes([.mailing: true], profile: 0, members: [0], world.context()))
        _ = try world.queue(OutboxWorld.request(.reviewRequest, id: "a"), OutboxWorld.facts(order: 1))
        let refusal = #expect(throws: Refusal.self) {
            try world.queue(OutboxWorld.request(.reviewRequest, id: "b"), OutboxWorld.facts(order: 1))
        }
        #expect(refusal?.text.contains("M1") == true)
        _ = try world.queue(OutboxWorld.request(.reviewRequest, id: "c"), OutboxWorld.facts(order: 2))
    }

    @Test func aWishThatComesLaterIsHeededWhenTheMessageIsTaken() throws {
        let world = OutboxWorld()
        try world.setUp()
        try world.apply(world.outbox.decideWishes([.mailing: true], profile: 0, members: [0], world.context()))
        let review = try world.queue(OutboxWorld.request(.reviewRequest), OutboxWorld.facts())
        let delay = try world.queue(OutboxWorld.request(.orderDelayed), OutboxWorld.facts())
        try world.apply(world.outbox.decideWishes([.mailing: false], profile: 0, members: [0], world.context("anna")))
        #expect(try world.take("w") == [delay])
        #expect(world.state(review) == .withheld)
        let step = try #require(world.outbox.steps(of: review).last)
        #expect(step.state == .withheld && step.detail.contains("wish") && step.detail.contains("anna"))
    }

    @Test func aWindowThatClosesIsHeededWhenTheMessageIsTaken() throws {
        let world = OutboxWorld()
        try world.setUp()
        let facts = OutboxWorld.facts(
            channel: "amazon", email: "x@marketplace.amazon.nl", deliveredAt: world.now - 29 * Self.day)
        let review = try world.queue(OutboxWorld.request(.reviewRequest), facts)
        world.now += Self.day + 1
        #expect(try world.take("w").isEmpty)
        #expect(world.outbox.steps(of: review).last?.detail.contains("so long after delivery") == true)
    }

    // MARK: The sender (B10)

    @Test func nothingIsQueuedBeforeASenderIsSet() throws {
        let world = OutboxWorld()
        let refusal = #expect(throws: Refusal.self) {
            try world.queue(OutboxWorld.request(.orderDelayed), OutboxWorld.facts())
        }
        #expect(refusal?.code == .refused && refusal?.text.hasPrefix("sender:") == true)
        for address in ["", "x", "a@b@c.nl", "Anna <a@example.nl>", "a@example.nl\r\nBcc: x@y.nl", "a b@example.nl"] {
            let language = try #require(LanguageTag("nl"))
            #expect(throws: Refusal.self, "\(address)") {
                try world.outbox.decideSender(address: address, name: nil, language: language, world.context())
            }
        }
    }

    // MARK: Languages (B13, T03, T22)

    @Test(arguments: [
        ("en", "fr", "de", "BE", LanguageRule.override, "en"), ("", "fr", "de", "BE", .customer, "fr"),
        ("", "", "de", "BE", .channel, "de"), ("", "", "", "BE", .country, "nl-BE"), ("", "", "", "", .shop, "nl"),
        // No template in that language: the next best, and the rule stays what it was.
        ("nl-SR", "", "", "", .override, "nl"), ("", "pl", "", "", .customer, "nl"),
    ])
    func theStrongestRuleChooses(
        _ staff: String, _ customer: String, _ channel: String, _ country: String, _ rule: LanguageRule,
        _ expected: String
    ) throws {
        let world = OutboxWorld()
        try world.setUp()
        for language in ["en", "fr", "de", "nl-BE"] { try world.store(.orderDelayed, language) }
        if let language = LanguageTag(customer) {
            try world.apply([
                world.outbox.decideLanguage(.chosen(language), profile: 0, members: [0], world.context())
            ])
        }
        var request = OutboxWorld.request(.orderDelayed)
        request.language = LanguageTag(staff)
        let message = try world.queue(request, OutboxWorld.facts(country: country, language: channel))
        let record = world.outbox.view(message, customer: 1).record
        #expect(record.rule == rule && record.language == expected && record.subject.hasSuffix(" \(expected)"))
    }

    @Test func theChannelsOwnTemplateGoesFirst() throws {
        let world = OutboxWorld()
        try world.setUp()
        try world.store(.orderDelayed, "nl", channel: "bol")
        let bol = try world.queue(
            OutboxWorld.request(.orderDelayed), OutboxWorld.facts(order: 1, channel: "bol", email: Self.relay))
        let web = try world.queue(OutboxWorld.request(.orderDelayed), OutboxWorld.facts(order: 2))
        #expect(world.outbox.view(bol, customer: 1).record.subject.hasSuffix("nlbol"))
        #expect(world.outbox.view(web, customer: 1).record.subject.hasSuffix("nl"))
        let key = TemplateKey(event: .mailing, language: try #require(LanguageTag("nl")), channel: "bol")
        #expect(throws: Refusal.self) {
            try world.outbox.decideTemplate(key, subject: "x", body: "y", world.context())
        }
    }

    // MARK: Identifiers

    @Test func theSameRequestIsTheSameMessage() throws {
        let world = OutboxWorld()
        try world.setUp()
        let facts = OutboxWorld.facts()
        let first = try world.queue(OutboxWorld.request(.orderDelayed), facts)
        #expect(try world.queue(OutboxWorld.request(.orderDelayed), facts) == first)
        var other = OutboxWorld.request(.orderDelayed)
        other.data["delay.newDate"] = "2026-12-24"
        #expect(try world.queue(other, facts) != first)
        let named = try world.queue(OutboxWorld.request(.orderDelayed, id: "x"), facts)
        #expect(try world.queue(OutboxWorld.request(.orderDelayed, id: "x"), facts) == named)
        let refusal = #expect(throws: Refusal.self) {
            try world.queue(OutboxWorld.request(.orderCancelled, id: "x"), facts)
        }
        #expect(refusal?.code == .conflict)
    }

    // MARK: Reports (W16)

    /// Every order of the same reports, each of them once or twice, ends in the same state.
    @Test(arguments: 0..<200)
    func reportsMayComeInAnyOrder(_ seed: Int) throws {
        var random = SplitMix(UInt64(seed))
        let attempts = Int(random.next() % 3) + 1
        let reports: [(Int, MessageState)] = (0..<Int(random.next() % 5) + 1).map { _ in
            (
                Int(random.next() % UInt64(attempts)) + 1,
                MessageState.reportable[Int(random.next() % UInt64(MessageState.reportable.count))]
            )
        }
        var ends: Set<MessageState> = []
        for _ in 0..<8 {
            let world = OutboxWorld()
            try world.setUp()
            let message = try world.queue(OutboxWorld.request(.orderDelayed), OutboxWorld.facts())
            for _ in 0..<attempts {
                world.now += 10_000
                #expect(try world.take("w", lease: 5_000) == [message])
            }
            for (attempt, state) in (reports + reports).shuffled(using: &random) {
                let report = MessageReport(message: message, attempt: attempt, state: state, reason: "", at: nil)
                try world.apply([try world.outbox.decideReport(report, world.context())])
            }
            ends.insert(world.state(message))
            #expect(world.outbox.steps(of: message).count == 1 + attempts + Set(reports.map { "\($0)" }).count)
        }
        #expect(ends.count == 1, "seed \(seed): \(reports) end in \(ends)")
    }
}
