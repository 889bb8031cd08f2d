import Server

/// Clients of all manners: they cut their bytes anywhere, read when they please or not at all, half-close or hang up.
///
/// Law: whoever stays gets exactly one reply per request, in the order of the requests, and then the end of the
/// connection; whoever does not read is no longer read from, and what waits for him stays bounded.
package final class ReplyWorkload {
    private let plan: IngestPlan
    private let machine: SimulatedMachine
    private var generator: SeededGenerator
    private let process: SimulatedProcess
    /// Requests and replies carry this, so that each reply can be told.
    private var tags = 0

    package init(seed: UInt64) throws {
        plan = IngestPlan(seed: seed)
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        generator = SeededGenerator(seed: seed &+ 4_711)
        process = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
    }

    package func run() throws {
        let staying = (0..<3).map { _ in SimulatedClient(process.connect(plan.connection)) }
        let leaving = SimulatedClient(process.connect(plan.connection))
        let deaf = SimulatedClient(process.connect(plan.connection))
        for client in staying + [leaving] {
            for _ in 0..<Int.random(in: 1...40, using: &generator) { client.ask(request()) }
        }
        for _ in 0..<2_000 { deaf.ask(ping()) }
        let hangUpAt = Int.random(in: 0..<400, using: &generator)
        for step in 0..<60_000 {
            if staying.allSatisfy(isDone) { break }
            for client in staying where generator.oneIn(4) { try act(client) }
            if step < hangUpAt { try act(leaving) }
            if step == hangUpAt { leaving.connection.clientHangUp() }
            deaf.send(&generator)
            machine.scheduler.step()
        }
        for client in staying where !isDone(client) {
            throw BrokenLaw(
                "\(client.outstandingCount) requests unanswered, the connection \(client.connection.isClosed ? "closed" : "open")"
            )
        }
        try judge(deaf)
        for client in staying + [leaving, deaf] { client.connection.discard() }
    }

    private func isDone(_ client: SimulatedClient) -> Bool {
        client.isIdle && client.connection.isClosedForClient
    }

    private func act(_ client: SimulatedClient) throws {
        client.send(&generator)
        // At once after the last byte: some replies are still to be made.
        if client.hasSentAll, !client.hasHalfClosed { client.halfClose() }
        guard generator.oneIn(2) else { return }
        for reply in try client.receive(&generator) {
            if case .other(let prefix) = reply.request.subject, !reply.line.hasPrefix(prefix) {
                throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
            }
        }
    }

    private func judge(_ deaf: SimulatedClient) throws {
        machine.scheduler.drain()
        for _ in 0..<50 {
            deaf.send(&generator)
            machine.scheduler.drain()
        }
        guard !deaf.hasSentAll else { throw BrokenLaw("a client that does not read was read to the end") }
        let batches = (plan.limits.batches + 2) * plan.limits.batchRequests
        let bound = plan.connection.highWaterBytes + plan.limits.waitingBytes + batches * 60
        guard deaf.connection.largestOutput <= bound else {
            throw BrokenLaw("\(deaf.connection.largestOutput) bytes wait for a client that does not read (\(bound))")
        }
        guard deaf.connection.largestRest <= 2 * plan.connection.kernelBytes + 100 else {
            throw BrokenLaw("\(deaf.connection.largestRest) bytes of input wait")
        }
    }

    // MARK: Requests

    private func ping() -> SimulatedRequest {
        SimulatedRequest(.other(replyPrefix: "OK {\"tag\""), line: "PING tag=p.", tag: "p.")
    }

    private func request() -> SimulatedRequest {
        tags += 1
        let tag = "q\(tags)."
        let number = Int.random(in: 0..<9, using: &generator)
        func line(_ text: String) -> SimulatedRequest {
            SimulatedRequest(.other(replyPrefix: ""), line: text, tag: tag)
        }
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: return line("PING tag=\(tag)")
        case 1: return line("HELP tag=\(tag)")
        case 2: return line("SHOP tag=\(tag) s\(number)")
        case 3: return line("CUSTOMER.FIND tag=\(tag) limit=3")
        case 4: return line("CUSTOMER.360 tag=\(tag) order=till:\(number)")
        case 5: return line("CUSTOMER.WHY tag=\(tag) C1 C2")
        case 6: return line("NOTE.ADD tag=\(tag) C\(number + 1) \"hello\"")
        case 7: return line("ORDER.GET tag=\(tag) till:\(number)")
        case 8: return line("CUSTOMER.360 tag=\(tag)")
        case 9: return line("SNAPSHOT tag=\(tag)")
        case 10: return SimulatedRequest(.other(replyPrefix: "ERR UNKNOWN"), line: "FLY \(tag)")
        case 11: return line("INFO tag=\(tag)")
        default:
            return line(
                "ORDER.PUT tag=\(tag) {\"channel\":\"till\",\"number\":\"\(number)\",\"placedAt\":\"2026-01-01T00:00:00Z\",\"currency\":\"EUR\",\"total\":\"\(tags)\",\"customer\":{\"email\":\"k\(number % 4)@kaasboerderij.nl\"}}"
            )
        }
    }
}
