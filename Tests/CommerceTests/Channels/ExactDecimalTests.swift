import Testing

@testable import Commerce

struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("10.00", "10.00"), ("478.8", "478.80"), ("2.0", "2.00"), ("29.3500", "29.35"),
        ("17.647059", "17.647059"), ("19940", "19940"), ("-16.20", "-16.20"), ("+5", "5"), ("007.10", "7.10"),
        ("1.569521782042E9", "1569521782.042"), ("1e3", "1000"), ("12E-1", "1.20"), ("0e60", "0"), ("0.05", "0.05"),
        ("1e33", "1000000000000000000000000000000000"), ("0.00000000000000000000000000000000000000", "0.00"),
        ("-0.005", "-0.005"), ("9007199254740993.01", "9007199254740993.01"),
        ("99999999999999999999999999999999.99", "99999999999999999999999999999999.99"),
    ])
    func textIsExact(text: String, expected: String) {
        #expect(ExactDecimal(text)?.text == expected)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "1.2.3", "1,50", "abc", "0x10", "1e", "e5", "1e99", "1e-99", "NaN", "1 000", "--1",
        "12345678901234567890123456789012345", "1e34", "1e-35", "1e-9223372036854775808", "1e9223372036854775807",
    ])
    func othersAreNoNumbers(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test(arguments: [("6.00", "6"), ("4.50", "4.5"), ("100", "100"), ("0.000", "0"), ("1.5", "1.5")])
    func shortestTextDropsZeros(text: String, expected: String) {
        #expect(ExactDecimal(text)?.shortestText == expected)
    }

    @Test func sumsAndProductsOfTenthsAreExact() throws {
        var sum = ExactDecimal.zero
        let tenth = try #require(ExactDecimal("0.1"))
        for _ in 0..<1000 { sum = try #require(sum.adding(tenth)) }
        #expect(sum.text == "100.00")
        #expect(ExactDecimal("3")?.multiplied(by: try #require(ExactDecimal("19.99")))?.text == "59.97")
    }

    @Test func overflowIsNilAndNoCrash() throws {
        let huge = try #require(ExactDecimal("9999999999999999999999999999999999"))
        #expect(huge.multiplied(by: huge) == nil)
        #expect(huge.adding(try #require(ExactDecimal("0.00001"))) == nil)
        #expect(huge.integer == nil && huge.thousandths == nil)
    }

    @Test(arguments: [
        ("29.90", 3, nil), ("32.40", 3, "10.80"), ("119.70", 3, "39.90"), ("1", 8, "0.125"), ("1", 0, nil),
    ])
    func divisionIsExactOrNothing(text: String, count: Int, expected: String?) {
        #expect(ExactDecimal(text)?.divided(exactlyBy: count)?.text == expected)
    }

    /// Against integers of thousandths, which cannot round.
    @Test func randomSumsAgreeWithIntegers() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let left = Int.random(in: -1_000_000...1_000_000, using: &random)
            let right = Int.random(in: -1_000_000...1_000_000, using: &random)
            let sum = try #require(thousandths(left).adding(thousandths(right)), "seed \(seed)")
            let product = try #require(thousandths(left).multiplied(by: ExactDecimal(right)), "seed \(seed)")
            #expect(sum.thousandths == left + right && product.thousandths == left * right, "seed \(seed)")
            #expect(ExactDecimal(sum.text)?.thousandths == left + right, "seed \(seed)")
        }
    }

    /// What is written is read again as the same number, up to the limits.
    @Test func randomNumbersComeBack() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let digits = String(
                (0..<Int.random(in: 1...34, using: &random)).map { _ in
                    "0123456789".randomElement(using: &random) ?? "0"
                })
            guard let number = ExactDecimal("\(digits)e\(Int.random(in: -40...10, using: &random))") else { continue }
            for text in [number.text, number.shortestText] {
                #expect(ExactDecimal(text)?.shortestText == number.shortestText, "seed \(seed)")
            }
        }
    }

    private func thousandths(_ count: Int) -> ExactDecimal {
        let digits = String(abs(count))
        let padded = String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        return ExactDecimal((count < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)) ?? .zero
    }
}
