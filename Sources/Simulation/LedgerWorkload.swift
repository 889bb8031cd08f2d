import Bytes
import Engine
import Server
import Store

/// Money through crashes: many connections post documents and redeem one voucher after another while the power fails
/// again and again.
///
/// Law: of the redemptions of one voucher as many win as it can pay, the others are told what is left; whatever was
/// acknowledged is there after the crash; and the numbers of a series are first...last, each once, at any time.
package final class LedgerWorkload {
    private static let connections = 32
    private let seed: UInt64
    private let machine: SimulatedMachine
    private let configuration: EngineConfiguration
    private var generator: SeededGenerator
    /// Numbers that were acknowledged, by draft.
    private var numbers: [String: String] = [:]
    /// Codes of vouchers over 10.00 that were acknowledged, and redemptions of each.
    private var codes: [String] = []
    private var redeemed: [String: Set<String>] = [:]
    private var drafts: [String] = []
    private var ids = 0
    /// Acknowledged postings and redemptions, and redemptions that came too late: a workload without them shows nothing.
    package private(set) var postings = 0
    package private(set) var redemptions = 0
    package private(set) var latecomers = 0

    package init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed &+ 4_242)
        machine = SimulatedMachine(
            seed: seed, layout: LaneLayout.allCases[Int(seed % UInt64(LaneLayout.allCases.count))])
        var configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.seed = seed
        configuration.shards = 3
        let source = SimulatedRandom(seed: seed)
        configuration.random = { source.next() }
        if generator.oneIn(2) { configuration.snapshotJournalBytes = 4_000 }
        self.configuration = configuration
    }

    package func run(lives: Int) throws {
        for life in 0..<lives {
            let process = try SimulatedProcess(machine, configuration, limits: SessionLimits())
            if life == 0 { try begin(process) }
            try audit(process)
            try drive(process)
            machine.crash()
        }
        try audit(try SimulatedProcess(machine, configuration, limits: SessionLimits()))
    }

    // MARK: Asking

    private func begin(_ process: SimulatedProcess) throws {
        // The simulated clock may stand in any year, so the series knows none.
        let replies = try converse(
            process, [Self.order, Self.seller, "SHOP.SERIES kind=invoice pattern=INV-{number:5}"])
        for reply in replies where !reply.isOK { throw BrokenLaw("\(reply.request.line): \(reply.line)") }
    }

    /// Some documents and a voucher; then everybody wants the voucher's money at once, and the drafts are posted by many
    /// at once. Cut short anywhere.
    private func drive(_ process: SimulatedProcess) throws {
        let made = try converse(
            process,
            [
                "VOUCHER.ISSUE amount=10.00 currency=EUR id=v\(ids)", "DOCUMENT.CREATE order=web:0",
                "DOCUMENT.CREATE order=web:0",
            ])
        ids += 1
        if let code = try made[0].json()["code"]?.string { codes.append(code) }
        for reply in made.dropFirst() { if let draft = try reply.json()["document"]?.string { drafts.append(draft) } }
        let clients = (0..<Self.connections).map { _ in SimulatedClient(process.connect()) }
        for client in clients {
            for line in requests() { client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line)) }
        }
        let steps = Int.random(in: 20...2_500, using: &generator)
        for _ in 0..<steps {
            machine.scheduler.step()
            guard let client = clients.randomElement(using: &generator) else { continue }
            client.send(&generator)
            for reply in try client.receive(&generator) { try hear(reply) }
        }
        for client in clients { client.connection.discard() }
    }

    private func requests() -> [String] {
        var lines: [String] = []
        if let code = codes.last {
            ids += 1
            lines.append("VOUCHER.REDEEM code=\(code) amount=10.00 id=r\(ids)")
        }
        if let draft = drafts.suffix(3).randomElement(using: &generator) { lines.append("DOCUMENT.POST \(draft)") }
        return lines
    }

    // MARK: Hearing

    private func hear(_ reply: SimulatedReply) throws {
        let line = reply.request.line
        if line.hasPrefix("DOCUMENT.POST ") {
            guard reply.isOK, let number = try reply.json()["number"]?.string else {
                throw BrokenLaw("\(line) was answered by \(reply.line)")
            }
            let draft = String(line.dropFirst(14))
            guard numbers[draft] ?? number == number else {
                throw BrokenLaw("\(draft) was \(numbers[draft] ?? ""), and then \(number)")
            }
            numbers[draft] = number
            postings += 1
            return
        }
        let words = line.split(separator: " ")
        let (code, id) = (String(words[1].dropFirst(5)), String(words[3].dropFirst(3)))
        if reply.isOK {
            redeemed[code, default: []].insert(id)
            redemptions += 1
            guard redeemed[code]?.count == 1 else { throw BrokenLaw("two redemptions won: \(reply.line)") }
        } else if !reply.line.hasPrefix("ERR CONFLICT") || !reply.line.contains(" 0.00 EUR that is left") {
            throw BrokenLaw("\(line) was answered by \(reply.line)")
        } else {
            latecomers += 1
        }
    }

    // MARK: Judging

    private func audit(_ process: SimulatedProcess) throws {
        guard !codes.isEmpty || !drafts.isEmpty else { return }
        try auditNumbers(process)
        for reply in try converse(process, codes.suffix(3).map { "VOUCHER.SHOW code=\($0)" }) {
            let voucher = try reply.json()
            guard reply.isOK, let left = voucher["left"]?.string, let spent = voucher["redeemed"]?.string,
                [left, spent].sorted() == ["0.00", "10.00"], voucher["redemptions"]?.array?.count ?? 0 <= 1
            else { throw BrokenLaw("a voucher does not add up: \(reply.line)") }
            let code = String(reply.request.line.dropFirst(18))
            let ids = Set(voucher["redemptions"]?.array?.compactMap { $0["id"]?.string } ?? [])
            guard ids.isSuperset(of: redeemed[code] ?? []) else {
                throw BrokenLaw("an acknowledged redemption is gone: \(reply.line)")
            }
            redeemed[code] = ids.isEmpty ? nil : ids
        }
    }

    /// All that is posted, whether it was acknowledged or not.
    private func auditNumbers(_ process: SimulatedProcess) throws {
        let dossier = try converse(process, ["CUSTOMER.360 order=web:0"])[0]
        guard dossier.isOK else { throw BrokenLaw("no dossier: \(dossier.line)") }
        var found: [String: String] = [:]
        for document in try dossier.json()["documents"]?.array ?? [] where document["state"]?.string == "posted" {
            guard let id = document["document"]?.string, let number = document["number"]?.string else {
                throw BrokenLaw("a posted document without a number: \(dossier.line)")
            }
            found[id] = number
        }
        for (draft, number) in numbers where found[draft] != number {
            throw BrokenLaw("\(draft) was acknowledged as \(number), and is \(found[draft] ?? "not there")")
        }
        numbers = found
        let expected = (1...max(1, found.count)).prefix(found.count).map { "INV-\(String("0000\($0)".suffix(5)))" }
        guard found.values.sorted() == expected else { throw BrokenLaw("gaps or doubles: \(found.values.sorted())") }
    }

    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        try process.converse(lines, CommerceWorld(seed: seed)).map { reply in
            guard !reply.line.hasPrefix("ERR INTERNAL") else { throw BrokenLaw(reply.line) }
            return reply
        }
    }

    private static let order = """
        ORDER.PUT {"channel":"web","number":"0","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
        "total":"12.10","customer":{"email":"a@example.nl"},"billing":{"name":"A. Bee","street":"Dam 1",\
        "postalCode":"1012 JS","city":"Amsterdam","country":"NL"},\
        "lines":[{"title":"Tea","quantity":1,"unitPrice":"12.10","vatRate":"21"}]}
        """

    private static let seller = """
        SHOP.SELLER {"name":"Shop","street":"Dam 2","postalCode":"1012 JS","city":"Amsterdam","country":"NL",\
        "vatId":"NL123456782B12","paymentTerms":"14 days"}
        """
}

/// Random numbers for voucher codes, the same for the same seed, from any lane.
private final class SimulatedRandom: @unchecked Sendable {
    // Sendable although it changes: a simulation has one thread.
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed &+ 99) }

    func next() -> UInt64 { generator.next() }
}
