import Bytes
import Commerce
import Engine
import Server
import Store

/// Vouchers that are lost, renewed and forgotten, through crashes: some connections each issue a voucher, spend it, renew
/// its code, try the dead ones, and let it end by the clock, while the power fails again and again. What a crash has left
/// unanswered is asked again.
///
/// Law: the model, which is four numbers, says what every request gets and what every voucher shows: money moves only by
/// what was answered, a renewal kills the code before it and nothing else, and what is left when the end comes is expired.
package final class RenewalWorkload {
    private let seed: UInt64
    private let machine: SimulatedMachine
    private let configuration: EngineConfiguration
    private var generator: SeededGenerator
    private var holders: [Holder] = []
    private var ids = 0
    /// Vouchers that are over, with what they showed last.
    private var past: [Voucher] = []
    /// A workload without them shows nothing.
    package private(set) var renewals = 0
    package private(set) var expiries = 0
    package private(set) var askedAgain = 0

    package init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed &+ 31_337)
        machine = SimulatedMachine(
            seed: seed, layout: LaneLayout.allCases[Int(seed % UInt64(LaneLayout.allCases.count))])
        var configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.seed = seed
        configuration.shards = 2
        let source = RenewalRandom(seed: seed)
        configuration.random = { source.next() }
        if generator.oneIn(2) { configuration.snapshotJournalBytes = 2_000 }
        self.configuration = configuration
        holders = (0..<5).map { _ in Holder() }
    }

    package func run(lives: Int) throws {
        for life in 0..<lives {
            let process = try SimulatedProcess(machine, configuration, limits: SessionLimits())
            if life == 0 { _ = try converse(process, [Self.order]) }
            for holder in holders { try askAgain(holder, process) }
            if life % 4 == 3 { try passAMonth(process) }
            try audit(process)
            try drive(process)
            machine.crash()
        }
        let last = try SimulatedProcess(machine, configuration, limits: SessionLimits())
        for holder in holders { try askAgain(holder, last) }
        try passAMonth(last)
        try audit(last)
    }

    // MARK: The model

    /// Amounts are cents.
    private struct Voucher {
        let name: String
        /// The good one; nil while a crash has swallowed the answer that told it.
        var code: String?
        var dead: [String] = []
        var left: Int
        var redeemed = 0
        var expired = 0
        var renewals = 0
        let ends: Bool
    }

    /// A connection's voucher, and what it has asked and not heard.
    private final class Holder {
        var voucher: Voucher?
        var asked: Request?
        var client: SimulatedClient?
    }

    private struct Request {
        enum Act {
            case issue(Int, ends: Bool)
            case redeem(Int)
            case redeemDead
            case renew
        }

        let act: Act
        let line: String
    }

    // MARK: Asking

    private func drive(_ process: SimulatedProcess) throws {
        for holder in holders {
            holder.client = SimulatedClient(process.connect())
            ask(holder)
        }
        for _ in 0..<Int.random(in: 50...1_200, using: &generator) {
            machine.scheduler.step()
            guard let holder = holders.randomElement(using: &generator), let client = holder.client else { continue }
            client.send(&generator)
            for reply in try client.receive(&generator) {
                try hear(reply, holder, isAgain: false)
                ask(holder)
            }
        }
        for holder in holders { holder.client?.connection.discard() }
    }

    private func ask(_ holder: Holder) {
        let request = next(holder.voucher)
        holder.asked = request
        holder.client?.ask(SimulatedRequest(.other(replyPrefix: ""), line: request.line))
    }

    private func next(_ voucher: Voucher?) -> Request {
        ids += 1
        guard let voucher, voucher.left > 0 else {
            let (cents, ends) = (Int.random(in: 100...5_000, using: &generator), generator.oneIn(2))
            // Within the month that passes now and then, and not within a life.
            let end = Timestamp(milliseconds: machine.scheduler.now.milliseconds + 20 * 86_400_000)
            var time = ByteWriter()
            time.timestamp(end)
            let text = String(decoding: time.copyBytes(), as: UTF8.self)
            let line = "VOUCHER.ISSUE amount=\(Self.text(cents)) currency=EUR id=i\(ids)"
            return Request(act: .issue(cents, ends: ends), line: ends ? "\(line) expiresAt=\(text)" : line)
        }
        guard let code = voucher.code else {
            return Request(act: .renew, line: "VOUCHER.RENEW voucher=\(voucher.name) id=n\(ids)")
        }
        if generator.oneIn(3) { return Request(act: .renew, line: "VOUCHER.RENEW code=\(code) id=n\(ids)") }
        if let dead = voucher.dead.last, generator.oneIn(3) {
            return Request(act: .redeemDead, line: "VOUCHER.REDEEM code=\(dead) amount=0.01 id=d\(ids)")
        }
        let cents = Int.random(in: 1...voucher.left + voucher.left / 3 + 1, using: &generator)
        return Request(act: .redeem(cents), line: "VOUCHER.REDEEM code=\(code) amount=\(Self.text(cents)) id=r\(ids)")
    }

    /// Who does not know whether it was heard says it again.
    private func askAgain(_ holder: Holder, _ process: SimulatedProcess) throws {
        guard let asked = holder.asked else { return }
        askedAgain += 1
        try hear(try converse(process, [asked.line])[0], holder, isAgain: true)
    }

    // MARK: Hearing

    private func hear(_ reply: SimulatedReply, _ holder: Holder, isAgain: Bool) throws {
        guard let asked = holder.asked, asked.line == reply.request.line else {
            throw BrokenLaw("an answer to nothing: \(reply.line)")
        }
        holder.asked = nil
        let json = try reply.isOK ? reply.json() : .null
        let isDuplicate = json["duplicate"]?.bool == true
        guard isAgain || !isDuplicate else { throw BrokenLaw("\(asked.line) was never said: \(reply.line)") }
        // Only a first answer tells a code.
        let code = json["code"]?.string
        switch asked.act {
        case .issue(let cents, let ends):
            guard let name = json["voucher"]?.string, (code == nil) == isDuplicate else { throw wrong(reply) }
            if let voucher = holder.voucher { past.append(voucher) }
            holder.voucher = Voucher(name: name, code: code, left: cents, ends: ends)
        case .redeem(let cents):
            let isEnough = cents <= holder.voucher?.left ?? 0
            guard reply.isOK == isEnough, reply.isOK || reply.line.hasPrefix("ERR CONFLICT") else { throw wrong(reply) }
            guard isEnough else { return }
            holder.voucher?.left -= cents
            holder.voucher?.redeemed += cents
        case .redeemDead:
            guard reply.line.hasPrefix("ERR CONFLICT"), reply.line.contains("renewed") else { throw wrong(reply) }
        case .renew:
            guard reply.isOK, (code == nil) == isDuplicate else { throw wrong(reply) }
            if let old = holder.voucher?.code { holder.voucher?.dead.append(old) }
            if let code, holder.voucher?.dead.contains(code) == true { throw wrong(reply) }
            holder.voucher?.code = code
            holder.voucher?.renewals += 1
            renewals += 1
        }
        try check(json, holder.voucher, reply)
    }

    private func wrong(_ reply: SimulatedReply) -> BrokenLaw {
        BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
    }

    // MARK: Judging

    private func check(_ json: JSONValue, _ voucher: Voucher?, _ reply: SimulatedReply) throws {
        guard reply.isOK, let voucher else { return }
        let shown = ["left", "redeemed", "expired", "issued"].map { json[$0]?.string ?? "" }
        let issued = voucher.left + voucher.redeemed + voucher.expired
        guard shown == [voucher.left, voucher.redeemed, voucher.expired, issued].map(Self.text),
            json["renewals"]?.array?.count ?? 0 == voucher.renewals
        else { throw BrokenLaw("\(voucher) is shown as \(reply.line)") }
    }

    private func audit(_ process: SimulatedProcess) throws {
        let vouchers = past.suffix(5) + holders.compactMap(\.voucher)
        for voucher in vouchers {
            let reply = try converse(process, ["VOUCHER.SHOW voucher=\(voucher.name)"])[0]
            guard reply.isOK else { throw wrong(reply) }
            try check(try reply.json(), voucher, reply)
            for dead in voucher.dead.suffix(2) {
                let reply = try converse(process, ["VOUCHER.SHOW code=\(dead)"])[0]
                guard reply.line.hasPrefix("ERR CONFLICT") else { throw wrong(reply) }
            }
            guard let code = voucher.code else { continue }
            let shown = try converse(process, ["VOUCHER.SHOW code=\(code)"])[0]
            guard shown.isOK, try shown.json()["voucher"]?.string == voucher.name else { throw wrong(shown) }
        }
    }

    /// All that end have ended by then.
    private func passAMonth(_ process: SimulatedProcess) throws {
        machine.scheduler.advance(microseconds: 31 * 86_400_000_000)
        for _ in 0..<12 {
            machine.scheduler.advance(microseconds: 1_000_000)
            for _ in 0..<60 { machine.scheduler.step() }
        }
        _ = try converse(process, ["PING"])
        for holder in holders where holder.voucher?.ends == true {
            let left = holder.voucher?.left ?? 0
            if left > 0 { expiries += 1 }
            holder.voucher?.expired += left
            holder.voucher?.left = 0
        }
    }

    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        try process.converse(lines, CommerceWorld(seed: seed)).map { reply in
            guard !reply.line.hasPrefix("ERR INTERNAL") else { throw BrokenLaw(reply.line) }
            return reply
        }
    }

    private static func text(_ cents: Int) -> String {
        "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    private static let order = """
        ORDER.PUT {"channel":"web","number":"0","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1.00"}
        """
}

/// Random numbers for voucher codes, the same for the same seed, from any lane.
private final class RenewalRandom: @unchecked Sendable {
    // Sendable although it changes: a simulation has one thread.
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed &+ 99) }

    func next() -> UInt64 { generator.next() }
}
