import Bytes

// What price terms make of a price. Pure, in whole minor units.
//
// Of all terms of the group that hold at the moment, in the currency asked for, one entry makes the price of a line:
//   1. a price of the article,
//   2. else a discount on the article,
//   3. else a discount on every article,
//   4. else the price that was asked with.
// Of several of one kind the one with the highest minimum that the line reaches; of those the one that is better for the
// customer; of those the one of the terms whose id comes first. So the more particular word holds, and discounts never add up.
// Surcharges do: every one that is in force is added, on a line that which names its article, the others on the whole.
//
// A percentage is taken of the line's amount (of all lines' amounts, for a surcharge on the whole), once, and rounded half up to
// the minor unit; nothing else is rounded.

/// What a price is asked for.
package struct QuoteLine: Sendable {
    var sku = ""
    var quantity: Int64 = 1
    /// What one piece usually costs; nil where only terms may say it.
    var price: Int64?
}

package struct QuoteRequest: Sendable {
    var currency = ""
    /// Milliseconds; nil for now.
    var at: Int64?
    var lines: [QuoteLine] = []

    static let mostLines = 1_000

    /// Reads `{"currency":"EUR","at":…,"lines":[{"sku":…,"quantity":…,"price":…}]}`.
    package init(_ json: Span<UInt8>) throws(Refusal) {
        let fields = try JSONFields(json, path: "quote", ["currency", "at", "lines"])
        currency = try PriceTerms.currency(try fields.text("currency", most: 3), "quote.currency")
        at = try fields.moment("at", endOfDay: false)
        let entries = try fields.objects("lines", ["sku", "quantity", "price"]) ?? []
        guard (1...Self.mostLines).contains(entries.count) else {
            throw .invalid("quote.lines", "must be a list of 1 to \(Self.mostLines)")
        }
        for (place, entry) in entries.enumerated() {
            var line = QuoteLine()
            line.sku = try PriceTerms.word(try entry.text("sku", most: 128), "quote.lines[\(place)].sku")
            line.quantity = Int64(try entry.integer("quantity", 1...PriceTerms.mostPieces) ?? 1)
            line.price = try entry.amount("price", currency: currency)
            guard (0...PriceTerms.highestAmount).contains(line.price ?? 0) else {
                throw .invalid("quote.lines[\(place)].price", "from 0.00 to ten million")
            }
            lines.append(line)
        }
    }
}

/// A line with its price, and which terms made it.
struct QuotedLine: Equatable {
    enum Maker: Equatable {
        case price(PriceTerms.Price)
        case discount(PriceTerms.Discount)
    }

    /// Nil where the usual price stays.
    var made: (terms: String, by: Maker)?
    /// With the usual price; nil where none was given.
    var list: Int64?
    var amount: Int64 = 0
    var surcharges: [QuotedSurcharge] = []

    var total: Int64 { surcharges.reduce(amount) { $0 + $1.amount } }

    static func == (left: QuotedLine, right: QuotedLine) -> Bool {
        left.made?.terms == right.made?.terms && left.made?.by == right.made?.by && left.list == right.list
            && left.amount == right.amount && left.surcharges == right.surcharges
    }
}

struct QuotedSurcharge: Equatable {
    var terms = ""
    var surcharge = PriceTerms.Surcharge()
    var amount: Int64 = 0
}

struct PriceQuote: Equatable {
    var lines: [QuotedLine] = []
    /// On the whole.
    var surcharges: [QuotedSurcharge] = []
    var total: Int64 = 0

    /// - Parameter terms: those of the group that hold, in the currency asked for, by their ids.
    init(_ lines: [QuoteLine], under terms: [PriceTerms]) throws(Refusal) {
        var whole: Int128 = 0
        var total: Int128 = 0
        for (place, line) in lines.enumerated() {
            guard let quoted = Self.quote(line, under: terms) else {
                throw .invalid("quote.lines[\(place)].price", "is required: no terms have a price of \(line.sku)")
            }
            self.lines.append(quoted)
            whole += Int128(quoted.amount)
            total += Int128(quoted.total)
        }
        guard let sum = Int64(exactly: whole) else { throw Self.tooLarge }
        for (terms, surcharge) in Self.surcharges(of: terms, on: "") {
            let amount = surcharge.percent.map { Self.part(sum, percent: $0) } ?? surcharge.amount
            surcharges.append(QuotedSurcharge(terms: terms, surcharge: surcharge, amount: amount))
            total += Int128(amount)
        }
        guard let whole = Int64(exactly: total), whole <= 10_000_000_000_000_000 else { throw Self.tooLarge }
        self.total = whole
    }

    private static var tooLarge: Refusal { .invalid("quote.lines", "come to more than there is to count") }

    /// Nil where nothing says what it costs.
    private static func quote(_ line: QuoteLine, under terms: [PriceTerms]) -> QuotedLine? {
        var quoted = QuotedLine()
        quoted.list = line.price.map { $0 * line.quantity }
        if let (terms, price) = price(of: line, under: terms) {
            quoted.made = (terms, .price(price))
            quoted.amount = price.amount * line.quantity
        } else if let list = quoted.list {
            quoted.amount = list
            if let (terms, discount) = discount(on: line.sku, line, terms) ?? discount(on: "", line, terms) {
                quoted.made = (terms, .discount(discount))
                quoted.amount = list - part(list, percent: discount.percent)
            }
        } else {
            return nil
        }
        for (terms, surcharge) in surcharges(of: terms, on: line.sku) {
            let amount =
                surcharge.percent.map { part(quoted.amount, percent: $0) } ?? surcharge.amount * line.quantity
            quoted.surcharges.append(QuotedSurcharge(terms: terms, surcharge: surcharge, amount: amount))
        }
        return quoted
    }

    private static func price(of line: QuoteLine, under terms: [PriceTerms]) -> (String, PriceTerms.Price)? {
        var best: (String, PriceTerms.Price)?
        for terms in terms {
            terms.prices.forEach(of: line.sku, \.sku) { price in
                guard price.minimum <= line.quantity else { return }
                if let (_, known) = best,
                    (known.minimum, price.amount) >= (price.minimum, known.amount)
                {
                    return
                }
                best = (terms.id, price)
            }
        }
        return best
    }

    private static func discount(
        on sku: String, _ line: QuoteLine, _ terms: [PriceTerms]
    ) -> (String, PriceTerms.Discount)? {
        var best: (String, PriceTerms.Discount)?
        for terms in terms {
            terms.discounts.forEach(of: sku, \.sku) { discount in
                guard discount.minimum <= line.quantity else { return }
                if let (_, known) = best,
                    (known.minimum, known.percent) >= (discount.minimum, discount.percent)
                {
                    return
                }
                best = (terms.id, discount)
            }
        }
        return best
    }

    private static func surcharges(of terms: [PriceTerms], on sku: String) -> [(String, PriceTerms.Surcharge)] {
        var found: [(String, PriceTerms.Surcharge)] = []
        for terms in terms { terms.surcharges.forEach(of: sku, \.sku) { found.append((terms.id, $0)) } }
        return found
    }

    /// So many hundredths of a percent of an amount that is not negative, rounded half up.
    static func part(_ amount: Int64, percent: Int64) -> Int64 {
        Int64((Int128(amount) * Int128(percent) + 5_000) / 10_000)
    }
}

extension Array {
    /// Calls `body` with the elements of this article; the list is sorted by articles.
    fileprivate func forEach(of sku: String, _ key: KeyPath<Element, String>, _ body: (Element) -> Void) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle][keyPath: key] < sku { low = middle + 1 } else { high = middle }
        }
        while low < count, self[low][keyPath: key] == sku {
            body(self[low])
            low += 1
        }
    }
}

// MARK: - Writing

extension ByteWriter {
    mutating func members(of quoted: QuotedLine, _ line: QuoteLine, place: Int, digits: UInt8) {
        key("line")
        number(place + 1)
        member("sku", line.sku)
        key("quantity")
        number(line.quantity)
        if let list = quoted.list { member("list", amount: list, digits: digits) }
        switch quoted.made?.by {
        case .price(let price):
            member("by", "price")
            member("price", amount: price.amount, digits: digits)
        case .discount(let discount):
            member("by", discount.sku.isEmpty ? "discount on all" : "discount")
            percent(discount.percent)
        case nil: member("by", "list")
        }
        member("terms", quoted.made?.terms)
        member("amount", amount: quoted.amount, digits: digits)
        guard !quoted.surcharges.isEmpty else { return }
        surcharges(quoted.surcharges, digits)
        member("total", amount: quoted.total, digits: digits)
    }

    mutating func surcharges(_ surcharges: [QuotedSurcharge], _ digits: UInt8) {
        entries("surcharges", surcharges) { output, quoted in
            output.member("name", quoted.surcharge.name)
            if let percent = quoted.surcharge.percent { output.percent(percent) }
            output.member("terms", quoted.terms)
            output.member("amount", amount: quoted.amount, digits: digits)
        }
    }
}
