import Bytes
import Foundation
import Testing

@testable import Commerce

/// Values in the published payloads that are easily lost.
struct PublishedValueTests {
    /// The only item of a file at a path of members and array indexes, as JSON text.
    @Test(arguments: expectations)
    func value(path: String, at members: String, is expected: String) throws {
        guard let payload = try PayloadFiles.published(path) else { return }
        let items = try read(String(path.prefix { $0 != "/" }), payload)
        var value: JSONValue? = try #require(items.first).value
        for step in members.split(separator: ".") {
            value = if let index = Int(step) { value?.array?[index] } else { value?[String(step)] }
        }
        #expect(value?.oneLine ?? "nothing" == expected)
    }

    /// With the templates filled in, as WireMock does, the recorded orders are read.
    @Test func filledTemplatesAreRead() throws {
        guard let payload = try PayloadFiles.published("woocommerce/android-orders-all.json") else { return }
        var text = String(decoding: payload, as: UTF8.self)
        for (pattern, filling) in [
            (#""[^"]*\{\{fnow offset[^"]*""#, #""2025-11-01T09:50:00""#), (#"(\{\{[^}]*\}\}(yyyy)?)+"#, "2025"),
        ] {
            text = text.replacing(try Regex(pattern), with: filling)
        }
        let items = try read("woocommerce", text)
        #expect(items.count { $0.kind == .order } == 20 && items.allSatisfy { $0.kind == .order || $0.isFact })
        #expect(items[3].value["placedAtZoneKnown"] == .bool(false))
    }

    /// The answers about one Amazon order, as the API gives them, in any arrangement.
    @Test(arguments: [false, true])
    func amazonPartsAreJoined(asObject: Bool) throws {
        let names = ["getOrder", "getOrderAddress", "getOrderBuyerInfo"]
        var bodies: [String] = []
        for name in names {
            guard let payload = try PayloadFiles.published("amazon/samples-orders-\(name).json") else { return }
            bodies.append(String(decoding: payload, as: UTF8.self))
        }
        let bundle =
            asObject
            ? "{" + zip(names, bodies).map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
            : "[" + bodies.reversed().joined(separator: ",") + "]"
        let items = try read("amazon", bundle)
        let order = try #require(items.first).value
        #expect(items.count == 1)
        #expect(order.member("customer", "email")?.string == "0000000000@marketplace.amazon.com")
        #expect(order.member("shipping", "street")?.string == "1000 Business Park Dr")
        #expect(order["purchaseOrder"]?.string == "PO-987654")
    }

    static let expectations: [(String, String, String)] = [
        // Ids beyond 2^53, and one that lost its end in a double but not in the gid.
        ("shopify/webhook-orders-sample.json", "number", #""820982911946154508""#),
        ("shopify/webhook-orders-sample.json", "references.id", #""820982911946154508""#),
        ("shopify/webhook-orders-sample.json", "customer.ref", #""115310627314723954""#),
        ("shopify/webhook-orders-sample.json", "lines.2.id", #""315789986012684393""#),
        ("shopify/webhook-customers-sample.json", "ref", #""706405506930370084""#),
        ("shopify/webhook-customers-sample.json", "references.id", #""706405506930370000""#),
        // Several people in one order.
        ("shopify/webhook-orders-sample.json", "displayNumber", ##""#9999""##),
        ("shopify/webhook-orders-sample.json", "customer.email", #""john@example.com""#),
        ("shopify/webhook-orders-sample.json", "customer.otherEmails", #"["jon@example.com"]"#),
        ("shopify/webhook-orders-sample.json", "customer.addresses.0.city", #""Ottawa""#),
        ("shopify/webhook-orders-sample.json", "billing.name", #""Steve Shipper""#),
        ("shopify/webhook-orders-sample.json", "placedAt", #""2022-01-01T00:00:00Z""#),
        ("shopify/webhook-orders-sample.json", "status", #""cancelled""#),
        ("shopify/order-450789469.json", "customer.otherPhones", #"["+557734881234"]"#),
        ("shopify/order-450789469-cancelled-refunded.json", "refundedTotal", #""10.00""#),
        ("shopify/order-450789469-cancelled-refunded.json", "paymentStatus", #""refunded""#),
        ("shopify/order-1073459969-no-email-list.json", "customer", "nothing"),
        ("shopify/order-1073459976-eur-tax.json", "lines.0.vatRate", #""6""#),
        ("shopify/order-1073459976-eur-tax.json", "currency", #""EUR""#),
        ("shopify/order-1073459981-discount.json", "total", #""181.09""#),
        // Types drift.
        ("woocommerce/ios-order-alternative-types.json", "lines.0.sku", #""123""#),
        ("woocommerce/ios-order-alternative-types.json", "lines.1.quantity", "1.5"),
        ("woocommerce/ios-order-with-charge.json", "lines.0.unitPrice", #""17.647059""#),
        ("woocommerce/ios-order-details-partially-refunded.json", "lines.2.unitPrice", #""10.80""#),
        ("woocommerce/ios-order-details-partially-refunded.json", "refunds.1.amount", #""8.10""#),
        ("woocommerce/ios-order-details-partially-refunded.json", "refundedTotal", #""24.30""#),
        ("woocommerce/docs-order-727-created.json", "placedAt", #""2017-03-22T19:28:02Z""#),
        ("woocommerce/docs-order-727-created.json", "customer.ref", "nothing"),
        ("woocommerce/ios-order-with-special-character-currency.json", "currency", #""AED""#),
        ("woocommerce/ios-wc-analytics-customers.json", "ref", #""guest:matt.t.u@example.com""#),
        // Pending orders tell no total, and one currency by their marketplace.
        ("amazon/v0-getOrder-example.json", "total", #""0""#),
        ("amazon/v0-getOrder-example.json", "totalKnown", "false"),
        ("amazon/v0-getOrder-example.json", "currency", #""USD""#),
        ("amazon/v0-getOrder-example.json", "status", #""pending""#),
        ("amazon/v0-getOrder-sandbox-2.json", "placedAt", #""2019-05-07T15:42:57.058Z""#),
        ("amazon/2026-searchOrders-sandbox-1.json", "total", #""19940""#),
        ("amazon/2026-searchOrders-example.json", "status", #""delivered""#),
        ("amazon/2026-getOrder-sandbox-1.json", "shipping.houseNumber", #""123""#),
        ("amazon/2026-getOrder-sandbox-2.json", "customer.vatId", #""TR1234567890""#),
        // Sums of JSON numbers, exact; two relay addresses; an invalid VAT id does not lose the order.
        ("bol/v10-200-order.http", "total", #""52.97""#),
        ("bol/v3-order.json", "total", #""47.98""#),
        ("bol/v10-200-order.http", "customer.vatId", #""NL123456789B01""#),
        ("bol/v10-200-order.http", "billing.email", #""2yldzdi2wjcf5ir4sycq7lufqpytxy@verkopen.test2.bol.com""#),
        ("bol/v10-200-order.http", "shipping.email", #""27zoytzc3crf2r6bctxfa3m2mrjbci@verkopen.test2.bol.com""#),
        ("bol/v10-200-order.http", "placedAt", #""2019-04-30T14:47:32Z""#),
        ("bol/v5-200-order-details.json", "status", #""shipped""#),
        ("bol/v8-spec-order-A2K8290LP8.json", "totalKnown", "false"),
        ("bol/v8-spec-order-A2K8290LP8.json", "shipping.pickupPoint", #""Albert Heijn: UTRECHT""#),
    ]
}
