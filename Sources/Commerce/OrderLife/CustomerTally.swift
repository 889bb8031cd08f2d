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
        var open = Decimal64.zero
        var sold = Decimal64.zero
        var returned = Decimal64.zero
    }

    private var soldUnits = Decimal64.zero
    private var returnedUnits = Decimal64.zero
    private var soldLines = 0
    private var returnedLines = 0
    private var money: [String: Money] = [:]

    mutating func add(_ life: OrderLife) {
        var sums = money[life.frame.currency] ?? Money()
        sums.open = sums.open + life.open
        for line in life.lines.all where line.sold.isPositive && !life.isCancelled {
            let returned = line.returned.limited(to: line.sold)
            soldUnits = soldUnits + line.sold
            returnedUnits = returnedUnits + returned
            soldLines += 1
            returnedLines += returned.isPositive ? 1 : 0
            sums.sold = sums.sold + line.value(of: line.sold, decimals: life.frame.decimals)
            sums.returned = sums.returned + line.value(of: returned, decimals: life.frame.decimals)
        }
        money[life.frame.currency] = sums
    }

    mutating func add(_ other: CustomerTally) {
        soldUnits = soldUnits + other.soldUnits
        returnedUnits = returnedUnits + other.returnedUnits
        soldLines += other.soldLines
        returnedLines += other.returnedLines
        for (currency, more) in other.money {
            var sums = money[currency] ?? Money()
            sums.open = sums.open + more.open
            sums.sold = sums.sold + more.sold
            sums.returned = sums.returned + more.returned
            money[currency] = sums
        }
    }

    /// The members `open` and `returns` of a dossier's totals.
    func write(into output: inout ByteWriter) {
        let currencies = money.sorted { $0.key < $1.key }
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
