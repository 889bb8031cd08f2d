import Bytes

// Price terms as `TERMS.PUT` takes them and `TERMS.SHOW` shows them.

extension PriceTerms {
    /// The most prices, and the most discounts.
    static let mostEntries = 10_000
    /// With the most terms of a group and the highest amount, so few that no line can grow too large to count.
    static let mostSurcharges = 20
    static let highestAmount: Int64 = 1_000_000_000
    static let mostPieces = 1_000_000

    /// Reads terms. Whatever can be wrong with them is refused here, with the place where it stands.
    package init(_ json: Span<UInt8>) throws(Refusal) {
        let fields = try JSONFields(
            json, path: "terms",
            ["id", "group", "currency", "from", "until", "prices", "discounts", "surcharges"])
        id = try Self.word(try fields.text("id", most: 64), "terms.id")
        guard let group = PriceGroup(try fields.text("group", most: 58) ?? "") else {
            throw .invalid("terms.group", "is required: 1 to 58 bytes without a comma, such as resellers")
        }
        self.group = group.name
        currency = try Self.currency(try fields.text("currency", most: 3), "terms.currency")
        from = try fields.moment("from", endOfDay: false)
        until = try fields.moment("until", endOfDay: true)
        if let from, let until, until <= from { throw .invalid("terms.until", "must be later than from") }
        try readPrices(fields)
        try readDiscounts(fields)
        try readSurcharges(fields)
        guard !prices.isEmpty || !discounts.isEmpty || !surcharges.isEmpty else {
            throw .invalid("terms.prices", "say at least one of prices, discounts and surcharges")
        }
    }

    private mutating func readPrices(_ fields: JSONFields) throws(Refusal) {
        for (place, entry) in try Self.entries(fields, "prices", ["sku", "price", "minimum"]).enumerated() {
            let path = "terms.prices[\(place)]"
            var price = Price()
            price.sku = try Self.word(try entry.text("sku", most: 128), "\(path).sku")
            price.minimum = Int64(try entry.integer("minimum", 1...Self.mostPieces) ?? 1)
            guard let amount = try entry.amount("price", currency: currency), (0...Self.highestAmount).contains(amount)
            else { throw .invalid("\(path).price", "is required: from 0.00 to ten million") }
            price.amount = amount
            prices.append(price)
        }
        prices.sort { ($0.sku, $0.minimum) < ($1.sku, $1.minimum) }
        for (one, next) in zip(prices, prices.dropFirst()) where one.sku == next.sku && one.minimum == next.minimum {
            throw .invalid("terms.prices", "\(one.sku) from \(one.minimum) has two prices")
        }
    }

    private mutating func readDiscounts(_ fields: JSONFields) throws(Refusal) {
        for (place, entry) in try Self.entries(fields, "discounts", ["sku", "percent", "minimum"]).enumerated() {
            var discount = Discount()
            discount.sku = try entry.text("sku", most: 128) ?? ""
            discount.minimum = Int64(try entry.integer("minimum", 1...Self.mostPieces) ?? 1)
            guard let percent = try entry.percent("percent") else {
                throw .invalid("terms.discounts[\(place)].percent", "is required: 0.01 to 100")
            }
            discount.percent = percent
            discounts.append(discount)
        }
        discounts.sort { ($0.sku, $0.minimum) < ($1.sku, $1.minimum) }
        for (one, next) in zip(discounts, discounts.dropFirst())
        where one.sku == next.sku && one.minimum == next.minimum {
            let what = one.sku.isEmpty ? "every article" : one.sku
            throw .invalid("terms.discounts", "\(what) from \(one.minimum) has two discounts")
        }
    }

    private mutating func readSurcharges(_ fields: JSONFields) throws(Refusal) {
        for (place, entry) in try Self.entries(fields, "surcharges", ["name", "sku", "percent", "amount"]).enumerated()
        {
            let path = "terms.surcharges[\(place)]"
            var surcharge = Surcharge()
            surcharge.name = try Self.word(try entry.text("name", most: 128), "\(path).name")
            surcharge.sku = try entry.text("sku", most: 128) ?? ""
            surcharge.percent = try entry.percent("percent")
            let amount = try entry.amount("amount", currency: currency)
            guard (surcharge.percent == nil) != (amount == nil) else {
                throw .invalid(path, "say either percent or amount")
            }
            guard (0...Self.highestAmount).contains(amount ?? 0) else {
                throw .invalid("\(path).amount", "from 0.00 to ten million")
            }
            surcharge.amount = amount ?? 0
            surcharges.append(surcharge)
        }
        surcharges.sort { ($0.sku, $0.name) < ($1.sku, $1.name) }
        for (one, next) in zip(surcharges, surcharges.dropFirst()) where one.sku == next.sku && one.name == next.name {
            throw .invalid("terms.surcharges", "\(one.name) stands there twice")
        }
    }

    private static func entries(
        _ fields: JSONFields, _ name: String, _ known: Set<String>
    ) throws(Refusal) -> [JSONFields] {
        let entries = try fields.objects(name, known) ?? []
        let most = name == "surcharges" ? mostSurcharges : mostEntries
        guard entries.count <= most else { throw .invalid("terms.\(name)", "\(most) at most") }
        return entries
    }

    static func word(_ text: String?, _ path: String) throws(Refusal) -> String {
        guard let text, !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw .invalid(path, "is required, without control characters") }
        return text
    }

    static func currency(_ text: String?, _ path: String) throws(Refusal) -> String {
        guard let text, text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw .invalid(path, "is required: three capital letters of ISO 4217, such as EUR")
        }
        return text
    }
}

extension JSONFields {
    /// Hundredths of a percent, above nothing and up to all.
    func percent(_ name: String) throws(Refusal) -> Int64? {
        guard let value = try decimal(name) else { return nil }
        guard value.shortest.scale <= 2, let hundredths = value.shortest.scaled(to: 2)?.units,
            (1...10_000).contains(hundredths)
        else { throw .invalid("\(path).\(name)", "must be a percentage from 0.01 to 100 with two decimals at most") }
        return hundredths
    }

    /// Milliseconds: a moment, or a day in UTC, which begins at its first moment and ends with its last.
    func moment(_ name: String, endOfDay: Bool) throws(Refusal) -> Int64? {
        guard let text = try text(name, most: 40) else { return nil }
        guard let moment = Timestamp(momentOrDay: text, endOfDay: endOfDay) else {
            throw .invalid(
                "\(path).\(name)", "must be a day such as 2026-03-01 or a moment such as 2026-03-01T10:22:31Z")
        }
        return moment.milliseconds
    }
}

extension Timestamp {
    /// A moment in RFC 3339, or a day in UTC: its first moment, or with `endOfDay` the first one behind it.
    package init?(momentOrDay text: String, endOfDay: Bool = false) {
        let isDay = text.utf8.count == 10
        guard let moment = Timestamp(rfc3339: [UInt8]((isDay ? text + "T00:00:00Z" : text).utf8).span) else {
            return nil
        }
        self.init(milliseconds: moment.milliseconds + (isDay && endOfDay ? 86_400_000 : 0))
    }
}

// MARK: - Writing

extension ByteWriter {
    /// Terms whole, as members.
    mutating func members(of terms: PriceTerms) {
        let digits = EInvoice.amountDigits(of: terms.currency)
        head(of: terms)
        if !terms.prices.isEmpty {
            entries("prices", terms.prices) { output, price in
                output.member("sku", price.sku)
                output.member("price", amount: price.amount, digits: digits)
                output.minimum(price.minimum)
            }
        }
        if !terms.discounts.isEmpty {
            entries("discounts", terms.discounts) { output, discount in
                output.member("sku", discount.sku.isEmpty ? nil : discount.sku)
                output.percent(discount.percent)
                output.minimum(discount.minimum)
            }
        }
        guard !terms.surcharges.isEmpty else { return }
        entries("surcharges", terms.surcharges) { output, surcharge in
            output.member("name", surcharge.name)
            output.member("sku", surcharge.sku.isEmpty ? nil : surcharge.sku)
            if let percent = surcharge.percent {
                output.percent(percent)
            } else {
                output.member("amount", amount: surcharge.amount, digits: digits)
            }
        }
    }

    /// What a list shows of them.
    mutating func head(of terms: PriceTerms) {
        member("id", terms.id)
        member("group", terms.group)
        member("currency", terms.currency)
        if let from = terms.from { moment("from", at: from) }
        if let until = terms.until { moment("until", at: until) }
    }

    mutating func percent(_ hundredths: Int64) {
        key("percent")
        decimal(Decimal64(units: hundredths, scale: 2).shortest)
    }

    private mutating func minimum(_ pieces: Int64) {
        guard pieces > 1 else { return }
        key("minimum")
        number(pieces)
    }

    mutating func entries<Entry>(_ name: StaticString, _ entries: [Entry], _ body: (inout ByteWriter, Entry) -> Void) {
        key(name)
        openArray()
        for entry in entries {
            openObject()
            body(&self, entry)
            closeObject()
        }
        closeArray()
    }
}
