import Synchronization

/// Work that waits for its time on a lane; made by `Lane.schedule`.
package final class LaneTimer: Sendable {
    private let cancelled = Atomic<Bool>(false)

    package init() {}

    /// Any thread. Called on the timer's own lane it is certain that the work does not start any more.
    package func cancel() { cancelled.store(true, ordering: .releasing) }

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
}

/// The timers of one lane, the soonest last. A lane has a handful of them (nothing is scheduled per connection or per
/// command), so a sorted array is both the simplest and the fastest.
struct Timers {
    private struct Entry {
        let timer: LaneTimer
        /// On the monotonic clock.
        var deadlineNanoseconds: UInt64
        /// 0 for a timer that fires once.
        let intervalNanoseconds: UInt64
        let work: () -> Void
    }

    private var entries: [Entry] = []

    /// nil when no timer waits.
    var nextDeadlineNanoseconds: UInt64? { entries.last?.deadlineNanoseconds }

    mutating func add(
        _ timer: LaneTimer, deadlineNanoseconds: UInt64, intervalNanoseconds: UInt64, work: @escaping () -> Void
    ) {
        insert(
            Entry(
                timer: timer, deadlineNanoseconds: deadlineNanoseconds, intervalNanoseconds: intervalNanoseconds,
                work: work))
    }

    /// Takes out the work that is due first, nil when none is; a repeated timer is set to its next time. Beats that
    /// were missed while the lane was busy are left out, not made up for.
    mutating func takeDue(nowNanoseconds: UInt64) -> (() -> Void)? {
        while let last = entries.last, last.deadlineNanoseconds <= nowNanoseconds {
            var entry = entries.removeLast()
            if entry.timer.isCancelled { continue }
            if entry.intervalNanoseconds > 0 {
                let missed = (nowNanoseconds - entry.deadlineNanoseconds) / entry.intervalNanoseconds
                entry.deadlineNanoseconds += (missed + 1) * entry.intervalNanoseconds
                insert(entry)
            }
            return entry.work
        }
        return nil
    }

    mutating func removeAll() { entries.removeAll() }

    /// Behind those with the same deadline, so that equal ones fire in the order they were made.
    private mutating func insert(_ entry: Entry) {
        let index = entries.firstIndex { $0.deadlineNanoseconds <= entry.deadlineNanoseconds } ?? entries.endIndex
        entries.insert(entry, at: index)
    }
}
