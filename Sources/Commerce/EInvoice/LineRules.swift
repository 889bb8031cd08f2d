/// Lines, and discounts and costs on them and on the document.
extension EInvoiceRules {
    mutating func checkLines() {
        require(!invoice.lines.isEmpty, "BR-16", "BG-25", "the document has no lines (BG-25)")
        for line in invoice.lines {
            require(isGiven(line.id), "BR-21", "BT-126", line: line.id, "a line has no number (BT-126)")
            require(
                isGiven(line.unitCode), "BR-23", "BT-130", line: line.id,
                "the quantity of line \(line.id) has no unit (BT-130)")
            require(
                line.price.net.units >= 0, "BR-27", "BT-146", line: line.id,
                "the net price of line \(line.id) is negative: give a negative quantity instead")
            require(
                (line.price.gross?.units ?? 0) >= 0, "BR-28", "BT-148", line: line.id,
                "the gross price of line \(line.id) is negative")
            for adjustment in line.adjustments { checkReason(adjustment, line: line.id) }
            checkPeriod(line)
            checkItem(line)
        }
    }

    private mutating func checkPeriod(_ line: EInvoice.Line) {
        guard let period = line.period else { return }
        require(
            period.start != nil || period.end != nil, "BR-CO-20", "BG-26", line: line.id,
            "the period of line \(line.id) has neither a start (BT-134) nor an end (BT-135)")
        require(
            Self.isInOrder(period), "BR-30", "BT-135", line: line.id,
            "the period of line \(line.id) ends (BT-135) before it starts (BT-134)")
    }

    private mutating func checkItem(_ line: EInvoice.Line) {
        let item = line.item
        require(
            isGiven(item.name), "BR-25", "BT-153", line: line.id, "the item of line \(line.id) has no name (BT-153)")
        for attribute in item.attributes {
            require(
                isGiven(attribute.name) && isGiven(attribute.value), "BR-54", "BG-32", line: line.id,
                "an attribute of line \(line.id) lacks its name (BT-160) or its value (BT-161)")
        }
        if let standard = item.standardId {
            require(
                isGiven(standard.scheme), "BR-64", "BT-157", line: line.id,
                "the item number \(standard.value) (BT-157) of line \(line.id) has no scheme")
        }
        for classification in item.classifications {
            require(
                isGiven(classification.scheme), "BR-65", "BT-158", line: line.id,
                "the classification \(classification.value) (BT-158) of line \(line.id) has no scheme")
        }
    }

    mutating func checkAdjustments() {
        for adjustment in invoice.adjustments {
            let isCharge = adjustment.kind == .charge
            require(
                adjustment.vat != nil, isCharge ? "BR-37" : "BR-32", isCharge ? "BT-102" : "BT-95",
                "the \(Self.noun(adjustment)) of \(text(adjustment.amount)) on the document has no VAT category")
            checkReason(adjustment, line: nil)
        }
    }

    /// A reason in words or as a code. The standard has two names for each of these rules, both are told.
    private mutating func checkReason(_ adjustment: EInvoice.Adjustment, line: String?) {
        let isGivenReason = isGiven(adjustment.reason) || isGiven(adjustment.reasonCode)
        let (rules, term): ([String], String) =
            switch (adjustment.kind, line == nil) {
            case (.allowance, true): (["BR-33", "BR-CO-21"], "BT-97")
            case (.charge, true): (["BR-38", "BR-CO-22"], "BT-104")
            case (.allowance, false): (["BR-42", "BR-CO-23"], "BT-139")
            case (.charge, false): (["BR-44", "BR-CO-24"], "BT-144")
            }
        for rule in rules {
            require(
                isGivenReason, rule, term, line: line,
                "the \(Self.noun(adjustment)) of \(text(adjustment.amount)) has no reason (\(term))")
        }
    }

    static func noun(_ adjustment: EInvoice.Adjustment) -> String {
        adjustment.kind == .charge ? "charge" : "allowance"
    }
}
