import Bytes
import Testing

@testable import Commerce

/// How a shard keeps the records of orders: whatever they say, they open as they came.
struct StoredOrderTests {
    /// A line of an order as JSON. Few articles are sold often; some lines name none, or half of one.
    private static func line(_ random: inout SeededGenerator) -> String {
        let article = Int.random(in: 0..<6, using: &random)
        var members: [String] = []
        let long = String(repeating: "lang ", count: 40)
        let titles = ["Kaars", "T-shirt biologisch katoen M", "çğıİöşü 🎁", long, "", "x"]
        if Bool.random(using: &random) { members.append(#""sku":"SKU-\#(article)""#) }
        if Bool.random(using: &random) { members.append(#""title":"\#(titles[article])""#) }
        if Int.random(in: 0..<9, using: &random) == 0 {
            members.append(#""title":"Gravure voor \#(UInt32.random(in: 0 ... .max, using: &random))""#)
        }
        if Bool.random(using: &random) { members.append(#""quantity":\#(Int.random(in: 1..<300, using: &random))"#) }
        if Bool.random(using: &random) { members.append(#""unitPrice":"19.95""#) }
        if Bool.random(using: &random) { members.append(#""colour":"red""#) }
        var names: Set<Substring> = []
        members = members.filter { names.insert($0.split(separator: ":")[0]).inserted }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func order(_ number: Int, _ random: inout SeededGenerator) throws -> [UInt8] {
        let lines = (0..<[0, 1, 2, 3, 40].randomElement(using: &random)!).map { _ in line(&random) }
        var members = [
            #""channel":"bol","number":"C\#(number)","placedAt":"2024-02-29T12:00:00Z","currency":"EUR""#,
            #""customer":{"email":"a@example.com"},"total":"\#(number).95""#,
        ]
        if Bool.random(using: &random) || !lines.isEmpty {
            members.append(#""lines":[\#(lines.joined(separator: ","))]"#)
        }
        if Bool.random(using: &random) { members.append(#""gift":true"#) }
        if Bool.random(using: &random) { members.append(#""updatedAt":"2024-03-01T12:00:00Z""#) }
        let packed = try decodeOrder("{" + members.joined(separator: ",") + "}")
        return packed.bytes.span.extracting(packed.command.record.range).array
    }

    @Test(arguments: 1...8) func ordersOpenAsTheyCame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var shard = ShardState(number: 0, of: 1)
        var scratch = ByteWriter()
        var records: [[UInt8]] = []
        var stored: [StoredOrder] = []
        for number in 0..<400 {
            let record = try Self.order(number, &random)
            records.append(record)
            stored.append(shard.store(order: record.span, &scratch))
        }
        var opened = ByteWriter()
        for (order, record) in zip(stored, records) {
            shard.open(order, into: &opened)
            #expect(opened.copyBytes() == record)
            #expect(shard.record(of: order) == record)
            let whole = PackedRecord(record.span, OrderShape.kinds)
            let head = shard.head(of: order)
            let agrees = (0..<OrderShape.lines).allSatisfy { head[$0].equals(whole[$0]) }
            #expect(agrees)
            #expect(shard.number(of: order).text == whole.text(OrderShape.number))
        }
        // Those sold once take no place.
        #expect((1...36).contains(shard.articles.count))
    }

    @Test func whatIsSoldAgainIsSaidOnce() throws {
        let json = #"""
            {"channel":"bol","number":"C1","placedAt":"2024-01-01T00:00:00Z","currency":"EUR","total":"19.95","customer":{"email":"a@b.nl"},
            "lines":[{"sku":"KLD-TSH-M","title":"T-shirt biologisch katoen M","quantity":1,"unitPrice":"19.95"}]}
            """#.replacing("\n", with: "")
        let packed = try decodeOrder(json)
        let record = packed.bytes.span.extracting(packed.command.record.range).array
        var shard = ShardState(number: 0, of: 1)
        var scratch = ByteWriter()
        let lengths = (0..<4).map { _ in
            let order = shard.store(order: record.span, &scratch)
            return shard.records[order.reference].count
        }
        #expect(lengths[1] < record.count - 36 && lengths[2] == lengths[1] && lengths[3] == lengths[1])
        #expect(lengths[0] > lengths[1])
        #expect(shard.articles.count == 1)
    }

    /// What snapshots held before there were articles.
    @Test func recordsInFullStayReadable() throws {
        var random = SeededGenerator(seed: 3)
        var shard = ShardState(number: 0, of: 1)
        for number in 0..<50 {
            let record = try Self.order(number, &random)
            let order = StoredOrder(shard.records.append(record.span))
            #expect(shard.record(of: order) == record)
            let name = PackedRecord(record.span, OrderShape.kinds).text(OrderShape.number)
            #expect(shard.number(of: order).text == name)
        }
    }

    @Test(arguments: [1, 7, 100, 100_000]) func articlesComeBackFromPiecesOfAnyLength(length: Int) throws {
        var random = SeededGenerator(seed: 9)
        var shard = ShardState(number: 0, of: 1)
        var scratch = ByteWriter()
        var articles: [[UInt8]] = []
        for number in 0..<3_000 {
            let article = Array("article \(number % 1_500) \(String(repeating: "x", count: number % 50))".utf8)
            if let known = shard.articles.number(of: article.span) {
                if known == articles.count { articles.append(article) }
                #expect(articles[known] == article)
            }
        }
        #expect(articles.count > 1_000)
        let records = try (0..<300).map { try Self.order($0, &random) }
        let orders = records.map { shard.store(order: $0.span, &scratch) }
        let sink = MemorySink()
        shard.writeArticles(to: sink)
        let table = sink.sections.flatMap { $0.chunks.joined() }
        var loaded = ShardState(number: 0, of: 1)
        var partial = ByteWriter()
        for start in stride(from: 0, to: table.count, by: length) {
            let piece = Array(table[start..<min(start + length, table.count)])
            let isRead = loaded.loadArticles(piece.span, &partial)
            #expect(isRead)
        }
        #expect(partial.count == 0)
        #expect(loaded.articles.count == shard.articles.count)
        loaded.records = shard.records
        let opensAlike = orders.allSatisfy { loaded.record(of: $0) == shard.record(of: $0) }
        #expect(opensAlike)
        // Known ones keep their numbers, and no article comes twice.
        for (number, article) in articles.enumerated() {
            let known = loaded.articles.number(of: article.span)
            #expect(known == number)
        }
        let isReadAgain = loaded.loadArticles(table.span, &partial)
        #expect(!isReadAgain)
    }

    /// Nothing outside the bytes is touched, whatever stands in them; what opens and is a record is one.
    @Test(arguments: 1...4) func damagedOrdersAreRefusedOrOpen(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var shard = ShardState(number: 0, of: 1)
        var scratch = ByteWriter()
        var refused = 0
        for number in 0..<500 {
            let record = try Self.order(number, &random)
            let order = shard.store(order: record.span, &scratch)
            var bytes = shard.records[order.reference].array
            for _ in 0...2 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let damaged = StoredOrder(shard.records.append(bytes.span))
            if !shard.openIfReadable(damaged, into: &scratch) { refused += 1 }
        }
        #expect(refused > 50)
    }

    /// What names articles answers the same behind a snapshot, versions and what comes later included.
    @Test func articlesSurviveASnapshot() throws {
        var random = SeededGenerator(seed: 21)
        var world = DirectoryWorld(shards: 3)
        func put(_ number: Int, _ total: Int, _ world: inout DirectoryWorld) throws {
            let lines = (0..<3).map { _ in Self.line(&random) }.joined(separator: ",")
            let json =
                #"{"channel":"bol","number":"C\#(number)","placedAt":"2024-01-01T00:00:00Z","#
                + #""updatedAt":"2024-01-01T00:00:\#(total)Z","currency":"EUR","total":"\#(total).00","#
                + #""customer":{"email":"a\#(number % 9)@example.com"},"lines":[\#(lines)]}"#
            _ = try world.order(json, shop: "main", now: Int64(total))
        }
        for number in 0..<200 { try put(number, 10, &world) }
        for number in 0..<40 { try put(number, 20, &world) }
        var named = 0
        for shard in world.shards { named += shard.articles.count }
        #expect(named > 3)
        guard var loaded = DirectoryWorld.load(DirectoryWorld.sections(world.capture())) else {
            Issue.record("the snapshot does not load")
            return
        }
        let isSame = loaded.answers == world.answers
        #expect(isSame)
        let before = random
        for number in 30..<230 { try put(number, 30, &world) }
        random = before
        for number in 30..<230 { try put(number, 30, &loaded) }
        let isSameLater = loaded.answers == world.answers
        #expect(isSameLater)
    }

    /// Whoever walks the versions of an order comes to an end.
    @Test func aRingOfVersionsIsRefused() throws {
        var world = DirectoryWorld(shards: 1)
        for (minute, total) in [(1, "5.00"), (2, "6.00"), (3, "7.00")] {
            _ = try world.order(
                #"""
                {"channel":"bol","number":"C1","placedAt":"2024-01-01T00:00:00Z","updatedAt":"2024-01-01T00:0\#(minute):00Z",\#
                "currency":"EUR","total":"\#(total)","customer":{"email":"a@example.com"},"lines":[]}
                """#, shop: "main", now: Int64(minute))
        }
        let sections = DirectoryWorld.sections(world.capture())
        let isWhole = DirectoryWorld.load(sections) != nil
        #expect(isWhole)
        let place = try #require(sections.firstIndex { $0.kind == .shardVersions && !$0.chunks.isEmpty })
        #expect(sections[place].chunks[0].count == 2 * MemoryLayout<VersionRow>.stride)
        for (offset, value) in [(12, UInt8(1)), (12, 9), (28, 2), (8, 200), (0, 255)] {
            var changed = sections
            changed[place].chunks[0][offset] = value
            let isRead = DirectoryWorld.load(changed) != nil
            #expect(!isRead, "byte \(offset)")
        }
    }
}
