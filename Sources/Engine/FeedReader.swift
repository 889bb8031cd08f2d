import Bytes
import Commerce
import Store
import Synchronization

/// Reads the journal for those who follow it or ask about it. It lives on a lane of its own, since reading blocks on the
/// disk; between two pages of one reader others have their turn.
package actor FeedReader {
    package nonisolated let lane: any EngineLane
    private let folder: DataFolder
    /// Where the groups lie that readers have come to, by the event that comes next, so that none is looked for again.
    private var positions: [UInt64: JournalPosition] = [:]
    private var index = HistoryIndex()
    /// The oldest event that was kept when somebody asked last.
    private var oldest: UInt64 = 1
    /// Readers that wait for an event, each with the quarters of a second that it still waits.
    private var waiting: [(sequence: UInt64, quarters: Int, body: @Sendable () -> Void)] = []
    private let isAnybodyWaiting = Atomic<Bool>(false)
    private var isTicking = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(_ folder: DataFolder, on lane: any EngineLane) {
        self.folder = folder
        self.lane = lane
    }

    // MARK: Pages

    private static let eventsPerPage = 256
    private static let bytesPerPage = 256 << 10
    /// Events looked at for one page, whosever they are.
    private static let eventsPerLook = 20_000
    private static let mostPositions = 256

    /// The next events that are wanted, few enough to be held in memory.
    func page(_ request: FeedRequest, live: LiveSegment) -> Result<FeedEvents, StoreError> {
        var found = FeedEvents(from: request.from, end: min(request.to, live.sequence))
        guard request.from <= found.end else { return .success(found) }
        do throws(StoreError) {
            if let scope = request.scope {
                try readHistory(of: scope, request, live, into: &found)
            } else {
                try read(request, from: request.from, to: found.end, at: positions[request.from], live, into: &found)
            }
            return .success(found)
        } catch {
            return .failure(error)
        }
    }

    /// Reads events one after the other until there are enough of those that are wanted.
    private func read(
        _ request: FeedRequest, from: UInt64, to end: UInt64, at position: JournalPosition?, _ live: LiveSegment,
        into found: inout FeedEvents
    ) throws(StoreError) {
        var cursor = try JournalCursor(folder, from: from, live: live, at: position)
        positions[from] = nil
        found.next = from
        while !found.isFull, found.next <= end {
            let group = try cursor.readGroup { sequence, event throws(StoreError) in
                guard sequence <= end, !found.isFull else { return false }
                found.looked += 1
                found.next = sequence + 1
                if let wanted = try request.take(event, sequence) {
                    found.events.append(wanted)
                    found.bytes += wanted.bytes.count
                }
                found.isFull =
                    found.events.count >= min(request.rows, Self.eventsPerPage) || found.bytes >= Self.bytesPerPage
                    || found.looked >= Self.eventsPerLook
                return !found.isFull
            }
            guard let group else { break }
            if found.isFull { note(group, before: found.next) }
        }
    }

    // MARK: Histories

    /// Reads the stretches that may say something, and what no stretch holds yet. A page that only went on with the index is
    /// empty and goes on where it began.
    private func readHistory(
        of scope: HistoryScope, _ request: FeedRequest, _ live: LiveSegment, into found: inout FeedEvents
    ) throws(StoreError) {
        index.begin(at: oldest)
        if index.isBehind(found.end) { return try extendIndex(live) }
        for stretch in index.stretches(from: request.from, of: scope) where !found.isFull && found.next <= found.end {
            try read(
                request, from: max(request.from, stretch.first), to: min(found.end, stretch.next - 1),
                at: stretch.position, live, into: &found)
        }
        guard !found.isFull else { return }
        let tail = max(request.from, index.end ?? oldest)
        if tail <= found.end {
            let position = index.stretches.last?.position
            try read(request, from: tail, to: found.end, at: position, live, into: &found)
        }
        if !found.isFull { found.next = found.end + 1 }
    }

    /// Reads what came behind the index, no more than a page would.
    private func extendIndex(_ live: LiveSegment) throws(StoreError) {
        guard let first = index.end else { return }
        var cursor = try JournalCursor(folder, from: first, live: live, at: index.stretches.last?.position)
        defer { index.dropOpen() }
        var looked = 0
        while looked < Self.eventsPerLook {
            var next = first
            let group = try cursor.readGroup { sequence, bytes throws(StoreError) in
                looked += 1
                next = sequence + 1
                do throws(EventError) {
                    try Event(bytes).forEachSubject(in: bytes) { index.note($0) }
                } catch {
                    throw .rejected(sequence: sequence, reason: "\(error)")
                }
                return true
            }
            guard let group else { return }
            index.endGroup(at: group, next: next)
        }
    }

    private func note(_ position: JournalPosition, before next: UInt64) {
        if positions.count >= Self.mostPositions { positions.removeAll() }
        positions[next] = position
    }

    /// What is kept of the journal.
    func history(live: LiveSegment) -> Result<JournalHistory, StoreError> {
        do throws(StoreError) {
            let history = try JournalHistory.inspect(folder, live: live)
            oldest = history.oldest
            index.forget(before: oldest)
            return .success(history)
        } catch {
            return .failure(error)
        }
    }

    // MARK: Waiting

    /// Runs `body` on this lane when an event behind `sequence` may be shown, or when so many quarters of a second are over.
    func wait(beyond sequence: UInt64, quarters: Int, _ status: JournalStatus, _ body: @escaping @Sendable () -> Void) {
        waiting.append((sequence, quarters, body))
        isAnybodyWaiting.store(true, ordering: .sequentiallyConsistent)
        wake(status.releasedSequence.load(ordering: .sequentiallyConsistent))
        tick()
    }

    /// To be called on any lane when events up to `released` may be shown: costs nothing when nobody waits.
    nonisolated func released(_ released: UInt64) {
        guard isAnybodyWaiting.load(ordering: .sequentiallyConsistent) else { return }
        lane.post { self.assumeIsolated { $0.wake(released) } }
    }

    private func wake(_ released: UInt64) { end { $0.sequence < released } }

    private func tick() {
        guard !isTicking, !waiting.isEmpty else { return }
        isTicking = true
        lane.post(after: .milliseconds(250)) {
            self.assumeIsolated { reader in
                reader.isTicking = false
                for index in reader.waiting.indices { reader.waiting[index].quarters -= 1 }
                reader.end { $0.quarters <= 0 }
                reader.tick()
            }
        }
    }

    private func end(where isOver: ((sequence: UInt64, quarters: Int, body: @Sendable () -> Void)) -> Bool) {
        let over = waiting.filter(isOver)
        guard !over.isEmpty else { return }
        waiting.removeAll(where: isOver)
        isAnybodyWaiting.store(!waiting.isEmpty, ordering: .sequentiallyConsistent)
        for waiter in over { waiter.body() }
    }
}

/// What a reader of the journal wants next.
package struct FeedRequest: Sendable {
    /// Number of the shop: nothing of others is shown.
    package let shop: UInt16
    package var from: UInt64
    /// The last event wanted; what is not durable yet is not shown.
    package var to: UInt64
    /// Most events wanted.
    package var rows: Int
    /// Whose events; nil for all of the shop's.
    package var scope: HistoryScope?
    package let hasher: KeyHasher

    /// The event, if it is wanted.
    fileprivate func take(_ bytes: Span<UInt8>, _ sequence: UInt64) throws(StoreError) -> StoredEvent? {
        do throws(EventError) {
            let head = try EventHead(bytes)
            guard head.shop == shop, head.kind.isOfShop else { return nil }
            let event = try Event(bytes)
            if let scope, !scope.holds(event, bytes) { return nil }
            return StoredEvent(sequence: sequence, event, bytes)
        } catch {
            throw .rejected(sequence: sequence, reason: "\(error)")
        }
    }
}

/// Events that were found, and how far was looked.
package struct FeedEvents: Sendable {
    package fileprivate(set) var events: [StoredEvent] = []
    /// The first event that was not looked at.
    package fileprivate(set) var next: UInt64
    /// The last event that may be looked at.
    package let end: UInt64
    fileprivate var looked = 0
    fileprivate var bytes = 0
    fileprivate var isFull = false

    init(from: UInt64, end: UInt64) {
        next = from
        self.end = end
    }
}
