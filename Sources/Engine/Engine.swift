import Bytes
import Commerce
import Store
import Synchronization

/// The lanes that an engine's actors live on. Several may be the same; journal and snapshot lanes block on the disk and
/// should carry nothing else.
package struct EngineLanes: Sendable {
    package var directory: any EngineLane
    /// Shards are spread over these.
    package var shards: [any EngineLane]
    package var journal: any EngineLane
    package var snapshot: any EngineLane
    /// Contents of files; the snapshot's lane unless given.
    package var files: any EngineLane
    /// Reads the journal for followers; the snapshot's lane unless given.
    package var feed: any EngineLane
    /// Builds the past and answers for it; the snapshot's lane unless given.
    package var past: any EngineLane
    /// Makes what matching needs behind a start, and nothing else: nobody who asks something has to wait for that. The
    /// snapshot's lane unless given.
    package var matching: any EngineLane

    package init(
        directory: any EngineLane, shards: [any EngineLane], journal: any EngineLane, snapshot: any EngineLane,
        files: (any EngineLane)? = nil, feed: (any EngineLane)? = nil, past: (any EngineLane)? = nil,
        matching: (any EngineLane)? = nil
    ) {
        precondition(!shards.isEmpty, "shards need a lane")
        self.feed = feed ?? snapshot
        self.past = past ?? snapshot
        self.matching = matching ?? snapshot
        self.directory = directory
        self.shards = shards
        self.journal = journal
        self.snapshot = snapshot
        self.files = files ?? snapshot
    }
}

/// The engine: customers, orders and documents of all shops in memory, safe on disk. Usable in-process; the server is
/// one client of it.
///
/// Batches of commands go in with `submit`, outcomes come back; a reply may be shown to anybody outside only when
/// `status.releasedSequence` has reached the outcome's `releaseSequence`.
package final class Engine: Sendable {
    package let configuration: EngineConfiguration
    package let directory: Directory
    package let shards: [Shard]
    package let journal: Journal
    package let snapshotter: Snapshotter
    package let files: FileKeeper
    package let feedReader: FeedReader
    let past: Past
    package let folder: DataFolder
    package let recovery: RecoveryReport
    package let startedAt: Timestamp
    private let clock: any WallClock
    private let hash: Hash64
    let isStopping = Atomic<Bool>(false)
    private let isSnapshotRunning = Atomic<Bool>(false)
    /// Connections that uploaded files so far.
    let ownerCount = Atomic<UInt64>(0)
    /// Journal bytes, by this process's count, when the last good snapshot was taken.
    private let bytesAtSnapshot: Atomic<Int>
    private let snapshotAt: Atomic<Int64>

    /// What is durable and why nothing can be written at the moment; may be read from any thread.
    package var status: JournalStatus { journal.status }

    // MARK: Opening

    /// Opens the data folder, recovers what it holds and starts the actors. Blocks for as long as recovery takes; what matching
    /// needs is made behind that, and batches that need it wait.
    /// - Parameter progress: called now and then with what recovery has read.
    package static func open(
        _ configuration: EngineConfiguration, on fileSystem: any FileSystem, clock: any WallClock, lanes: EngineLanes,
        holder: String, progress: (RecoveryProgress) -> Void = { _ in }
    ) throws(StoreError) -> Engine {
        let seed = configuration.seed
        let folder = try DataFolder.open(
            configuration.folder, on: fileSystem, holder: holder, newSeed: FolderSeed(high: seed, low: ~seed))
        do throws(StoreError) {
            return try Engine(configuration, folder, clock: clock, lanes: lanes, progress: progress)
        } catch {
            folder.close()
            throw error
        }
    }

    private init(
        _ configuration: EngineConfiguration, _ folder: DataFolder, clock: any WallClock, lanes: EngineLanes,
        progress: (RecoveryProgress) -> Void
    ) throws(StoreError) {
        var state = EngineState(threads: configuration.recoveryThreads)
        let plan = try Recovery.scan(folder, mode: configuration.recovery)
        let recovered = try state.recover(plan, from: folder, progress: progress)
        let (report, end) = (recovered.report, recovered.journal)
        let isNew = !state.directory.isInitialised
        if isNew {
            state.shards = (0..<configuration.shards).map { ShardState(number: $0, of: configuration.shards) }
            state.makeMatching()
        }
        let matching = isNew ? nil : MatchingJob(state.directory.matchingSource(state.shards), on: lanes.matching)

        let writer = try JournalWriter.open(
            folder, at: end, options: JournalWriter.Options(segmentBytes: configuration.segmentBytes))
        self.configuration = configuration
        self.folder = folder
        self.clock = clock
        recovery = report
        startedAt = clock.now()
        hash = Hash64(seed: isNew ? configuration.seed : state.directory.seed)
        bytesAtSnapshot = Atomic(-(plan.bytes - (report.snapshot?.bytes ?? 0)))
        snapshotAt = Atomic(report.snapshot.map { Int64(clamping: $0.createdAt) } ?? startedAt.milliseconds)
        journal = Journal(writer, durability: configuration.durability, on: lanes.journal)
        shards = state.shards.enumerated().map { Shard($1, on: lanes.shards[$0 % lanes.shards.count]) }
        files = FileKeeper(folder, clock: clock, limits: configuration.files, on: lanes.files)
        snapshotter = Snapshotter(folder, clock: clock, history: configuration.history, on: lanes.snapshot)
        feedReader = FeedReader(folder, on: lanes.feed)
        past = Past(on: lanes.past)
        let outbox = state.takeOutbox()
        let automation = state.automation
        directory = Directory(
            state.takeDirectory(), outbox: outbox, automation: automation, shards: shards, journal: journal,
            clock: clock, matchMode: configuration.matchMode, on: lanes.directory)
        start(isNew: isNew, matching)
    }

    /// The engine as it was after an event: answers questions, all on one lane, and takes no writes.
    init(
        past state: consuming EngineState, after sequence: UInt64, of engine: Engine, clock: any WallClock,
        on lane: any EngineLane
    ) {
        configuration = engine.configuration
        folder = engine.folder
        self.clock = clock
        recovery = engine.recovery
        startedAt = engine.startedAt
        hash = engine.hash
        bytesAtSnapshot = Atomic(0)
        snapshotAt = Atomic(0)
        journal = Journal(endedAfter: sequence, on: lane)
        shards = state.shards.map { Shard($0, on: lane) }
        snapshotter = engine.snapshotter
        files = engine.files
        feedReader = engine.feedReader
        past = engine.past
        let outbox = state.takeOutbox()
        // Nothing changes in the past, so no rule has anything to do there.
        directory = Directory(
            state.takeDirectory(), outbox: outbox, automation: AutomationState(), shards: shards, journal: journal,
            clock: clock, matchMode: configuration.matchMode, on: lane)
        let directory = directory
        lane.run { directory.assumeIsolated { $0.setBacklog("the past cannot be changed") } }
    }

    /// The time by the engine's clock.
    package var now: Timestamp { clock.now() }

    private func start(isNew: Bool, _ matching: MatchingJob?) {
        let directory = directory
        let journal = journal
        let configuration = configuration
        let feedReader = feedReader
        journal.lane.run {
            journal.assumeIsolated { journal in
                journal.subscribe { change in
                    switch change {
                    case .released(let sequence): feedReader.released(sequence)
                    case .failed(let reason):
                        directory.lane.post { directory.assumeIsolated { $0.setJournalFailure(reason) } }
                    case .recovered: directory.lane.post { directory.assumeIsolated { $0.setJournalFailure(nil) } }
                    }
                }
                journal.start()
            }
        }
        if isNew {
            directory.lane.run {
                directory.assumeIsolated { $0.initialise(shards: configuration.shards, seed: configuration.seed) }
            }
        }
        directory.lane.run { directory.assumeIsolated { $0.start() } }
        if let matching { makeMatching(matching) }
        startFiles()
        tick()
    }

    // MARK: Commands

    /// Turns values into identity keys of a shop.
    package func hasher(shop: String) -> KeyHasher { KeyHasher(hash: hash, shopName: shop) }

    /// Decides a batch. `completion` runs on `lane`: at once where everything lives on it. Batches that one lane submits
    /// are decided, and completed, in their order.
    package func submit(
        _ batch: CommandBatch, from lane: any EngineLane, _ completion: @escaping @Sendable (BatchOutcome) -> Void
    ) {
        let directory = directory
        if directory.lane.isCurrent, lane.isCurrent {
            return directory.assumeIsolated { $0.process(batch, completion) }
        }
        directory.lane.post {
            directory.assumeIsolated { $0.process(batch) { outcome in lane.post { completion(outcome) } } }
        }
    }

    /// The same for callers without a lane of their own: waits until the outcome may be shown.
    package func submit(_ batch: CommandBatch) async -> BatchOutcome {
        let directory = directory
        let journal = journal
        return await withCheckedContinuation { continuation in
            directory.lane.post {
                directory.assumeIsolated {
                    $0.process(batch) { outcome in
                        journal.lane.post {
                            journal.assumeIsolated {
                                $0.whenReleased(outcome.releaseSequence) { continuation.resume(returning: outcome) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Gathers what the shards know about profiles of one or more customers, one list of parts per customer.
    /// `completion` runs on `lane`, at once where all shards live on it.
    /// See `[Shard].parts`.
    package func parts(
        of customers: [CustomerMembers], forLists: Bool = false, mostOrders: Int = .max, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([[DossierPart]]) -> Void
    ) {
        shards.parts(of: customers, forLists: forLists, mostOrders: mostOrders, from: lane, completion)
    }

    /// Asks one shard something; `completion` runs on `lane`, at once where the shard lives on it.
    package func ask<Answer: Sendable>(
        shardOf profile: UInt32, from lane: any EngineLane,
        _ question: @escaping @Sendable (isolated Shard) -> Answer, _ completion: @escaping @Sendable (Answer) -> Void
    ) {
        let shard = shards[Int(profile) % shards.count]
        if shard.lane.isCurrent, lane.isCurrent { return completion(shard.assumeIsolated(question)) }
        shard.lane.post {
            let answer = shard.assumeIsolated(question)
            lane.post { completion(answer) }
        }
    }

    /// The last event that touched any of the customers that these profiles belong to; `completion` runs on `lane`, at
    /// once where the directory lives on it. What shards on other lanes have answered before may show events up to this
    /// one, and none later.
    package func lastSequence(
        ofCustomersOf profiles: [UInt32], from lane: any EngineLane, _ completion: @escaping @Sendable (UInt64) -> Void
    ) {
        let directory = directory
        if directory.lane.isCurrent, lane.isCurrent {
            return completion(directory.assumeIsolated { $0.lastSequence(ofCustomersOf: profiles) })
        }
        directory.lane.post {
            let sequence = directory.assumeIsolated { $0.lastSequence(ofCustomersOf: profiles) }
            lane.post { completion(sequence) }
        }
    }

    /// The last event decided; `completion` runs on `lane`. Whatever directory and shards have answered before shows events
    /// up to this one, and none later.
    package func lastSequence(from lane: any EngineLane, _ completion: @escaping @Sendable (UInt64) -> Void) {
        let directory = directory
        directory.lane.run {
            let sequence = directory.assumeIsolated { $0.lastSequence() }
            lane.run { completion(sequence) }
        }
    }

    /// Counts of the directory and bytes held by the shards; `completion` runs on `lane`.
    package func counts(
        from lane: any EngineLane, _ completion: @escaping @Sendable (DirectoryCounts, _ shardBytes: Int) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            let counts = directory.assumeIsolated { $0.counts() }
            let gathering = Gathering<Int>(self.shards.count, from: lane) { completion(counts, $0.reduce(0, +)) }
            for shard in self.shards {
                shard.lane.run { gathering.add([shard.assumeIsolated { $0.allocatedBytes() }]) }
            }
        }
    }

    // MARK: Snapshots

    /// Writes a snapshot of this moment. `completion` runs on the snapshot lane.
    package func snapshot(_ completion: @escaping @Sendable (Result<SnapshotEntry, SnapshotFailure>) -> Void) {
        guard
            isSnapshotRunning.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
                .exchanged
        else { return completion(.failure(.alreadyRunning)) }
        let directory = directory
        directory.lane.run {
            let (capture, outbox, automation) = directory.assumeIsolated {
                ($0.capture(), $0.captureOutbox(), $0.captureAutomation())
            }
            let bytes = self.status.bytesWritten.load(ordering: .relaxed)
            let gathering = Gathering<ShardState>(self.shards.count, from: self.snapshotter.lane) { states in
                let shards = states.sorted { $0.number < $1.number }
                let whole = EngineCapture(
                    directory: capture, outbox: outbox, automation: automation, shards: shards)
                self.write(whole, bytes, completion)
            }
            // Behind whatever the directory has handed to the shards before: the same cut everywhere.
            for shard in self.shards {
                shard.lane.run { gathering.add([shard.assumeIsolated { $0.capture() }]) }
            }
        }
    }

    private func write(
        _ capture: EngineCapture, _ journalBytes: Int,
        _ completion: @escaping @Sendable (Result<SnapshotEntry, SnapshotFailure>) -> Void
    ) {
        let journal = journal
        let snapshotter = snapshotter
        journal.lane.post {
            journal.assumeIsolated { journal in
                journal.whenSynced(capture.directory.sequence) { failure in
                    snapshotter.lane.post {
                        let result =
                            failure.map { .failure($0) } ?? snapshotter.assumeIsolated { $0.write(capture) }
                        self.configuration.onSnapshot?(result)
                        if case .success = result {
                            self.bytesAtSnapshot.store(journalBytes, ordering: .relaxed)
                            self.snapshotAt.store(self.clock.now().milliseconds, ordering: .relaxed)
                        }
                        self.isSnapshotRunning.store(false, ordering: .releasing)
                        completion(result.mapError { .store($0) })
                    }
                }
            }
        }
    }

    /// Journal bytes since the last good snapshot: what a restart would have to read.
    package var journalBytesSinceSnapshot: Int {
        status.bytesWritten.load(ordering: .relaxed) - bytesAtSnapshot.load(ordering: .relaxed)
    }

    /// Looks every second whether a snapshot is due and whether the journal has grown beyond what may be.
    private func tick() {
        snapshotter.lane.post(after: .seconds(1)) {
            guard !self.isStopping.load(ordering: .acquiring) else { return }
            if self.isSnapshotDue { self.snapshot { _ in } }
            let directory = self.directory
            let backlog = self.journalBytesSinceSnapshot
            let isTooLong = backlog > self.configuration.maximumJournalBytes
            directory.lane.post {
                directory.assumeIsolated {
                    $0.setBacklog(
                        isTooLong ? "snapshots fail and the journal has grown to \(backlog) bytes; see INFO" : nil)
                    if $0.keepTime() { self.sweepFiles() }
                }
            }
            self.expireUploads()
            self.tick()
        }
    }

    private var isSnapshotDue: Bool {
        let grown = journalBytesSinceSnapshot
        guard grown > 0, status.failure == nil else { return false }
        if configuration.snapshotJournalBytes > 0, grown >= configuration.snapshotJournalBytes { return true }
        guard configuration.snapshotSeconds > 0 else { return false }
        let age = clock.now().milliseconds - snapshotAt.load(ordering: .relaxed)
        return age >= Int64(configuration.snapshotSeconds) * 1_000
    }

    // MARK: Stopping

    /// Finishes what was accepted, writes the clean-stop marker and gives the folder back. Nothing may be submitted
    /// afterwards. `completion` runs on the journal's lane.
    package func stop(_ completion: @escaping @Sendable (StoreError?) -> Void) {
        isStopping.store(true, ordering: .releasing)
        past.stop()
        let journal = journal
        let folder = folder
        // Behind what the directory has handed over before.
        directory.lane.run {
            journal.lane.post {
                let error = journal.assumeIsolated { $0.finish() }
                folder.close()
                completion(error)
            }
        }
    }
}
