import Glibc

/// Measured values by label, over rounds that are interleaved so that a busy minute of the machine hits all alike.
struct Samples {
    private struct Series {
        let label: String
        let unit: String
        let durability: MeasuredDurability
        var values: [Double] = []
    }

    private var series: [Series] = []

    mutating func add(_ label: String, _ value: Double, _ unit: String, _ durability: MeasuredDurability = .none) {
        let known = series.firstIndex { $0.label == label && $0.unit == unit && $0.durability == durability }
        if known == nil { series.append(Series(label: label, unit: unit, durability: durability)) }
        series[known ?? series.count - 1].values.append(value)
    }

    /// Medians in the order in which the labels came first.
    var rows: [Row] {
        series.map { series in
            let sorted = series.values.sorted()
            return Row(
                series.label, median(sorted), series.unit, series.durability,
                minimum: sorted.count > 1 ? sorted.first : nil, maximum: sorted.count > 1 ? sorted.last : nil)
        }
    }

    /// The median of what was added under the label in this unit; nil if there was nothing.
    func median(_ label: String, _ unit: String) -> Double? {
        rows.first { $0.label == label && $0.unit == unit }?.value
    }

    private func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// Seconds of the monotonic clock since it was made.
struct Stopwatch {
    /// What is measured: the time on the wall, or the CPU time of this thread alone, which busy neighbours do not spend.
    enum Clock { case wall, thread }

    private let clock: Clock
    private let start: Double

    init(_ clock: Clock = .wall) {
        self.clock = clock
        start = Self.now(clock)
    }

    var seconds: Double { max(1e-9, Self.now(clock) - start) }

    /// Seconds of CPU that this thread has spent.
    static var threadSeconds: Double { now(.thread) }

    private static func now(_ clock: Clock) -> Double {
        var time = timespec()
        clock_gettime(clock == .wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Keeps the optimiser from leaving out work whose result nobody needs.
@inline(never) func consume(_ value: Int) {}
