/// One thing that is measured.
protocol Benchmark: Sendable {
    /// As it is named on the command line.
    var name: String { get }
    /// What is measured, for people.
    var measures: String { get }
    /// Measures. Blocks; leaves no process and no folder behind.
    func run(_ scale: Scale) throws(BenchmarkError) -> [Row]
}

/// How much work a benchmark does.
enum Scale: String, CaseIterable, Sendable {
    /// A look whether it still works; the figures mean nothing.
    case tiny
    /// Seconds.
    case small
    /// Minutes; the figures that are worth telling.
    case full

    func pick<Value>(tiny: Value, small: Value, full: Value) -> Value {
        switch self {
        case .tiny: tiny
        case .small: small
        case .full: full
        }
    }

    /// Interleaved rounds, whose median counts.
    var rounds: Int { pick(tiny: 1, small: 3, full: 5) }
}

/// What has to have happened to a write before it counts as done.
enum MeasuredDurability: String, Encodable, Sendable {
    /// Nothing is written at all.
    case none = "no disk"
    /// fdatasync before every acknowledgement.
    case always
    /// fdatasync each second.
    case everysec
    /// Whenever the operating system pleases.
    case os
}

/// One figure: the median of the rounds, with the worst and the best where there were several.
struct Row: Encodable, Sendable {
    let label: String
    let value: Double
    let unit: String
    let durability: MeasuredDurability
    let minimum: Double?
    let maximum: Double?

    init(
        _ label: String, _ value: Double, _ unit: String, _ durability: MeasuredDurability, minimum: Double? = nil,
        maximum: Double? = nil
    ) {
        self.label = label
        self.value = value
        self.unit = unit
        self.durability = durability
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// Why there is no figure.
enum BenchmarkError: Error, CustomStringConvertible {
    /// A program is not there; the text says how to get it.
    case missing(String)
    /// A server under test did not start, stop or answer as it should.
    case server(String)
    /// Something in this process refused what it must take.
    case broken(String)

    var description: String {
        switch self {
        case .missing(let text), .server(let text), .broken(let text): text
        }
    }
}

/// All benchmarks, in the order they run; those with peers run only when asked for.
enum Catalogue {
    static let own: [any Benchmark] = [
        LineScanning(), OrderDecoding(), DirectoryResolving(), InProcessIngest(), TCPIngest(), Lookups(), SearchSpeed(),
        MemoryPerOrder(), SnapshotStall(), RecoveryTime(),
    ]
    static let peers: [any Benchmark] = [PeerComparison()]
}
