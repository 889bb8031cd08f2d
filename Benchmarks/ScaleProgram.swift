import Client
import Foundation
import Load

/// `tools/bench scale`: what an order costs as the orders grow, up to what memory holds.
struct ScaleProgram {
    static let name = "scale"
    static let measures = "CPU and memory of an order, snapshot, restart and lookups, from few orders to very many"
    static let help = """
        tools/bench scale: one server takes in more and more orders; at each size it is measured.

          --orders N     the last size (1000000)
          --first N      the first size (100000); each next one is about three times as large
          --buyers N     true buyers among all orders (three for ten orders)
          --match MODE   evidence, email, address or exact (evidence)
          --lanes N      lanes of the server, as many as its processors unless given
          --lookups N    360 lookups at each size (20000)
          --seed N       of the generator (1)
          --json FILE    also write the points there

        CPU is the server's, user and system, per order of the slice that led to the size. Memory is resident, less what
        the empty server takes. A restart is measured after a kill: with the slice in the journal, then from a snapshot.
        """

    /// What was measured at one size.
    struct Point: Encodable {
        var orders = 0
        var ordersPerSecond = 0.0
        /// Behind the last reply, until everything was weighed.
        var settlingSeconds = 0.0
        var processorMicroseconds = 0.0
        var memoryBytesPerOrder = 0.0
        var journalBytesPerOrder = 0.0
        var snapshotSeconds = 0.0
        var snapshotBytesPerOrder = 0.0
        var restartSeconds = 0.0
        var restartFromSnapshotSeconds = 0.0
        var lookupMicroseconds = 0.0
        var lookupMedianMilliseconds = 0.0
        var lookupTailMilliseconds = 0.0
    }

    private var orders = 1_000_000
    private var first = 100_000
    private var buyers: Int?
    private var options: [String] = []
    private var lookups = 20_000
    private var seed = OrderLines.seed
    private var jsonFile: String?

    /// - Returns: the exit status: 0 measured up to the last size, 1 not, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") {
            print(help)
            return 0
        }
        var program = ScaleProgram()
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst(), program.take(option, value) else {
                FileHandle.standardError.write(Data("Benchmarks: \(option) is not understood; see scale --help\n".utf8))
                return 2
            }
        }
        do {
            let points = try program.measure()
            if let path = program.jsonFile {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
                try encoder.encode(points).write(to: URL(filePath: path))
            }
            return points.last?.orders == program.orders ? 0 : 1
        } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(error)\n".utf8))
            return 1
        }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        func assign(_ path: WritableKeyPath<Self, Int>) -> Bool {
            guard let number = Int(value), number > 0 else { return false }
            self[keyPath: path] = number
            return true
        }
        switch option {
        case "--orders": return assign(\.orders)
        case "--first": return assign(\.first)
        case "--lookups": return assign(\.lookups)
        case "--buyers":
            buyers = Int(value).flatMap { (1...Population.maximumCount).contains($0) ? $0 : nil }
            return buyers != nil
        case "--seed":
            seed = UInt64(value) ?? seed
            return UInt64(value) != nil
        case "--match", "--lanes":
            options += [option, value]
            return true
        case "--json":
            jsonFile = value
            return true
        default: return false
        }
    }

    /// 100,000, 300,000, 1,000,000 and so on, in whole chunks of requests, and the last.
    private var sizes: [Int] {
        var sizes: [Int] = []
        var size = min(first, orders)
        while size < orders {
            sizes.append((size + RequestChunk.size - 1) / RequestChunk.size * RequestChunk.size)
            size = sizes.count % 2 == 1 ? size * 3 : size / 3 * 10
        }
        return sizes.filter { $0 < orders } + [orders]
    }

    /// Measures all sizes that memory holds, printing each.
    func measure() throws(BenchmarkError) -> [Point] {
        let buyers = buyers ?? max(1, min(Population.maximumCount, orders * 3 / 10))
        let book = OrderBook(
            seed: seed, orders: orders, buyers: buyers, redeliveredPerMille: 0, revisedPerMille: 0)
        let stream = OrderStream(book: book, peer: .dossier, lookupPerMille: 0, aheadBytes: 256 << 20)
        defer { stream.cancel() }
        let folder = try TemporaryFolder()
        var server = try start(folder)
        let empty = server.residentBytes
        var points: [Point] = []
        print(Self.head)
        for size in sizes {
            let before = points.last?.orders ?? 0
            if let last = points.last {
                let needed = last.memoryBytesPerOrder * Double(size - before) * 1.5
                guard Self.availableMemory > needed else {
                    print("  \(size) orders are LEFT OUT: they need \(Int(needed) >> 20) MB more than there is")
                    break
                }
            }
            var point = Point()
            point.orders = size
            try load(size - before, of: book, stream, server, &point)
            point.memoryBytesPerOrder = (server.residentBytes - empty) / Double(size)
            try lookUp(book, size, server, &point)
            point.restartSeconds = try restart(&server, folder)
            try snapshot(server, &point)
            point.restartFromSnapshotSeconds = try restart(&server, folder)
            guard try server.info()["orders"] == Double(size) else {
                throw .server("not all of \(size) orders came back")
            }
            points.append(point)
            print(Self.line(point))
            fflush(nil)
        }
        try server.stop()
        return points
    }

    private func start(_ folder: TemporaryFolder) throws(BenchmarkError) -> ServerProcess {
        try ServerProcess(folder.path, durability: .always, options: options)
    }

    private func load(
        _ count: Int, of book: OrderBook, _ stream: OrderStream, _ server: ServerProcess, _ point: inout Point
    ) throws(BenchmarkError) {
        var driverOptions = DriverOptions(endpoint: server.endpoint)
        driverOptions.spread = book.shortestDelay
        let journal = try server.info()["journalBytesWritten"] ?? 0
        let before = server.processorSeconds
        do throws(LoadError) {
            let handler = LoadHandler(book: book, peer: .dossier, keepsCustomers: false)
            var driver = try Driver(
                options: driverOptions, source: StreamPart(stream, count: count), handler: handler)
            let outcome = try driver.run()
            let tally = driver.finish().tally
            guard outcome.end == .complete, tally.orders == count, tally.errors.total == 0 else {
                throw .refused("\(tally.orders) of \(count) orders are taken in")
            }
            point.ordersPerSecond = Double(count) * 1e9 / Double(max(1, outcome.nanoseconds))
        } catch {
            throw .server("\(error)")
        }
        let settling = Stopwatch()
        try server.settle()
        point.settlingSeconds = settling.seconds
        point.processorMicroseconds = (server.processorSeconds - before) * 1e6 / Double(count)
        point.journalBytesPerOrder = ((try server.info()["journalBytesWritten"] ?? 0) - journal) / Double(count)
    }

    /// By the names of orders drawn evenly, so that caches help as little as with real callers.
    private func lookUp(
        _ book: OrderBook, _ size: Int, _ server: ServerProcess, _ point: inout Point
    ) throws(BenchmarkError) {
        let before = server.processorSeconds
        var random = SeededGenerator(seed: seed, purpose: .laterLookups, index: size)
        let load = try LoadMeasurement(questions: lookups, to: server.endpoint, connections: 8, depth: 16) { _ in
            "CUSTOMER.360 order=\(book.name(of: random.below(size))) limit=10\n"
        }
        point.lookupMicroseconds = (server.processorSeconds - before) * 1e6 / Double(lookups)
        point.lookupMedianMilliseconds = Double(load.latency.percentile(0.5)) / 1e6
        point.lookupTailMilliseconds = Double(load.latency.percentile(0.99)) / 1e6
    }

    private func snapshot(_ server: ServerProcess, _ point: inout Point) throws(BenchmarkError) {
        let client = try server.client()
        let watch = Stopwatch()
        guard case .ok(let text?) = try client.ask("SNAPSHOT").outcome,
            let bytes = JSONValue(ifParsing: text)?["bytes"]?.text.flatMap(Double.init)
        else { throw .server("SNAPSHOT is refused") }
        point.snapshotSeconds = watch.seconds
        point.snapshotBytesPerOrder = bytes / Double(point.orders)
    }

    /// Kills the server and starts it again; seconds until it says that it is ready.
    private func restart(_ server: inout ServerProcess, _ folder: TemporaryFolder) throws(BenchmarkError) -> Double {
        server.crash()
        let watch = Stopwatch()
        server = try start(folder)
        return watch.seconds
    }

    /// Bytes that the kernel can still give.
    private static var availableMemory: Double {
        let lines = FileHandle(forReadingAtPath: "/proc/meminfo").map {
            String(decoding: $0.availableData, as: UTF8.self)
        }
        let line = lines?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return (line?.split(separator: " ").dropLast().last.flatMap { Double($0) } ?? 0) * 1024
    }
}

// MARK: Text

extension ScaleProgram {
    private static let columns: [(head: String, value: @Sendable (Point) -> Double)] = [
        ("orders", { Double($0.orders) }), ("orders/s", { $0.ordersPerSecond }),
        ("settled s later", { $0.settlingSeconds }), ("CPU us/order", { $0.processorMicroseconds }),
        ("memory B/order", { $0.memoryBytesPerOrder }), ("journal B/order", { $0.journalBytesPerOrder }),
        ("snapshot s", { $0.snapshotSeconds }), ("snapshot B/order", { $0.snapshotBytesPerOrder }),
        ("restart s", { $0.restartSeconds }), ("from snapshot s", { $0.restartFromSnapshotSeconds }),
        ("CPU us/360", { $0.lookupMicroseconds }), ("p50 ms", { $0.lookupMedianMilliseconds }),
        ("p99 ms", { $0.lookupTailMilliseconds }),
    ]

    private static var head: String {
        "| \(columns.map(\.head).joined(separator: " | ")) |\n|" + String(repeating: "---|", count: columns.count)
    }

    private static func line(_ point: Point) -> String {
        "| \(columns.map { Table.number($0.value(point)) }.joined(separator: " | ")) |"
    }
}

/// The next so many orders of a stream; whole chunks, unless it is the end.
private struct StreamPart: RequestSource {
    private let stream: OrderStream
    private var left: Int

    init(_ stream: OrderStream, count: Int) {
        self.stream = stream
        left = count
    }

    mutating func next() -> Supply {
        guard left > 0 else { return .end }
        let supply = stream.next()
        if case .chunk(let chunk) = supply { left -= chunk.count }
        return supply
    }
}
