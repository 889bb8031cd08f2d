import Testing

@testable import Load

@Suite struct LoadMeasurementTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func histogramAgreesWithASortedArray(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var histogram = LatencyHistogram()
        var values: [UInt64] = []
        for _ in 0..<20_000 {
            // All magnitudes, from nanoseconds to minutes.
            let value = random.next() >> UInt64(random.within(27...63))
            values.append(value)
            histogram.record(nanoseconds: value)
        }
        values.sort()
        #expect(histogram.count == 20_000 && histogram.maximum == values.last)
        for share in [0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
            let place = max(1, Int((share * 20_000).rounded(.up)))
            let exact = values[place - 1]
            let found = histogram.percentile(share)
            #expect(found >= exact && Double(found) <= Double(exact) * 1.016 + 1, "seed \(seed), share \(share)")
        }
    }

    @Test func histogramIsExactForSmallValuesAndEmpty() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.99) == 0 && histogram.mean == 0)
        for value in 0..<100 as Range<UInt64> { histogram.record(nanoseconds: value) }
        #expect(histogram.percentile(0.5) == 49)
        #expect(histogram.percentile(1) == 99)
        #expect(histogram.mean == 49.5)
        histogram.record(nanoseconds: .max)
        #expect(histogram.percentile(1) == .max)
    }

    @Test func mergedHistogramsCountTogether() {
        var left = LatencyHistogram()
        var right = LatencyHistogram()
        left.record(nanoseconds: 10, times: 3)
        right.record(nanoseconds: 1_000)
        left.merge(right)
        #expect(left.count == 4 && left.percentile(0.75) == 10 && left.maximum == 1_000)
    }

    @Test(arguments: [1, 3, 999.5, 70_000, 1_000_000] as [Double])
    func paceIsATimeTable(_ rate: Double) {
        let pace = Pace(rate: rate, start: 5_000)
        #expect(pace.dueCount(at: 4_999) == 0)
        #expect(pace.dueCount(at: 5_000) == 1)
        for position in [1, 2, 17, 1_000, 123_457] {
            let time = pace.intendedTime(of: position)
            #expect(pace.dueCount(at: time) == position + 1)
            #expect(pace.dueCount(at: time - 1) == position)
        }
        let oneSecond = pace.dueCount(at: 5_000 + 1_000_000_000)
        #expect(abs(Double(oneSecond) - rate - 1) <= 1)
    }

    @Test func timesAreGregorian() {
        #expect(UTCTime.text(0) == "1970-01-01T00:00:00Z")
        #expect(UTCTime.text(951_782_399) == "2000-02-28T23:59:59Z")
        #expect(UTCTime.text(951_782_400) == "2000-02-29T00:00:00Z")
        #expect(UTCTime.text(1_709_251_199) == "2024-02-29T23:59:59Z")
        #expect(UTCTime.text(4_107_542_400) == "2100-03-01T00:00:00Z")
        #expect(UTCTime.text(OrderBook.period.lowerBound) == "2024-01-01T00:00:00Z")
        #expect(UTCTime.text(OrderBook.period.upperBound) == "2026-03-01T00:00:00Z")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
    ])
    func numbersAreGrouped(_ number: Int, _ text: String) { #expect(Format.grouped(number) == text) }

    @Test(arguments: [
        (0.0, 2, "0.00"), (1.005, 1, "1.0"), (0.999_96, 4, "1.0000"), (-2.5, 0, "-3"), (-0.001, 1, "0.0"),
    ])
    func fractionsAreRounded(_ value: Double, _ digits: Int, _ text: String) {
        #expect(Format.fixed(value, digits: digits) == text)
    }
}
