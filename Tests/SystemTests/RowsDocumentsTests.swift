import Client
import Testing

extension SystemTests {
    /// Sections D, E and F of the checklist, as far as they are about documents, open amounts and messages: W06, X14 X15,
    /// B09, W16, B10, T02 T28.
    @Suite struct RowsDocumentsTests {
        @Test(arguments: rows) func theRowStands(_ row: FeatureRow) throws { try row.check() }

        private static let rows = [
            FeatureRow(
                "W06", "the right recipient, frozen when posted; what is missing refuses it",
                told: [
                    LedgerTests.seller, LedgerTests.company("1"), LedgerTests.company("2", #","vatId":"BE0417497106""#),
                    "DOCUMENT.CREATE order=web:1", "DOCUMENT.CREATE order=web:2", "DOCUMENT.POST D2",
                    LedgerTests.company("2", #","vatId":"BE0417497106","phone":"1""#)
                        .replacing("De Vries BV", with: "Other BV")
                        .replacing(#""total""#, with: #""updatedAt":"2026-05-01T00:00:00Z","total""#),
                ],
                asks: [
                    .init("DOCUMENT.POST D1", ["error": "REFUSED", "text": "VAT id (BT-48)"]),
                    .init(
                        "DOCUMENT.SHOW D2",
                        [
                            "state": "posted", "recipientDetails.name": "De Vries BV",
                            "recipientDetails.city": "Bruxelles",
                        ]),
                    .init("ORDER.GET web:2", ["billing.company": "Other BV"]),
                ]),
            FeatureRow(
                "X14 X15", "the history of an order's documents: who made and who posted them, and when",
                told: [
                    LedgerTests.seller, "ORDER.PUT " + Story.order,
                    "DOCUMENT.CREATE order=shopify:S-1000123 actor=anna",
                    "DOCUMENT.POST D1 actor=piet", "SHOP.SERIES kind=credit-note pattern=K-{number}",
                    #"DOCUMENT.CREDIT document=D1 actor=joost {"amount":"5.00","reason":"damage"}"#,
                ],
                asks: [
                    .init("DOCUMENT.SHOW D1", ["createdBy": "anna", "postedBy": "piet", "state": "posted"]),
                    .init(
                        "DOCUMENT.SHOW D2",
                        ["createdBy": "joost", "postedBy": "-", "state": "draft", "kind": "credit-note"]),
                    .init("CUSTOMER.360 order=shopify:S-1000123", ["documents.#": "2"]),
                ]),
            FeatureRow(
                "B09", "what is open of an order and of a customer; what is paid leaves it",
                told: [
                    Story.order("web", "1", customer: #""email":"anna@dewit.example""#, total: "25.00"),
                    Story.order("web", "2", customer: #""email":"anna@dewit.example""#, total: "10.00"),
                    #"PAYMENT.RECORD order=web:1 {"id":"t1","amount":"20.00","paidAt":"2026-04-03"}"#,
                    #"PAYMENT.RECORD order=web:2 {"id":"t2","amount":"10.00","paidAt":"2026-04-03"}"#,
                ],
                asks: [
                    .init("ORDER.LIFE web:1", ["life.amounts.open": "5.00", "life.payments.0.id": "t1"]),
                    .init("ORDER.LIFE web:2", ["life.amounts.open": "0.00"]),
                    .init("CUSTOMER.360 C1", ["totals.open.EUR": "5.00"]),
                ]),
            FeatureRow(
                "W16", "every message with its recipient and what became of it",
                told: [
                    MessageTests.order("1"), MessageTests.order("2"), MessageTests.sender, MessageTests.shipped,
                    MessageTests.queue("shopify:1"), MessageTests.queue("shopify:2"), "OUTBOX.TAKE worker=w limit=2",
                    "OUTBOX.DONE M1 state=sent", "OUTBOX.DONE M1 state=delivered", "OUTBOX.DONE M2 state=sent",
                    "OUTBOX.DONE M2 state=bounced reason=\"no such mailbox\"",
                ],
                asks: [
                    .init(
                        "MESSAGE.SHOW M1", ["state": "delivered", "to": "sophie@vanderlinden.nl", "order": "shopify:1"]),
                    .init("MESSAGE.SHOW M2", ["state": "bounced"]),
                    .init("OUTBOX.LIST", ["rows": "2", "total": "2"]),
                    .init("OUTBOX.LIST state=bounced", ["rows": "1", "row.message": "M2"]),
                    .init("CUSTOMER.360 order=shopify:1", ["messages.#": "2"]),
                ]),
            FeatureRow(
                "B10", "nothing is queued before the shop says who sends",
                told: [MessageTests.order("1"), MessageTests.shipped],
                asks: [
                    .init(MessageTests.queue("shopify:1"), ["error": "REFUSED", "text": "SHOP.SENDER"]),
                    .init("OUTBOX.LIST", ["rows": "0"]),
                ]),
            FeatureRow(
                "T02 T28", "three wishes, each for itself, and heeded",
                told: [
                    MessageTests.order("1"), MessageTests.sender, MessageTests.template("customer.mailing"),
                    MessageTests.template("customer.newsletter"),
                    "CUSTOMER.WISHES C1 post=no mailing=no newsletter=yes actor=anna",
                    "MESSAGE.QUEUE event=customer.newsletter customer=C1 id=n1",
                ],
                asks: [
                    .init(
                        "CUSTOMER.WISHES C1",
                        [
                            "wishes.post.value": "no", "wishes.mailing.value": "no", "wishes.newsletter.value": "yes",
                            "wishes.post.actor": "anna",
                        ]),
                    .init(
                        "MESSAGE.QUEUE event=customer.mailing customer=C1 id=m1", ["error": "REFUSED", "text": "wish"]),
                    .init("OUTBOX.LIST", ["rows": "1", "row.event": "customer.newsletter"]),
                ]),
        ]
    }
}
