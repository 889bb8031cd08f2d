import Bytes
import Commerce
import Engine
import Foundation
import Synchronization

/// A new seed for a random test, or the one in DOSSIER_SEED: a failure prints its seed, and this replays it.
func testSeed() -> UInt64 {
    ProcessInfo.processInfo.environment["DOSSIER_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
}

/// A lane that runs what was posted when it is told to. What is posted for long after never runs.
final class HandLane: EngineLane {
    private let work = Mutex<[@Sendable () -> Void]>([])
    private let waits = Mutex<[@Sendable () -> Void]>([])
    private let isEntered = Atomic<Bool>(false)

    var isCurrent: Bool { isEntered.load(ordering: .relaxed) }

    @discardableResult func post(_ body: @escaping @Sendable () -> Void) -> Bool {
        work.withLock { $0.append(body) }
        return true
    }

    func post(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        if delay < .milliseconds(100) { waits.withLock { $0.append(body) } }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        post { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { precondition(isCurrent, "not on the lane") }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    func entered<Value>(_ body: () throws -> Value) rethrows -> Value {
        isEntered.store(true, ordering: .relaxed)
        defer { isEntered.store(false, ordering: .relaxed) }
        return try body()
    }

    /// Waits, of less than 100 ms, that are not over.
    var waitCount: Int { waits.withLock { $0.count } }

    /// Ends the oldest of the waits, and runs what follows from it.
    func endOneWait() {
        entered { Self.first(of: waits)?() }
        run(endsWaits: false)
    }

    /// Runs until nothing is left.
    /// - Parameter endsWaits: whether short waits are over as soon as there is nothing else to do.
    func run(endsWaits: Bool = true) {
        entered {
            while true {
                while let next = Self.first(of: work) { next() }
                guard endsWaits, let next = Self.first(of: waits) else { return }
                next()
            }
        }
    }

    private static func first(of list: borrowing Mutex<[@Sendable () -> Void]>) -> (@Sendable () -> Void)? {
        list.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 1_772_359_351_000) }
}
