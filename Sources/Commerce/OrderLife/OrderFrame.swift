import Bytes

/// What the present version of an order says, as far as its life needs it.
struct OrderFrame {
    /// The channel's word, as the order came.
    let status: String
    /// Milliseconds; the earliest moment if the order did not say.
    let updatedAt: Int64
    let currency: String
    let decimals: UInt8
    let total: Decimal64
    let lines: [OrderLine]
    /// Whether the order itself says that it is paid, or came through a channel that takes orders only when they are.
    let isPaidAlready: Bool
    /// The latest day of delivery that was promised with the order, in the channel's own form.
    let deliverBy: String?

    /// - Parameter hasFacts: false leaves out what only facts ask for.
    init(_ order: PackedRecord, channel: Span<UInt8>, hasFacts: Bool) {
        status = order.has(OrderShape.status) ? order.text(OrderShape.status) : "open"
        updatedAt = order.moment(OrderShape.updatedAt)?.milliseconds ?? .min
        currency = order.text(OrderShape.currency)
        decimals = Decimal64.minorUnitDigits(of: order[OrderShape.currency])
        total = order.decimal(OrderShape.total) ?? .zero
        var lines: [OrderLine] = []
        let decimals = decimals
        order.forEachElement(OrderShape.lines) {
            lines.append(OrderLine(PackedRecord($0, LineShape.kinds), hasNames: hasFacts, decimals: decimals))
        }
        self.lines = lines
        let extra = ExtraMembers(order[OrderShape.extra], Self.names)
        isPaidAlready = Self.isCollecting(channel) || Self.isPaid(extra.text("paymentStatus") ?? "")
        deliverBy = extra.text("deliverBy")
    }

    private static let names: [StaticString] = ["paymentStatus", "deliverBy"]
    private static let payment: [StaticString] = ["paymentStatus"]

    /// Whether the members that no shape knows say that the order is paid.
    static func isPaid(_ extra: Span<UInt8>) -> Bool {
        extra.count > 0 && isPaid(ExtraMembers(extra, payment).text("paymentStatus") ?? "")
    }

    private static func isPaid(_ payment: String) -> Bool {
        payment == "paid" || payment == "partiallyRefunded" || payment == "refunded"
    }

    /// These two hand orders to merchants only when the buyer has paid, and pay the merchant themselves.
    static func isCollecting(_ channel: Span<UInt8>) -> Bool {
        channel.equals("bol") || channel.equals("amazon")
    }
}

/// An article as ordered.
struct OrderLine {
    /// The channel's own id of the line.
    let id: String
    let sku: String
    let ean: String
    let title: String
    let quantity: Decimal64
    /// What one costs; nil if neither price nor line total says.
    let unitPrice: Decimal64?

    private static let names: [StaticString] = ["id", "ean", "total"]

    init(_ line: PackedRecord, hasNames: Bool, decimals: UInt8) {
        let quantity = line.decimal(LineShape.quantity) ?? Decimal64(units: 1, scale: 0)
        self.quantity = quantity
        let price = line.decimal(LineShape.unitPrice)
        guard hasNames || price == nil else {
            (id, sku, ean, title, unitPrice) = ("", "", "", "", price)
            return
        }
        let extra = ExtraMembers(line[LineShape.extra], Self.names)
        id = extra.text("id") ?? ""
        ean = extra.text("ean") ?? ""
        sku = line.text(LineShape.sku)
        title = line.text(LineShape.title)
        let total = extra.text("total").flatMap { Decimal64([UInt8]($0.utf8).span) }
        unitPrice = price ?? total.flatMap { $0.divided(by: quantity, decimals: decimals) }
    }

    func value(of quantity: Decimal64, decimals: UInt8) -> Decimal64 {
        unitPrice.flatMap { quantity.times($0, decimals: decimals) } ?? .zero
    }

    /// Whether a fact means this line: by the channel's id of it where the fact says one, else by its SKU or EAN.
    func isMeant(by line: FactLine) -> Bool {
        if !line.line.isEmpty, line.line == id { return true }
        guard line.line.isEmpty || id.isEmpty else { return false }
        return !line.sku.isEmpty && (line.sku == sku || line.sku == ean)
    }
}

/// A few texts of the members that no shape knows.
struct ExtraMembers {
    private var texts: [(name: StaticString, text: String?)] = []

    /// - Parameter extra: JSON members without braces.
    init(_ extra: Span<UInt8>, _ names: [StaticString]) {
        guard extra.count > 0 else { return }
        var reader = JSONReader(extra)
        var isFirst = true
        do throws(JSONError) {
            // There is no brace at the end.
            while reader.position < extra.count, let key = try reader.nextKey(&isFirst) {
                let name = extra.extracting(key.range)
                let value = try reader.skipValue()
                // No string is made of the many names that nobody asks for.
                if let wanted = names.first(where: { name.equals($0) }) {
                    texts.append((wanted, try JSONValue(parsing: extra.extracting(value)).exactText))
                }
            }
        } catch {
            preconditionFailure("members that were read once already do not read: \(error)")
        }
    }

    /// Of a member that comes twice, the last one counts.
    func text(_ name: StaticString) -> String? { texts.last { $0.name.isSame(as: name) }?.text }
}
