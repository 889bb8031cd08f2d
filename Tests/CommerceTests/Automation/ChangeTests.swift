import Bytes
import Testing

@testable import Commerce

/// Which events are changes, and that nothing a rule does is one.
@Suite struct ChangeTests {
    private static let everything =
        #"{"on":[\#(ChangeKind.allCases.map { "\"\($0.word)\"" }.joined(separator: ","))],"#
        + #""do":[{"tag":"x"}]}"#

    private static func watching() -> AutomationState {
        var state = AutomationState()
        state.evolve(.rulePut(name: "all", json: everything, actor: "a"), shop: 0, at: 0)
        state.evolve(.ruleSwitched(name: "all", isOn: true, actor: "a"), shop: 0, at: 0)
        return state
    }

    /// The law that rules cannot loop: whatever `RuleEffect` can hold makes no change, though a rule waits for all of them.
    @Test func noEffectOfARuleIsAChange() throws {
        var state = Self.watching()
        #expect(state.isWatching)
        var events = EventWriter()
        let now = Timestamp(milliseconds: 1_000)
        let tag = try #require(CustomerTag("x"))
        func check() throws {
            let event = try Event(events.last)
            state.note(event, events.last, sequence: 7, in: DirectoryState())
            #expect(!state.hasPending && !event.kind.makesChanges, "\(event.kind)")
        }
        events.outbox(
            .messageQueued(.orderShipped, profile: 0, order: 1, version: 1, MessageRecord()), shop: 0, now: now)
        try check()
        events.outbox(.languageChosen(profile: 0, LanguageTag("nl"), actor: "rule:all version 1"), shop: 0, now: now)
        try check()
        events.label(.tagged(profile: 0, tag, actor: "rule:all version 1", cause: ""), shop: 0, now: now)
        try check()
        events.label(.untagged([0], tag, actor: "rule:all version 1"), shop: 0, now: now)
        try check()
        events.begin(.noteAdded, now, shop: 0)
        events.profile(0)
        events.note(row: 0, actor: [UInt8]("a".utf8).span, text: [UInt8]("b".utf8).span)
        events.end()
        try check()
        events.automation(.changesHandled([]), shop: 0, now: now)
        try check()
        events.outbox(
            .messageNotQueued(.orderShipped, profile: 0, order: 1, MessageRecord(), reason: "gate"), shop: 0, now: now)
        try check()
        for kind in [EventKind.documentLabelled, .documentsSent] {
            events.ofLedger(kind, LedgerEvent(kind, MarkFacts(), profile: 0), row: 0, shop: 0, now: now)
            try check()
        }
    }

    /// Every kind of event that an effect can write, against every kind that makes a change.
    @Test func whatRulesWriteAndWhatTheyRunOnHaveNothingInCommon() throws {
        let tag = try #require(CustomerTag("x"))
        let queued = OutboxEvent.messageQueued(.orderShipped, profile: 0, order: 1, version: 1, MessageRecord())
        let document = DocumentReference(.filed, 0)
        let effects: [RuleEffect] = [
            .outbox(queued), .outbox(.languageChosen(profile: 0, nil, actor: "")),
            .outbox(.messageNotQueued(.orderShipped, profile: 0, order: 1, MessageRecord(), reason: "")),
            .label(.tagged(profile: 0, tag, actor: "", cause: "")), .label(.untagged([0], tag, actor: "")),
            .note("x"), .documentLabel(document, "x", isOn: true), .documentsSent(queued, [document], label: "x"),
        ]
        let written = Set(effects.flatMap(\.kinds))
        #expect(written.count == 8 && written.allSatisfy { !$0.makesChanges })
        let changing = (UInt8.min...UInt8.max).compactMap(EventKind.init(rawValue:)).filter(\.makesChanges)
        #expect(changing.count == 8 && written.isDisjoint(with: changing))
    }

    /// What the tellings of one fact, one after the other, are news of.
    @Test(arguments: [
        (FactKind.shipment, [#"{"id":"p"}"#, #"{"id":"p","trackingCode":"1"}"#], ["order.changed", "order.shipped"]),
        (
            .shipment,
            [#"{"id":"p","trackingCode":"1"}"#, #"{"id":"p","trackingCode":"1","expectedAt":"2026-03-01"}"#],
            ["order.shipped", ""]
        ),
        (
            .shipment,
            [#"{"id":"p","trackingCode":"1"}"#, #"{"id":"p","trackingCode":"1","deliveredAt":"2026-03-01"}"#],
            ["order.shipped", "order.delivered"]
        ),
        (.shipment, [#"{"id":"p","trackingCode":"1","deliveredAt":"2026-03-01"}"#], ["order.delivered"]),
        (
            .shipment,
            [#"{"id":"p","trackingCode":"1"}"#, #"{"id":"p","trackingCode":"2"}"#, #"{"id":"p","trackingCode":"1"}"#],
            ["order.shipped", "order.shipped", "order.shipped"]
        ),
        (
            .delay,
            [
                #"{"id":"d","until":"2026-03-01"}"#, #"{"id":"d","until":"2026-03-01","note":"x"}"#,
                #"{"id":"d","until":"2026-03-02"}"#,
            ], ["order.delayed", "", "order.delayed"]
        ),
        (
            .return,
            [
                #"{"id":"r","lines":[{"sku":"A","quantity":1}]}"#,
                #"{"id":"r","lines":[{"sku":"A","quantity":1,"state":"received"}]}"#,
            ],
            ["return.announced", "return.received"]
        ),
        (.cancellation, [#"{"id":"c"}"#], ["order.cancelled"]),
        (.status, [#"{"id":"s","status":"paid"}"#], ["status.changed"]),
    ])
    func tellingsAreNewsOnce(_ kind: FactKind, _ tellings: [String], _ expected: [String]) throws {
        var stage = FactStage()
        var found: [String] = []
        for json in tellings {
            var decoder = CommandDecoder()
            var output = ByteWriter()
            let fact = try decoder.fact(
                kind, of: [UInt8]("web:1".utf8).span, [UInt8](json.utf8).span, into: &output)
            let news = stage.news(in: Telling.all(in: output.span.extracting(fact.record.range)))
            found.append(news.map(\.kind.word).joined(separator: "+"))
        }
        #expect(found == expected)
    }

    /// A snapshot in the middle changes nothing: the state reads back as it was written.
    @Test func theStateSurvivesItsTable() throws {
        var state = Self.watching()
        state.pending = [
            Change(
                sequence: 9, place: 1, kind: .orderPlaced, shop: 0, profile: 0, order: 1, at: 5, happenedAt: 4, fact: []
            )
        ]
        state.stages[3] = FactStage()
        state.shops[0].note(
            RuleLogEntry(
                at: 1, sequence: 2, kind: .orderDelayed, profile: 0, subject: "web:1",
                outcome: RuleOutcome(rule: "all", version: 1, action: "tag x", hasActed: true, text: "x")))
        let sink = OneTable()
        state.write(to: sink)
        var read = AutomationState()
        let isRead = read.load(sink.bytes.span, profiles: 1, orders: 1, shopCount: 1)
        #expect(isRead && read.isWatching)
        #expect(read.shops == state.shops && read.pending == state.pending && read.stages == state.stages)
        var broken = AutomationState()
        let cut = sink.bytes.dropLast()
        let isBrokenRead = broken.load(Array(cut).span, profiles: 1, orders: 1, shopCount: 1)
        #expect(!isBrokenRead)
    }

    private final class OneTable: TableSink {
        var bytes: [UInt8] = []

        func begin(_ kind: TableKind, shard: Int, entries: Int) throws(Never) {}
        func write(_ bytes: Span<UInt8>) throws(Never) { self.bytes += bytes.array }
        func end() throws(Never) {}
    }
}
