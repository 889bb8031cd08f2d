import Bytes
import Testing

@testable import Commerce

/// What follows from an order and the facts about it (rows X02, X03, X04, X05, X06, B09, W24, T11 of the checklist).
@Suite struct OrderLifeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var more = ""
        let facts: [Told]
        /// Paths below `life` and their texts.
        let expected: [String: String]
    }

    @Test(arguments: cases)
    func theLifeFollowsFromTheFacts(_ example: Case) throws {
        for isReversed in [false, true] {
            var world = DirectoryWorld(shards: 2)
            if !isReversed { _ = try world.order(teaOrder("1", example.more), shop: "main", now: 5) }
            for fact in isReversed ? example.facts.reversed() : example.facts {
                _ = try world.fact(fact.kind, of: fact.order, fact.json)
            }
            if isReversed { _ = try world.order(teaOrder("1", example.more), shop: "main", now: 5) }
            let life = try JSONValue(world.lifeText())
            for (path, text) in example.expected.sorted(by: { $0.key < $1.key }) {
                #expect(life.at("life." + path) == (text == "-" ? nil : text), "\(path): \(life.oneLine)")
            }
            #expect(world.directory.counts().waitingFacts == 0)
        }
    }

    private static let one = #""lines":[{"sku":"A","quantity":1}]"#

    static let cases: [Case] = [
        Case(
            testDescription: "nothing happened",
            facts: [], expected: ["status": "open", "amounts.open": "25.00", "shipments": "-", "arrival": "-"]),
        Case(
            testDescription: "X02: shipped in part with track and trace",
            facts: [
                Told(
                    .shipment,
                    #"{"id":"p","carrier":"PostNL","trackingCode":"3S1","trackingUrl":"https://t/3S1","expectedAt":"2026-03-04",\#(one)}"#
                )
            ],
            expected: [
                "status": "partiallyShipped", "lines.0.shipped": "1", "lines.0.open": "1",
                "shipments.0.trackAndTrace": "true", "shipments.0.trackingUrl": "https://t/3S1",
                "arrival.date": "2026-03-04T00:00:00Z", "arrival.source": "shipment",
            ]),
        Case(
            testDescription: "X02: no code, no track and trace",
            facts: [Told(.shipment, #"{"id":"p","carrier":"PostNL"}"#)],
            expected: ["status": "shipped", "shipments.0.trackAndTrace": "false", "lines.1.shipped": "1"]),
        Case(
            testDescription: "delivered",
            facts: [
                Told(.shipment, #"{"id":"p","deliveredAt":"2026-03-04T10:00:00Z",\#(one)}"#),
                Told(.shipment, #"{"id":"q","deliveredAt":"2026-03-05T10:00:00Z"}"#),
            ],
            expected: [
                "status": "delivered", "arrival.source": "delivered", "arrival.date": "2026-03-05T10:00:00Z",
                "lines.0.shipped": "2",
            ]),
        Case(
            testDescription: "a shipment that failed is none",
            facts: [Told(.shipment, #"{"id":"p","state":"failure"}"#)],
            expected: ["status": "open", "lines.0.shipped": "0", "shipments.0.state": "failure"]),
        Case(
            testDescription: "X05: delayed, and the delay told last counts",
            facts: [
                Told(.delay, #"{"id":"1","until":"2026-03-20","announcedAt":"2026-03-02T00:00:00Z"}"#),
                Told(.delay, #"{"id":"2","until":"2026-03-12","announcedAt":"2026-03-03T00:00:00Z"}"#),
                Told(.shipment, #"{"id":"p","shippedAt":"2026-03-01T00:00:00Z","expectedAt":"2026-03-03",\#(one)}"#),
            ],
            expected: ["delayed": "true", "arrival.date": "2026-03-12T00:00:00Z", "arrival.source": "delay"]),
        Case(
            testDescription: "X03: a return announced, received article by article, refunded",
            facts: [
                Told(.payment, #"{"id":"t","amount":"25"}"#),
                Told(.return, #"{"id":"R","lines":[{"sku":"A","quantity":2},{"line":"l2","quantity":1}]}"#),
                Told(
                    .receipt, #"{"id":"r1","return":"R","warehouse":"Ede","receivedAt":"2026-03-09T00:00:00Z",\#(one)}"#
                ),
                Told(.refund, #"{"id":"F","amount":"10.00","return":"R","refundedAt":"2026-03-10T00:00:00Z"}"#),
            ],
            expected: [
                "lines.0.returned": "2", "lines.0.received": "1", "lines.1.returned": "1", "lines.1.received": "0",
                "status": "partiallyReturned", "returns.0.refunded": "true", "returns.0.refundIds": "1",
                "returns.0.refundedAt": "2026-03-10T00:00:00Z", "returns.0.receipts": "1",
                "receipts.0.warehouse": "Ede", "amounts.open": "0.00", "amounts.received": "10.00",
            ]),
        Case(
            testDescription: "X04: cancelled in part, the money not back yet",
            facts: [
                Told(.payment, #"{"id":"t","amount":"25"}"#),
                Told(.cancellation, #"{"id":"X","lines":[{"sku":"B"}]}"#),
            ],
            expected: [
                "lines.1.cancelled": "1", "lines.1.open": "0", "cancellations.0.refunded": "false",
                "amounts.open": "-5.00", "status": "open",
            ]),
        Case(
            testDescription: "X04: cancelled wholly, and the money is back",
            facts: [
                Told(.payment, #"{"id":"t","amount":"25"}"#), Told(.cancellation, #"{"id":"X","reason":"stock"}"#),
                Told(.refund, #"{"id":"F","amount":"25","cancellation":"X"}"#),
            ],
            expected: [
                "status": "cancelled", "amounts.open": "0.00", "cancellations.0.refunded": "true", "arrival": "-",
                "amounts.cancelled": "25.00",
            ]),
        Case(
            testDescription: "B09: paid in part",
            facts: [Told(.payment, #"{"amount":"10","method":"cheque"}"#)],
            expected: ["amounts.paid": "10.00", "amounts.open": "15.00", "payments.0.method": "cheque"]),
        Case(
            testDescription: "a refund out of goodwill leaves nothing open; another currency is not counted",
            more: #","paymentStatus":"paid""#,
            facts: [
                Told(.refund, #"{"id":"F","amount":"4"}"#), Told(.refund, #"{"id":"G","amount":"9","currency":"USD"}"#),
            ],
            expected: [
                "amounts.paid": "25.00", "amounts.refunded": "4.00", "amounts.open": "0.00",
                "amounts.inOtherCurrencies": "1", "status": "open",
            ]),
        Case(
            testDescription: "T11: a journey",
            more: #","kind":"booking""#,
            facts: [
                Told(
                    .booking,
                    #"{"id":"f","part":"AMS-LIS","status":"confirmed","registeredAt":"2026-02-01","tripStart":"2026-07-01","tripEnd":"2026-07-02"}"#
                ),
                Told(.booking, #"{"id":"h","part":"hotel","tripStart":"2026-07-02","tripEnd":"2026-07-14"}"#),
            ],
            expected: [
                "status": "confirmed", "booking.tripStart": "2026-07-01T00:00:00Z",
                "booking.tripEnd": "2026-07-14T00:00:00Z", "booking.parts": "2",
                "booking.registeredAt": "2026-02-01T00:00:00Z",
            ]),
        Case(
            testDescription: "the channel's word wins where it is further along, and a newer one where it is newer",
            more: #","status":"open","updatedAt":"2026-03-02T00:00:00Z""#,
            facts: [
                Told(.shipment, #"{"id":"p",\#(one)}"#),
                Told(.status, #"{"id":"channel","status":"delivered","at":"2026-03-03T00:00:00Z"}"#),
            ],
            expected: ["status": "delivered", "channelStatus": "-", "lines.0.shipped": "1"]),
        Case(
            testDescription: "articles that the order does not have",
            facts: [
                Told(.return, #"{"id":"R","lines":[{"sku":"Z","quantity":1},{"sku":"A","quantity":5}]}"#)
            ],
            expected: ["unmatchedLines": "2", "lines.0.returned": "2"]),
    ]

    // MARK: One fact per name

    @Test func oneFactPerName() throws {
        func facts(_ world: borrowing DirectoryWorld) throws -> String? {
            try JSONValue(world.lifeText()).at("life.shipments.0.carrier")
        }
        for isWaiting in [false, true] {
            var world = DirectoryWorld(shards: 2)
            if !isWaiting { _ = try world.order(teaOrder(), shop: "main", now: 5) }
            func told(_ carrier: String, _ day: String?) -> String {
                #"{"id":"p","carrier":"\#(carrier)"\#(day.map { #","updatedAt":"2026-03-\#($0)T00:00:00Z""# } ?? "")}"#
            }
            #expect(try world.fact(.shipment, of: "web:1", told("DHL", nil)).verdict == .recorded(.matched))
            #expect(try world.fact(.shipment, of: "web/main:1", told("DHL", nil)).verdict == .duplicate)
            let conflict = try world.fact(.shipment, of: "web:1", told("UPS", nil))
            #expect(conflict.verdict == .conflict && (!isWaiting || conflict.differences == ["carrier"]))
            #expect(try world.fact(.shipment, of: "web:1", told("UPS", "02")).verdict == .revised(.matched))
            #expect(try world.fact(.shipment, of: "web:1", told("GLS", "01")).verdict == .stale)
            #expect(try world.fact(.shipment, of: "web:1", told("UPS", "02")).verdict == .duplicate)
            #expect(try world.fact(.shipment, of: "web:1", told("UPS", "01")).verdict == .duplicate)
            // Two tellings of one moment: one wins, whichever came first.
            let first = try world.fact(.shipment, of: "web:1", told("GLS", "02")).verdict
            let second = try world.fact(.shipment, of: "web:1", told("UPS", "02")).verdict
            #expect(first == .stale && second == .duplicate || first == .revised(.matched) && second == .stale)
            #expect(world.directory.counts().waitingFacts == (isWaiting ? 1 : 0))
            if isWaiting { _ = try world.order(teaOrder(), shop: "main", now: 5) }
            #expect(try facts(world) == (first == .stale ? "UPS" : "GLS"))
        }
    }

    @Test(arguments: [
        (FactKind.delay, "{}", "until"), (.receipt, "{}", "return"), (.refund, #"{"id":"F"}"#, "amount"),
        (.refund, #"{"amount":"0"}"#, "amount"), (.payment, #"{"amount":"-1"}"#, "amount"),
        (.payment, #"{"amount":"1e3"}"#, "amount"), (.booking, #"{"id":"x"}"#, "status"),
        (.shipment, #"{"lines":[]}"#, "lines"), (.shipment, #"{"lines":[{"quantity":1}]}"#, "lines"),
        (.shipment, #"{"lines":[{"sku":"A","quantity":0}]}"#, "lines.quantity"),
        (.shipment, #"{"lines":{"sku":"A"}}"#, "lines"), (.shipment, #"{"shippedAt":"soon"}"#, "shippedAt"),
        (.shipment, #"{"updatedAt":"2026-13-01"}"#, "updatedAt"), (.return, #"{"state":"lost"}"#, "state"),
        (.return, #"{"lines":[{"sku":"A","state":"lost"}]}"#, "lines.state"), (.shipment, "[1]", "fact"),
        (.shipment, #"{"id":{}}"#, "id"),
    ])
    func whatIsWrongIsNamed(_ kind: FactKind, _ json: String, _ field: String) {
        let refusal = refusal { () throws(Refusal) in _ = try decodeFact(kind, of: "web:1", json) }
        #expect(
            refusal?.code == .invalid && refusal?.text.hasPrefix("\(field): ") == true, "\(String(describing: refusal))"
        )
    }

    // MARK: Totals (W24)

    @Test func theReturnRateHasThreeMeasures() throws {
        var world = DirectoryWorld(shards: 2)
        _ = try world.order(teaOrder(), shop: "main", now: 5)
        _ = try world.order(
            teaOrder("1", #","store":"two""#).replacing("web", with: "till"), shop: "main", now: 6)
        _ = try world.fact(.return, of: "web:1", #"{"id":"R","lines":[{"sku":"A","quantity":1}]}"#)
        _ = try world.fact(.cancellation, of: "web:1", #"{"id":"X","lines":[{"sku":"B"}]}"#)
        let totals = try #require(JSONValue(world.dossier(of: 0))["totals"])
        let expected = [
            "returns.units.sold": "2", "returns.units.returned": "1", "returns.units.rate": "0.5000",
            "returns.lines.sold": "1", "returns.lines.returned": "1", "returns.lines.rate": "1.0000",
            "returns.value.EUR.sold": "20.00", "returns.value.EUR.returned": "10.00",
            "returns.value.EUR.rate": "0.5000", "open.EUR": "20.00",
        ]
        for (path, text) in expected { #expect(totals.at(path) == text, "\(path): \(totals.oneLine)") }
    }

    /// An order to which nothing happened is counted without the fold, and as the fold would count it.
    @Test(arguments: [
        "", #","status":"cancelled""#, #","paymentStatus":"paid""#, #","status":"cancelled","paymentStatus":"paid""#,
    ])
    func theShortWayCountsTheSame(_ more: String) throws {
        for channel in ["web", "bol"] {
            let order = try decodeOrder(teaOrder("1", more).replacing("web", with: channel))
            let record = PackedRecord(order.bytes.span.extracting(order.command.record.range), OrderShape.members)
            func text(_ add: (inout CustomerTally) -> Void) -> String {
                var tally = CustomerTally()
                add(&tally)
                var output = ByteWriter()
                tally.write(into: &output)
                return output.span.text
            }
            let name = [UInt8](channel.utf8)
            let isCollecting = OrderFrame.isCollecting(name.span)
            let whole = OrderFrame(record, channel: name.span, hasFacts: true)
            #expect(text { $0.add(record, isCollecting: isCollecting) } == text { $0.add(OrderLife(whole, [])) })
        }
    }
}
