/// The command line of `--peers`.
struct ComparisonOptions: Sendable {
    var orders = 300_000
    var rounds = 3
    var lookups: Int?
    /// Orders a second of the latency columns; nil: half of what the slowest takes.
    var rate: Double?
    /// How long each is driven at that rate.
    var seconds = 5.0
    var seed = OrderLines.seed
    var only = Set(Contestant.Family.allCases)
    var jsonFile: String?
    var markdownFile: String?
    var pictureFile: String?

    static let help = """
        tools/bench --peers: the same job on the same orders in Dossier, Redis, Tarantool and PostgreSQL, in turns.

          --orders N        distinct orders (300000); 3 % come twice, 1 % as a newer version
          --rounds N        rounds, interleaved (3); medians are shown with the least and the greatest
          --only A,B        of dossier, redis, tarantool and postgres only these
          --lookups N       360 lookups at once (100000), again and again for two seconds a round
          --rate N          orders a second of the latency columns (half of what the slowest takes)
          --seconds N       how long at that rate (5)
          --seed N          of the generator (1)
          --json FILE, --markdown FILE, --svg FILE    also write the results there

        As root, redis-server, tarantool and postgresql are installed with apt-get where they are missing; what cannot
        be had is left out, and said. Who matches by exact keys must come to the very customers of a naive model (a
        union-find over the same keys), else the run fails.
        """

    init() {}

    /// - Returns: nil, with what is wrong in `problem`, for a wrong command line.
    init?(_ arguments: [String], problem: inout String) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if option == "--peers" { continue }
            guard let value = rest.popFirst() else {
                problem = "\(option) needs a value, or is not known; see --peers --help"
                return nil
            }
            guard take(option, value) else {
                problem = "\(option) \(value) is not understood; see --peers --help"
                return nil
            }
        }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        func number(_ range: ClosedRange<Int>) -> Int? { Int(value).flatMap { range.contains($0) ? $0 : nil } }
        switch option {
        case "--orders": return set(\.orders, number(20...100_000_000))
        case "--rounds": return set(\.rounds, number(1...1_000))
        case "--lookups": return set(\.lookups, number(1...100_000_000))
        case "--rate": return set(\.rate, Double(value).flatMap { $0 > 0 ? $0 : nil })
        case "--seconds": return set(\.seconds, Double(value).flatMap { $0 > 0 ? $0 : nil })
        case "--seed": return set(\.seed, UInt64(value))
        case "--only":
            let families = value.split(separator: ",").map { Contestant.Family(rawValue: String($0)) }
            only = Set(families.compactMap { $0 })
            return !families.isEmpty && !families.contains(nil)
        case "--json": return set(\.jsonFile, value)
        case "--markdown": return set(\.markdownFile, value)
        case "--svg": return set(\.pictureFile, value)
        default: return false
        }
    }

    private mutating func set<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value?) -> Bool {
        guard let value else { return false }
        self[keyPath: path] = value
        return true
    }
}
