import Client
import Foundation
import Testing

extension SystemTests {
    /// Versions of one order in the platforms' own payloads: the state is that of the newest, whichever came first.
    @Suite struct ChannelVersionTests {
        private static func moment(_ hour: Int) -> String { "2026-03-01T\(hour < 10 ? "0" : "")\(hour):00:00" }

        private static func shopify(_ hour: Int, _ state: String) -> String {
            let states = state.split(separator: " ")
            let fulfilment = states.count > 1 ? "\"\(states[1])\"" : "null"
            return
                #"CHANNEL.PUT shopify {"id":1001,"name":"W1001","created_at":"\#(moment(8))Z","updated_at":"\#(moment(hour))Z","#
                + #""currency":"EUR","total_price":"30.00","customer":{"id":5,"email":"an@vries.nl","first_name":"An"},"#
                + #""shipping_address":{"first_name":"An","address1":"Laan \#(hour)","city":"Ede","country_code":"NL"},"#
                + #""line_items":[{"id":1,"sku":"A","title":"Tea","quantity":3,"price":"10.00"}],"#
                + #""financial_status":"\#(states[0])","fulfillment_status":\#(fulfilment)}"#
        }

        private static func woocommerce(_ hour: Int, _ state: String) -> String {
            #"CHANNEL.PUT woocommerce {"id":9,"number":"9","status":"\#(state)","currency":"EUR","total":"30.00","#
                + #""date_created_gmt":"\#(moment(8))","date_modified_gmt":"\#(moment(hour))","#
                + #""billing":{"email":"zoe@zee.nl","first_name":"Zoe","last_name":"Zee","address_1":"Laan \#(hour)"},"#
                + #""line_items":[{"id":1,"name":"Tea","sku":"A","quantity":3,"total":"30.00","price":10}]}"#
        }

        private static func amazon(_ hour: Int, _ state: String) -> String {
            #"CHANNEL.PUT amazon {"payload":{"AmazonOrderId":"405-1111111-2222222","PurchaseDate":"\#(moment(8))Z","#
                + #""LastUpdateDate":"\#(moment(hour))Z","OrderStatus":"\#(state)","MarketplaceId":"A1805IZSGTT6HS","#
                + #""OrderTotal":{"CurrencyCode":"EUR","Amount":"30.00"},"BuyerInfo":{"BuyerEmail":"x1@marketplace.amazon.nl"}}}"#
        }

        /// - Parameters:
        ///   - hours: when the platform says that each was true: several within one hour mean the same second.
        ///   - status: in the end.
        struct Case: Sendable, CustomTestStringConvertible {
            let order: String
            let status: String
            let lines: [String]
            let what: String

            var testDescription: String { "\(order): \(what)" }
        }

        private static let cases = [
            Case(
                order: "shopify:1001", status: "shipped",
                lines: [
                    shopify(9, "pending"), shopify(10, "paid"), shopify(11, "paid partial"),
                    shopify(12, "paid fulfilled"),
                ], what: "each newer by updated_at"),
            Case(
                order: "shopify:1001", status: "shipped",
                lines: [shopify(9, "pending"), shopify(9, "paid"), shopify(9, "paid fulfilled")],
                what: "created, paid and shipped in one second"),
            Case(
                order: "woocommerce:9", status: "refunded",
                lines: [
                    woocommerce(9, "pending"), woocommerce(10, "processing"), woocommerce(11, "completed"),
                    woocommerce(12, "refunded"),
                ], what: "each newer by date_modified"),
            Case(
                order: "woocommerce:9", status: "completed",
                lines: [woocommerce(9, "completed"), woocommerce(9, "processing"), woocommerce(9, "failed")],
                what: "three states in one second"),
            Case(
                order: "amazon:405-1111111-2222222", status: "cancelled",
                lines: [amazon(9, "Pending"), amazon(10, "Unshipped"), amazon(11, "Canceled")],
                what: "each newer by LastUpdateDate"),
            Case(
                order: "amazon:405-1111111-2222222", status: "shipped",
                lines: [amazon(9, "Unshipped"), amazon(9, "Shipped"), amazon(9, "Pending")],
                what: "three states in one second"),
        ]

        @Test("shuffled and doubled versions end in one state", arguments: cases)
        func anyOrderOfArrivalEndsInTheSameState(_ one: Case) throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("ChannelVersionTests: seed \(seed)")
            var random = Seeded(seed)
            var states: Set<String> = []
            for round in 0..<4 {
                try Sandbox.with { sandbox in
                    var server = try sandbox.start()
                    var talk = try server.connect()
                    let deliveries =
                        switch round {
                        case 0: one.lines
                        case 1: Array(one.lines.reversed())
                        default: (one.lines + one.lines).shuffled(using: &random)
                        }
                    for (place, line) in deliveries.enumerated() {
                        let rows = try talk.rows(line).rows
                        #expect(rows.allSatisfy { $0["error"] == nil }, "\(rows)")
                        guard round == 3, place == deliveries.count / 2 else { continue }
                        try server.kill()
                        server = try sandbox.start()
                        talk = try server.connect()
                    }
                    let order = try talk.ok("ORDER.GET \(one.order)")
                    #expect(order.text("status") == one.status, "seed \(seed), round \(round)")
                    // How many versions were kept depends on how many came in time; nothing else does.
                    states.insert(Self.state(order))
                    // All of it again changes nothing.
                    let before = try talk.sequence()
                    for line in one.lines { try talk.ok(line) }
                    #expect(try talk.sequence() == before, "seed \(seed), round \(round)")
                    #expect(Self.state(try talk.ok("ORDER.GET \(one.order)")) == Self.state(order))
                }
            }
            #expect(states.count == 1, "seed \(seed)")
        }

        private static func state(_ order: JSONValue) -> String {
            guard let members = order.members else { return "" }
            return members.filter { !["versions", "seq"].contains($0.name) }.map { "\($0.name)=\($0.value)" }.sorted()
                .joined(separator: " ")
        }

        /// Whoever sends canonical orders says which is newer, or is told that nobody does: that stays.
        @Test func canonicalOrdersOfOneMomentAreAConflict() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                func put(_ status: String) -> String {
                    #"ORDER.PUT {"channel":"web","number":"1","placedAt":"2026-03-01T08:00:00Z","updatedAt":"2026-03-01T09:00:00Z","currency":"EUR","total":"1.00","status":"\#(status)"}"#
                }
                try talk.ok(put("open"))
                try talk.refused(put("shipped"), "CONFLICT", "status")
                #expect(try talk.ok("ORDER.GET web:1").text("status") == "open")
            }
        }
    }
}
