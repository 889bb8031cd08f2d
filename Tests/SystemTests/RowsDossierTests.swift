import Client
import Testing

extension SystemTests {
    /// Section C of the checklist, the 360 view: W05, X06, W23, W24, E05, T01.
    @Suite struct RowsDossierTests {
        @Test(arguments: rows) func theRowStands(_ row: FeatureRow) throws { try row.check() }

        private static let anna =
            #""ref":"9","email":"anna@dewit.example","phone":"+31612345678","firstName":"Anna","lastName":"de Wit""#
        private static let lines =
            #","billing":{"name":"Anna de Wit","street":"Dam","houseNumber":"1","postalCode":"1012 JS","city":"Amsterdam","country":"NL"},"lines":[{"sku":"A","quantity":2,"unitPrice":"10.00","vatRate":"21"},{"sku":"B","quantity":2,"unitPrice":"5.00","vatRate":"21"}]"#
        private static let bought = Story.order("web", "1", customer: anna, total: "30.00", more: lines)

        private static let credited = [
            LedgerTests.seller, bought, "DOCUMENT.CREATE order=web:1 actor=anna", "DOCUMENT.POST D1 actor=piet",
            "SHOP.SERIES",
        ]

        private static let rows = [
            FeatureRow(
                "W05", "invoices, credit notes and messages at once, from any identifier",
                told: [
                    bought,
                    #"DOCUMENT.PUT {"kind":"invoice","number":"F-1","order":"web:1","issuedAt":"2026-04-02T09:00:00Z","total":"30.00","currency":"EUR"}"#,
                    #"DOCUMENT.PUT {"kind":"credit-note","number":"K-1","order":"web:1","issuedAt":"2026-04-09T09:00:00Z","total":"-10.00","currency":"EUR"}"#,
                    MessageTests.sender, MessageTests.shipped, MessageTests.queue("web:1"),
                ],
                asks: [
                    "C1", "email=ANNA@dewit.example", #"phone="06 12345678""#, "ref=web:9", "order=web:1",
                    "document=F-1", "document=K-1",
                ].map {
                    .init(
                        "CUSTOMER.360 \($0)",
                        [
                            "customer.number": "C1", "documents.#": "2", "documents.0.number": "K-1",
                            "documents.0.kind": "credit-note", "documents.1.kind": "invoice", "messages.#": "1",
                            "messages.0.state": "queued", "messages.0.event": "order.shipped",
                        ])
                }),
            FeatureRow(
                "X06", "when it arrives, when the money comes, how it was made good",
                told: credited + [
                    #"ORDER.SHIP order=web:1 {"id":"p","trackingCode":"3S1","expectedAt":"2026-04-05"}"#,
                    #"ORDER.DELAY order=web:1 {"id":"d","until":"2026-04-09","announcedAt":"2026-04-04"}"#,
                    #"ORDER.RETURN order=web:1 {"id":"R","lines":[{"sku":"A","quantity":1}]}"#,
                    #"ORDER.REFUND order=web:1 {"id":"F","amount":"10.00","return":"R","refundedAt":"2026-04-20"}"#,
                    "VOUCHER.ISSUE amount=5 currency=EUR customer=C1 description=\"For the wait\" actor=anna",
                    "SHOP.SERIES kind=credit-note pattern=CN{number}",
                    #"DOCUMENT.CREDIT document=D1 actor=anna {"return":"R","lines":[{"line":"1","quantity":1}]}"#,
                    "DOCUMENT.POST D2 actor=piet", "VOUCHER.ISSUE amount=4 currency=EUR creditNote=CN1",
                ],
                asks: [
                    .init(
                        "ORDER.LIFE web:1",
                        [
                            "life.arrival.date": "2026-04-09T00:00:00Z", "life.delayed": "-",
                            "life.returns.0.refundedAt": "2026-04-20T00:00:00Z", "life.returns.0.refundIds.0": "F",
                            "life.shipments.0.trackAndTrace": "true",
                        ]),
                    .init(
                        "CUSTOMER.360 order=web:1",
                        [
                            "vouchers.#": "2", "vouchers.1.description": "For the wait", "vouchers.1.left": "5.00",
                            "vouchers.0.creditNote": "CN1", "orders.0.life.arrival.date": "2026-04-09T00:00:00Z",
                            "orders.0.life.returns.0.id": "R", "returns.#": "1", "returns.0.order": "web:1",
                            "returns.0.return": "R", "returns.0.creditNote": "CN1", "returns.0.state": "posted",
                            "returns.0.total": "10.00", "documents.0.return": "R", "documents.0.reason": "return",
                            "documents.0.kind": "credit-note", "documents.1.kind": "invoice",
                        ]),
                    .init(
                        #"DOCUMENT.CREDIT document=D1 {"return":"X","amount":"1.00"}"#,
                        ["error": "NOTFOUND", "text": "ORDER.RETURN"]),
                    .init(
                        #"DOCUMENT.CREDIT document=D1 {"return":"R"}"#, ["error": "INVALID", "text": "lines"]),
                ]),
            FeatureRow(
                "W23", "the whole history over all channels, newest first, page by page",
                told: ["SHOP.CONFIGURE match=exact"]
                    + (1...5).map { day in
                        #"ORDER.PUT {"channel":"\#(day % 2 == 0 ? "bol" : "web")","number":"\#(day)","placedAt":"2026-04-0\#(day)T08:00:00Z","currency":"EUR","total":"1.00","customer":{"email":"anna@dewit.example"}}"#
                    },
                asks: [
                    .init(
                        "CUSTOMER.360 C1",
                        [
                            "orders.#": "5", "orders.0.number": "5", "orders.4.number": "1", "orders.1.channel": "bol",
                            "totals.orders": "5",
                        ]),
                    .init(
                        "CUSTOMER.360 C1 offset=1 limit=2",
                        ["orders.#": "2", "orders.0.number": "4", "from": "2", "to": "3", "totals.orders": "5"]),
                    .init("CUSTOMER.360 C1 offset=5", ["orders.#": "0", "totals.orders": "5"]),
                ]),
            FeatureRow(
                "W24", "what came back, in units, lines and value",
                told: [
                    bought, #"ORDER.RETURN order=web:1 {"id":"R","lines":[{"sku":"A","quantity":1}]}"#,
                    #"RETURN.RECEIVE order=web:1 {"id":"r","return":"R","receivedAt":"2026-04-20"}"#,
                ],
                asks: [
                    .init(
                        "CUSTOMER.360 C1",
                        [
                            "totals.returns.units.rate": "0.2500", "totals.returns.lines.rate": "0.5000",
                            "totals.returns.value.EUR.returned": "10.00",
                        ])
                ]),
            FeatureRow(
                "E05", "name, company, address, e-mail, phone, newsletter and orders of a customer",
                told: [
                    #"CUSTOMER.PUT {"channel":"crm","ref":"1","firstName":"Anna","lastName":"de Wit","company":"Theehuis","email":"anna@dewit.example","phone":"+31612345678","emailConfirmed":true,"billing":{"street":"Dam","houseNumber":"1","city":"Amsterdam","country":"NL"}}"#,
                    "CUSTOMER.WISHES C1 newsletter=yes", Story.order("crm", "1", customer: #""ref":"1""#),
                ],
                asks: [
                    .init(
                        "CUSTOMER.360 C1",
                        [
                            "customer.firstName": "Anna", "customer.company": "Theehuis",
                            "customer.billing.city": "Amsterdam",
                            "customer.email": "anna@dewit.example", "customer.phone": "+31612345678", "orders.#": "1",
                        ]),
                    .init("CUSTOMER.WISHES C1", ["wishes.newsletter.value": "yes"]),
                    .init("CUSTOMER.EXPORT", ["rows": "1", "row.profile.emailConfirmed": "true"]),
                ]),
            FeatureRow(
                "T01", "name, address, place, where the customer came from, and notes",
                told: [
                    Story.order(
                        "agency", "1", customer: #""firstName":"Anna","lastName":"de Wit""#,
                        more: #","store":"ede","billing":{"street":"Dam","houseNumber":"1","city":"Amsterdam"}"#),
                    #"NOTE.ADD C1 "Calls after six""#, #"NOTE.ADD C1 "Window seat""#,
                ],
                asks: [
                    .init(
                        "CUSTOMER.360 order=agency/ede:1",
                        [
                            "customer.lastName": "de Wit", "customer.billing.street": "Dam",
                            "customer.billing.city": "Amsterdam",
                            "profiles.0.channel": "agency", "profiles.0.store": "ede", "notes.#": "2",
                        ]),
                    .init("NOTE.ADD C9 x", ["error": "NOTFOUND", "text": "C9"]),
                ]),
        ]
    }
}
