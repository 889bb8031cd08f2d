/// A fixed rate as a time table: request `n` is meant to leave at `start + n / rate`, whatever the server does.
///
/// Latency is measured from that moment, so that a stall of the server shows in every request it held up, not only in
/// the few that were under way.
package struct Pace: Sendable {
    /// Requests a second.
    package let rate: Double
    /// Monotonic nanoseconds.
    package let start: UInt64

    package init(rate: Double, start: UInt64) {
        precondition(rate > 0)
        self.rate = rate
        self.start = start
    }

    /// When request `position` is meant to leave, in monotonic nanoseconds.
    package func intendedTime(of position: Int) -> UInt64 {
        start + UInt64(Double(position) * 1e9 / rate)
    }

    /// How many requests are meant to have left by `now`.
    package func dueCount(at now: UInt64) -> Int {
        guard now >= start else { return 0 }
        var due = Int(Double(now - start) * rate / 1e9) + 1
        // Rounding may be off by one either way; the time table decides.
        while due > 0 && intendedTime(of: due - 1) > now { due -= 1 }
        while intendedTime(of: due) <= now { due += 1 }
        return due
    }
}
