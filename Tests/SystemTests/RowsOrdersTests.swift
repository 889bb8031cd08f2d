import Client
import Testing

extension SystemTests {
    /// Section A of the checklist, orders come in: W01, W04, E07, T11.
    @Suite struct RowsOrdersTests {
        @Test(arguments: rows) func theRowStands(_ row: FeatureRow) throws { try row.check() }

        private static func put(_ channel: String, _ sample: String) -> String {
            do { return "CHANNEL.PUT \(channel) \(try Samples.oneLine(sample))" } catch {
                return "CHANNEL.PUT \(channel) {}"
            }
        }

        private static let anna = #""ref":"9","email":"anna@dewit.example","language":"nl""#

        private static let rows = [
            FeatureRow(
                "W01", "orders of all four platforms in their own payloads, and of any channel in the canonical one",
                told: [
                    "SHOP.CONFIGURE match=exact", put("shopify", "shopify-company-orders-list.json"),
                    put("woocommerce", "woocommerce-company-order.json"), put("bol", "bol-company-order.json"),
                    put("amazon", "amazon-company-order.json"),
                    #"ORDER.PUT {"channel":"market-stall.nl","number":"1","placedAt":"2026-06-04T07:30:00Z","currency":"EUR","total":"3.00","customer":{"email":"administratie@theehuisdewit.example"}}"#,
                ],
                asks: [
                    .init(
                        "CUSTOMER.360 order=woocommerce:2026-0108",
                        ["customer.vatId": "NL.8041.241.88B01", "orders.0.channel": "market-stall.nl"]),
                    .init("ORDER.GET market-stall.nl:1", ["total": "3.00", "status": "open"]),
                    .init("ORDER.GET shopify:6123456789012350003", ["currency": "EUR", "total": "478.80"]),
                    .init("ORDER.GET bol:C0009ZZ41T", ["total": "478.80"]),
                    .init("ORDER.GET amazon:407-4401104-8080808", ["total": "119.70"]),
                ]),
            FeatureRow(
                "W04",
                "language, invoices and references of the customer, also with orders that came before all that was known",
                told: [
                    "SHOP.CONFIGURE match=exact",
                    Story.order("web", "1", customer: #""email":"anna@dewit.example""#),
                    Story.order("web", "2", customer: anna),
                    #"CUSTOMER.PUT {"channel":"crm","ref":"r-17","email":"anna@dewit.example","name":"Anna de Wit"}"#,
                    #"DOCUMENT.PUT {"kind":"invoice","number":"F-1","order":"web:2","total":"10.00","currency":"EUR"}"#,
                ],
                asks: [
                    .init(
                        "CUSTOMER.360 order=web:1",
                        [
                            "customer.language": "nl", "documents.0.number": "F-1", "documents.0.order": "web:2",
                            "profiles.#": "3", "profiles.1.ref": "9", "profiles.2.ref": "r-17", "orders.#": "2",
                        ]),
                    .init("CUSTOMER.360 ref=crm:r-17", ["customer.number": "C1"]),
                    .init("CUSTOMER.360 ref=web:9", ["customer.number": "C1"]),
                ]),
            FeatureRow(
                "E07", "nobody is asked for a gender or a title, and who gives one keeps it",
                told: [
                    Story.order("web", "1", customer: #""lastName":"Jansen""#),
                    #"CUSTOMER.PUT {"channel":"crm","ref":"1","salutation":"Mx","gender":null}"#,
                ],
                asks: [
                    .init("CUSTOMER.360 order=web:1", ["customer.gender": "-", "profiles.0.lastName": "Jansen"]),
                    .init("CUSTOMER.360 ref=crm:1", ["profiles.0.salutation": "Mx"]),
                ]),
            FeatureRow(
                "T11", "a booking with number, status, registration, trip and its booked parts",
                told: [
                    Story.order("agency", "B-12", customer: anna, total: "900.00", more: #","kind":"booking""#),
                    #"BOOKING.UPDATE order=agency:B-12 {"id":"f","part":"AMS-LIS","status":"requested","registeredAt":"2026-04-02","tripStart":"2026-07-01","tripEnd":"2026-07-14","updatedAt":"2026-04-02T00:00:00Z"}"#,
                    #"BOOKING.UPDATE order=agency:B-12 {"id":"f","part":"AMS-LIS","status":"confirmed","registeredAt":"2026-04-02","tripStart":"2026-07-02","tripEnd":"2026-07-14","updatedAt":"2026-04-03T00:00:00Z"}"#,
                ],
                asks: [
                    .init(
                        "ORDER.GET agency:B-12",
                        [
                            "kind": "booking", "status": "confirmed", "life.booking.tripStart": "2026-07-02T00:00:00Z",
                            "life.booking.tripEnd": "2026-07-14T00:00:00Z",
                        ]),
                    .init("CUSTOMER.360 ref=agency:9", ["orders.0.number": "B-12", "orders.0.kind": "booking"]),
                    .init(
                        #"BOOKING.UPDATE order=agency:B-12 {"id":"x"}"#, ["error": "INVALID", "text": "tripStart"]),
                ]),
        ]
    }
}
