import Bytes
import Testing

@testable import Commerce

/// What price terms make of a price (E26), against a model that tries everything.
@Suite struct PriceQuoteTests {
    static func terms(_ json: String) throws -> PriceTerms { try PriceTerms([UInt8](json.utf8).span) }

    static func quote(_ lines: String, _ terms: String...) throws -> PriceQuote {
        let request = try QuoteRequest([UInt8](#"{"currency":"EUR","lines":\#(lines)}"#.utf8).span)
        var read: [PriceTerms] = []
        for (number, text) in terms.enumerated() {
            read.append(try self.terms(#"{"id":"t\#(number)","group":"g","currency":"EUR",\#(text)}"#))
        }
        return try PriceQuote(request.lines, under: read)
    }

    @Test(arguments: [
        // The usual price; a price of the article; from a minimum on.
        (#"[{"sku":"A","price":"2.00"}]"#, #""discounts":[{"sku":"B","percent":"5"}]"#, 200),
        (#"[{"sku":"A","price":"2.00"}]"#, #""prices":[{"sku":"A","price":"1.50"}]"#, 150),
        (#"[{"sku":"A"}]"#, #""prices":[{"sku":"A","price":"3.00"}]"#, 300),
        (
            #"[{"sku":"A","quantity":9}]"#, #""prices":[{"sku":"A","price":"3"},{"sku":"A","price":"2","minimum":10}]"#,
            2_700
        ),
        (
            #"[{"sku":"A","quantity":10}]"#,
            #""prices":[{"sku":"A","price":"3"},{"sku":"A","price":"2","minimum":10}]"#, 2_000
        ),
        // A price beats a discount, a discount on the article one on all.
        (
            #"[{"sku":"A","price":"2.00"}]"#, #""prices":[{"sku":"A","price":"1.90"}],"discounts":[{"percent":"50"}]"#,
            190
        ),
        (#"[{"sku":"A","price":"2.00"}]"#, #""discounts":[{"percent":"50"},{"sku":"A","percent":"10"}]"#, 180),
        // Half a cent is rounded up, of the discount too: 12.5% of 0.99 is 0.12375, of 0.20 is 0.025.
        (#"[{"sku":"A","price":"0.99"}]"#, #""discounts":[{"percent":"12.5"}]"#, 87),
        (#"[{"sku":"A","price":"0.20"}]"#, #""discounts":[{"percent":"12.5"}]"#, 17),
        // On the line's amount, once: 3 times 0.05 less 10% is 0.135, not 3 times 0.045.
        (#"[{"sku":"A","price":"0.05","quantity":3}]"#, #""discounts":[{"percent":"10"}]"#, 13),
        // Surcharges add up: on the article for each piece, on the whole once, percentages of what the line came to.
        (#"[{"sku":"A","price":"2","quantity":2}]"#, #""surcharges":[{"name":"n","sku":"A","amount":"0.25"}]"#, 450),
        (#"[{"sku":"A","price":"2"},{"sku":"B","price":"1"}]"#, #""surcharges":[{"name":"n","amount":"4.95"}]"#, 795),
        (
            #"[{"sku":"A","price":"2"},{"sku":"B","price":"1"}]"#,
            #""surcharges":[{"name":"n","amount":"1"},{"name":"m","percent":"10"},{"name":"o","sku":"A","percent":"50"}]"#,
            530
        ),
        (#"[{"sku":"A","price":"2"}]"#, #""discounts":[{"percent":"100"}]"#, 0),
    ])
    func aPriceIsMadeSo(_ lines: String, _ terms: String, _ total: Int64) throws {
        #expect(try Self.quote(lines, terms).total == total)
    }

    @Test func ofSeveralTermsTheBetterOneAndThenTheFirst() throws {
        let quote = try Self.quote(
            #"[{"sku":"A","price":"2.00"}]"#, #""prices":[{"sku":"A","price":"1.50"}]"#,
            #""prices":[{"sku":"A","price":"1.40"}]"#, #""prices":[{"sku":"A","price":"1.40"}]"#)
        #expect(quote.total == 140 && quote.lines[0].made?.terms == "t1")
    }

    @Test(arguments: [
        (#"{"id":"t","group":"g","currency":"EUR"}"#, "terms.prices"),
        (#"{"group":"g","currency":"EUR","discounts":[{"percent":1}]}"#, "terms.id"),
        (#"{"id":"t","group":"none","currency":"EUR","discounts":[{"percent":1}]}"#, "terms.group"),
        (#"{"id":"t","group":"a,b","currency":"EUR","discounts":[{"percent":1}]}"#, "terms.group"),
        (#"{"id":"t","group":"g","currency":"euro","discounts":[{"percent":1}]}"#, "terms.currency"),
        (#"{"id":"t","group":"g","currency":"EUR","discounts":[{"percent":"0"}]}"#, "percent"),
        (#"{"id":"t","group":"g","currency":"EUR","discounts":[{"percent":"100.01"}]}"#, "percent"),
        (#"{"id":"t","group":"g","currency":"EUR","discounts":[{"percent":"1.005"}]}"#, "percent"),
        (#"{"id":"t","group":"g","currency":"EUR","discounts":[{"percent":1},{"percent":2}]}"#, "two discounts"),
        (#"{"id":"t","group":"g","currency":"EUR","prices":[{"sku":"A","price":"1.005"}]}"#, "prices[0].price"),
        (#"{"id":"t","group":"g","currency":"EUR","prices":[{"sku":"A","price":"-1"}]}"#, "prices[0].price"),
        (#"{"id":"t","group":"g","currency":"EUR","prices":[{"price":"1"}]}"#, "prices[0].sku"),
        (#"{"id":"t","group":"g","currency":"EUR","prices":[{"sku":"A","price":"1","minimum":0}]}"#, "minimum"),
        (
            #"{"id":"t","group":"g","currency":"EUR","prices":[{"sku":"A","price":"1"},{"sku":"A","price":"2"}]}"#,
            "two prices"
        ),
        (#"{"id":"t","group":"g","currency":"EUR","surcharges":[{"name":"n"}]}"#, "either"),
        (#"{"id":"t","group":"g","currency":"EUR","surcharges":[{"name":"n","percent":1,"amount":1}]}"#, "either"),
        (
            #"{"id":"t","group":"g","currency":"EUR","from":"2026-02-01","until":"2026-01-01","discounts":[{"percent":1}]}"#,
            "until"
        ),
        (#"{"id":"t","group":"g","currency":"EUR","from":"soon","discounts":[{"percent":1}]}"#, "from"),
        (#"{"id":"t","group":"g","currency":"EUR","rebates":[]}"#, "rebates"),
    ])
    func whatIsWrongIsNamed(_ json: String, _ word: String) {
        do throws(Refusal) {
            _ = try PriceTerms([UInt8](json.utf8).span)
            Issue.record("taken: \(json)")
        } catch {
            #expect(error.text.contains(word), "\(error.text)")
        }
    }

    @Test func whatIsPutReadsBack() throws {
        let terms = try Self.terms(
            #"{"id":"t","group":"Resellers","currency":"JPY","from":"2026-01-01","until":"2026-01-31","prices":[{"sku":"B","price":7},{"sku":"A","price":"5","minimum":3}],"surcharges":[{"name":"n","percent":"1.5"}]}"#
        )
        #expect(terms.group == "resellers" && terms.prices.map(\.sku) == ["A", "B"])
        #expect(try PriceTerms().reading(terms.packed.span) == terms)
        var shown = ByteWriter()
        shown.openObject()
        shown.members(of: terms)
        shown.closeObject()
        #expect(try PriceTerms(shown.span) == terms)
        // Until a day is until its end.
        #expect(terms.holds(at: 1_769_903_999_999) && !terms.holds(at: 1_769_904_000_000))
    }

    /// Random terms and lines against a model in exact fractions that looks at every entry.
    @Test(arguments: 0..<40) func agreesWithTheModel(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        let articles = ["A", "B", "C"]
        let terms = try (0..<number(1...4)).map { place in
            var terms = PriceTerms()
            terms.id = "t\(place)"
            for sku in articles {
                for minimum in [1, 5, 20] where number(0...2) == 0 {
                    terms.prices.append(.init(sku: sku, minimum: Int64(minimum), amount: Int64(number(0...500))))
                }
            }
            for sku in [""] + articles {
                for minimum in [1, 5, 20] where number(0...2) == 0 {
                    terms.discounts.append(.init(sku: sku, minimum: Int64(minimum), percent: Int64(number(1...10_000))))
                }
                if number(0...3) == 0 {
                    terms.surcharges.append(.init(name: "p", sku: sku, percent: Int64(number(1...10_000))))
                }
                if number(0...3) == 0 {
                    terms.surcharges.append(.init(name: "q", sku: sku, amount: Int64(number(0...99))))
                }
            }
            return try PriceTerms().reading(terms.packed.span)
        }
        let lines = (0..<number(1...6)).map { _ in
            QuoteLine(sku: articles[number(0...2)], quantity: Int64(number(1...30)), price: Int64(number(0...999)))
        }
        let quote = try PriceQuote(lines, under: terms)
        #expect(quote.total == PriceModel(terms).total(lines), "seed \(seed)")
    }
}

/// The rule again, sorted instead of searched.
private struct PriceModel {
    let terms: [PriceTerms]

    init(_ terms: [PriceTerms]) { self.terms = terms }

    private func rounded(_ amount: Int64, _ percent: Int64) -> Int64 {
        let (whole, rest) = (amount * percent).quotientAndRemainder(dividingBy: 10_000)
        return whole + (rest >= 5_000 ? 1 : 0)
    }

    private func amount(_ line: QuoteLine) -> Int64 {
        let prices = terms.flatMap(\.prices).filter { $0.sku == line.sku && $0.minimum <= line.quantity }
        if let best = prices.sorted(by: { ($1.minimum, $0.amount) < ($0.minimum, $1.amount) }).first {
            return best.amount * line.quantity
        }
        let list = (line.price ?? 0) * line.quantity
        for sku in [line.sku, ""] {
            let discounts = terms.flatMap(\.discounts).filter { $0.sku == sku && $0.minimum <= line.quantity }
            if let best = discounts.sorted(by: { ($1.minimum, $1.percent) < ($0.minimum, $0.percent) }).first {
                return list - rounded(list, best.percent)
            }
        }
        return list
    }

    func total(_ lines: [QuoteLine]) -> Int64 {
        let amounts = lines.map { amount($0) }
        let sum = amounts.reduce(0, +)
        var total = sum
        for surcharge in terms.flatMap(\.surcharges) {
            if surcharge.sku.isEmpty {
                total += surcharge.percent.map { rounded(sum, $0) } ?? surcharge.amount
            } else {
                for (line, amount) in zip(lines, amounts) where line.sku == surcharge.sku {
                    total += surcharge.percent.map { rounded(amount, $0) } ?? surcharge.amount * line.quantity
                }
            }
        }
        return total
    }
}
