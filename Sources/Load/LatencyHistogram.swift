/// Counts durations in log-linear buckets: exact below 128 ns, then 64 buckets per power of two, so every reported
/// value is at most 1.6 % above the true one, and memory stays at 30 KB however many are counted.
package struct LatencyHistogram: Sendable {
    private static let linearBits = 6
    private static let linear = 1 << linearBits
    private var buckets = [UInt64](repeating: 0, count: (65 - linearBits) * linear)
    package private(set) var count: UInt64 = 0
    /// Nanoseconds.
    package private(set) var maximum: UInt64 = 0
    private var sum: Double = 0

    package init() {}

    /// Nanoseconds; 0 when nothing was counted.
    package var mean: Double { count == 0 ? 0 : sum / Double(count) }

    package mutating func record(nanoseconds: UInt64, times: UInt64 = 1) {
        buckets[Self.bucket(of: nanoseconds)] += times
        count += times
        sum += Double(nanoseconds) * Double(times)
        maximum = max(maximum, nanoseconds)
    }

    package mutating func merge(_ other: LatencyHistogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
        sum += other.sum
        maximum = max(maximum, other.maximum)
    }

    /// The smallest bucket end that at least `share` of the values do not exceed, in nanoseconds; 0 when empty.
    /// - Parameter share: 0 to 1.
    package func percentile(_ share: Double) -> UInt64 {
        precondition(share >= 0 && share <= 1)
        let wanted = max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, number) in buckets.enumerated() where number > 0 {
            seen += number
            if seen >= wanted { return min(Self.highestValue(in: index), maximum) }
        }
        return maximum
    }

    @inline(__always) private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(linear) else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - linearBits
        return (shift + 1) * linear + Int(truncatingIfNeeded: value >> UInt64(shift)) - linear
    }

    private static func highestValue(in bucket: Int) -> UInt64 {
        guard bucket >= linear else { return UInt64(bucket) }
        let shift = UInt64(bucket / linear - 1)
        let mantissa = UInt64(linear + bucket % linear)
        // The last bucket ends with the largest 64-bit value.
        return ((mantissa << shift) &+ (1 << shift)) &- 1
    }
}
