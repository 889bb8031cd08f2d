import Client
import Foundation

/// One set through a fresh server in its default settings, record by record, until all of it is weighed.
struct IdentityRun {
    let resolution: Resolution
    /// From the first record sent to the last reply received.
    let feedSeconds: Double
    /// From there until the background had weighed everything.
    let settleSeconds: Double
    /// Processor time of the server for both.
    let processorSeconds: Double

    /// Commands under way at a time, each with a reply of its own.
    private static let depth = 64
    /// Rows of IDENTITY.QUEUE asked for at a time: as many as it gives.
    private static let pageLength = 1000

    /// Blocks until the server has stopped again.
    init(_ set: LabelledSet) throws(BenchmarkError) {
        let folder = try TemporaryFolder()
        let server = try ServerProcess(folder.path, durability: .always)
        let client = try Self.patientClient(server.port)
        let processorStart = server.processorSeconds
        let clock = ContinuousClock()
        let start = clock.now
        try Self.feed(set, to: client)
        let fed = clock.now
        try Self.expectOK(client.ask("IDENTITY.SETTLE"), "IDENTITY.SETTLE")
        let settled = clock.now
        feedSeconds = Self.seconds(fed - start)
        settleSeconds = Self.seconds(settled - fed)
        processorSeconds = server.processorSeconds - processorStart
        resolution = try Self.read(set, from: client)
        try server.stop()
    }

    /// Weighing a large set to its end may take longer than a client usually waits.
    private static func patientClient(_ port: UInt16) throws(BenchmarkError) -> Client {
        do throws(ClientError) {
            return try Client(port: port, timeouts: Client.Timeouts(reply: .seconds(900)))
        } catch { throw .server("\(error)") }
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private static func feed(_ set: LabelledSet, to client: Client) throws(BenchmarkError) {
        var answered = 0
        func receive(downTo waiting: Int) throws(BenchmarkError) {
            while client.pendingReplies > waiting {
                let reply: Reply
                do throws(ClientError) { reply = try client.receive() } catch { throw .server("\(error)") }
                try expectOK(reply, "CUSTOMER.PUT of \(set.records[answered].key)")
                answered += 1
            }
        }
        for record in set.records {
            let line = "CUSTOMER.PUT " + String(decoding: record.profile, as: UTF8.self)
            do throws(ClientError) { try client.send(line) } catch { throw .server("\(error)") }
            // Half of the window at a time, so that commands leave in more than ones.
            if client.pendingReplies >= depth { try receive(downTo: depth / 2) }
        }
        try receive(downTo: 0)
    }

    private static func read(_ set: LabelledSet, from client: Client) throws(BenchmarkError) -> Resolution {
        var resolution = Resolution(of: set)
        let export = try client.ask("IDENTITY.EXPORT")
        try expectOK(export, "IDENTITY.EXPORT")
        for row in export.rows { try resolution.addCustomer(row) }
        try resolution.expectComplete()
        var total = Int.max
        while resolution.doubtfulPairs.count < total {
            let offset = resolution.doubtfulPairs.count
            let page = try client.ask("IDENTITY.QUEUE offset=\(offset) limit=\(pageLength)")
            try expectOK(page, "IDENTITY.QUEUE")
            for row in page.rows { try resolution.addDoubtfulPair(row) }
            total = Self.total(of: page)
            guard !page.rows.isEmpty || offset == total else {
                throw .server("IDENTITY.QUEUE tells of \(total) pairs and shows \(offset)")
            }
        }
        return resolution
    }

    /// None where the reply tells none.
    private static func total(of reply: Reply) -> Int {
        guard case .ok(let text?) = reply.outcome, let total = JSONValue(ifParsing: text)?["total"]?.text else {
            return 0
        }
        return Int(total) ?? 0
    }

    private static func expectOK(_ reply: Reply, _ command: String) throws(BenchmarkError) {
        if case .error(let code, let text) = reply.outcome { throw .server("\(command): \(code) \(text)") }
    }
}
