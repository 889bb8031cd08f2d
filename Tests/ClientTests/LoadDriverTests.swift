import Foundation
import Glibc
import Testing

@testable import Load

/// Options for a small load on the fake server.
private func options(_ server: FakeOrderServer, _ more: String...) throws -> LoadOptions {
    try LoadOptions(["--port", "\(server.port)", "--no-progress", "--timeout", "20"] + more)
}

private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("dossier-load-\(UUID().uuidString)").path
}

@Suite struct LoadDriverTests {
    @Test(arguments: [(1, 1), (1, 64), (3, 7), (8, 64)])
    func everyOrderIsSentOnceAndAnswered(_ connections: Int, _ depth: Int) throws {
        let server = FakeOrderServer()
        defer { server.stop() }
        let report = try LoadRun(
            options(
                server, "--orders", "2500", "--connections", "\(connections)", "--depth", "\(depth)", "--shop", "one",
                "--lookups", "100", "--share-lookups", "5", "--seed", "9")
        ).run()
        #expect(report.outcome.end == .complete)
        #expect(report.tally.orders == 2500 && report.lost == 0 && report.tally.errors.total == 0)
        #expect(report.tally.duplicates == report.tally.redeliveries && report.tally.redeliveries > 40)
        #expect(report.tally.revisions > 10 && report.tally.lookups > 60 && report.lookupsAfter?.answered == 100)
        #expect(report.exitStatus == 0)
        #expect(server.orderCount == 2500)
        let sent = 2500 + report.tally.redeliveries + report.tally.revisions + report.tally.lookups
        #expect(report.outcome.sent == sent && report.outcome.answered == sent)
        #expect(report.tally.orderLatency.count == UInt64(sent - report.tally.lookups))
    }

    @Test func verificationComparesWithTheTruth() throws {
        let server = FakeOrderServer()
        defer { server.stop() }
        let options = try options(server, "--orders", "3000", "--connections", "2", "--reference")
        let report = try LoadRun(options).run()
        // The fake server's rule, applied here: one customer per e-mail, all those without one together.
        let book = options.book
        var customers: [String: UInt32] = [:]
        let expected = TruthCheck(
            (0..<book.count).map { ordinal in
                let order = book.order(ordinal)
                let email = order.email?.lowercased() ?? ""
                let customer = customers[email] ?? UInt32(customers.count)
                customers[email] = customer
                return Assignment(
                    customer: customer, buyer: UInt32(order.buyer), channel: UInt8(order.channel.rawValue))
            })
        let truth = try #require(report.truth)
        #expect(truth.orders == expected.orders && truth.profiles == expected.profiles)
        #expect(truth.customerCount == expected.customerCount && truth.overMergeCount == expected.overMergeCount)
        #expect(report.overMergeNumbers.count == truth.worstOverMerges.count)
        #expect(try #require(report.reference).orders == book.naiveCheck().orders)
        #expect(report.text.contains("precision"))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any])
        #expect(json["accepted"] as? Int == 3000 + report.tally.redeliveries + report.tally.revisions)
    }

    @Test func retiredNumbersAreFollowed() throws {
        let server = FakeOrderServer(.init(livingNumber: "K1"))
        defer { server.stop() }
        let report = try LoadRun(options(server, "--orders", "500")).run()
        #expect(report.truth?.customerCount == 1 && report.truth?.overMergeCount == 1)
        #expect(report.overMergeNumbers == ["K1"])
    }

    @Test func errorsAreCountedAndFailTheRun() throws {
        let server = FakeOrderServer(.init(refusesEvery: 100))
        defer { server.stop() }
        let report = try LoadRun(options(server, "--orders", "1000", "--connections", "1")).run()
        let refused = try #require(report.tally.errors.entries["INVALID"])
        #expect(refused.count == report.outcome.sent / 100)
        #expect(refused.samples == ["ERR INVALID total", "ERR INVALID total", "ERR INVALID total"])
        #expect(report.exitStatus == 1)
        #expect((report.lost ?? 0) > 0)
    }

    @Test func aMissingDuplicateAnswerFailsTheRun() throws {
        let server = FakeOrderServer(.init(forgetsEvery: 2))
        defer { server.stop() }
        let report = try LoadRun(options(server, "--orders", "2000")).run()
        #expect(!report.duplicatesAreRight && report.exitStatus == 1)
    }

    @Test func aBrokenConnectionEndsTheRunWithASummary() throws {
        let server = FakeOrderServer(.init(breaksAfter: 700))
        defer { server.stop() }
        let report = try LoadRun(options(server, "--orders", "3000", "--connections", "1")).run()
        #expect(report.outcome.end == .disconnected && report.exitStatus == 3)
        #expect(report.outcome.answered > 0 && report.outcome.answered <= 700)
    }

    @Test func aBrokenConnectionIsReopenedAndNothingIsLost() throws {
        let server = FakeOrderServer(.init(breaksAfter: 700))
        defer { server.stop() }
        let report = try LoadRun(
            options(server, "--orders", "3000", "--connections", "3", "--reconnect", "10", "--shop", "one")
        ).run()
        #expect(report.outcome.end == .complete && report.outcome.reconnects == 1)
        #expect(report.tally.orders == 3000 && report.lost == 0 && server.orderCount == 3000)
        #expect(report.exitStatus == 0, "\(report.text)")
    }

    @Test func aLoadingServerIsAskedAgain() throws {
        let server = FakeOrderServer(.init(loadsFirst: 90))
        defer { server.stop() }
        let patient = try LoadRun(options(server, "--orders", "1000", "--reconnect", "5")).run()
        #expect(patient.tally.orders == 1000 && patient.outcome.resent == 90 && patient.exitStatus == 0)
        let other = FakeOrderServer(.init(loadsFirst: 90))
        defer { other.stop() }
        let plain = try LoadRun(options(other, "--orders", "1000")).run()
        #expect(plain.tally.errors.entries["LOADING"]?.count == 90 && plain.exitStatus == 1)
    }

    @Test func aSilentServerEndsTheRun() throws {
        let server = FakeOrderServer(.init(fallsSilentAfter: 300))
        defer { server.stop() }
        let report = try LoadRun(options(server, "--orders", "1000", "--timeout", "0.5")).run()
        #expect(report.outcome.end == .timedOut && report.exitStatus == 1)
        #expect(report.outcome.answered <= 300 && (report.lost ?? 0) >= 700)
    }

    /// A barrier and the spread hold back what follows from an order until the order is answered, however the
    /// connections race: no lookup may ever miss its order.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func nothingOvertakesItsOrder(_ seed: UInt64) throws {
        let server = FakeOrderServer()
        defer { server.stop() }
        let report = try LoadRun(
            options(
                server, "--orders", "600", "--connections", "16", "--depth", "64", "--share-redelivered", "30",
                "--share-revised", "20", "--share-lookups", "30", "--seed", "\(seed)")
        ).run()
        #expect(report.exitStatus == 0, "seed \(seed): \(report.text)")
        #expect(report.tally.duplicates == report.tally.redeliveries && report.tally.redeliveries > 100)
    }

    @Test func acknowledgedOrdersAreWrittenAndChecked() throws {
        let file = temporaryFile()
        defer { unlink(file) }
        let server = FakeOrderServer(.init(forgetsEvery: 250))
        defer { server.stop() }
        let loadOptions = try options(
            server, "--orders", "1000", "--acknowledged", file, "--connections", "1", "--share-redelivered", "0",
            "--share-revised", "0")
        _ = try LoadRun(loadOptions).run()
        let orders = try AcknowledgementLog.read(path: file)
        #expect(Set(orders.map(\.order)) == Set((0..<1000).map(loadOptions.book.name)))
        for question in AcknowledgementCheck.Question.allCases {
            let report = try CheckReport.run(
                options(server, "--check", file, "--check-by", question.rawValue), path: file)
            #expect(report.asked == 1000 && report.found == 996)
            #expect(Set(report.lost).count == 4 && report.doubled.isEmpty && !report.isSound)
        }
    }

    @Test func acknowledgementFilesMayEndTorn() throws {
        let file = temporaryFile()
        defer { unlink(file) }
        try "bol:1 K1\nbol:2 K2\nbol:1 K3\nbol:3 K".write(toFile: file, atomically: true, encoding: .utf8)
        let orders = try AcknowledgementLog.read(path: file)
        #expect(orders.map(\.order) == ["bol:1", "bol:2"] && orders.map(\.customer) == ["K3", "K2"])
        try "bol:1\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: LoadError.malformedAcknowledgement(line: 1)) { try AcknowledgementLog.read(path: file) }
    }

    @Test func aFixedRateTakesItsTime() throws {
        let server = FakeOrderServer()
        defer { server.stop() }
        let report = try LoadRun(
            options(
                server, "--orders", "400", "--rate", "2000", "--connections", "2", "--share-redelivered", "0",
                "--share-revised", "0")
        ).run()
        // The last of 400 leaves 399 / 2000 of a second after the first, never earlier.
        #expect(report.outcome.nanoseconds >= 199_500_000)
        #expect(report.tally.orders == 400 && report.exitStatus == 0)
    }

    @Test func anUnreachableServerIsAnError() throws {
        let server = FakeOrderServer()
        let port = server.port
        server.stop()
        // The port is free again once the listener is closed; whoever connects before is cut off.
        #expect(LoadProgram.run(["--port", "\(port)", "--orders", "10", "--no-progress", "--timeout", "5"]) == 3)
    }

    // MARK: The command line

    @Test func optionsAreRead() throws {
        let options = try LoadOptions([
            "--orders", "1_000", "--rate", "2.5", "--share-redelivered", "4.5%", "--channels", "bol,amazon,bol",
            "--peer", "redis-set", "--no-verify", "--seed", "77",
        ])
        #expect(options.orders == 1000 && options.rate == 2.5 && options.redeliveredPerMille == 45)
        #expect(options.channels == [.bol, .amazon] && options.peer == .redisSet && !options.verifies)
        #expect(options.buyerCount == 200 && options.seed == 77)
    }

    @Test(arguments: [
        ["--nonsense"], ["--orders"], ["--orders", "0"], ["--orders", "x"], ["--port", "70000"], ["--rate", "-1"],
        ["--channels", "ebay"], ["--channels", ""], ["--peer", "mysql"], ["--share-revised", "101"],
        ["--share-revised", "60", "--share-redelivered", "60"],
    ])
    func wrongOptionsAreRefused(_ arguments: [String]) {
        #expect(throws: LoadError.self) { try LoadOptions(arguments) }
        #expect(LoadProgram.run(arguments) == 2)
    }

    @Test func helpNamesEveryOption() throws {
        for option in ["--host", "--port", "--rate", "--acknowledged", "--check", "--reference", "--out"] {
            #expect(LoadOptions.help.contains(option))
        }
        #expect(try LoadOptions(["--help"]).wantsHelp)
    }
}
