import Bytes
import Testing

@testable import Commerce

/// Random commands for a world and its model.
struct DirectoryTraffic {
    var random: SeededGenerator
    var world: DirectoryWorldBox
    var model = DirectoryModel()
    var now = 1_000

    init(seed: UInt64, shards: Int) {
        random = SeededGenerator(seed: seed)
        // The model knows exact keys; who is who by evidence has laws of its own.
        world = DirectoryWorldBox(DirectoryWorld(shards: shards, mode: .exact))
    }

    static let shops = ["main", "other"]

    private static let assertions: [Assertion] = [
        .pin(.email, .text([UInt8]("pinned@example.nl".utf8))), .pin(.language, .text([UInt8]("nl".utf8))),
        .unpin(.email),
        .verify(.init(vat: [UInt8]("NL804124188B01".utf8), isValid: true, source: [UInt8]("VIES".utf8))),
    ]

    private mutating func maybe(_ range: Range<Int>, _ chance: Int) -> Int? {
        Int.random(in: 0..<chance, using: &random) == 0 ? Int.random(in: range, using: &random) : nil
    }

    private mutating func party() -> DirectoryModel.Party {
        var party = DirectoryModel.Party(channel: Bool.random(using: &random) ? "shopify" : "amazon")
        party.ref = maybe(0..<12, 3)
        party.phone = maybe(0..<9, 4)
        if Bool.random(using: &random) { party.email = maybe(0..<20, 1) } else { party.relay = maybe(0..<6, 3) }
        return party
    }

    /// Sends one command to both and compares what they say.
    mutating func step() {
        now += 1
        let shop = Self.shops[Int.random(in: 0..<10, using: &random) == 0 ? 1 : 0]
        let updatedAt = maybe(1..<6, 2)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: order(shop, updatedAt)
        case 6..<8: profile(shop, updatedAt)
        case 8: document(shop, updatedAt)
        default:
            let customer = UInt32.random(in: 1...UInt32(model.clusters.count + 1), using: &random)
            let isKnown = Int(customer) <= model.clusters.count && model.shopOf[Int(customer) - 1] == shop
            let isNote = Bool.random(using: &random)
            let assertion = Self.assertions.randomElement(using: &random) ?? .unpin(.email)
            let refusal = refusal { () throws(Refusal) in
                if isNote {
                    _ = try world.value.note("remark \(now)", customer: customer, shop: shop, now: Int64(now))
                } else {
                    let request = CustomerAssertion(customerNumber: customer, assertion, at: 5)
                    _ = try world.value.assert(request, shop: shop, now: Int64(now))
                }
            }
            #expect((refusal == nil) == isKnown)
        }
    }

    private mutating func order(_ shop: String, _ updatedAt: Int?) {
        let party = party()
        let number = Int.random(in: 0..<60, using: &random)
        let total = Int.random(in: 1..<3, using: &random)
        let name = "\(party.channel):\(number)"
        let json = """
            {"channel":"\(party.channel)","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",
            "total":"\(total)"\(Self.updated(updatedAt)),"customer":{\(party.json)}}
            """
        let expected = model.order(name, party, total: total, updatedAt: updatedAt, shop: shop)
        check(expected) { world, now throws(Refusal) in try world.order(json, shop: shop, now: now) }
    }

    private mutating func profile(_ shop: String, _ updatedAt: Int?) {
        var party = party()
        party.ref = party.ref ?? Int.random(in: 0..<12, using: &random)
        let json = #"{"channel":"\#(party.channel)"\#(Self.updated(updatedAt)),\#(party.json)}"#
        // Moments of the channel lie beyond those of the clock here, so that they can be told from each other.
        let at = updatedAt.map { $0 * 86_400_000 + 1_767_225_600_000 }
        let expected = model.profile(party, updatedAt: at, now: now, shop: shop)
        check(expected) { world, now throws(Refusal) in try world.profile(json, shop: shop, now: now) }
    }

    private mutating func document(_ shop: String, _ updatedAt: Int?) {
        let number = "INV-\(Int.random(in: 0..<8, using: &random))"
        let order = "shopify:\(Int.random(in: 0..<60, using: &random))"
        let total = Int.random(in: 1..<3, using: &random)
        let json =
            #"{"kind":"invoice","number":"\#(number)","order":"\#(order)","total":"\#(total)"\#(Self.updated(updatedAt))}"#
        switch model.document(number, order: order, total: total, updatedAt: updatedAt, shop: shop) {
        case .success(let expected):
            check(expected) { world, now throws(Refusal) in try world.document(json, shop: shop, now: now) }
        case .failure(let expected):
            let refusal = refusal { () throws(Refusal) in
                _ = try world.value.document(json, shop: shop, now: Int64(now))
            }
            #expect(refusal?.code == expected.code)
        }
    }

    private static func updated(_ updatedAt: Int?) -> String {
        updatedAt.map { ",\"updatedAt\":\"2026-01-0\($0 + 1)T00:00:00Z\"" } ?? ""
    }

    private func check(
        _ expected: (Verdict, Int), _ body: (inout DirectoryWorld, Int64) throws(Refusal) -> Decision
    ) {
        do throws(Refusal) {
            let decision = try body(&world.value, Int64(now))
            #expect(decision.verdict == expected.0)
            #expect(decision.profile == UInt32(expected.1))
        } catch {
            Issue.record("refused: \(error)")
        }
    }
}

/// Holds a world where a struct wants to be copied.
final class DirectoryWorldBox {
    var value: DirectoryWorld

    init(_ value: consuming DirectoryWorld) { self.value = value }
}

@Suite struct DirectoryTests {
    static let seeds = (0..<2).map { _ in testSeed() }

    private static func traffic(_ seed: UInt64, steps: Int) -> DirectoryTraffic {
        var traffic = DirectoryTraffic(seed: seed, shards: Int(seed % 5) + 1)
        for _ in 0..<steps { traffic.step() }
        return traffic
    }

    @Test(arguments: seeds) func decidesAsTheModel(seed: UInt64) throws {
        var traffic = DirectoryTraffic(seed: seed, shards: Int(seed % 5) + 1)
        for _ in 0..<8 {
            for _ in 0..<60 { traffic.step() }
            compareClusters(traffic)
        }
        compareLookups(traffic)
        try compareDossiers(traffic)
    }

    private func compareClusters(_ traffic: DirectoryTraffic) {
        let model = traffic.model
        let world = traffic.world
        #expect(world.value.directory.profiles.count == model.clusters.count)
        #expect(world.value.directory.customerCount == model.customerCount)
        #expect(world.value.directory.orders.count == model.orders.count)
        #expect(world.value.directory.documents.count == model.documents.count)
        for profile in model.clusters.indices {
            let members = world.value.directory.members(of: UInt32(profile))
            #expect(members.map { Int($0) } == model.members(of: profile))
            #expect(Int(world.value.directory.customerNumber(of: UInt32(profile))) == model.clusters[profile] + 1)
            let evidence = world.value.directory.evidence(of: members).map { "\($0.newer) \($0.older) \($0.kind)" }
            let expected = model.edges.filter { model.clusters[$0.newer] == model.clusters[profile] }.map {
                "\($0.newer) \($0.older) \(Self.kind(of: $0.key).rawValue)"
            }
            #expect(evidence.sorted() == expected.sorted())
        }
        for (number, shop) in world.value.directory.shops.enumerated() {
            let customers = Set(model.clusters.filter { model.shopOf[$0] == shop }).sorted()
            let page = world.value.directory.customers(of: UInt16(number), offset: 2, limit: 5)
            #expect(page.total == customers.count)
            #expect(page.lowest.map { Int($0) } == Array(customers.dropFirst(2).prefix(5)))
        }
    }

    private static func kind(of key: String) -> IdentityKeyKind {
        IdentityKeyKind.allCases.first { "\($0.text)" == key.prefix { $0 != " " } } ?? .relayLookup
    }

    private func compareLookups(_ traffic: DirectoryTraffic) {
        let world = traffic.world
        for shop in DirectoryTraffic.shops {
            guard let number = world.value.directory.shop(named: shop) else { continue }
            let hasher = DirectoryWorld.hasher(shop)
            func find(_ selector: CustomerSelector) -> Int? {
                world.value.directory.profile(selector, shop: number).map { Int($0) }
            }
            func key(_ kind: IdentityKeyKind, _ text: String) -> CustomerSelector {
                .key(hasher.key(kind, [UInt8](text.utf8).span))
            }
            for value in 0..<22 {
                #expect(
                    find(key(.email, "anna\(value)@example.nl")) == traffic.model.keyOwners["\(shop)email \(value)"])
                #expect(find(key(.phone, "+3161234567\(value)")) == traffic.model.keyOwners["\(shop)phone \(value)"])
                #expect(
                    find(key(.relayLookup, "anna\(value)@marketplace.amazon.nl"))
                        == traffic.model.relayOwners["\(shop)\(value)"])
                for channel in ["shopify", "amazon"] {
                    #expect(
                        find(Self.named(channel, value, isReference: true))
                            == traffic.model.keyOwners["\(shop)ref \(channel) \(value)"])
                }
            }
            for channel in ["shopify", "amazon"] {
                for value in 0..<62 {
                    let selector = Self.named(channel, value, isReference: false)
                    #expect(find(selector) == traffic.model.orders["\(shop)\(channel):\(value)"]?.profile)
                }
            }
            for value in 0..<9 {
                let selector = CustomerSelector.document(number: [UInt8]("INV-\(value)".utf8).span, hasher)
                #expect(find(selector) == traffic.model.documents["\(shop)INV-\(value)"]?.profile)
            }
            for customer in 0..<(traffic.model.clusters.count + 2) {
                let expected =
                    customer > 0 && customer <= traffic.model.clusters.count
                    && traffic.model.shopOf[customer - 1] == shop
                #expect(find(.number(UInt32(customer))) == (expected ? customer - 1 : nil))
            }
        }
    }

    private static func named(_ channel: String, _ number: Int, isReference: Bool) -> CustomerSelector {
        do throws(Refusal) {
            let name = try OrderName([UInt8]("\(channel):\(number)".utf8).span)
            return isReference ? .reference(name) : .order(name)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private func compareDossiers(_ traffic: DirectoryTraffic) throws {
        let model = traffic.model
        for profile in model.clusters.indices {
            let dossier = try JSONValue(traffic.world.value.dossier(of: UInt32(profile)))
            let orders = model.orders.values.filter { model.clusters[$0.profile] == model.clusters[profile] }
            let documents = model.documents.values.filter { model.clusters[$0.profile] == model.clusters[profile] }
            #expect(dossier["orders"]?.array?.count == orders.count)
            #expect(dossier["documents"]?.array?.count == documents.count)
            #expect(dossier["profiles"]?.array?.count == model.members(of: profile).count)
            let total = orders.map { Int($0.content.suffix(1)) ?? 0 }.reduce(0, +)
            #expect(dossier.member("totals", "amounts", "EUR")?.string == (orders.isEmpty ? nil : "\(total).00"))
            #expect(dossier.member("customer", "number")?.string == "C\(model.clusters[profile] + 1)")
        }
    }

    // MARK: Laws

    @Test(arguments: seeds) func replayGivesTheSameAnswers(seed: UInt64) throws {
        let traffic = Self.traffic(seed, steps: 300)
        var replayed = DirectoryWorld()
        for event in traffic.world.value.journal { try replayed.apply(event) }
        #expect(replayed.answers == traffic.world.value.answers)
    }

    @Test(arguments: seeds) func aSnapshotGivesTheSameAnswersAndGoesOn(seed: UInt64) throws {
        var traffic = Self.traffic(seed, steps: 300)
        let before = traffic.world.value.answers
        let eventsBefore = traffic.world.value.journal.count
        let capture = traffic.world.value.capture()
        for _ in 0..<300 { traffic.step() }
        // What was captured is unchanged by what came after.
        guard var loaded = DirectoryWorld.load(DirectoryWorld.sections(capture)) else {
            Issue.record("the snapshot does not load")
            return
        }
        #expect(loaded.answers == before)
        for event in traffic.world.value.journal.dropFirst(eventsBefore) { try loaded.apply(event) }
        #expect(loaded.answers == traffic.world.value.answers)
    }

    @Test(arguments: seeds) func writesAfterLoadingDoNotReachTheCapture(seed: UInt64) throws {
        let traffic = Self.traffic(seed, steps: 200)
        let sections = DirectoryWorld.sections(traffic.world.value.capture())
        guard var loaded = DirectoryWorld.load(sections) else {
            Issue.record("the snapshot does not load")
            return
        }
        let capture = loaded.capture()
        for number in 0..<100 {
            _ = try loaded.order(OrderDecoderTests.order(["number": "\"new \(number)\""]), shop: "main", now: 5_000)
        }
        let again = DirectoryWorld.sections(capture)
        #expect(again.flatMap(\.chunks).flatMap { $0 } == sections.flatMap(\.chunks).flatMap { $0 })
    }

    // MARK: Damage

    /// A checksum guards the journal; behind it stands this: an event that does not follow is refused, and one that
    /// does breaks no table.
    @Test(arguments: seeds) func changedEventsAreRefusedOrHarmless(seed: UInt64) {
        let journal = Self.traffic(seed, steps: 60).world.value.journal
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var world = DirectoryWorld()
            let changed = Int.random(in: journal.indices, using: &random)
            for (number, event) in journal.enumerated() {
                var bytes = event
                if number == changed || Int.random(in: 0..<40, using: &random) == 0 {
                    Self.damage(&bytes, using: &random)
                }
                do throws(EventError) { try world.apply(bytes) } catch {}
            }
            if world.directory.isInitialised { #expect(world.directoryAnswers.count > 0) }
        }
    }

    @Test func anyBytesAreAnEventOrARefusal() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }
            if !bytes.isEmpty { bytes[0] = bytes[0] % 4 == 0 ? 32 + bytes[0] % 3 : bytes[0] % 10 }
            do throws(EventError) { _ = try Event(bytes.span) } catch { refused += 1 }
        }
        #expect(refused > 10_000, "seed \(seed)")
    }

    /// The same for a snapshot: tables that do not fit together are refused; others answer something and never hang.
    @Test(arguments: seeds) func changedTablesAreRefusedOrHarmless(seed: UInt64) {
        let traffic = Self.traffic(seed, steps: 200)
        let sections = DirectoryWorld.sections(traffic.world.value.capture())
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<120 {
            var changed = sections
            let section = Int.random(in: changed.indices, using: &random)
            guard let chunk = changed[section].chunks.indices.randomElement(using: &random),
                !changed[section].chunks[chunk].isEmpty
            else { continue }
            Self.damage(&changed[section].chunks[chunk], using: &random)
            guard let world = DirectoryWorld.load(changed) else {
                refused += 1
                continue
            }
            #expect(world.directoryAnswers.count > 0)
        }
        #expect(refused > 10, "seed \(seed)")
    }

    private static func damage(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1..<4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.remove(at: index)
            case 1: bytes.removeSubrange(index...)
            case 2: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: index)
            case 3: bytes[index] = 0xFF
            default: bytes[index] = UInt8.random(in: 0 ... .max, using: &random)
            }
        }
    }
}
