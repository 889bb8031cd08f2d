import Bytes

/// What the orders of a customer add up to: what is open by currency, and how much comes back.
///
/// The return rate is told in three ways, since each alone misleads:
/// - units: articles announced as coming back or received, of those ordered and not cancelled;
/// - lines: order lines of which anything comes back, of those not wholly cancelled;
/// - value: what the returned articles cost, of what was ordered and not cancelled, by currency. A line whose price
///   nobody told counts nothing on either side.
package struct CustomerTally: Sendable {
    struct Money: Sendable {
        let currency: String
        /// Text and length in one word; nil for what is too long for that.
        let word: UInt64?
        let decimals: UInt8
        /// The totals of orders; nil while none has said any.
        var ordered: Decimal64?
        var open: Decimal64
        var sold: Decimal64
        var returned: Decimal64

        /// Nothing, with the decimals of the currency.
        init(_ currency: Span<UInt8>) {
            self.currency = currency.text
            word = Self.word(of: currency)
            decimals = Decimal64.minorUnitDigits(of: currency)
            open = Decimal64(units: 0, scale: decimals)
            (sold, returned) = (open, open)
        }

        @inline(__always) static func word(of currency: Span<UInt8>) -> UInt64? {
            guard currency.count < 8 else { return nil }
            return currency.word(at: 0, count: currency.count) | UInt64(currency.count) << 56
        }
    }

    private var soldUnits = Decimal64.zero
    private var returnedUnits = Decimal64.zero
    private var soldLines = 0
    private var returnedLines = 0
    /// Orders whose totals no longer fit into a sum; zero on any sane day.
    private(set) var unsummedOrders = 0
    /// By currency; hardly ever more than one or two.
    private var money: [Money] = []

    /// Sum of order totals by currency.
    var amounts: [(currency: String, sum: Decimal64)] {
        money.compactMap { money in money.ordered.map { (money.currency, $0) } }
    }

    /// An order to which nothing happened: what the fold makes of no facts, without making it.
    /// - Parameter isCollecting: see `OrderFrame.isCollecting`.
    mutating func add(_ order: PackedRecord, isCollecting: Bool) {
        let place = place(of: order[OrderShape.currency])
        let decimals = money[place].decimals
        let isCancelled = order[OrderShape.status].equals("cancelled")
        let total = order.decimal(OrderShape.total)
        add(total, to: place)
        if !isCancelled { money[place].open = money[place].open + (total ?? .zero) }
        if isCollecting || OrderFrame.isPaid(order[OrderShape.extra]) {
            money[place].open = money[place].open - (total ?? .zero)
        }
        guard !isCancelled else { return }
        var sold = money[place].sold
        order.forEachElement(OrderShape.lines) { line in
            let line = LineAmounts(line, decimals: decimals)
            guard line.quantity.isPositive else { return }
            soldUnits = soldUnits + line.quantity
            soldLines += 1
            if let price = line.unitPrice { sold = sold + (line.quantity.times(price, decimals: decimals) ?? .zero) }
        }
        money[place].sold = sold
    }

    /// The total of an order, which is told beside what the order's life comes to.
    mutating func sum(_ order: PackedRecord) {
        add(order.decimal(OrderShape.total), to: place(of: order[OrderShape.currency]))
    }

    private mutating func add(_ total: Decimal64?, to place: Int) {
        guard let total else { return }
        guard let known = money[place].ordered else { return money[place].ordered = total }
        if let sum = known.adding(total) { money[place].ordered = sum } else { unsummedOrders += 1 }
    }

    private mutating func place(of currency: Span<UInt8>) -> Int {
        if let word = Money.word(of: currency) {
            for place in money.indices where money[place].word == word { return place }
        } else if let place = money.firstIndex(where: { currency.isText($0.currency) }) {
            return place
        }
        money.append(Money(currency))
        return money.count - 1
    }

    private mutating func place(of currency: String) -> Int { place(of: Array(currency.utf8).span) }

    mutating func add(_ life: OrderLife) {
        let place = place(of: life.frame.currency)
        var sums = money[place]
        sums.open = sums.open + life.open
        for line in life.lines.all where line.sold.isPositive && !life.isCancelled {
            let returned = line.returned.limited(to: line.sold)
            soldUnits = soldUnits + line.sold
            returnedUnits = returnedUnits + returned
            soldLines += 1
            returnedLines += returned.isPositive ? 1 : 0
            sums.sold = sums.sold + line.line.value(of: line.sold, decimals: life.frame.decimals)
            sums.returned = sums.returned + line.line.value(of: returned, decimals: life.frame.decimals)
        }
        money[place] = sums
    }

    mutating func add(_ other: CustomerTally) {
        if money.isEmpty, soldLines == 0, unsummedOrders == 0 {
            self = other
            return
        }
        soldUnits = soldUnits + other.soldUnits
        returnedUnits = returnedUnits + other.returnedUnits
        soldLines += other.soldLines
        returnedLines += other.returnedLines
        unsummedOrders += other.unsummedOrders
        for more in other.money {
            let place = place(of: more.currency)
            money[place].open = money[place].open + more.open
            money[place].sold = money[place].sold + more.sold
            money[place].returned = money[place].returned + more.returned
            if let ordered = more.ordered {
                money[place].ordered = (money[place].ordered ?? .zero).adding(ordered) ?? ordered
            }
        }
    }

    private var currencies: [Money] { money.count > 1 ? money.sorted { $0.currency < $1.currency } : money }

    /// The member `amounts` of a dossier's totals.
    func writeAmounts(into output: inout ByteWriter) {
        output.key("amounts")
        output.openObject()
        for sums in currencies {
            guard let ordered = sums.ordered else { continue }
            output.key(sums.currency)
            output.decimal(ordered)
        }
        output.closeObject()
    }

    /// The members `open` and `returns` of a dossier's totals.
    func write(into output: inout ByteWriter) {
        let currencies = currencies
        output.key("open")
        output.openObject()
        for sums in currencies {
            output.key(sums.currency)
            output.decimal(sums.open)
        }
        output.closeObject()
        output.key("returns")
        output.openObject()
        output.rate("units", returnedUnits.shortest, of: soldUnits.shortest)
        output.rate(
            "lines", Decimal64(units: Int64(returnedLines), scale: 0), of: Decimal64(units: Int64(soldLines), scale: 0))
        output.key("value")
        output.openObject()
        for sums in currencies { output.rate(sums.currency, sums.returned, of: sums.sold) }
        output.closeObject()
        output.closeObject()
    }
}

extension ByteWriter {
    /// `{"sold":…,"returned":…,"rate":…}`; the rate from 0 to 1 with four decimals, 0 where nothing was sold.
    fileprivate mutating func rate(_ name: String, _ returned: Decimal64, of sold: Decimal64) {
        key(name)
        openObject()
        key("sold")
        decimal(sold)
        key("returned")
        decimal(returned)
        key("rate")
        let rate = returned.units == 0 ? nil : returned.divided(by: sold, decimals: 4)
        decimal(rate ?? Decimal64(units: 0, scale: 4))
        closeObject()
    }
}

/// What a line of an order costs and how many there are: read without its names.
private struct LineAmounts {
    var quantity = Decimal64(units: 1, scale: 0)
    var unitPrice: Decimal64?

    init(_ line: Span<UInt8>, decimals: UInt8) {
        var reader = ByteReader(line)
        do throws(ByteReaderError) {
            let bitmap = reader.isAtEnd ? 0 : try reader.varint()
            for place in [LineShape.sku, LineShape.title] where bitmap & (1 << UInt64(place)) != 0 {
                _ = try reader.countedRange()
            }
            if bitmap & (1 << UInt64(LineShape.quantity)) != 0 { quantity = try reader.packedDecimal() }
            if bitmap & (1 << UInt64(LineShape.unitPrice)) != 0 { unitPrice = try reader.packedDecimal() }
        } catch {
            preconditionFailure("a packed line does not read: \(error)")
        }
        // Some channels tell only what the line costs.
        if unitPrice == nil {
            unitPrice = OrderLine(PackedRecord(line, LineShape.kinds), hasNames: false, decimals: decimals).unitPrice
        }
    }
}

extension Span where Element == UInt8 {
    fileprivate func isText(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { equals(Span(_unsafeElements: $0)) }
    }
}
