import Bytes
import Foundation
import Testing

@testable import Commerce

/// What each published payload must come to.
enum Expectation: Sendable {
    case orders(Int)
    case customers(Int)
    /// No order, but so many things that happened to orders.
    case updates(Int)
    /// A list whose items are all refused, each for a reason that contains the text.
    case eachRefused(Int, String)
    /// Refused as a whole, for a reason that contains the text.
    case refused(String)
}

/// The platforms' own published payloads, where ../shared/data is at hand.
struct PublishedPayloadTests {
    @Test(arguments: table)
    func publishedPayload(path: String, expectation: Expectation) throws {
        guard let payload = try PayloadFiles.published(path) else { return }
        let channel = String(path.prefix { $0 != "/" })
        do throws(ChannelError) {
            let items = try read(channel, payload)
            let reasons = items.compactMap { item in
                if case .refused(let error) = item.kind { error.sentence } else { nil }
            }
            switch expectation {
            case .orders(let count):
                // Orders tell of their shipments and refunds besides.
                #expect(items.count { $0.kind == .order } == count)
                #expect(items.count { $0.kind == .order || $0.isFact } == items.count)
            case .updates(let count):
                #expect(items.count { $0.isFact } == count && items.count == count)
            case .customers(let count):
                #expect(items.count { $0.kind == .customer } == count && items.count == count)
            case .eachRefused(let count, let reason):
                #expect(reasons.count { $0.contains(reason) } == count && items.count == count)
            case .refused(let reason): Issue.record("read \(items.count) items, should be refused: \(reason)")
            }
        } catch {
            guard case .refused(let reason) = expectation else {
                Issue.record("refused: \(error.sentence)")
                return
            }
            #expect(error.sentence.contains(reason))
        }
    }

    /// A folder with more files than the table is welcome: those must be read or refused, whatever they are.
    @Test func everyOtherFileIsReadOrRefused() throws {
        guard let folder = PayloadFiles.published else { return }
        let known = Set(Self.table.map(\.0))
        for channel in ChannelReader.channels {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: channel).path)
                .sorted()
            where !known.contains("\(channel)/\(name)") {
                let payload = try PayloadFiles.published("\(channel)/\(name)") ?? []
                print("not in the table: \(channel)/\(name): \(refusal(channel, payload)?.sentence ?? "read")")
            }
        }
    }

    /// A payload sent to the wrong channel is refused or read as that channel's; it never crashes.
    @Test func wrongChannelIsHarmless() throws {
        for (path, _) in Self.table {
            guard let payload = try PayloadFiles.published(path) else { return }
            for channel in ChannelReader.channels where !path.hasPrefix("\(channel)/") { _ = refusal(channel, payload) }
        }
    }

    static let table: [(String, Expectation)] = shopify + wooCommerce + amazon + bol

    private static let shopify: [(String, Expectation)] = [
        ("shopify/abandoned-checkouts-list.json", .refused("abandoned checkouts")),
        ("shopify/customer-1073339458-created.json", .customers(1)),
        ("shopify/customer-207119551.json", .customers(1)),
        ("shopify/customers-by-ids-list.json", .customers(2)),
        ("shopify/customers-search-fields-list.json", .customers(1)),
        ("shopify/draft-order-1069920479.json", .refused("draft order")),
        ("shopify/go-sdk-customer.json", .customers(1)),
        ("shopify/go-sdk-customer_addresses.json", .customers(1)),
        ("shopify/go-sdk-order.json", .orders(1)),
        ("shopify/order-1073459969-no-email-list.json", .orders(1)),
        ("shopify/order-1073459972-guest-email.json", .orders(1)),
        ("shopify/order-1073459976-eur-tax.json", .orders(1)),
        ("shopify/order-1073459980-partially-paid.json", .orders(1)),
        ("shopify/order-1073459981-discount.json", .orders(1)),
        ("shopify/order-1073459983-existing-customer.json", .orders(1)),
        ("shopify/order-450789469-authorized-list.json", .orders(1)),
        ("shopify/order-450789469-cancelled-refunded.json", .orders(1)),
        ("shopify/order-450789469-cancelled.json", .orders(1)),
        ("shopify/order-450789469-list.json", .orders(1)),
        ("shopify/order-450789469.json", .orders(1)),
        ("shopify/python-sdk-checkouts.json", .refused("abandoned checkouts")),
        ("shopify/python-sdk-customer.json", .customers(1)),
        ("shopify/python-sdk-order.json", .orders(1)),
        ("shopify/python-sdk-orders.json", .orders(1)),
        ("shopify/python-sdk-refund.json", .updates(1)),
        ("shopify/refund-929361472.json", .updates(1)),
        ("shopify/refund-calculate.json", .refused("a refund calculation")),
        ("shopify/refunds-of-450789469-list.json", .updates(1)),
        ("shopify/transactions-of-450789469-list.json", .updates(1)),
        ("shopify/webhook-customers-sample.json", .customers(1)),
        ("shopify/webhook-delete-sample.json", .refused("deletion notice")),
        ("shopify/webhook-orders-sample.json", .orders(1)),
    ]

    private static let wooCommerce: [(String, Expectation)] = [
        ("woocommerce/android-orders-all.json", .eachRefused(20, "cannot be read: \"{{")),
        ("woocommerce/docs-customer-25-updated.json", .customers(1)),
        ("woocommerce/docs-customers-list.json", .customers(2)),
        ("woocommerce/docs-order-727-completed.json", .orders(1)),
        ("woocommerce/docs-order-727-created.json", .orders(1)),
        ("woocommerce/docs-order-notes-list.json", .refused("order note")),
        ("woocommerce/docs-orders-list.json", .orders(2)),
        ("woocommerce/docs-refund-726.json", .updates(1)),
        ("woocommerce/docs-refunds-list.json", .updates(2)),
        ("woocommerce/docs-taxes-list.json", .refused("a tax rate")),
        ("woocommerce/docs-webhooks-list.json", .refused("webhook's settings")),
        ("woocommerce/fluxc-wc-fetch-order-response-success.json", .orders(1)),
        ("woocommerce/ios-broken-order.json", .refused("draft")),
        ("woocommerce/ios-broken-orders.json", .eachRefused(1, "draft")),
        ("woocommerce/ios-customer.json", .customers(1)),
        ("woocommerce/ios-order-560-all-refunds.json", .updates(4)),
        ("woocommerce/ios-order-alternative-types.json", .orders(1)),
        ("woocommerce/ios-order-auto-draft-status.json", .refused("draft")),
        ("woocommerce/ios-order-details-partially-refunded.json", .orders(1)),
        ("woocommerce/ios-order-with-attribution-info.json", .orders(1)),
        ("woocommerce/ios-order-with-charge.json", .orders(1)),
        ("woocommerce/ios-order-with-line-item-attributes.json", .refused("not strict JSON")),
        ("woocommerce/ios-order-with-special-character-currency.json", .orders(1)),
        ("woocommerce/ios-orders-load-all-without-data.json", .orders(1)),
        ("woocommerce/ios-orders-load-all.json", .orders(4)),
        ("woocommerce/ios-refunds-all.json", .updates(2)),
        ("woocommerce/ios-wc-analytics-customers.json", .customers(4)),
    ]

    private static let amazon: [(String, Expectation)] = [
        ("amazon/2026-getOrder-example.json", .orders(1)),
        ("amazon/2026-getOrder-sandbox-1.json", .orders(1)),
        ("amazon/2026-getOrder-sandbox-2.json", .orders(1)),
        ("amazon/2026-searchOrders-example.json", .orders(1)),
        ("amazon/2026-searchOrders-sandbox-1.json", .orders(1)),
        ("amazon/external-returns-example.json", .updates(2)),
        ("amazon/finances-v0-listFinancialEventsByOrderId.json", .refused("financial events")),
        ("amazon/notification-ORDER_CHANGE-examples.json", .updates(1)),
        ("amazon/samples-orders-getOrder.json", .orders(1)),
        ("amazon/samples-orders-getOrderAddress.json", .refused("the address of an order: send it in one array")),
        ("amazon/samples-orders-getOrderBuyerInfo.json", .refused("the buyer of an order: send it in one array")),
        ("amazon/shipment-invoicing-br.json", .refused("shipment for invoicing")),
        ("amazon/tokens-createRestrictedDataToken-sandbox.json", .refused("sandbox description")),
        ("amazon/v0-getOrder-example.json", .orders(1)),
        ("amazon/v0-getOrder-sandbox-1.json", .orders(1)),
        ("amazon/v0-getOrder-sandbox-2.json", .orders(1)),
        ("amazon/v0-getOrderAddress-example.json", .refused("the address of an order")),
        ("amazon/v0-getOrderAddress-sandbox-1.json", .refused("the address of an order")),
        ("amazon/v0-getOrderBuyerInfo-example.json", .refused("the buyer of an order")),
        ("amazon/v0-getOrderBuyerInfo-sandbox-1.json", .refused("the buyer of an order")),
        ("amazon/v0-getOrderItems-example.json", .refused("the items of an order")),
        ("amazon/v0-getOrderItems-sandbox-1.json", .refused("the items of an order")),
        ("amazon/v0-getOrderItemsBuyerInfo-example.json", .refused("the buyer's wishes for an item")),
        ("amazon/v0-getOrders-example.json", .orders(1)),
        ("amazon/v0-getOrders-sandbox-1.json", .orders(2)),
    ]

    private static let bol: [(String, Expectation)] = [
        ("bol/v10-200-order.http", .orders(1)),
        ("bol/v10-200-reduced-orders-empty.http", .orders(0)),
        ("bol/v10-200-reduced-orders.http", .refused("reduced order, without prices and addresses: fetch the order")),
        ("bol/v10-demo-reduced-orders-quoted.json", .refused("reduced order")),
        ("bol/v10-openapi-retailer.json", .refused("API specification")),
        ("bol/v10-subscription-event-quoted.json", .refused("notification of a subscription")),
        ("bol/v3-order.json", .orders(1)),
        ("bol/v5-200-cancel-order-item-success.json", .refused("process state")),
        ("bol/v5-200-get-all-invoices.json", .refused("bol's list of its own invoices")),
        ("bol/v5-200-get-all-orders.json", .refused("reduced order")),
        ("bol/v5-200-get-handled-returns.json", .updates(4)),
        ("bol/v5-200-get-return-by-id-multiple-return-items-with-customer-details.json", .updates(2)),
        ("bol/v5-200-get-return-by-id.json", .updates(1)),
        ("bol/v5-200-get-shipment-by-id.json", .updates(1)),
        ("bol/v5-200-get-unhandled-returns.json", .updates(1)),
        ("bol/v5-200-order-details.json", .orders(1)),
        ("bol/v5-200-orders.json", .refused("reduced order")),
        ("bol/v5-200-shipments-list.json", .updates(4)),
        ("bol/v5-404-order-not-found.json", .refused("error answer")),
        ("bol/v8-spec-order-A2K8290LP8.json", .orders(1)),
    ]
}

extension ChannelItem {
    var isFact: Bool { if case .fact = kind { true } else { false } }
}
