import Commerce
import Synchronization

/// What matching needs, made behind a start: the directory answers questions meanwhile, and whatever has to be decided waits.
/// `EngineState.makeMatching` does the same at once.
final class MatchingJob: Sendable {
    let lane: any EngineLane
    private let source: Mutex<MatchingSource?>
    private let index = Mutex(MatchIndex())

    init(_ source: MatchingSource, on lane: any EngineLane) {
        self.lane = lane
        self.source = Mutex(source)
    }

    /// Makes it, once.
    /// - Returns: false if it was cancelled.
    func run(threads: Int, isCancelled: () -> Bool) -> Bool {
        // Dropped at the end, before anybody writes: pages that are shared would be copied.
        let source = source.withLock { source in
            defer { source = nil }
            return source
        }
        guard let source else { preconditionFailure("matching is made once") }
        return index.withLock { $0.fill(from: source, threads: threads, isCancelled: isCancelled) }
    }

    /// Gives away what was made.
    func hand(to directory: isolated Directory) { index.withLock { directory.state.takeMatching(&$0) } }
}

extension Engine {
    /// Has matching made, and handed to the directory.
    func makeMatching(_ job: MatchingJob) {
        let threads = configuration.recoveryThreads.count
        let directory = directory
        job.lane.post {
            guard job.run(threads: threads, isCancelled: { self.isStopping.load(ordering: .relaxed) }) else { return }
            directory.lane.post {
                directory.assumeIsolated {
                    job.hand(to: $0)
                    $0.start()
                }
                self.configuration.onMatching?()
            }
        }
    }
}
