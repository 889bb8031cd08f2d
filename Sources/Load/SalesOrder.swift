/// One order as a channel tells it: what the canonical order of the line protocol holds, before rendering.
package struct SalesOrder: Sendable {
    package struct Line: Sendable {
        let product: Product
        let quantity: Int
    }

    /// The truth: who bought. Never rendered.
    package let buyer: Int
    package let channel: Channel
    package let number: String
    /// Seconds since 1970.
    package let placedAt: Int
    /// Seconds since 1970; nil where the channel does not tell.
    package var updatedAt: Int?
    package var status: String?
    package let currency: String
    package let language: String
    package let reference: String?
    package let email: String?
    package let phone: String?
    package let firstName: String?
    package let lastName: String?
    package let company: String?
    package let vatID: String?
    package let billingName: String
    package let billing: PostalAddress
    package let shippingName: String
    package let shipping: PostalAddress
    package let lines: [Line]

    /// Minor units.
    package var total: Int { lines.reduce(0) { $0 + $1.product.price * $1.quantity } }
}
