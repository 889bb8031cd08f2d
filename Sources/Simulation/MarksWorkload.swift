import Bytes
import Engine
import Server
import Store

/// Tags and blocks through crashes, while people tie customers together and let them go: one connection says, the power
/// fails again and again, and what a crash has left unanswered is said again.
///
/// Law: the model keeps a set of tags and a mark for each profile and who is tied to whom; a customer has the tags of all its
/// profiles and is blocked as soon as one is; taking off takes off all of them; and no merge, split, snapshot or crash
/// changes what was said.
package final class MarksWorkload {
    private static let people = 6
    private static let tags = ["vip", "tea", "late", "group:resellers"]
    private let seed: UInt64
    private let machine: SimulatedMachine
    private let configuration: EngineConfiguration
    private var generator: SeededGenerator
    private var profiles = (0..<people).map { _ in Profile() }
    /// Pairs that a person has tied.
    private var ties: Set<[Int]> = []
    private var asked: Act?
    /// A workload without them shows nothing.
    package private(set) var changes = 0
    package private(set) var merges = 0
    package private(set) var splits = 0

    package init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed &+ 7_331)
        machine = SimulatedMachine(
            seed: seed, layout: LaneLayout.allCases[Int(seed % UInt64(LaneLayout.allCases.count))])
        var configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.seed = seed
        configuration.shards = 3
        if generator.oneIn(2) { configuration.snapshotJournalBytes = 2_000 }
        self.configuration = configuration
    }

    package func run(lives: Int) throws {
        for life in 0..<lives {
            let process = try SimulatedProcess(machine, configuration, limits: SessionLimits())
            if life == 0 { _ = try converse(process, (0..<Self.people).map(Self.order)) }
            if let act = asked { try hear(try converse(process, [line(act)])[0], isAgain: true) }
            try audit(process)
            try drive(process)
            machine.crash()
        }
        let last = try SimulatedProcess(machine, configuration, limits: SessionLimits())
        if let act = asked { try hear(try converse(last, [line(act)])[0], isAgain: true) }
        try audit(last)
    }

    // MARK: The model

    private struct Profile {
        var tags: Set<String> = []
        var isBlocked = false
    }

    private enum Act {
        case tag(Int, [String])
        case untag(Int, [String])
        case block(Int)
        case unblock(Int)
        case tie(Int, Int)
        case release(Int, Int)
    }

    private func cluster(_ profile: Int) -> Set<Int> {
        var found: Set = [profile]
        while let more = ties.first(where: { found.contains($0[0]) != found.contains($0[1]) }) { found.formUnion(more) }
        return found
    }

    private func tags(of profile: Int) -> Set<String> {
        cluster(profile).reduce(into: []) { $0.formUnion(profiles[$1].tags) }
    }

    private func isBlocked(_ profile: Int) -> Bool { cluster(profile).contains { profiles[$0].isBlocked } }

    /// Answers whether the act changes anything.
    private func apply(_ act: Act) -> Bool {
        let before = (profiles.map(\.tags), profiles.map(\.isBlocked), ties)
        switch act {
        case .tag(let profile, let tags):
            // What the customer has already, through whichever profile, is not put there again.
            profiles[profile].tags.formUnion(Set(tags).subtracting(self.tags(of: profile)))
        case .untag(let profile, let tags): for other in cluster(profile) { profiles[other].tags.subtract(tags) }
        case .block(let profile): if !isBlocked(profile) { profiles[profile].isBlocked = true }
        case .unblock(let profile): for other in cluster(profile) { profiles[other].isBlocked = false }
        case .tie(let one, let other): ties.insert([min(one, other), max(one, other)])
        case .release(let one, let other): ties.remove([min(one, other), max(one, other)])
        }
        return before != (profiles.map(\.tags), profiles.map(\.isBlocked), ties)
    }

    // MARK: Asking

    private func drive(_ process: SimulatedProcess) throws {
        let client = SimulatedClient(process.connect())
        ask(client)
        for _ in 0..<Int.random(in: 50...1_000, using: &generator) {
            machine.scheduler.step()
            client.send(&generator)
            for reply in try client.receive(&generator) {
                try hear(reply, isAgain: false)
                ask(client)
            }
        }
        client.connection.discard()
    }

    private func ask(_ client: SimulatedClient) {
        let act = next()
        asked = act
        client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line(act)))
    }

    private func next() -> Act {
        let profile = Int.random(in: 0..<Self.people, using: &generator)
        let tags = Array(Self.tags.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator)))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...2: return .tag(profile, tags)
        case 3: return .untag(profile, tags)
        case 4: return .block(profile)
        case 5: return .unblock(profile)
        case 6:
            if let tie = ties.sorted(by: { $0.lexicographicallyPrecedes($1) }).randomElement(using: &generator) {
                return .release(tie[0], tie[1])
            }
            return .block(profile)
        default:
            let strangers = (0..<Self.people).filter { !cluster(profile).contains($0) }
            guard let other = strangers.randomElement(using: &generator) else { return .unblock(profile) }
            return .tie(profile, other)
        }
    }

    private func line(_ act: Act) -> String {
        switch act {
        case .tag(let profile, let tags): "CUSTOMER.TAG C\(profile + 1) \(tags.joined(separator: " "))"
        case .untag(let profile, let tags): "CUSTOMER.UNTAG C\(profile + 1) \(tags.joined(separator: " "))"
        case .block(let profile): "CUSTOMER.BLOCK C\(profile + 1) reason=fraud"
        case .unblock(let profile): "CUSTOMER.UNBLOCK C\(profile + 1)"
        case .tie(let one, let other): "CUSTOMER.BIND C\(one + 1) C\(other + 1)"
        case .release(let one, let other): "CUSTOMER.RELEASE C\(one + 1) C\(other + 1)"
        }
    }

    // MARK: Hearing and judging

    private func hear(_ reply: SimulatedReply, isAgain: Bool) throws {
        guard let act = asked, line(act) == reply.request.line else {
            throw BrokenLaw("an answer to nothing: \(reply.line)")
        }
        asked = nil
        // A pair that was let go before the crash has nothing to be let go.
        if isAgain, case .release = act, reply.line.hasPrefix("ERR NOTFOUND") {
            _ = apply(act)
            return
        }
        guard reply.isOK else { throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)") }
        let isChange = apply(act)
        let isDuplicate = try reply.json()["duplicate"]?.bool == true
        guard isDuplicate != isChange || isAgain else {
            throw BrokenLaw("\(reply.request.line), change \(isChange): \(reply.line)")
        }
        changes += 1
        switch act {
        case .tie: merges += 1
        case .release: splits += 1
        case .tag(let profile, _), .untag(let profile, _), .block(let profile), .unblock(let profile):
            try check(try reply.json(), profile, reply.line)
        }
    }

    /// - Parameter json: has `tags`, and `blocked` as a mark or as what is said of it.
    private func check(_ json: JSONValue, _ profile: Int, _ shown: String) throws {
        let (tags, isBlocked) = (tags(of: profile).sorted(), isBlocked(profile))
        let isShownBlocked = json["blocked"].map { $0.bool ?? true } ?? false
        guard json["tags"]?.array?.compactMap(\.string) ?? [] == tags, isShownBlocked == isBlocked else {
            throw BrokenLaw(
                "C\(profile + 1) has \(tags), blocked \(isBlocked), shown: \(shown)")
        }
    }

    private func audit(_ process: SimulatedProcess) throws {
        for profile in 0..<Self.people {
            let reply = try converse(process, ["CUSTOMER.360 C\(profile + 1)"])[0]
            guard reply.isOK, let customer = try reply.json()["customer"] else { throw BrokenLaw(reply.line) }
            let number = (cluster(profile).min() ?? 0) + 1
            guard customer["number"]?.string == "C\(number)" else {
                throw BrokenLaw("C\(profile + 1) is not C\(number): \(reply.line)")
            }
            try check(customer, profile, reply.line)
        }
        for tag in Self.tags {
            let reply = try converse(process, ["CUSTOMER.SEARCH tagged=\(tag)"])[0]
            let expected = Set(
                profiles.indices.filter { profiles[$0].tags.contains(tag) }.map { (cluster($0).min() ?? 0) + 1 })
            guard reply.rows.count == expected.count else {
                throw BrokenLaw("\(tag) is on \(expected.sorted()), the search says \(reply.rows)")
            }
        }
    }

    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        try process.converse(lines, CommerceWorld(seed: seed)).map { reply in
            guard !reply.line.hasPrefix("ERR INTERNAL") else { throw BrokenLaw(reply.line) }
            return reply
        }
    }

    private static func order(_ number: Int) -> String {
        """
        ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
        "total":"1.00","customer":{"email":"buyer\(number)@example.nl"}}
        """
    }
}
