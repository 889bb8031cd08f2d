import Testing

@testable import Benchmarks

/// Every benchmark at its tiniest, so that none rots unseen. Serialised: they measure, and share two processors.
@Suite(.serialized) struct BenchmarkTests {
    @Test(arguments: Catalogue.own.map(\.name)) func yieldsFigures(_ name: String) throws {
        let benchmark = try #require(Catalogue.own.first { $0.name == name })
        try expectFigures(benchmark.run(.tiny), of: benchmark)
    }

    private func expectFigures(_ rows: [Row], of benchmark: any Benchmark) throws {
        #expect(!rows.isEmpty, "\(benchmark.name) shows nothing")
        for row in rows {
            #expect(row.value.isFinite && row.value > 0, "\(benchmark.name), \(row.label): \(row.value) \(row.unit)")
        }
        #expect(Table.text(rows).split(separator: "\n").count == rows.count)
    }

    @Test func medians() {
        var samples = Benchmarks.Samples()
        for value in [9.0, 1, 5] { samples.add("odd", value, "x") }
        for value in [4.0, 1, 2, 9] { samples.add("even", value, "x") }
        samples.add("odd", 7, "y")
        let rows = samples.rows
        #expect(rows.map(\.label) == ["odd", "even", "odd"])
        #expect(rows.map(\.value) == [5, 3, 7])
        #expect(rows.map(\.minimum) == [1, 1, nil])
        #expect(rows.map(\.maximum) == [9, 9, nil])
        #expect(samples.median("even", "x") == 3)
        #expect(samples.median("even", "y") == nil)
    }

    @Test(arguments: [
        (0.5, "0.50"), (12.34, "12.3"), (99.96, "100.0"), (100, "100"), (1234.5, "1,234"), (54_936.2, "54,936"),
        (1_234_567, "1,234,567"),
    ])
    func numbersForPeople(_ value: Double, _ text: String) { #expect(Table.number(value) == text) }

    @Test func refusesWhatItDoesNotKnow() {
        #expect(BenchmarkProgram.run(["no-such-benchmark"]) == 2)
        #expect(BenchmarkProgram.run(["--scale", "huge"]) == 2)
        #expect(BenchmarkProgram.run(["--json"]) == 2)
        #expect(BenchmarkProgram.run(["--list"]) == 0)
    }
}
