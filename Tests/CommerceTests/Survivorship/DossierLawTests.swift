import Bytes
import Testing

@testable import Commerce

/// What makes a dossier quick must not be seen in it.
@Suite struct DossierLawTests {
    private static func pick(_ texts: [String], _ random: inout SeededGenerator) -> String {
        texts.randomElement(using: &random) ?? ""
    }

    /// Members of a profile out of few values, so that many say the same, and others nearly the same.
    private static func variant(using random: inout SeededGenerator) -> String {
        var members: [String] = []
        func add(_ name: String, _ values: [String]) {
            if Int.random(in: 0..<4, using: &random) > 0 { members.append("\"\(name)\":\"\(pick(values, &random))\"") }
        }
        add("firstName", ["Anna", "A.", "Anna"])
        add("lastName", ["de Vries", "Vries", "n/a"])
        add("name", ["Anna de Vries", "A. de Vries", "guest"])
        add("email", ["anna@vries.nl", "a.vries@home.nl", "x@marketplace.amazon.de", "nonsense"])
        add("phone", ["+31612345678", "06-12345678", "0000000000"])
        add("vatId", ["NL804124188B01", "NL804124188B02", "DE123"])
        add("company", ["Vries BV", "n/a"])
        let street = pick([#""street":"Kade 5","#, #""street":"Kade","houseNumber":"5","#, ""], &random)
        let code = pick([#""postalCode":"1015 KD","#, ""], &random)
        let contact = pick([#""email":"anna@vries.nl","phone":"0612345678","#, #""vatId":"NL1","#, ""], &random)
        if Int.random(in: 0..<4, using: &random) > 0 {
            members.append(#""billing":{\#(street)\#(code)\#(contact)"city":"Ede","country":"NL"}"#)
        }
        return members.joined(separator: ",")
    }

    /// Values that several say alike are weighed once: the same shows as when each is weighed for itself.
    @Test func theWinnerIsWhoWinsWordForWord() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var ruled: [SurvivalRule: Int] = [:]
        for _ in 0..<150 {
            var world = DirectoryWorld(shards: 3)
            for number in 0..<Int.random(in: 1..<25, using: &random) {
                let variant = Self.variant(using: &random)
                _ = try world.profile(
                    #"{"channel":"shop","ref":"\#(number)","updatedAt":"2026-01-0\#(Int.random(in: 1...9, using: &random))T00:00:00Z"\#(variant.isEmpty ? "" : ",")\#(variant)}"#,
                    shop: "main", now: 5_000)
            }
            if Bool.random(using: &random) {
                let verdict = Assertion.Verdict(
                    vat: Array("NL804124188B01".utf8), isValid: Bool.random(using: &random), source: Array("VIES".utf8))
                let request = CustomerAssertion(customerNumber: 1, .verify(verdict), at: 9)
                do throws(Refusal) { _ = try world.assert(request, now: 6_000) } catch {
                    // Nobody gave that number.
                }
            }
            let profiles = Array(0..<UInt32(world.directory.profiles.count))
            let parts = world.shards.indices.map { shard in
                world.shards[shard].dossierPart(of: profiles.filter { world.directory.shard(of: $0) == shard })
            }
            let plain = PlainSurvivorship(parts)
            for field in DisplayField.allCases where field == .name || !field.isName {
                let found = plain.survivorship.winner(field)
                if let found { ruled[found.rule, default: 0] += 1 }
                #expect(
                    found.map { plain.description($0.contender, $0.rule) } == plain.winner(field),
                    "seed \(seed): \(field)")
            }
        }
        #expect(ruled[.newest, default: 0] > 100 && ruled[.mostComplete, default: 0] > 20, "seed \(seed): \(ruled)")
    }

    /// Orders that are not shown are not written; what they add up to, and their places, stay.
    @Test func ordersThatAreNotShownCountAllTheSame() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var world = DirectoryWorld(shards: 3)
            let count = Int.random(in: 1..<25, using: &random)
            for number in 0..<count {
                // Many of one moment: then the profile, and then who came first, decides.
                let placed = ",\"placedAt\":\"2026-01-0\(Int.random(in: 1...3, using: &random))T00:00:00Z\""
                let channel = Self.pick(["web", "bol"], &random)
                _ = try world.order(
                    """
                    {"channel":"\(channel)","number":"\(number)","currency":"\(Self.pick(["EUR", "USD"], &random))",\
                    "total":"\(number).50","customer":{"ref":"b\(Int.random(in: 0..<6, using: &random))"},\
                    "lines":[{"sku":"A","quantity":2,"unitPrice":"1.00"}]\(placed)}
                    """, shop: "main", now: 5_000)
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                _ = try world.fact(
                    .cancellation, of: "\(channel):\(number)", #"{"id":"c","lines":[{"sku":"A","quantity":1}]}"#)
            }
            let profiles = Array(0..<UInt32(world.directory.profiles.count))
            func dossier(_ offset: Int, _ limit: Int, mostOrders: Int) -> String {
                let parts = world.shards.indices.map { shard in
                    world.shards[shard].dossierPart(
                        of: profiles.filter { world.directory.shard(of: $0) == shard }, mostOrders: mostOrders)
                }
                var writer = ByteWriter()
                DossierWriter.write(
                    number: 1, parts: parts, offset: offset, limit: limit, sequence: 1, into: &writer)
                return writer.span.text
            }
            for _ in 0..<8 {
                let offset = Int.random(in: 0..<(count + 2), using: &random)
                let limit = Int.random(in: 0..<(count + 2), using: &random)
                let whole = dossier(offset, limit, mostOrders: .max)
                #expect(
                    dossier(offset, limit, mostOrders: offset + limit) == whole, "seed \(seed): \(offset), \(limit)")
            }
        }
    }
}
