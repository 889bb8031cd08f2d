import Bytes

/// What `DOCUMENT.CREDIT` asks for: lines with quantities, or an amount with VAT, or with neither the whole invoice.
package struct CreditRequest: Sendable {
    package let reason: CreditReason
    package let note: String
    /// The return that it gives the money back for (X06); empty for none.
    package let returnId: String
    private let amount: Decimal64?
    private let lines: [(line: String, quantity: Decimal64?)]?

    package init(_ json: Span<UInt8>, allowsMore: Bool) throws(Refusal) {
        let fields = try JSONFields(json, path: "credit", ["lines", "amount", "reason", "note", "return"])
        let reasons = CreditReason.allCases.dropFirst()
        returnId = try fields.text("return") ?? ""
        let said = try fields.text("reason") ?? (returnId.isEmpty ? nil : "return")
        guard let name = said, let reason = reasons.first(where: { "\($0.text)" == name }) else {
            let names = reasons.map { "\($0.text)" }.joined(separator: ", ")
            throw .invalid("reason", "is required, one of \(names)")
        }
        self.reason = reason
        note = try fields.text("note") ?? ""
        guard !note.isEmpty || reason != .other && !allowsMore else {
            throw .invalid("note", "is required with reason other, and with allowMore=yes: say why")
        }
        amount = try fields.decimal("amount")
        var lines: [(line: String, quantity: Decimal64?)] = []
        for line in try fields.objects("lines", ["line", "quantity"]) ?? [] {
            guard let id = try line.text("line") else { throw .invalid("lines", "each names its line") }
            lines.append((id, try line.decimal("quantity")))
        }
        self.lines = lines.isEmpty ? nil : lines
        guard amount == nil || lines.isEmpty else { throw .invalid("amount", "lines or an amount, not both") }
        guard returnId.isEmpty || amount != nil || !lines.isEmpty else {
            throw .invalid("lines", "say which came back with the return, or an amount")
        }
    }

    /// The credit note's content.
    /// - Parameters:
    ///   - invoice: what is corrected, as it was posted under `number`.
    package func content(
        for invoice: DocumentContent, number: String, postedAt: Timestamp
    ) throws(Refusal) -> DocumentContent {
        var content = invoice
        content.invoice.kind = .creditNote
        content.invoice.precedingInvoices = [
            EInvoice.PrecedingInvoice(number: number, issueDate: EInvoice.Date(postedAt))
        ]
        content.invoice.prepaid = 0
        content.invoice.dueDate = nil
        content.invoice.payment = nil
        content.invoice.paymentTerms = nil
        content.invoice.notes = note.isEmpty ? [] : [note]
        do throws(EInvoiceError) {
            if let amount {
                let units = try GrossOrder.amount(amount, currency: invoice.invoice.currency)
                try Self.credit(units, of: invoice.invoice, title: title, into: &content.invoice)
            } else if let lines {
                content.invoice.adjustments = []
                content.invoice.rounding = 0
                content.invoice.lines = []
                for wanted in lines {
                    guard let line = invoice.invoice.lines.first(where: { $0.id == wanted.line }) else {
                        throw EInvoiceError.zeroBaseQuantity(line: wanted.line)
                    }
                    content.invoice.lines.append(try Self.part(of: line, wanted.quantity))
                }
                content.invoice.rounding = try Self.rounding(of: content.invoice)
            }
        } catch {
            if case .zeroBaseQuantity(let line) = error {
                throw .invalid("lines", "line \(line): the invoice has no such line, or not so many of it")
            }
            throw error.refusal(currency: invoice.invoice.currency)
        }
        return content
    }

    /// What `content` takes off each line of the invoice; nothing where it is over an amount.
    package func creditedLines(of content: DocumentContent) -> [CreditedLine] {
        amount == nil ? content.quantities : []
    }

    private var title: String {
        switch reason {
        case .missedDiscount: "Discount"
        case .damage: "Compensation for damage"
        case .chequeLater: "Discount cheque"
        case .returned: "Return"
        case .cancelled: "Cancellation"
        case .correction: "Correction"
        case .other, .none: "Credit"
        }
    }

    /// An amount is taken off all VAT groups of the invoice in proportion, since it lowers the price of all it was for
    /// (Directive 2006/112/EC, article 90).
    private static func credit(
        _ amount: Int64, of invoice: EInvoice, title: String, into credit: inout EInvoice
    ) throws(EInvoiceError) {
        let groups = try EInvoiceTotals(of: invoice).breakdown
        let shares = try Apportionment.shares(of: amount, by: groups.map { max(0, $0.taxable + $0.tax) })
        var lines: [GrossOrder.Line] = []
        for (group, share) in zip(groups, shares) where share != 0 {
            lines.append(
                GrossOrder.Line(
                    id: "\(lines.count + 1)", quantity: Decimal64(units: 1, scale: 0), unitCode: "C62",
                    unitPrice: Decimal64(units: share, scale: invoice.amountDigits), vat: group.vat,
                    item: EInvoice.Item(name: title)))
        }
        try credit.takeLines(from: GrossOrder(currency: invoice.currency, lines: lines, total: amount))
    }

    /// What brings the total back to what the articles cost with VAT (BT-114): rounding the net amount of each line
    /// can move it by a cent.
    private static func rounding(of credit: EInvoice) throws(EInvoiceError) -> Int64 {
        let digits = credit.amountDigits
        var exact: Int128 = 0
        for line in credit.lines {
            let percent =
                Decimal64(units: 100, scale: 0).adding(line.vat.effectiveRate) ?? Decimal64(units: 100, scale: 0)
            let adjustments =
                try EInvoiceTotals.net(of: line, digits: digits)
                - EInvoiceArithmetic.scaledProduct(
                    line.quantity, line.price.net, digits: digits)
            let goods = try EInvoiceArithmetic.scaledProduct(line.quantity, line.price.net, digits: digits + 4)
            let net = Decimal64(
                units: try EInvoiceArithmetic.amount(Int128(goods) + Int128(adjustments) * 10_000), scale: 0)
            exact += Int128(try EInvoiceArithmetic.scaledProduct(net, percent, digits: 0))
        }
        let total = try EInvoiceArithmetic.rounded(exact, dividedBy: 1_000_000)
        return total - (try EInvoiceTotals(of: credit)).taxInclusive
    }

    /// A line, or a part of its quantity with the same part of its discounts.
    private static func part(of line: EInvoice.Line, _ quantity: Decimal64?) throws(EInvoiceError) -> EInvoice.Line {
        guard let quantity, quantity.shortest != line.quantity.shortest else { return line }
        let scale = max(quantity.scale, line.quantity.scale)
        guard let part = quantity.scaled(to: scale)?.units, let whole = line.quantity.scaled(to: scale)?.units,
            part > 0, part < whole
        else { throw .zeroBaseQuantity(line: line.id) }
        var result = line
        result.quantity = quantity
        result.adjustments = []
        for adjustment in line.adjustments {
            var share = adjustment
            share.amount = try EInvoiceArithmetic.rounded(
                Int128(adjustment.amount) * Int128(part), dividedBy: Int128(whole))
            result.adjustments.append(share)
        }
        return result
    }
}

extension DocumentContent {
    /// How much there is of each line.
    package var quantities: [CreditedLine] {
        invoice.lines.map { CreditedLine(line: $0.id, quantity: $0.quantity) }
    }
}
