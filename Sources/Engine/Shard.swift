import Bytes
import Commerce

/// One event for a shard: opened already, with where its bytes lie in the batch.
struct ShardEvent: Sendable {
    let event: Event
    let range: ByteRange
    let sequence: UInt64
}

/// What a batch brings to one shard.
struct ShardWork: Sendable {
    var events: [ShardEvent] = []
    /// Each with how many of the events come before it.
    var conflicts: [(eventsBefore: Int, conflict: Conflict)] = []

    var isEmpty: Bool { events.isEmpty && conflicts.isEmpty }

    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        conflicts.removeAll()
    }
}

/// A shard: the heavy data of its profiles. All methods run on its lane; none of them awaits.
package actor Shard {
    package nonisolated let lane: any EngineLane
    private(set) var state: ShardState
    /// The index of texts, from the first search on.
    private var search: ShardSearch?
    private var waitingForIndex: [@Sendable (isolated Shard) -> Void] = []
    private var isReadingPosted = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(_ state: ShardState, on lane: any EngineLane) {
        self.state = state
        self.lane = lane
    }

    /// Applies events in the order given, and compares what conflicts with what is known by then.
    func apply(_ work: ShardWork, _ bytes: [UInt8]) {
        state.evolve(work, bytes.span)
        if search != nil { noteForSearch(work.events) }
    }

    // MARK: Search

    /// Things that one turn of the lane reads into the index before others get theirs: for a search that waits, and on the
    /// side.
    private static let readPerTurn = 256
    private static let readOnTheSide = 64
    /// With more than these waiting, arrivals read twice their own number.
    private static let mostWaiting = 1 << 16

    private func noteForSearch(_ events: [ShardEvent]) {
        for item in events { search?.note(item.event, in: state) }
        if let waiting = search?.waitingCount, waiting > Self.mostWaiting {
            _ = search?.catchUp(with: state, limit: events.count * 2)
        }
        readOnTheSide()
    }

    /// Reads what came, a little now and then, so that the next search has little to read.
    private func readOnTheSide() {
        guard !isReadingPosted, let waiting = search?.waitingCount, waiting > 0 else { return }
        isReadingPosted = true
        lane.post(after: .milliseconds(20)) {
            self.assumeIsolated { shard in
                shard.isReadingPosted = false
                _ = shard.search?.catchUp(with: shard.state, limit: Self.readOnTheSide)
                shard.readOnTheSide()
            }
        }
    }

    /// Runs `body` when all that has come so far can be found. The first time that takes as long as reading all texts; others
    /// get their turns meanwhile.
    func whenIndexed(_ body: @escaping @Sendable (isolated Shard) -> Void) {
        if search == nil { search = ShardSearch() }
        waitingForIndex.append(body)
        if waitingForIndex.count == 1 { readForSearch() }
    }

    private func readForSearch() {
        if search?.catchUp(with: state, limit: Self.readPerTurn) ?? false {
            lane.post { self.assumeIsolated { $0.readForSearch() } }
            return
        }
        let waiting = waitingForIndex
        waitingForIndex = []
        for body in waiting { body(self) }
    }

    /// The rows that have what is looked for, term by term; to be asked when all is indexed.
    func rows(matching terms: [SearchTerm]) -> [BitRow] {
        search?.rows(matching: terms) ?? terms.map { _ in BitRow() }
    }

    /// Bytes held by the index of texts.
    func searchBytes() -> Int { search?.allocatedBytes ?? 0 }

    /// What a list shows of profiles of one customer.
    func listPart(of profiles: [UInt32]) -> DossierPart { state.listPart(of: profiles) }

    /// What this shard knows about profiles of one customer.
    /// - Parameter mostOrders: of the orders only so many are told, the newest.
    package func dossierPart(of profiles: [UInt32], mostOrders: Int = .max) -> DossierPart {
        state.dossierPart(of: profiles, mostOrders: mostOrders)
    }

    /// One order as JSON.
    package func orderJSON(row: UInt32) -> [UInt8] {
        var output = ByteWriter(capacity: 2_048)
        state.orderJSON(row: row, into: &output)
        return output.copyBytes()
    }

    /// What a message may say about an order.
    package func messageOrder(row: UInt32) -> MessageOrder { state.messageOrder(row: row) }

    /// What became of an order's money.
    func orderMoney(row: UInt32) -> OrderMoney { state.orderMoney(row: row) }

    /// The life of one order as JSON.
    package func lifeJSON(order: UInt32) -> [UInt8] {
        var output = ByteWriter(capacity: 2_048)
        state.lifeJSON(order: order, into: &output)
        return output.copyBytes()
    }

    /// How exports name a profile.
    func profileName(_ profile: UInt32) -> String { state.profileName(profile) }

    /// What only the records tell.
    func answer(_ question: RecordQuestion, hasher: KeyHasher) -> [String] { state.answer(question, hasher: hasher) }

    /// The state at this moment; its pages are shared until somebody writes to them.
    func capture() -> ShardState { state }

    /// What the order's records tell of a change.
    func detail(of change: Change, row: UInt32) -> ChangeDetail { state.detail(of: change, row: row) }

    /// What has changed of an order, as far as it is known still.
    func pastChanges(of order: PastOrder, shop: UInt16, sequence: UInt64) -> [Change] {
        state.pastChanges(
            of: order.number, row: order.row, profile: order.profile, shop: shop, sequence: sequence)
    }

    /// Gives the state away, so that its pages have one owner; nothing may be asked any more.
    func takeState() -> ShardState {
        defer { state = ShardState(number: state.number, of: state.shardCount) }
        return state
    }

    /// What a document of the ledger says.
    func content(row: UInt32) -> DocumentContent { state.content(row: row) }

    /// What a document is made from.
    func orderSource(row: UInt32) -> (order: [UInt8], party: [UInt8]) { state.orderSource(row: row) }

    /// What the clock of a document from elsewhere runs by.
    func documentClock(row: UInt32) -> DocumentClock { state.documentClock(row: row) }

    /// Documents from elsewhere that name the order, as rows of its history.
    func documentRows(of profile: UInt32, _ order: OrderName, except removed: Set<UInt32>) -> [[UInt8]] {
        state.documentRows(of: profile, order, except: removed)
    }

    /// Bytes held in memory.
    package func allocatedBytes() -> Int { state.allocatedBytes + searchBytes() }
}

extension ShardState {
    fileprivate mutating func evolve(_ work: ShardWork, _ bytes: Span<UInt8>) {
        var compared = 0
        var scratch = ByteWriter(capacity: 512)
        for (place, item) in work.events.enumerated() {
            while compared < work.conflicts.count, work.conflicts[compared].eventsBefore <= place {
                work.conflicts[compared].conflict.compare(with: self)
                compared += 1
            }
            evolve(item.event, bytes.extracting(item.range.range), sequence: item.sequence, &scratch)
        }
        for item in work.conflicts[compared...] { item.conflict.compare(with: self) }
    }
}
