import Bytes

/// What the replies to a load add up to.
package struct LoadTally: Sendable {
    /// Replies that accepted an order, per kind of request.
    package var orders = 0
    package var redeliveries = 0
    package var revisions = 0
    package var lookups = 0
    /// Replies that said `duplicate: true`, and `stale: true`.
    package var duplicates = 0
    package var stale = 0
    package var created = 0
    package var matched = 0
    package var merged = 0
    package var errors = ErrorTally()
    package var orderLatency = LatencyHistogram()
    package var lookupLatency = LatencyHistogram()
}

/// Reads the replies to orders and to the lookups among them.
package struct LoadHandler: ReplyHandler, ~Copyable {
    /// The token of an order without an answer.
    package static let unanswered = UInt32.max

    private let book: OrderBook
    private let peer: Peer
    private let retriesLoading: Bool
    private let showsProgress: Bool
    private var log: AcknowledgementLog?
    private var ordersAtLastTick = 0
    private var timeAtLastTick: UInt64 = 0
    package private(set) var tally = LoadTally()
    /// The customer named last for each order, as a token of `numbers`; empty without verification.
    package private(set) var customers: [UInt32]
    package private(set) var numbers = NumberTable()

    /// - Parameters:
    ///   - keepsCustomers: whether to remember who got each order (4 bytes an order), for verification.
    ///   - retriesLoading: whether `LOADING` means "ask again" instead of an error.
    package init(
        book: OrderBook, peer: Peer, keepsCustomers: Bool, retriesLoading: Bool = false,
        showsProgress: Bool = false, log: consuming AcknowledgementLog? = nil
    ) {
        self.book = book
        self.peer = peer
        self.retriesLoading = retriesLoading
        self.showsProgress = showsProgress
        self.log = log
        customers = keepsCustomers ? [UInt32](repeating: Self.unanswered, count: book.count) : []
    }

    package consuming func takeNumbers() -> NumberTable { numbers }

    package mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {}

    package mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool {
        guard accepts(line) else {
            if retriesLoading && saysLoading(line) { return false }
            tally.errors.add(line)
            return true
        }
        if request.kind == .lookup {
            tally.lookups += 1
            tally.lookupLatency.record(nanoseconds: latency)
            return true
        }
        tally.orderLatency.record(nanoseconds: latency)
        switch request.kind {
        case .redelivery: tally.redeliveries += 1
        case .revision: tally.revisions += 1
        default: tally.orders += 1
        }
        if peer.namesCustomers { take(line, ordinal: Int(request.subject)) }
        return true
    }

    package mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { tally.errors.add(text) }

    private func saysLoading(_ line: Span<UInt8>) -> Bool {
        func starts(with prefix: StaticString) -> Bool {
            let length = prefix.utf8CodeUnitCount
            return line.count >= length && line.extracting(0..<length).equals(prefix)
        }
        return peer.isRedis ? starts(with: "-LOADING") : starts(with: "ERR LOADING")
    }

    private func accepts(_ line: Span<UInt8>) -> Bool {
        peer.accepts(line)
    }

    @inline(__always) private mutating func take(_ line: Span<UInt8>, ordinal: Int) {
        let fields = peer == .dossier ? ReplyFields(dossierReply: line) : ReplyFields(procedureReply: line)
        if fields.isDuplicate { tally.duplicates += 1 }
        if fields.isStale { tally.stale += 1 }
        switch fields.resolution {
        case .created: tally.created += 1
        case .matched: tally.matched += 1
        case .merged: tally.merged += 1
        case .none: break
        }
        let customer = line.extracting(fields.customer)
        if !customers.isEmpty && !customer.isEmpty { customers[ordinal] = numbers.token(of: customer) }
        log?.append(order: book.name(of: ordinal), customer: customer)
    }

    package mutating func flush() { log?.flush() }

    package mutating func tick(sinceStart: UInt64) {
        log?.flush()
        guard showsProgress else { return }
        let done = tally.orders + tally.redeliveries + tally.revisions
        let rate = Double(done - ordersAtLastTick) * 1e9 / Double(max(1, sinceStart - timeAtLastTick))
        ordersAtLastTick = done
        timeAtLastTick = sinceStart
        let p99 = Format.duration(tally.orderLatency.percentile(0.99))
        Console.error(
            "\(sinceStart / 1_000_000_000) s  \(Format.grouped(done)) orders  \(Format.grouped(Int(rate)))/s  "
                + "p99 \(p99)  errors \(tally.errors.total)")
    }
}
