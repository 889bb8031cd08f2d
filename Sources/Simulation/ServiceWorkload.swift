import Bytes
import Engine
import Server
import Store

/// Groups, price terms, brochures and log-ins while customers are merged and split and power is lost.
///
/// One client tells one thing after the other; what a crash has left unanswered it tells again. Law: since everything may be
/// told twice, the outcome is that of a naive model which heard each thing once: who is in which group and pays what, which
/// copies are to be sent, what became of each request, how often each customer logged in.
package final class ServiceWorkload {
    private let seed: UInt64
    private let machine: SimulatedMachine
    private let configuration: EngineConfiguration
    private var generator: SeededGenerator
    private var model = ServiceModel()
    /// Told, and not answered before power was lost.
    private var pending: String?
    /// Things told; how many of them changed nothing; merges and splits.
    package private(set) var told = 0
    package private(set) var repeated = 0
    package private(set) var moved = 0

    package init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed &+ 160_166)
        machine = SimulatedMachine(
            seed: seed, layout: LaneLayout.allCases[Int(seed % UInt64(LaneLayout.allCases.count))])
        var configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.seed = seed
        configuration.shards = 2
        if generator.oneIn(2) { configuration.snapshotJournalBytes = 2_000 }
        self.configuration = configuration
    }

    package func run(lives: Int) throws {
        for life in 0..<lives {
            let process = try SimulatedProcess(machine, configuration, limits: SessionLimits())
            if life == 0 { try begin(process) }
            if let line = pending {
                pending = nil
                try hear(line, try converse(process, [line])[0], process, isAgain: true)
            }
            try audit(process)
            try drive(process)
            machine.crash()
        }
    }

    private func begin(_ process: SimulatedProcess) throws {
        let orders = (0..<ServiceModel.profileCount).map { number in
            """
            ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
            "total":"1.00","customer":{"email":"buyer\(number)@example.nl","lastName":"Buyer\(number)"}}
            """
        }
        for reply in try converse(process, orders) where !reply.isOK {
            throw BrokenLaw("\(reply.request.line): \(reply.line)")
        }
    }

    /// Tells things until power is lost, perhaps in the midst of one.
    private func drive(_ process: SimulatedProcess) throws {
        let client = SimulatedClient(process.connect())
        var steps = Int.random(in: 20...1_500, using: &generator)
        while steps > 0 {
            let line = generator.oneIn(15) ? "SNAPSHOT" : model.something(&generator)
            client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line))
            pending = line == "SNAPSHOT" ? nil : line
            var reply: SimulatedReply?
            while reply == nil, steps > 0 {
                steps -= 1
                client.send(&generator)
                machine.scheduler.step()
                reply = try client.receive(&generator).first
            }
            guard let reply else { break }
            pending = nil
            if line != "SNAPSHOT" { try hear(line, reply, process) }
        }
        client.connection.discard()
    }

    /// - Parameter isAgain: it may have been done already, before power was lost.
    private func hear(
        _ line: String, _ reply: SimulatedReply, _ process: SimulatedProcess, isAgain: Bool = false
    ) throws {
        told += 1
        if reply.isOK, try reply.json()["duplicate"]?.bool == true { repeated += 1 }
        if line.hasPrefix("CUSTOMER.MERGE") || line.hasPrefix("CUSTOMER.SPLIT") {
            // Who is one with whom is judged by other workloads; here it is taken as the server says.
            if reply.isOK { moved += 1 }
            return try takeCustomers(process)
        }
        // Terms that are gone cannot be removed once more.
        let isGone = isAgain && line.hasPrefix("TERMS.REMOVE") && reply.line.hasPrefix("ERR NOTFOUND")
        guard model.take(line) == reply.isOK || isGone else {
            throw BrokenLaw("\(line) was answered by \(reply.line)")
        }
    }

    private func takeCustomers(_ process: SimulatedProcess) throws {
        let lines = (1...ServiceModel.profileCount).map { "CUSTOMER.360 C\($0)" }
        for (place, reply) in zip(0..., try converse(process, lines)) {
            model.customers[place] = try reply.json()["customer"]?["number"]?.string ?? ""
        }
    }

    // MARK: Judging

    private func audit(_ process: SimulatedProcess) throws {
        try takeCustomers(process)
        let list = try converse(process, ["BROCHURE.LIST limit=1000"])[0]
        let copies = try list.rows.map { row in
            let json = try JSONValue(parsing: Array(row.utf8).span)
            let also = json["also"]?.array?.compactMap(\.string) ?? []
            return ([json["request"]?.string ?? ""] + also).joined(separator: ",")
        }
        guard copies == model.copies else { throw BrokenLaw("to be sent: \(copies), expected \(model.copies)") }
        for number in Set(model.customers).sorted() {
            let quote = #"TERMS.QUOTE \#(number) {"currency":"EUR","lines":[{"sku":"A","price":"100.00"}]}"#
            let replies = try converse(process, ["CUSTOMER.360 \(number)", quote])
            let (dossier, price) = (try replies[0].json(), try replies[1].json())
            let shown = [
                dossier["group"]?.string ?? "none",
                (dossier["brochures"]?.array ?? []).map {
                    "\($0["request"]?.string ?? "") \($0["state"]?.string ?? "")"
                }.joined(separator: ","),
                dossier["logIns"]?["total"]?.exactText ?? "0", price["total"]?.string ?? replies[1].line,
            ]
            let expected = model.shown(number)
            guard shown == expected else { throw BrokenLaw("\(number) shows \(shown), expected \(expected)") }
        }
    }

    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        try process.converse(lines, CommerceWorld(seed: seed)).map { reply in
            guard !reply.line.hasPrefix("ERR INTERNAL") else { throw BrokenLaw(reply.line) }
            return reply
        }
    }
}

/// What the service must hold, kept as plainly as can be.
struct ServiceModel {
    static let profileCount = 6
    private static let groups = ["a", "b", "c"]

    struct Request {
        let profile: Int
        let brochure: String
        var state = "to-send"
    }

    /// By profile: the number of its customer.
    var customers = (1...profileCount).map { "C\($0)" }
    /// By profile and group: when it was said last that it is in it.
    private var memberships: [Int: [String: Int]] = [:]
    private var said = 0
    /// Percent by group.
    private var discounts: [String: Int] = [:]
    private var requests: [Request] = []
    /// By profile: the moments.
    private var logIns: [Int: Set<String>] = [:]

    /// A command at random.
    func something(_ generator: inout SeededGenerator) -> String {
        let customer = "C\(Int.random(in: 1...Self.profileCount, using: &generator))"
        let other = "C\(Int.random(in: 1...Self.profileCount, using: &generator))"
        let group = Self.groups.randomElement(using: &generator) ?? "a"
        let brochure = generator.oneIn(2) ? "summer" : "winter"
        let request = "B\(Int.random(in: 1...(requests.count + 1), using: &generator))"
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1: return "CUSTOMER.MERGE \(customer) \(other)"
        case 2: return "CUSTOMER.SPLIT \(customer)"
        case 3, 4: return "CUSTOMER.GROUP \(customer) \(generator.oneIn(5) ? "none" : group)"
        case 5:
            let percent = Int.random(in: 1...99, using: &generator)
            return
                #"TERMS.PUT {"id":"t-\#(group)","group":"\#(group)","currency":"EUR","discounts":[{"percent":"\#(percent)"}]}"#
        case 6: return "TERMS.REMOVE t-\(group)"
        case 7, 8: return "BROCHURE.REQUEST \(customer) brochure=\(brochure)"
        case 9: return generator.oneIn(4) ? "BROCHURE.PRINTED until=2100-01-01" : "BROCHURE.PRINTED requests=\(request)"
        case 10: return "BROCHURE.WITHDRAW \(request)"
        default:
            return "CUSTOMER.LOGIN \(customer) at=2026-01-0\(Int.random(in: 1...9, using: &generator))T00:00:00Z"
        }
    }

    private func members(_ profile: Int) -> [Int] {
        (0..<Self.profileCount).filter { customers[$0] == customers[profile] }
    }

    /// The requests that one copy answers.
    private func siblings(_ number: Int) -> [Int] {
        let wanted = requests[number]
        let members = members(wanted.profile)
        return requests.indices.filter {
            requests[$0].state == "to-send" && requests[$0].brochure == wanted.brochure
                && members.contains(requests[$0].profile)
        }
    }

    /// Takes a command; false if it is to be refused.
    mutating func take(_ line: String) -> Bool {
        let words = line.split(separator: " ").map(String.init)
        let profile = (words.count > 1 ? Int(words[1].dropFirst()) : nil).map { $0 - 1 } ?? 0
        switch words[0] {
        case "CUSTOMER.GROUP": join(profile, words[2])
        case "TERMS.PUT":
            let parts = line.split(separator: "\"").map(String.init)
            discounts[parts[7]] = Int(parts[parts.count - 2])
        case "TERMS.REMOVE": return discounts.removeValue(forKey: String(words[1].dropFirst(2))) != nil
        case "BROCHURE.REQUEST":
            let request = Request(profile: profile, brochure: String(words[2].dropFirst(9)))
            requests.append(request)
            if siblings(requests.count - 1).count > 1 { requests.removeLast() }
        case "BROCHURE.PRINTED" where words[1].hasPrefix("until"):
            for number in requests.indices where requests[number].state == "to-send" {
                requests[number].state = "printed"
            }
        case "BROCHURE.PRINTED", "BROCHURE.WITHDRAW":
            let isPrinted = words[0] == "BROCHURE.PRINTED"
            let number = (Int(words[1].drop { !$0.isNumber }) ?? 0) - 1
            guard requests.indices.contains(number), requests[number].state != (isPrinted ? "withdrawn" : "printed")
            else { return false }
            if requests[number].state == "to-send" {
                for sibling in siblings(number) { requests[sibling].state = isPrinted ? "printed" : "withdrawn" }
            }
        default:
            let isKnown = members(profile).contains { logIns[$0]?.contains(words[2]) == true }
            if !isKnown { logIns[profile, default: []].insert(words[2]) }
        }
        return true
    }

    private mutating func join(_ profile: Int, _ group: String) {
        let members = members(profile)
        let isIn = members.contains { memberships[$0]?[group] != nil }
        for member in members {
            for other in Self.groups where other != group { memberships[member]?[other] = nil }
        }
        guard group != "none", !isIn else { return }
        said += 1
        memberships[profile, default: [:]][group] = said
    }

    // MARK: What must be shown

    var copies: [String] {
        requests.indices.filter { requests[$0].state == "to-send" && siblings($0).first == $0 }.map { number in
            siblings(number).map { "B\($0 + 1)" }.joined(separator: ",")
        }
    }

    /// Group, requests with their states (newest first), log-ins, and what an article of 100.00 costs.
    func shown(_ customer: String) -> [String] {
        let members = (0..<Self.profileCount).filter { customers[$0] == customer }
        let joined = members.flatMap { memberships[$0] ?? [:] }
        let group = joined.max { $0.value < $1.value }?.key ?? "none"
        let asked = requests.indices.reversed().filter { members.contains(requests[$0].profile) }
        return [
            group, asked.map { "B\($0 + 1) \(requests[$0].state)" }.joined(separator: ","),
            "\(members.reduce(0) { $0 + (logIns[$1]?.count ?? 0) })", "\(100 - (discounts[group] ?? 0)).00",
        ]
    }
}
