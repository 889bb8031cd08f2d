import Bytes

// Price terms of a group of customers (E26): what the shop has agreed with them. They are data; what they make of a price is
// worked out in PriceQuote.swift. Amounts are minor units of the terms' currency, percentages hundredths of a percent.

/// A group of customers. It is the tag `group:resellers`, so it follows profiles through merges and splits as every tag does.
package struct PriceGroup: Sendable, Hashable {
    /// `resellers`; in lower case.
    package let name: String
    package let tag: CustomerTag

    static let prefix = "group:"

    /// Nil for what makes no tag, and for `none`, which commands take for the absence of one.
    package init?(_ name: String) {
        guard !name.isEmpty, !name.hasPrefix(" "), let tag = CustomerTag(Self.prefix + name) else { return nil }
        self.init(tag)
        if self.name == "none" { return nil }
    }

    /// Nil for a tag that names no group.
    init?(_ tag: CustomerTag) {
        guard tag.text.hasPrefix(Self.prefix), tag.text.utf8.count > Self.prefix.utf8.count else { return nil }
        name = String(tag.text.dropFirst(Self.prefix.count))
        self.tag = tag
    }
}

extension CustomerLabels {
    /// The group that the customer is in: of several, which a merge may bring together, the one that was said last.
    package var group: PriceGroup? {
        tags.filter { PriceGroup($0.tag) != nil }.max { $0.place < $1.place }.flatMap { PriceGroup($0.tag) }
    }
}

package struct PriceTerms: Sendable, Equatable, FieldCoded {
    /// Instead of the shop's usual price of an article.
    struct Price: Sendable, Equatable {
        var sku = ""
        /// From so many pieces of one line on.
        var minimum: Int64 = 1
        /// Of one piece.
        var amount: Int64 = 0
    }

    struct Discount: Sendable, Equatable {
        /// Empty: on every article.
        var sku = ""
        var minimum: Int64 = 1
        var percent: Int64 = 0
    }

    struct Surcharge: Sendable, Equatable {
        /// As the customer reads it: `small order`.
        var name = ""
        /// Empty: on the whole.
        var sku = ""
        /// Nil where it is an amount.
        var percent: Int64?
        /// For each piece of its article, or once on the whole.
        var amount: Int64 = 0
    }

    /// The shop's own name of them.
    package var id = ""
    package var group = ""
    package var currency = ""
    /// The first moment at which they hold, in milliseconds; nil: ever since.
    var from: Int64?
    /// The first moment at which they no longer hold; nil: until they are removed.
    var until: Int64?
    /// By article and minimum.
    var prices: [Price] = []
    var discounts: [Discount] = []
    var surcharges: [Surcharge] = []

    init() {}

    func holds(at moment: Int64) -> Bool { (from ?? .min) <= moment && moment < (until ?? .max) }

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&id)
        try coder.text(&group)
        try coder.text(&currency)
        try coder.optional(&from, 0) { at, coder throws(ByteReaderError) in try coder.integer(&at) }
        try coder.optional(&until, 0) { at, coder throws(ByteReaderError) in try coder.integer(&at) }
        try coder.list(&prices, Price()) { price, coder throws(ByteReaderError) in
            try coder.text(&price.sku)
            try coder.integer(&price.minimum)
            try coder.integer(&price.amount)
        }
        try coder.list(&discounts, Discount()) { discount, coder throws(ByteReaderError) in
            try coder.text(&discount.sku)
            try coder.integer(&discount.minimum)
            try coder.integer(&discount.percent)
        }
        try coder.list(&surcharges, Surcharge()) { surcharge, coder throws(ByteReaderError) in
            try coder.text(&surcharge.name)
            try coder.text(&surcharge.sku)
            try coder.optional(&surcharge.percent, 0) { percent, coder throws(ByteReaderError) in
                try coder.integer(&percent)
            }
            try coder.integer(&surcharge.amount)
        }
    }
}
