import Bytes
import Testing

@testable import Commerce

/// A directory with one shard, in memory: decides, writes events, applies them, and can be built anew from its events.
struct LedgerHarness: ~Copyable {
    var state = DirectoryState()
    var shard = ShardState(number: 0, of: 1)
    var events = EventWriter()
    /// Every event so far.
    private(set) var journal: [[UInt8]] = []
    var now = Timestamp(milliseconds: 1_780_000_000_000)
    private var scratch = ByteWriter()
    private var codes: UInt64 = 0

    init() throws {
        state.initialise(shards: 1, seed: 7, at: now, into: &events)
        try apply()
        try state.openShop("main", at: now, into: &events)
        try apply()
    }

    /// Builds directory and shard from events alone, each validated first.
    init(replaying journal: [[UInt8]]) throws {
        for bytes in journal {
            let event = try Event(bytes.span)
            try state.validate(event, bytes.span)
            state.evolve(event, bytes.span)
            if event.kind.concernsShard { shard.evolve(event, bytes.span, sequence: state.sequence, &scratch) }
        }
        self.journal = journal
    }

    private mutating func apply() throws {
        let bytes = events.last.array
        let event = try Event(bytes.span)
        try state.validate(event, bytes.span)
        state.evolve(event, bytes.span)
        if event.kind.concernsShard { shard.evolve(event, bytes.span, sequence: state.sequence, &scratch) }
        journal.append(bytes)
    }

    mutating func putOrder(_ number: Int) throws {
        let json = """
            {"channel":"web","number":"\(number)","placedAt":"2026-03-01T10:00:00Z","currency":"EUR","total":"100.00",\
            "customer":{"email":"buyer\(number)@example.nl"},"lines":[{"title":"A","unitPrice":"100.00","vatRate":"21"}]}
            """
        var decoder = CommandDecoder()
        var bytes = ByteWriter()
        var scratch = ResolutionScratch()
        let hasher = KeyHasher(hash: Hash64(seed: 7), shopName: "main")
        let order = try decoder.order(Array(json.utf8).span, hasher, into: &bytes)
        _ = state.decide(order, in: bytes.span, shop: 0, at: now, &scratch, into: &events)
        try apply()
    }

    /// Nil when the command was refused, which changes nothing.
    mutating func perform(_ command: LedgerCommand) throws -> (decision: LedgerDecision?, refusal: Refusal?) {
        let before = journal.count
        do throws(Refusal) {
            let decision = try state.decide(command, shop: 0, actor: "tester", at: now, into: &events)
            if decision == .written {
                do { try apply() } catch { Issue.record("an event that was decided does not apply: \(error)") }
            }
            return (decision, nil)
        } catch {
            #expect(journal.count == before)
            return (nil, error)
        }
    }

    mutating func freshCode() -> VoucherCode {
        codes += 1
        return VoucherCode(random: (codes &* 0x9E37_79B9_7F4A_7C15, codes &* 0xC2B2_AE3D_27D4_EB4F))
    }

    /// A draft over an amount, from an order; the sum is not looked into by the ledger.
    func draft(order: UInt32, total: Int64) -> DraftRequest {
        var request = DraftRequest()
        request.order = order
        request.orderSequence = state.orders[Int(order)].sequence
        request.orderName = "web:\(order)"
        request.content.invoice.currency = "EUR"
        request.total = total
        return request
    }

    func postRequest(_ document: UInt32) -> PostRequest {
        let entry = state.ledger.documents[Int(document)]
        return PostRequest(
            document: document, version: entry.version, sellerVersion: state.ledger.shops[0]?.sellerVersion ?? 0,
            content: shard.content(row: entry.row), total: entry.total, profile: .en16931)
    }
}
