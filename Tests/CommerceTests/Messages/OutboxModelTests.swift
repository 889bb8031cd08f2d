import Bytes
import Testing

@testable import Commerce

/// Random life of an outbox against a model that keeps no queue and knows no heap.
@Suite struct OutboxModelTests {
    private struct Model {
        var state = MessageState.queued
        var attempts = 0
        var availableAt: Int64
        var hasFailed: Set<Int> = []
        var furthest: MessageState?
    }

    @Test(arguments: 0..<40)
    func livesAsTheModelSays(_ seed: Int) throws {
        var random = SplitMix(UInt64(seed))
        let world = OutboxWorld()
        try world.setUp()
        var model: [Model] = []
        for step in 0..<250 {
            world.now += Int64(random.next() % 120_000)
            switch random.next() % 5 {
            case 0:
                let message = try world.queue(
                    OutboxWorld.request(.orderDelayed, id: "m\(random.next() % 200)"),
                    OutboxWorld.facts(profile: 0, order: 1))
                if Int(message) == model.count { model.append(Model(availableAt: world.now)) }
            case 1: try take(world, &model, &random)
            default: try report(world, &model, &random)
            }
            for (number, expected) in model.enumerated() {
                #expect(world.state(UInt32(number)) == expected.state, "seed \(seed), step \(step), M\(number + 1)")
            }
        }
        try survivesEverything(world)
    }

    private func take(_ world: OutboxWorld, _ model: inout [Model], _ random: inout SplitMix) throws {
        let limit = Int(random.next() % 4) + 1
        let lease = Int64(random.next() % 300_000) + 1
        let due = model.indices.filter {
            (model[$0].state == .queued || model[$0].state == .leased) && model[$0].availableAt <= world.now
        }.sorted { (model[$0].availableAt, $0) < (model[$1].availableAt, $1) }
        var expected: [Int] = []
        for number in due where expected.count < limit {
            if model[number].attempts == RetryRule.mostAttempts {
                model[number].state = .failed
            } else {
                expected.append(number)
            }
        }
        for number in expected {
            model[number].state = .leased
            model[number].attempts += 1
            model[number].availableAt = world.now + lease
        }
        #expect(try world.take("w", limit: limit, lease: lease) == expected.map { UInt32($0) })
    }

    private func report(_ world: OutboxWorld, _ model: inout [Model], _ random: inout SplitMix) throws {
        guard !model.isEmpty else { return }
        let number = Int(random.next() % UInt64(model.count))
        guard model[number].attempts > 0 else {
            #expect(throws: Refusal.self) { try self.decide(world, number, nil, .sent) }
            return
        }
        let attempt = Int(random.next() % UInt64(model[number].attempts)) + 1
        // Mostly failures, so that leases, pauses and giving up are what happens most.
        let state = [MessageState.failed, .failed, .failed, .sent, .delivered, .bounced][Int(random.next() % 6)]
        try world.apply([try decide(world, number, attempt, state)])
        if state == .failed {
            guard model[number].state == .leased, attempt == model[number].attempts,
                model[number].hasFailed.insert(attempt).inserted
            else { return }
            model[number].state = attempt == RetryRule.mostAttempts ? .failed : .queued
            let minutes: [Int64] = [1, 4, 16, 64, 256, 1_024]
            model[number].availableAt = world.now + minutes[attempt - 1] * 60_000
        } else {
            let order: [MessageState] = [.sent, .delivered, .bounced]
            let known = model[number].furthest.flatMap { order.firstIndex(of: $0) } ?? 0
            model[number].furthest = order[max(known, order.firstIndex(of: state) ?? 0)]
            model[number].state = model[number].furthest ?? state
        }
    }

    private func decide(
        _ world: OutboxWorld, _ number: Int, _ attempt: Int?, _ state: MessageState
    ) throws -> OutboxEvent? {
        let report = MessageReport(message: UInt32(number), attempt: attempt, state: state, reason: "", at: nil)
        return try world.outbox.decideReport(report, world.context())
    }

    /// The events again, and a snapshot in pieces of any size, give the same outbox.
    private func survivesEverything(_ world: OutboxWorld) throws {
        let expected = description(of: world.outbox)
        var replayed = OutboxState()
        for (number, fact) in world.facts.enumerated() {
            replayed.evolve(fact.event, shop: fact.shop, at: fact.at, sequence: UInt64(number + 1))
        }
        let again = description(of: replayed)
        #expect(again == expected)
        let sink = PieceSink()
        world.outbox.capture().write(to: sink)
        var loaded = OutboxState()
        var isLoaded = true
        for (kind, bytes) in sink.pieces { isLoaded = loaded.load(kind, bytes.span) && isLoaded }
        isLoaded = loaded.finishLoading(profiles: 100, orders: 100, shopCount: 1) && isLoaded
        #expect(isLoaded)
        let read = description(of: loaded)
        #expect(read == expected)
        // Also what comes next is the same.
        let context = OutboxContext(shop: 0, actor: "", now: world.now + 400_000_000)
        func next(_ outbox: borrowing OutboxState) -> [OutboxEvent] {
            outbox.decideTake(limit: 100, leaseMilliseconds: 1, worker: "w", context, membersOf: { [$0] })
        }
        let (one, other) = (next(loaded), next(world.outbox))
        #expect(one == other)
    }

    @Test func aTableThatDoesNotFitIsRefused() throws {
        let world = OutboxWorld()
        try world.setUp()
        _ = try world.queue(OutboxWorld.request(.orderDelayed), OutboxWorld.facts())
        let sink = PieceSink()
        world.outbox.capture().write(to: sink)
        for missing in [TableKind.messageHistory, .outboxRecords] {
            var loaded = OutboxState()
            for (kind, bytes) in sink.pieces where kind != missing { _ = loaded.load(kind, bytes.span) }
            let isLoaded = loaded.finishLoading(profiles: 100, orders: 100, shopCount: 1)
            #expect(!isLoaded, "without \(missing)")
        }
        var loaded = OutboxState()
        for (kind, bytes) in sink.pieces { _ = loaded.load(kind, bytes.span) }
        let isLoaded = loaded.finishLoading(profiles: 0, orders: 100, shopCount: 1)
        #expect(!isLoaded)
    }
}

/// Keeps tables whole, except pages of records, which come in pieces that respect nothing.
private final class PieceSink: TableSink {
    var pieces: [(TableKind, [UInt8])] = []
    private var kind = TableKind.outboxShops

    func begin(_ kind: TableKind, shard: Int, entries: Int) throws(Never) { self.kind = kind }

    func write(_ bytes: Span<UInt8>) throws(Never) {
        guard kind == .outboxRecords || kind == .outboxShops else { return pieces.append((kind, bytes.array)) }
        var rest = bytes.array[...]
        while !rest.isEmpty {
            pieces.append((kind, Array(rest.prefix(1_021))))
            rest = rest.dropFirst(1_021)
        }
    }

    func end() throws(Never) {}
}
