/// From prices with VAT to an invoice without, exactly.
///
/// 1. Every part of the order (the goods of a line, its discount, a cost or discount of the order) is a gross amount
///    of whole minor units. Parts of one VAT category and rate form a group with gross sum G.
/// 2. The group's taxable amount is N = G / (1 + rate), rounded. Its VAT must then be N * rate, rounded (BR-CO-17), so
///    N + VAT can be a minor unit away from G. Where some N meets G exactly it is this one: N + N * rate, rounded, can
///    only be G if N is within 1 / 2(1 + rate) of G / (1 + rate), which is less than a half.
/// 3. N is shared out among the parts: each gets its own net amount rounded down, and the units that are missing go
///    to the parts with the largest remainders, the first of equals first. So the lines and the adjustments add up to
///    the taxable amounts to the unit (BR-CO-10 to BR-CO-13, BR-S-08), and no part is a whole unit off.
/// 4. The net price (BT-146) is the part divided by the quantity, with as many decimals as it takes for price times
///    quantity to round to the part again (PEPPOL-EN16931-R120, without using its slack).
/// 5. What is left between the order's total and the sum of all N + VAT is the rounding amount (BT-114). It is the one
///    term that BR-CO-16 lets stand between the total with VAT and the amount due: to move the cent into a taxable
///    amount or a VAT amount instead would break BR-S-08 or BR-CO-17, and change what is declared to the tax office.
extension GrossOrder {
    package func netted() throws(EInvoiceError) -> Netted {
        var parts = try self.parts()
        let summed = try EInvoiceArithmetic.amount(parts.reduce(0) { $0 + Int128($1.gross) })
        // A channel that rounds the parts of a part can be a unit off for each; more is not rounding but a mistake.
        guard (Int128(total) - Int128(summed)).magnitude <= UInt128(parts.count { $0.gross != 0 }) else {
            throw .totalDiffers(stated: total, summed: summed)
        }
        var rounding = Int128(total)
        for group in Dictionary(grouping: parts.indices, by: { parts[$0].vat }).values {
            let taxable = try Self.share(among: group, of: &parts)
            let rate = parts[group[0]].vat.effectiveRate
            rounding -= Int128(taxable) + Int128(try EInvoiceArithmetic.tax(on: taxable, rate: rate))
        }
        return Netted(
            lines: try netLines(parts), adjustments: netAdjustments(parts),
            rounding: try EInvoiceArithmetic.amount(rounding))
    }

    /// A gross amount that gets a net one; discounts are negative.
    private struct Part {
        let vat: EInvoice.VAT
        let gross: Int64
        var net: Int64 = 0
    }

    /// Two parts for each line, goods and discount, then one for each adjustment.
    private func parts() throws(EInvoiceError) -> [Part] {
        let digits = EInvoice.amountDigits(of: currency)
        var parts: [Part] = []
        for line in lines {
            let goods = try EInvoiceArithmetic.scaledProduct(line.quantity, line.unitPrice, digits: digits)
            parts.append(Part(vat: line.vat, gross: goods))
            parts.append(Part(vat: line.vat, gross: try EInvoiceArithmetic.amount(-Int128(line.discount))))
        }
        for (index, adjustment) in adjustments.enumerated() {
            guard let vat = adjustment.vat else { throw .adjustmentWithoutVAT(index: index) }
            parts.append(Part(vat: vat, gross: try EInvoiceArithmetic.amount(adjustment.signedAmount)))
        }
        return parts
    }

    /// Gives the parts of one group their net amounts; returns the group's taxable amount.
    private static func share(among group: [Int], of parts: inout [Part]) throws(EInvoiceError) -> Int64 {
        let rate = parts[group[0]].vat.effectiveRate
        guard rate.units >= 0, rate.units < 1_000_000_000_000_000 else { throw .tooLarge }
        let whole = try EInvoiceArithmetic.product(100, EInvoiceArithmetic.powerOfTen(Int(rate.scale)))
        let withTax = whole + Int128(rate.units)
        let gross = group.reduce(Int128(0)) { $0 + Int128(parts[$1].gross) }
        let taxable = try EInvoiceArithmetic.rounded(
            EInvoiceArithmetic.product(gross, whole), dividedBy: withTax)
        var missing = Int128(taxable)
        var remainders: [(index: Int, remainder: Int128)] = []
        for index in group {
            let exact = try EInvoiceArithmetic.product(Int128(parts[index].gross), whole)
            let remainder = ((exact % withTax) + withTax) % withTax
            parts[index].net = try EInvoiceArithmetic.amount((exact - remainder) / withTax)
            missing -= Int128(parts[index].net)
            remainders.append((index, remainder))
        }
        remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
        for (index, _) in remainders.prefix(Int(missing)) { parts[index].net += 1 }
        return taxable
    }

    private func netLines(_ parts: [Part]) throws(EInvoiceError) -> [EInvoice.Line] {
        let digits = EInvoice.amountDigits(of: currency)
        var result: [EInvoice.Line] = []
        for (index, line) in lines.enumerated() {
            let price = try Self.netPrice(of: parts[2 * index].net, line: line, digits: digits)
            var netLine = EInvoice.Line(
                id: line.id, quantity: line.quantity, unitCode: line.unitCode, price: EInvoice.Price(net: price),
                vat: line.vat, item: line.item)
            if line.discount != 0 {
                netLine.adjustments = [
                    EInvoice.Adjustment(.allowance, amount: -parts[2 * index + 1].net, reason: line.discountReason)
                ]
            }
            result.append(netLine)
        }
        return result
    }

    private func netAdjustments(_ parts: [Part]) -> [EInvoice.Adjustment] {
        zip(adjustments, parts.dropFirst(2 * lines.count)).map { adjustment, part in
            var net = adjustment
            net.amount = adjustment.kind == .charge ? part.net : -part.net
            // A base amount was with VAT, too; percentage and base go together (PEPPOL-EN16931-R041, R042).
            net.baseAmount = nil
            net.percentage = nil
            return net
        }
    }

    /// The price of a line of nothing, which no net amount tells.
    private static func netUnitPrice(of line: Line, digits: UInt8) throws(EInvoiceError) -> Decimal64 {
        guard let withTax = line.vat.effectiveRate.adding(Decimal64(units: 100, scale: 0)) else { throw .tooLarge }
        let units = try EInvoiceArithmetic.scaledProduct(
            line.unitPrice, Decimal64(units: 100, scale: 0), dividedBy: withTax, digits: digits)
        return Decimal64(units: units, scale: digits)
    }

    /// BT-146 for goods of `net`: at least the currency's decimals, and as many as the quantity has digits beyond.
    private static func netPrice(of net: Int64, line: Line, digits: UInt8) throws(EInvoiceError) -> Decimal64 {
        guard line.quantity.units != 0 else { return try netUnitPrice(of: line, digits: digits + 2) }
        var scale = digits + 1
        var reach: Int128 = try EInvoiceArithmetic.powerOfTen(Int(line.quantity.scale))
        while reach <= Int128(line.quantity.units.magnitude) {
            reach *= 10
            scale += 1
        }
        // Two decimals more than it takes, so that the price reads as close to the exact one as shops show it.
        scale = min(max(scale, digits + 4), UInt8(Decimal64.maximumScale))
        let units = try EInvoiceArithmetic.scaledProduct(
            Decimal64(units: net, scale: digits), Decimal64(units: 1, scale: 0), dividedBy: line.quantity,
            digits: scale)
        guard let price = Decimal64(units: units, scale: scale).shortest.scaled(to: digits) else { throw .tooLarge }
        guard
            try EInvoiceArithmetic.scaledProduct(line.quantity, price, digits: digits) == net
        else { throw .tooLarge }
        return price
    }
}
