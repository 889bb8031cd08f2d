import Foundation

@testable import Commerce

/// The sums once more, the slow way: Foundation's decimals, each rule as the standard words it.
enum NaiveTotals {
    /// The rules that the totals of an invoice break.
    static func contradictions(_ invoice: EInvoice, _ totals: EInvoiceTotals) -> [String] {
        let digits = Int(invoice.amountDigits)
        let unit = Decimal(sign: .plus, exponent: -digits, significand: 1)
        func money(_ amount: Int64) -> Decimal { Decimal(amount) * unit }
        func exact(_ value: Decimal64) -> Decimal {
            Decimal(
                sign: value.units < 0 ? .minus : .plus, exponent: -Int(value.scale),
                significand: Decimal(value.units.magnitude))
        }
        func rounded(_ value: Decimal) -> Decimal {
            var (magnitude, result) = (abs(value), Decimal())
            NSDecimalRound(&result, &magnitude, digits, .plain)
            return value < 0 ? -result : result
        }
        func signed(_ adjustment: EInvoice.Adjustment) -> Decimal {
            adjustment.kind == .charge ? money(adjustment.amount) : -money(adjustment.amount)
        }
        var broken: [String] = []
        func check(_ rule: String, _ left: Decimal, _ right: Decimal) { if left != right { broken.append(rule) } }

        let nets = invoice.lines.map { line in
            line.adjustments.reduce(
                rounded(exact(line.quantity) * exact(line.price.net) / (line.price.baseQuantity.map(exact) ?? 1))
            ) { $0 + signed($1) }
        }
        check("R120", nets.reduce(0, +), totals.lineNets.map(money).reduce(0, +))
        check("BR-CO-10", nets.reduce(0, +), money(totals.lineTotal))
        let allowances = invoice.adjustments.filter { $0.kind == .allowance }.map(signed).reduce(0, -)
        let charges = invoice.adjustments.filter { $0.kind == .charge }.map(signed).reduce(0, +)
        check("BR-CO-11", allowances, money(totals.allowanceTotal))
        check("BR-CO-12", charges, money(totals.chargeTotal))
        check("BR-CO-13", money(totals.lineTotal) - allowances + charges, money(totals.taxExclusive))
        check("BR-CO-14", totals.breakdown.map { money($0.tax) }.reduce(0, +), money(totals.tax))
        check("BR-CO-15", money(totals.taxExclusive) + money(totals.tax), money(totals.taxInclusive))
        check(
            "BR-CO-16", money(totals.taxInclusive) - money(invoice.prepaid) + money(invoice.rounding),
            money(totals.payable))
        for subtotal in totals.breakdown {
            let lines = zip(invoice.lines, nets).filter { $0.0.vat == subtotal.vat }.map(\.1).reduce(0, +)
            let others = invoice.adjustments.filter { $0.vat == subtotal.vat }.map(signed).reduce(0, +)
            check("BR-S-08", lines + others, money(subtotal.taxable))
            check(
                "BR-CO-17", rounded(money(subtotal.taxable) * exact(subtotal.vat.effectiveRate) / 100),
                money(subtotal.tax))
        }
        if Set(totals.breakdown.map(\.vat)).count != totals.breakdown.count { broken.append("BR-S-01") }
        return broken
    }
}
