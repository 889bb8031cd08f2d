import Bytes
import Glibc

/// A whole run: load, verification, lookups, report.
package struct LoadRun: ~Copyable {
    private let options: LoadOptions
    private let book: OrderBook
    private var report = LoadReport()

    package init(_ options: LoadOptions) {
        self.options = options
        book = options.book
        report.peer = options.peer
        report.seed = options.seed
        report.connections = options.connections
        report.depth = options.depth
        report.rate = options.rate
        report.orderCount = options.orders
    }

    /// Sends the load and finds out what came of it.
    package consuming func run() throws(LoadError) -> LoadReport {
        let handler = try sendOrders()
        report.tally = handler.tally
        let isOver = report.outcome.end != .complete
        if options.verifies && options.peer.namesCustomers {
            report.lost = handler.customers.reduce(0) { $0 + ($1 == LoadHandler.unanswered ? 1 : 0) }
            if report.outcome.end == .disconnected || report.outcome.end == .interrupted { report.lost = nil }
        }
        let customers = handler.customers
        let numbers = handler.takeNumbers()
        guard !isOver else { return report }
        if options.peer == .dossier { try settle() }
        if options.verifies && options.peer.namesCustomers {
            let named = try verify(customers, numbers)
            if options.lookups > 0 && options.peer == .dossier { try lookUp(customers, named) }
        } else if options.lookups > 0 && options.peer == .dossier {
            try lookUp(customers, numbers)
        }
        return report
    }

    private var driverOptions: DriverOptions {
        var result = DriverOptions(endpoint: options.endpoint)
        result.connections = options.connections
        result.depth = options.depth
        result.framing = options.peer.framing
        result.greeting = options.peer == .dossier ? options.shop.map { "SHOP \($0)\n" } : nil
        result.timeoutSeconds = options.timeoutSeconds
        return result
    }

    private mutating func sendOrders() throws(LoadError) -> LoadHandler {
        var log: AcknowledgementLog?
        if let path = options.acknowledgedFile { log = try AcknowledgementLog(path: path) }
        let handler = LoadHandler(
            book: book, peer: options.peer, keepsCustomers: options.verifies,
            retriesLoading: options.reconnectSeconds > 0,
            showsProgress: options.showsProgress ?? (isatty(STDERR_FILENO) == 1), log: log)
        let stream = OrderStream(
            book: book, peer: options.peer, lookupPerMille: options.lookupPerMille,
            aheadBytes: options.aheadMebibytes << 20)
        stream.waitUntilPrimed()
        defer { stream.cancel() }
        var loadOptions = driverOptions
        loadOptions.rate = options.rate
        loadOptions.spread = book.shortestDelay
        loadOptions.reconnectSeconds = options.reconnectSeconds
        var driver = try Driver(options: loadOptions, source: StreamSource(stream), handler: handler)
        report.outcome = try driver.run()
        return driver.finish()
    }

    /// Waits until everything is weighed: what came behind the replies belongs to the load, and to who is who.
    private mutating func settle() throws(LoadError) {
        let start = monotonicNanoseconds()
        let answer = try OneRequest.send(driverOptions) { $0.append("IDENTITY.SETTLE\n") }.get()
        guard answer.starts(with: Array("OK".utf8)) else { throw .refused("IDENTITY.SETTLE: " + answer.span.text) }
        report.settlingNanoseconds = monotonicNanoseconds() - start
    }

    // MARK: Verification

    /// Compares who got each order with the truth. Returns all numbers seen.
    private mutating func verify(
        _ customers: [UInt32], _ numbers: consuming NumberTable
    ) throws(LoadError) -> NumberTable {
        let living = try askLiving(numbers)
        report.livingErrors = living.errors
        report.unresolvedNumbers = living.unknownCount
        var assignments: [Assignment] = []
        assignments.reserveCapacity(customers.count)
        for (ordinal, token) in customers.enumerated() where token != LoadHandler.unanswered {
            let (buyer, channel) = book.truth(of: ordinal)
            assignments.append(
                Assignment(
                    customer: living.resolve(token), buyer: UInt32(buyer), channel: UInt8(channel.rawValue)))
        }
        let truth = TruthCheck(assignments)
        report.truth = truth
        if options.comparesReference { report.reference = book.naiveCheck() }
        let all = living.takeNumbers()
        report.overMergeNumbers = truth.worstOverMerges.map { all.text(of: $0.customer) }
        return all
    }

    /// Asks by `CUSTOMER.FIND`, and where that is not answered by `CUSTOMER.360`.
    private func askLiving(_ numbers: consuming NumberTable) throws(LoadError) -> LivingNumbers {
        let peer = options.peer
        let found = try ask(peer: peer, numbers) { number, position, writer in
            peer.append(livingNumberOf: number, position: position, to: &writer)
        }
        guard found.unknownCount > 0, peer == .dossier else { return found }
        return try ask(peer: peer, found.takeNumbers()) { number, _, writer in
            writer.append("CUSTOMER.360 ")
            writer.append(number)
            writer.append(UInt8(ascii: "\n"))
        }
    }

    private func ask(
        peer: Peer, _ numbers: consuming NumberTable,
        _ render: @escaping (Span<UInt8>, _ position: Int, inout ByteWriter) -> Void
    ) throws(LoadError) -> LivingNumbers {
        let asked = numbers.texts
        let source = RequestList(count: asked.count, kind: .living) { index, writer in
            let number = asked[index]
            render(number.span, index, &writer)
        }
        let handler = LivingNumbers(peer: peer, numbers: numbers)
        var driver = try Driver(options: driverOptions, source: source, handler: handler)
        _ = try driver.run()
        return driver.finish()
    }

    // MARK: Lookups

    /// Times questions by number, e-mail and order in turn, for orders drawn evenly.
    private mutating func lookUp(_ customers: [UInt32], _ numbers: consuming NumberTable) throws(LoadError) {
        let texts = numbers.texts
        let book = book
        var random = SeededGenerator(seed: options.seed, purpose: .laterLookups, index: 0)
        let source = RequestList(count: options.lookups, kind: .lookup) { index, writer in
            let ordinal = random.below(book.count)
            if index % 3 == 0, !customers.isEmpty, customers[ordinal] != LoadHandler.unanswered {
                writer.append("CUSTOMER.360 ")
                writer.append(texts[Int(customers[ordinal])])
                writer.append(UInt8(ascii: "\n"))
            } else {
                Lookup.append(book.order(ordinal), ordinal: index, to: &writer)
            }
        }
        var driver = try Driver(options: driverOptions, source: source, handler: LookupHandler())
        _ = try driver.run()
        let handler = driver.finish()
        report.lookupsAfter = (handler.answered, handler.latency, handler.errors)
    }
}

extension OrderBook {
    /// The naive model's answer to all orders, compared with the truth.
    package func naiveCheck() -> TruthCheck {
        var model = ExactKeyReference()
        for ordinal in 0..<count { model.add(order(ordinal)) }
        return TruthCheck(
            (0..<count).map { ordinal in
                let (buyer, channel) = truth(of: ordinal)
                return Assignment(
                    customer: UInt32(model.customer(of: ordinal)), buyer: UInt32(buyer),
                    channel: UInt8(channel.rawValue))
            })
    }
}

/// The outcome of `--check`.
package struct CheckReport: Sendable {
    package let asked: Int
    package let found: Int
    package let unlisted: Int
    package let lost: [String]
    package let doubled: [String]
    package let errors: ErrorTally
    package let isComplete: Bool

    package var isSound: Bool { isComplete && lost.isEmpty && doubled.isEmpty && errors.total == 0 }

    package var text: String {
        var lines = [
            "acknowledged \(Format.grouped(asked)), found \(Format.grouped(found)), unlisted \(unlisted), "
                + "lost \(lost.count), doubled \(doubled.count)" + (isComplete ? "" : ", not all asked")
        ]
        lines += lost.prefix(20).map { "  lost    \($0)" } + doubled.prefix(20).map { "  doubled \($0)" }
        for (code, entry) in errors.entries.sorted(by: { $0.key < $1.key }) {
            lines.append("  error   \(code): \(entry.count)  \(entry.samples.first ?? "")")
        }
        return lines.joined(separator: "\n")
    }

    /// Asks for every order of an acknowledgement file.
    package static func run(_ options: LoadOptions, path: String) throws(LoadError) -> CheckReport {
        let orders = try AcknowledgementLog.read(path: path).map(\.order)
        let question = options.checkQuestion
        let source = RequestList(count: orders.count, kind: .check) { index, writer in
            AcknowledgementCheck.append(orders[index], question: question, to: &writer)
        }
        var driverOptions = DriverOptions(endpoint: options.endpoint)
        driverOptions.connections = options.connections
        driverOptions.depth = options.depth
        driverOptions.greeting = options.shop.map { "SHOP \($0)\n" }
        driverOptions.timeoutSeconds = options.timeoutSeconds
        let handler = AcknowledgementCheck(orders: orders, question: question)
        var driver = try Driver(options: driverOptions, source: source, handler: handler)
        let outcome = try driver.run()
        let result = driver.finish()
        return CheckReport(
            asked: orders.count, found: result.found, unlisted: result.unlisted, lost: result.lost,
            doubled: result.doubled, errors: result.errors,
            isComplete: outcome.end == .complete && outcome.answered == orders.count)
    }
}
