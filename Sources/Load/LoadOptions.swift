/// The command line of dossier-load.
package struct LoadOptions: Sendable {
    package var endpoint = Endpoint(port: 7360)
    package var shop: String?
    package var orders = 100_000
    package var buyers: Int?
    package var connections = 8
    package var depth = 64
    package var seed: UInt64 = 1
    /// Orders a second; nil is flat out.
    package var rate: Double?
    package var redeliveredPerMille = 30
    package var revisedPerMille = 10
    package var channels = Channel.allCases
    package var verifies = true
    package var jsonFile: String?
    /// Per thousand orders, mixed into the load.
    package var lookupPerMille = 0
    /// Lookups after the load.
    package var lookups = 0
    package var outFile: String?
    package var acknowledgedFile: String?
    package var checkFile: String?
    package var checkQuestion = AcknowledgementCheck.Question.dossier
    package var reconnectSeconds = 0.0
    package var timeoutSeconds = 60.0
    package var peer = Peer.dossier
    package var comparesReference = false
    package var aheadMebibytes = 512
    /// Nil: only on a terminal.
    package var showsProgress: Bool?
    package var wantsHelp = false

    package init() {}

    /// - Parameter arguments: without the program's name.
    package init(_ arguments: [String]) throws(LoadError) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if try take(flag: option) { continue }
            guard Self.valued.contains(option) else { throw .usage("unknown option \(option); see --help") }
            guard let value = rest.popFirst() else { throw .usage("\(option) needs a value") }
            try take(option, value)
        }
        guard redeliveredPerMille + revisedPerMille <= 1000 else {
            throw .usage("the shares of re-delivered and revised orders are more than everything")
        }
    }

    /// How many buyers there are: one for five orders unless told.
    package var buyerCount: Int { buyers ?? max(1, min(Population.maximumCount, orders / 5)) }

    package var book: OrderBook {
        OrderBook(
            seed: seed, orders: orders, buyers: buyerCount, channels: channels,
            redeliveredPerMille: redeliveredPerMille, revisedPerMille: revisedPerMille)
    }

    private mutating func take(flag: String) throws(LoadError) -> Bool {
        switch flag {
        case "--verify": verifies = true
        case "--no-verify": verifies = false
        case "--progress": showsProgress = true
        case "--no-progress": showsProgress = false
        case "--reference": comparesReference = true
        case "--help", "-h": wantsHelp = true
        default: return false
        }
        return true
    }

    private static let valued: Set<String> = [
        "--host", "--port", "--shop", "--orders", "--buyers", "--connections", "--depth", "--seed", "--rate",
        "--share-redelivered", "--share-revised", "--channels", "--json", "--share-lookups", "--lookups", "--out",
        "--acknowledged", "--check", "--check-by", "--reconnect", "--timeout", "--peer", "--ahead",
    ]

    private mutating func take(_ option: String, _ value: String) throws(LoadError) {
        switch option {
        case "--host": endpoint.host = value
        case "--port": endpoint.port = UInt16(try Self.number(option, value, 1...65_535))
        case "--shop": shop = value
        case "--orders": orders = try Self.number(option, value, 1...Int(UInt32.max))
        case "--buyers": buyers = try Self.number(option, value, 1...Population.maximumCount)
        case "--connections": connections = try Self.number(option, value, 1...10_000)
        case "--depth": depth = try Self.number(option, value, 1...65_536)
        case "--seed": seed = UInt64(try Self.number(option, value, 0...Int.max))
        case "--rate": rate = try Self.fraction(option, value, 0.001...1e9)
        case "--share-redelivered": redeliveredPerMille = try Self.perMille(option, value)
        case "--share-revised": revisedPerMille = try Self.perMille(option, value)
        case "--share-lookups": lookupPerMille = try Self.perMille(option, value)
        case "--channels": channels = try Self.channels(value)
        case "--lookups": lookups = try Self.number(option, value, 0...100_000_000)
        case "--reconnect": reconnectSeconds = try Self.fraction(option, value, 0...86_400)
        case "--timeout": timeoutSeconds = try Self.fraction(option, value, 0.1...86_400)
        case "--ahead": aheadMebibytes = try Self.number(option, value, 1...65_536)
        default: try takeName(option, value)
        }
    }

    private mutating func takeName(_ option: String, _ value: String) throws(LoadError) {
        switch option {
        case "--json": jsonFile = value
        case "--out": outFile = value
        case "--acknowledged": acknowledgedFile = value
        case "--check": checkFile = value
        case "--check-by": checkQuestion = try Self.oneOf(option, value)
        case "--peer": peer = try Self.oneOf(option, value)
        default: throw .usage("unknown option \(option); see --help")
        }
    }

    private static func number(_ option: String, _ text: String, _ range: ClosedRange<Int>) throws(LoadError) -> Int {
        guard let number = Int(text.filter { $0 != "_" }), range.contains(number) else {
            throw .usage("\(option) takes a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    private static func fraction(
        _ option: String, _ text: String, _ range: ClosedRange<Double>
    ) throws(LoadError) -> Double {
        guard let number = Double(text), range.contains(number) else {
            throw .usage("\(option) takes a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    /// A percentage with one decimal, as thousandths.
    private static func perMille(_ option: String, _ text: String) throws(LoadError) -> Int {
        let percent = try fraction(option, text.hasSuffix("%") ? String(text.dropLast()) : text, 0...100)
        return Int((percent * 10).rounded())
    }

    private static func channels(_ text: String) throws(LoadError) -> [Channel] {
        var result: [Channel] = []
        for name in text.split(separator: ",") {
            guard let channel = Channel.allCases.first(where: { $0.name == name }) else {
                throw .usage("unknown channel \(name): use \(Channel.allCases.map(\.name).joined(separator: ", "))")
            }
            if !result.contains(channel) { result.append(channel) }
        }
        guard !result.isEmpty else { throw .usage("--channels names none") }
        return result
    }

    private static func oneOf<Choice: RawRepresentable<String> & CaseIterable>(
        _ option: String, _ text: String
    ) throws(LoadError) -> Choice {
        guard let choice = Choice(rawValue: text) else {
            throw .usage(
                "\(option) takes one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), not \(text)")
        }
        return choice
    }

    package static let help = """
        dossier-load makes buyers with known truth, sends their orders, and says how fast, how late and how right.

        Server
          --host NAME            127.0.0.1
          --port N               7360
          --shop NAME            sent as SHOP NAME first on every connection
          --peer WHO             redis, tarantool or postgres with the procedures of Benchmarks/Peers;
                                 redis-set and redis-get (the plain bytes); echo; dossier unless given
        Orders: the same seed and options give the same bytes everywhere
          --orders N             distinct orders, 100000
          --buyers N             true buyers, a fifth of the orders
          --seed N               1
          --channels A,B         of shopify, woocommerce, bol, amazon; all
          --share-redelivered P  percent of orders that come a second time, unchanged, 3
          --share-revised P      percent that come again as a newer version, 1
          --share-lookups P      CUSTOMER.360 by e-mail or order among the orders, percent of orders, 0
          --out FILE             write the requests to FILE (- for standard output) instead of sending them
        Load
          --connections N        8
          --depth N              unanswered requests per connection, 64
          --rate N               orders a second, latency from the intended send time; flat out unless given
          --ahead MIB            memory for requests rendered ahead; they are ready before the first is sent, 512
          --timeout SECONDS      give up when nothing is answered for so long, 60
          --reconnect SECONDS    when a connection breaks, try so long for a new one and send again what was
                                 unanswered; 0 stops with a summary
        Afterwards
          --lookups N            time N lookups by number, e-mail and order after the load
          --no-verify            do not compare customers with the truth
          --reference            also score the naive model (exact keys, union-find) on the same orders
          --json FILE            the report as JSON
          --progress, --no-progress   a line each second on standard error; as it is a terminal or not
        Kill tests
          --acknowledged FILE    append 'order customer' for every acknowledged order
          --check FILE           send nothing; ask for every order of FILE and name the lost and the doubled
          --check-by HOW         360 (CUSTOMER.360 order=…) or get (ORDER.GET …); 360

        Exit status: 0 all well, 1 orders lost or errors, 2 wrong command line, 3 server gone, 130 interrupted.
        """
}
