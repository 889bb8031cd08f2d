import Bytes

/// An article in an order.
struct CanonicalLine: Equatable {
    /// The platform's id of the line, exact.
    var id: String?
    var sku: String?
    var ean: String?
    var asin: String?
    var productId: String?
    var variantId: String?
    var title: String?
    /// Mostly whole, but WooCommerce plugins sell by weight and length too.
    var quantity: ExactDecimal?
    /// As the platform gives it, so it may have more decimals than the currency; left out where it gives only a line
    /// total that does not divide.
    var unitPrice: ExactDecimal?
    /// For the whole quantity, after discounts.
    var total: ExactDecimal?
    var discount: ExactDecimal?
    var tax: ExactDecimal?
    /// In percent.
    var vatRate: ExactDecimal?
    var quantityShipped: ExactDecimal?
    var quantityCancelled: ExactDecimal?
    var isCancellationRequested = false
    /// Who ships it: the platform's own word.
    var fulfilledBy: String?
    var deliverBy: String?

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("id", id)
        object.add("sku", sku)
        object.add("ean", ean)
        object.add("asin", asin)
        object.add("productId", productId)
        object.add("variantId", variantId)
        object.add("title", title)
        object.add(quantity: "quantity", quantity)
        object.add("unitPrice", unitPrice)
        object.add("total", total)
        object.add("discount", discount)
        object.add("tax", tax)
        object.add("vatRate", vatRate?.shortestText)
        object.add(quantity: "quantityShipped", quantityShipped)
        object.add(quantity: "quantityCancelled", quantityCancelled)
        if isCancellationRequested { object.add("cancellationRequested", true) }
        object.add("fulfilledBy", fulfilledBy)
        object.add("deliverBy", deliverBy)
        return object.json
    }
}
