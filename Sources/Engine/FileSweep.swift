import Bytes
import Commerce
import Store
import Synchronization

// Contents that nothing refers to any more are removed behind everybody's back: first it is noted what comes, then the
// directory says what it refers to, then that is awaited on the disk, then the rest is removed. A crash anywhere in
// between leaves files too many, never too few, and the next start sweeps.
extension Engine {
    /// The contents that documents refer to; `completion` runs on `lane`.
    package func referredContents(
        from lane: any EngineLane, _ completion: @escaping @Sendable (Set<ContentHash>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            let referred = directory.assumeIsolated { $0.referredContents() }
            lane.run { completion(referred) }
        }
    }

    /// A number of its own for a connection that uploads files.
    package func makeFileOwner() -> UInt64 { ownerCount.add(1, ordering: .relaxed).newValue }

    func startFiles() {
        let files = files
        files.lane.post { files.assumeIsolated { $0.start() } }
    }

    /// Throws away what nobody goes on with, and sweeps if that has let go of a content.
    func expireUploads() {
        let files = files
        files.lane.post { if files.assumeIsolated({ $0.keepTime() }) { self.sweepFiles() } }
    }

    func sweepFiles() {
        // What a salvage has lost may be what referred to a file; a person looks first.
        guard configuration.recovery == .strict else { return }
        let (files, directory, journal) = (files, directory, journal)
        files.lane.post {
            guard files.assumeIsolated({ $0.beginSweep() }) else { return }
            directory.lane.post {
                let (referred, sequence) = directory.assumeIsolated { ($0.referredContents(), $0.lastSequence()) }
                journal.lane.post {
                    journal.assumeIsolated { journal in
                        journal.whenSynced(sequence) { failure in
                            files.lane.post {
                                let isDone = files.assumeIsolated { $0.endSweep(failure == nil ? referred : nil) }
                                guard !isDone else { return }
                                directory.lane.post { directory.assumeIsolated { $0.oweSweep() } }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Directory {
    func referredContents() -> Set<ContentHash> { state.archive.referredContents }

    func oweSweep() { state.oweSweep() }

    /// Events of one turn, so that nobody waits long.
    private static let eventsPerTurn = 64

    /// Does what is due by the clock: vouchers end, saved itineraries go. Answers whether files are to be swept.
    func keepTime() -> Bool {
        guard isWritable else { return false }
        let first = state.sequence + 1
        let now = clock.now()
        var count = 0
        while count < Self.eventsPerTurn,
            state.decideExpiry(at: now, into: &events) || state.decideLapse(at: now, into: &events)
        {
            evolveLast()
            count += 1
        }
        handOver(firstSequence: first)
        // More is due: the next second goes on with it.
        return state.takeSweep()
    }
}
