import Foundation
import Load
import Testing

@testable import Benchmarks

/// The comparison with others at its tiniest: with each of them that is installed here.
@Suite(.serialized) struct ComparisonTests {
    private static let programs: [Contestant.Family: String] = [
        .redis: "redis-server", .tarantool: "tarantool", .postgres: "initdb",
    ]

    @Test(arguments: Contestant.Family.allCases)
    func everyoneDoesTheWholeJob(_ family: Contestant.Family) throws {
        if let program = Self.programs[family], ProgramRun.find(program) == nil {
            print(
                "LEFT OUT: \(program) is not installed, so nothing shows that \(family.rawValue) can be compared with")
            return
        }
        var options = ComparisonOptions()
        options.orders = 600
        options.rounds = 1
        options.only = [family]
        options.lookups = 50
        options.rate = 200
        options.seconds = 0.5
        let report = try ComparisonProgram(options: options).compare()
        let contestants = Contestant.all.filter { $0.family == family }
        #expect(report.systems.map(\.name) == contestants.map(\.label))
        for (line, contestant) in zip(report.systems, contestants) {
            for figure in Figure.allCases {
                let isSingle = contestant.batchSize == 1
                if figure == .snapshotStart && family == .postgres { continue }
                if !isSingle && [.median, .tail].contains(figure) { continue }
                let cell = try #require(line.cell(figure), "\(line.name) has no \(figure.rawValue)")
                // The kernel counts time by ticks, which so little work may not reach.
                let isTicks = family == .postgres && [.processor, .lookupProcessor].contains(figure)
                #expect(cell.median > 0 || isTicks, "\(line.name): \(figure.rawValue)")
            }
            let customers = line.cell(.customers)?.median
            #expect(family == .dossier || customers == Double(report.conditions.customers))
        }
        #expect(report.limits.contains { $0.name.contains("echo") })
        try expectReports(report)
    }

    private func expectReports(_ report: ComparisonReport) throws {
        let markdown = report.markdown
        for line in report.systems { #expect(markdown.contains("| \(line.name) |")) }
        let json = try #require(try JSONSerialization.jsonObject(with: report.json) as? [String: Any])
        #expect((json["systems"] as? [Any])?.count == report.systems.count)
        let picture = Picture(report).text
        #expect(picture.hasPrefix("<svg") && picture.hasSuffix("</svg>\n"))
        let bars = report.systems.count + report.limits.filter { $0.name.hasPrefix("Redis, SET") }.count
        #expect(picture.components(separatedBy: "<rect").count - 1 == 2 * bars)
        #expect(!picture.contains("nan") && !picture.contains("inf"))
    }

    @Test func whoDecidesOtherwiseIsFound() throws {
        let orders = ComparedOrders(orders: 400, seed: 3)
        let right = orders.clusters.map { UInt32($0) + 7 }
        #expect(orders.difference(from: right) == nil)
        #expect(orders.customerCount == Set(orders.clusters).count && !orders.regulars.isEmpty)
        // One that lost its customer, one that got another's, one that was never answered.
        let shared = try #require(orders.clusters.indices.last { Int(orders.clusters[$0]) != $0 })
        var split = right
        split[shared] = 1_000_000
        #expect(orders.difference(from: split)?.contains("shares a key") == true)
        let other = try #require(right.indices.first { right[$0] != right[shared] })
        let joined = right.map { $0 == right[other] ? right[shared] : $0 }
        #expect(orders.difference(from: joined)?.contains("put together") == true)
        var lost = right
        lost[5] = LoadHandler.unanswered
        #expect(orders.difference(from: lost)?.contains("never taken in") == true)
    }

    @Test(arguments: [
        ["--peers", "--orders", "none"], ["--peers", "--only", "mongo"], ["--peers", "--rounds"], ["--peers", "tcp"],
        ["--compare"], ["--compare", "HEAD", "no-such-benchmark"], ["--compare", "HEAD", "--limit", "x"],
        ["scale", "--orders", "0"], ["scale", "--colour", "red"], ["stages", "--what", "ever"],
    ])
    func wrongCommandLinesAreRefused(_ arguments: [String]) { #expect(BenchmarkProgram.run(arguments) == 2) }

    @Test func costsAtGrowingSizes() {
        let arguments = ["scale", "--orders", "4000", "--first", "1000", "--lookups", "40", "--match", "exact"]
        #expect(BenchmarkProgram.run(arguments) == 0)
    }
}
