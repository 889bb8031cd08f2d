extension EInvoice {
    /// BG-25.
    package struct Line: Hashable, Sendable {
        /// BT-126, unique in the document.
        package var id: String
        /// BT-127.
        package var note: String?
        /// BT-129.
        package var quantity: Decimal64
        /// BT-130, of UN/ECE Recommendation 20 or 21: `H87` piece, `C62` one, `KGM`, `MTR`, `HUR`.
        package var unitCode: String
        /// BT-132: the line of the order in BT-13.
        package var orderLineReference: String?
        /// BT-133.
        package var accountingCost: String?
        /// BG-26.
        package var period: Period?
        /// BG-27 and BG-28; taxed as the line is.
        package var adjustments: [Adjustment] = []
        /// BG-29.
        package var price: Price
        /// BG-30.
        package var vat: VAT
        /// BG-31.
        package var item: Item

        package init(id: String, quantity: Decimal64, unitCode: String, price: Price, vat: VAT, item: Item) {
            self.id = id
            self.quantity = quantity
            self.unitCode = unitCode
            self.price = price
            self.vat = vat
            self.item = item
        }
    }

    /// BG-29, without VAT.
    package struct Price: Hashable, Sendable {
        /// BT-146: what one `baseQuantity` costs, the discount taken off.
        package var net: Decimal64
        /// BT-147: already taken off.
        package var discount: Decimal64?
        /// BT-148: before the discount.
        package var gross: Decimal64?
        /// BT-149, in the unit of the line; one unless given.
        package var baseQuantity: Decimal64?

        package init(net: Decimal64) { self.net = net }
    }

    /// BG-31 and BG-32.
    package struct Item: Hashable, Sendable {
        /// BT-153.
        package var name: String
        /// BT-154.
        package var description: String?
        /// BT-155: the article number or SKU.
        package var sellersId: String?
        /// BT-156.
        package var buyersId: String?
        /// BT-157: an EAN or GTIN has scheme 0160.
        package var standardId: Identifier?
        /// BT-158, the scheme of UNTDID 7143, such as `STI` or `HS`.
        package var classifications: [Identifier] = []
        /// BT-159.
        package var originCountry: String?
        /// BG-32: size, colour.
        package var attributes: [Attribute] = []

        package init(name: String) { self.name = name }
    }

    /// BG-32.
    package struct Attribute: Hashable, Sendable {
        /// BT-160.
        package var name: String
        /// BT-161.
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A discount (BG-20, BG-27) or a cost (BG-21, BG-28), without VAT.
    package struct Adjustment: Hashable, Sendable {
        package enum Kind: Hashable, Sendable { case allowance, charge }

        package var kind: Kind
        /// BT-92, BT-99, BT-136, BT-141: minor units, taken off or added as the kind says.
        package var amount: Int64
        /// BT-93, BT-100, BT-137, BT-142: minor units; goes with `percentage`.
        package var baseAmount: Int64?
        /// BT-94, BT-101, BT-138, BT-143.
        package var percentage: Decimal64?
        /// BT-97, BT-104, BT-139, BT-144.
        package var reason: String?
        /// BT-98 and BT-140 of UNTDID 5189 (95 discount), BT-105 and BT-145 of UNTDID 7161 (FC freight service).
        package var reasonCode: String?
        /// BT-95 and BT-96, BT-102 and BT-103: needed on the document, nil on a line.
        package var vat: VAT?

        package init(_ kind: Kind, amount: Int64, reason: String? = nil, vat: VAT? = nil) {
            self.kind = kind
            self.amount = amount
            self.reason = reason
            self.vat = vat
        }

        /// What it does to a sum, in minor units.
        package var signedAmount: Int128 { kind == .charge ? Int128(amount) : -Int128(amount) }
    }
}
