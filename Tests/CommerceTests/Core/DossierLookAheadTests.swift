import Bytes
import Testing

@testable import Commerce

@Suite struct DossierLookAheadTests {
    /// Customers that do not exist, that are many, that come twice, or that have more profiles and findings than are
    /// followed: asking ahead ends, and changes no answer.
    @Test func anyCustomersMayBeAskedFor() throws {
        let seed = testSeed()
        var plan = BuyerPopulation.Plan("households with a clerk who orders all day")
        plan.households = 30
        plan.repeats = 40
        var world = ResolutionWorld(shards: 3)
        for order in try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders) { try world.feed(order) }
        world.settle()
        let profiles = world.profiles
        let members = profiles.map { world.world.directory.members(of: $0) }
        let related = members.map { world.world.directory.related(to: $0).map(\.profile) }
        #expect(
            members.contains { $0.count > 16 } && related.contains { !$0.isEmpty }, "seed \(seed): nothing to follow")
        let unknown = IdentityKey(kind: .email, hash: 1)
        var asked: [CustomerSelector] = [
            .number(0), .number(.max), .keys([]), .keys([unknown]), .key(unknown), .number(1), .number(1),
        ]
        for _ in 0..<3 { asked += profiles.map { .number($0 + 1) } + [.number(UInt32(profiles.count) + 1)] }
        for key in 0..<world.world.directory.keys.count {
            let known = IdentityKey(kind: .email, hash: world.world.directory.keys[key].hash)
            asked += [.key(known), .keys([known, unknown])]
        }
        world.world.directory.prefetchDossiers(of: [])
        world.world.directory.prefetchDossiers(of: asked)
        #expect(profiles.map { world.world.directory.members(of: $0) } == members)
        #expect(members.map { world.world.directory.related(to: $0).map(\.profile) } == related)
    }
}
