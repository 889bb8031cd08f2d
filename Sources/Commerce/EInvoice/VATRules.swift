/// The rules of the VAT categories: ten and more for each, told by a table instead of nine times over.
struct VATCategoryRules {
    let category: EInvoice.VATCategory
    /// The middle of the rules' names: `S` in `BR-S-02`.
    let name: String
    let rate: Rate
    let needsExemptionReason: Bool
    let seller: Seller
    let buyer: Buyer

    enum Rate { case aboveZero, zero, zeroOrMore, absent }
    /// Which of VAT id (BT-31), local tax number (BT-32) and representative's VAT id (BT-63) will do.
    enum Seller { case anyTaxNumber, vatId, noVATId }
    enum Buyer { case anybody, vatIdOrRegistration, vatId, noVATId }

    private init(
        _ category: EInvoice.VATCategory, _ name: String, rate: Rate, reason: Bool, seller: Seller,
        buyer: Buyer = .anybody
    ) {
        self.category = category
        self.name = name
        self.rate = rate
        self.needsExemptionReason = reason
        self.seller = seller
        self.buyer = buyer
    }

    static let all = [
        VATCategoryRules(.standard, "S", rate: .aboveZero, reason: false, seller: .anyTaxNumber),
        VATCategoryRules(.zero, "Z", rate: .zero, reason: false, seller: .anyTaxNumber),
        VATCategoryRules(.exempt, "E", rate: .zero, reason: true, seller: .anyTaxNumber),
        VATCategoryRules(
            .reverseCharge, "AE", rate: .zero, reason: true, seller: .anyTaxNumber, buyer: .vatIdOrRegistration),
        VATCategoryRules(.intraCommunity, "IC", rate: .zero, reason: true, seller: .vatId, buyer: .vatId),
        VATCategoryRules(.export, "G", rate: .zero, reason: true, seller: .vatId),
        VATCategoryRules(.outsideScope, "O", rate: .absent, reason: true, seller: .noVATId, buyer: .noVATId),
        VATCategoryRules(.canaryIslands, "AF", rate: .zeroOrMore, reason: false, seller: .anyTaxNumber),
        VATCategoryRules(.ceutaAndMelilla, "AG", rate: .zeroOrMore, reason: false, seller: .anyTaxNumber),
    ]
}

extension EInvoiceRules {
    mutating func checkVAT() {
        for rules in VATCategoryRules.all {
            checkPresence(rules)
            checkTaxNumbers(rules)
            checkRates(rules)
            checkBreakdown(rules)
        }
        checkIntraCommunity()
        checkOutsideScope()
    }

    private func lines(_ category: EInvoice.VATCategory) -> [EInvoice.Line] {
        invoice.lines.filter { $0.vat.category == category }
    }

    private func adjustments(_ category: EInvoice.VATCategory, _ kind: EInvoice.Adjustment.Kind) -> [EInvoice
        .Adjustment]
    {
        invoice.adjustments.filter { $0.kind == kind && $0.vat?.category == category }
    }

    /// -01: what is used stands in the breakdown: once, and for S and the Spanish islands once per rate.
    private mutating func checkPresence(_ rules: VATCategoryRules) {
        let category = rules.category
        let isUsed =
            !lines(category).isEmpty || !adjustments(category, .allowance).isEmpty
            || !adjustments(category, .charge).isEmpty
        let count = totals.breakdown.count { $0.vat.category == category }
        let hasOne = rules.rate == .aboveZero || rules.rate == .zeroOrMore ? count >= 1 : count == 1
        require(
            isUsed ? hasOne : count == 0, "BR-\(rules.name)-01", "BT-118",
            isUsed
                ? "VAT category \(category.rawValue) is used, but not once in the VAT breakdown (BT-118)"
                : "VAT category \(category.rawValue) is in the VAT breakdown (BT-118), but nothing is taxed so")
    }

    /// -02, -03 and -04: who must have which number, for lines, allowances and charges.
    private mutating func checkTaxNumbers(_ rules: VATCategoryRules) {
        let uses = [
            ("02", !lines(rules.category).isEmpty), ("03", !adjustments(rules.category, .allowance).isEmpty),
            ("04", !adjustments(rules.category, .charge).isEmpty),
        ]
        for (number, isUsed) in uses where isUsed {
            checkSeller(rules, rule: "BR-\(rules.name)-\(number)")
            checkBuyer(rules, rule: "BR-\(rules.name)-\(number)")
        }
    }

    private mutating func checkSeller(_ rules: VATCategoryRules, rule: String) {
        let hasVATId = isGiven(invoice.seller.vatId) || isGiven(invoice.taxRepresentative?.vatId)
        let category = rules.category.rawValue
        switch rules.seller {
        case .anyTaxNumber:
            require(
                hasVATId || isGiven(invoice.seller.taxRegistration), rule, "BT-31",
                "the seller has no VAT id (BT-31): needed because the invoice has VAT category \(category)"
                    + (rules.category == .standard ? ", that is, charges VAT" : ""))
        case .vatId:
            require(
                hasVATId, rule, "BT-31",
                "the seller has no VAT id (BT-31): needed because the invoice has VAT category \(category)")
        case .noVATId:
            require(
                !hasVATId, rule, "BT-31",
                "the seller has a VAT id (BT-31), but the invoice is not subject to VAT (category O)")
        }
    }

    private mutating func checkBuyer(_ rules: VATCategoryRules, rule: String) {
        let buyer = invoice.buyer
        switch rules.buyer {
        case .anybody: break
        case .vatIdOrRegistration:
            require(
                isGiven(buyer.vatId) || isGiven(buyer.legalRegistration?.value), rule, "BT-48",
                "the buyer has neither a VAT id (BT-48) nor a registration number (BT-47): needed because the VAT is"
                    + " reversed to the buyer")
        case .vatId:
            require(
                isGiven(buyer.vatId), rule, "BT-48",
                "the buyer has no VAT id (BT-48): needed for a supply to another member state without VAT")
        case .noVATId:
            require(
                !isGiven(buyer.vatId), rule, "BT-48",
                "the buyer has a VAT id (BT-48), but the invoice is not subject to VAT (category O)")
        }
    }

    /// -05, -06 and -07: the rates of lines, allowances and charges.
    private mutating func checkRates(_ rules: VATCategoryRules) {
        for line in lines(rules.category) { checkRate(line.vat, rules, "05", "BT-152", line: line.id) }
        for allowance in adjustments(rules.category, .allowance) {
            if let vat = allowance.vat { checkRate(vat, rules, "06", "BT-96", line: nil) }
        }
        for charge in adjustments(rules.category, .charge) {
            if let vat = charge.vat { checkRate(vat, rules, "07", "BT-103", line: nil) }
        }
    }

    private mutating func checkRate(
        _ vat: EInvoice.VAT, _ rules: VATCategoryRules, _ number: String, _ term: String, line: String?
    ) {
        let (holds, demand): (Bool, String) =
            switch rules.rate {
            case .aboveZero: (vat.rate.map { $0.units > 0 } ?? false, "above zero")
            case .zero: (vat.rate.map { $0.units == 0 } ?? false, "zero")
            case .zeroOrMore: (vat.rate.map { $0.units >= 0 } ?? false, "zero or more")
            case .absent: (vat.rate == nil, "left out")
            }
        require(
            holds, "BR-\(rules.name)-\(number)", term, line: line,
            "the VAT rate (\(term)) of category \(vat.category.rawValue) must be \(demand)")
    }

    /// -08, -09 and -10: the taxable amount, the tax and the reason for none.
    private mutating func checkBreakdown(_ rules: VATCategoryRules) {
        let taxable = EInvoiceTotals.taxableAmounts(of: invoice, lineNets: totals.lineNets)
        for subtotal in totals.breakdown where subtotal.vat.category == rules.category {
            let expected = taxable.first { $0.vat == subtotal.vat }?.amount
            let name = "\(rules.category.rawValue) \(subtotal.vat.effectiveRate.text) %"
            require(
                expected == Int128(subtotal.taxable), "BR-\(rules.name)-08", "BT-116",
                "the taxable amount \(text(subtotal.taxable)) (BT-116) of \(name) is not what lines, allowances and"
                    + " charges add up to")
            let isRightTax =
                rules.rate == .aboveZero || rules.rate == .zeroOrMore
                ? isTax(subtotal.tax, on: subtotal.taxable, rate: subtotal.vat.effectiveRate) : subtotal.tax == 0
            require(
                isRightTax, "BR-\(rules.name)-09", "BT-117",
                "the VAT \(text(subtotal.tax)) (BT-117) of \(name) is not what its rate gives")
            let hasReason = isGiven(subtotal.exemption?.reason) || isGiven(subtotal.exemption?.reasonCode)
            require(
                hasReason == rules.needsExemptionReason, "BR-\(rules.name)-10", "BT-120",
                rules.needsExemptionReason
                    ? "there is no reason (BT-120) why category \(rules.category.rawValue) is without VAT"
                    : "category \(rules.category.rawValue) must not have a reason for exemption (BT-120)")
        }
    }

    private mutating func checkIntraCommunity() {
        guard totals.breakdown.contains(where: { $0.vat.category == .intraCommunity }) else { return }
        let hasPeriod = invoice.period.map { $0.start != nil || $0.end != nil } ?? false
        require(
            invoice.delivery?.date != nil || hasPeriod, "BR-IC-11", "BT-72",
            "there is no day of delivery (BT-72) and no period (BG-14): needed for a supply to another member state")
        require(
            isGiven(invoice.delivery?.address?.country), "BR-IC-12", "BT-80",
            "the country that the goods went to (BT-80) is missing: needed for a supply to another member state")
    }

    /// What is not subject to VAT stands alone in its document.
    private mutating func checkOutsideScope() {
        guard totals.breakdown.contains(where: { $0.vat.category == .outsideScope }) else { return }
        let isAlone = { (vat: EInvoice.VAT?) in vat.map { $0.category == .outsideScope } ?? true }
        let sentence = "what is not subject to VAT (category O) cannot be invoiced together with anything else"
        require(totals.breakdown.allSatisfy { isAlone($0.vat) }, "BR-O-11", "BT-118", sentence)
        require(invoice.lines.allSatisfy { isAlone($0.vat) }, "BR-O-12", "BT-151", sentence)
        let (allowances, charges) = (
            invoice.adjustments.filter { $0.kind == .allowance }, invoice.adjustments.filter { $0.kind == .charge }
        )
        require(allowances.allSatisfy { isAlone($0.vat) }, "BR-O-13", "BT-95", sentence)
        require(charges.allSatisfy { isAlone($0.vat) }, "BR-O-14", "BT-102", sentence)
    }
}
