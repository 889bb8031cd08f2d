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
        var open: Decimal64
        var sold: Decimal64
        var returned: Decimal64

        /// Nothing, with the decimals of the currency.
        init(_ currency: String) {
            let decimals = Decimal64.minorUnitDigits(of: [UInt8](currency.utf8).span)
            open = Decimal64(units: 0, scale: decimals)
            (sold, returned) = (open, open)
        }
    }

    private var soldUnits = Decimal64.zero
    private var returnedUnits = Decimal64.zero
    private var soldLines = 0
    private var returnedLines = 0
    /// By currency; hardly ever more than one or two.
    private var money: [(currency: String, sums: Money)] = []

    /// An order to which nothing happened: what the fold makes of no facts, without making it.
    mutating func add(_ frame: OrderFrame) {
        let isCancelled = frame.status == "cancelled"
        let place = place(of: frame.currency)
        let nothing = Decimal64(units: 0, scale: frame.decimals)
        let paid = frame.isPaidAlready ? frame.total : nothing
        money[place].sums.open = money[place].sums.open + (isCancelled ? nothing : frame.total) - paid
        for line in frame.lines where line.quantity.isPositive && !isCancelled {
            soldUnits = soldUnits + line.quantity
            soldLines += 1
            money[place].sums.sold = money[place].sums.sold + line.value(of: line.quantity, decimals: frame.decimals)
        }
    }

    private mutating func place(of currency: String) -> Int {
        if let place = money.firstIndex(where: { $0.currency == currency }) { return place }
        money.append((currency, Money(currency)))
        return money.count - 1
    }

    mutating func add(_ life: OrderLife) {
        let place = place(of: life.frame.currency)
        var sums = money[place].sums
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
        money[place].sums = sums
    }

    mutating func add(_ other: CustomerTally) {
        soldUnits = soldUnits + other.soldUnits
        returnedUnits = returnedUnits + other.returnedUnits
        soldLines += other.soldLines
        returnedLines += other.returnedLines
        for (currency, more) in other.money {
            let place = place(of: currency)
            money[place].sums.open = money[place].sums.open + more.open
            money[place].sums.sold = money[place].sums.sold + more.sold
            money[place].sums.returned = money[place].sums.returned + more.returned
        }
    }

    /// The members `open` and `returns` of a dossier's totals.
    func write(into output: inout ByteWriter) {
        let currencies = money.sorted { $0.currency < $1.currency }
        output.key("open")
        output.openObject()
        for (currency, sums) in currencies {
            output.key(currency)
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
        for (currency, sums) in currencies { output.rate(currency, sums.returned, of: sums.sold) }
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
        decimal(returned.divided(by: sold, decimals: 4) ?? Decimal64(units: 0, scale: 4))
        closeObject()
    }
}
