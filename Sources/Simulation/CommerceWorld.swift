import Bytes
import Engine
import Server
import Store

/// What a workload of shops, buyers and orders knows: everything it ever sent, everything that was acknowledged and
/// shown, and how to compare that with what a restart brings back.
package final class CommerceWorld {
    static let folder = "data"

    package var generator: SeededGenerator
    /// The shops that writes at random go to.
    private let shops = ["main", "alpha", "beta"]
    /// A shop that only `putSettled` writes to.
    package static let settledShop = "settled"
    static let allShops = ["main", "alpha", "beta", settledShop]
    package private(set) var buyers: [SimulatedBuyer] = []
    /// By mark.
    package private(set) var writes: [SimulatedWrite] = []
    private var tags = 0
    /// The highest customer number that any reply showed.
    private var highestCustomer = 1

    /// Acknowledgements and dossiers of the present life.
    private var acknowledged: [(write: SimulatedWrite, reply: JSONValue)] = []
    private var dossiers: [(shop: String, reply: JSONValue)] = []
    private var shownMarks: Set<Int> = []
    private var shownSequence: UInt64 = 0
    /// Why writes were refused, for the laws of workloads that make them fail.
    package private(set) var refusals: [String: Int] = [:]
    package private(set) var acknowledgedCount = 0
    package private(set) var dossierCount = 0
    package private(set) var highestAcknowledged: UInt64 = 0

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed ^ 0xD055_1E12)
        for mark in 0..<Int.random(in: 4...16, using: &generator) {
            buyers.append(SimulatedBuyer(mark: mark, &generator))
        }
    }

    // MARK: Asking

    /// Has a client ask one thing at random.
    package func ask(_ client: SimulatedClient) {
        switch Int.random(in: 0..<24, using: &generator) {
        case 0: bind(client, to: shops.randomElement(using: &generator) ?? "main")
        case 1: client.ask(SimulatedRequest(.other(replyPrefix: "OK {\"pong\":true}"), line: "PING"))
        case 2: client.ask(SimulatedRequest(.other(replyPrefix: "ERR SYNTAX"), line: "CUSTOMER.360"))
        case 3: client.ask(SimulatedRequest(.other(replyPrefix: "ERR INVALID"), line: "ORDER.PUT {\"channel\":\"x\"}"))
        case 4...7: askDossier(client)
        case 8: askOrder(client)
        case 9: askEvidence(client)
        default: put(client, write(in: client.shop))
        }
    }

    package func bind(_ client: SimulatedClient, to shop: String) {
        client.shop = shop
        client.ask(SimulatedRequest(.other(replyPrefix: "OK {\"shop\":\"\(shop)\"}"), line: "SHOP \(shop)"))
    }

    private func askDossier(_ client: SimulatedClient) {
        let customer = Int.random(in: 1...highestCustomer, using: &generator)
        let tag = makeTag()
        client.ask(
            SimulatedRequest(
                .dossier(shop: client.shop, customer: customer),
                line: "CUSTOMER.360\(tag.map { " tag=\($0)" } ?? "") C\(customer)", tag: tag))
    }

    /// Writes one order in the settled shop.
    package func putSettled(_ client: SimulatedClient) {
        let write = SimulatedWrite(
            mark: writes.count, shop: Self.settledShop, buyer: Int.random(in: 0..<buyers.count, using: &generator),
            subject: .order(number: writes.count, cents: 1_995, currency: "EUR"), updatedAt: nil)
        writes.append(write)
        put(client, write)
    }

    private func askOrder(_ client: SimulatedClient) {
        let buyer = buyers[Int.random(in: 0..<buyers.count, using: &generator)]
        let number = Int.random(in: 0..<20, using: &generator)
        client.ask(SimulatedRequest(.order, line: "ORDER.GET \(buyer.channel)/\(buyer.store):S-\(number)"))
    }

    private func askEvidence(_ client: SimulatedClient) {
        let first = Int.random(in: 1...highestCustomer, using: &generator)
        let second = Int.random(in: 1...highestCustomer, using: &generator)
        let both = generator.oneIn(2) ? " C\(second)" : ""
        client.ask(SimulatedRequest(.evidence, line: "CUSTOMER.WHY C\(first)\(both)"))
    }

    package func put(_ client: SimulatedClient, _ write: SimulatedWrite) {
        let tag = makeTag()
        client.ask(SimulatedRequest(.write(write), line: write.line(buyers[write.buyer], tag: tag), tag: tag))
    }

    private func makeTag() -> String? {
        guard generator.oneIn(3) else { return nil }
        tags += 1
        return "t\(tags)."
    }

    /// A new write, a new version of a known one, or a known one again.
    private func write(in shop: String) -> SimulatedWrite {
        if !writes.isEmpty, generator.oneIn(4) {
            var again = writes[Int.random(in: 0..<writes.count, using: &generator)]
            if again.shop == shop, again.isRepeatable {
                if generator.oneIn(3) { again.updatedAt = Int.random(in: 0..<50, using: &generator) }
                return again
            }
        }
        let mark = writes.count
        let buyer = Int.random(in: 0..<buyers.count, using: &generator)
        let updatedAt = generator.oneIn(3) ? nil : Int.random(in: 0..<50, using: &generator)
        let write = SimulatedWrite(mark: mark, shop: shop, buyer: buyer, subject: subject(buyer), updatedAt: updatedAt)
        writes.append(write)
        return write
    }

    private func subject(_ buyer: Int) -> SimulatedWrite.Subject {
        let cents = Int.random(in: 1...99_999, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return .note(customer: Int.random(in: 1...highestCustomer, using: &generator))
        case 1, 2:
            let number = Int.random(in: 0..<12, using: &generator)
            let isOfOrder = !generator.oneIn(3)
            return .document(
                number: number, order: isOfOrder ? Int.random(in: 0..<20, using: &generator) : nil,
                customer: isOfOrder ? nil : Int.random(in: 1...highestCustomer, using: &generator), cents: cents)
        case 3 where buyers[buyer].reference != nil: return .profile
        case 4 where buyers[buyer].reference != nil: return .profile
        default:
            return .order(
                number: Int.random(in: 0..<20, using: &generator), cents: cents,
                currency: generator.oneIn(4) ? "GBP" : "EUR")
        }
    }

    // MARK: Hearing

    /// Takes a reply and judges what can be judged at once.
    package func hear(_ reply: SimulatedReply) throws {
        switch reply.request.subject {
        case .other(let prefix):
            if reply.request.mayShareAWritesFate, reply.line.hasPrefix("ERR READONLY") { return try refused(reply) }
            guard reply.line.hasPrefix(prefix) else {
                throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
            }
        case .write(let write):
            guard reply.isOK else { return try refused(reply) }
            let json = try reply.json()
            acknowledged.append((write, json))
            acknowledgedCount += 1
            if let customer = json.customerNumber { highestCustomer = max(highestCustomer, customer) }
            highestAcknowledged = max(highestAcknowledged, json.sequence ?? 0)
        case .order:
            guard reply.isOK else { return try refused(reply) }
            if let mark = try reply.json().mark { shownMarks.insert(mark) }
        case .evidence:
            guard reply.isOK else { return try refused(reply) }
            for edge in try reply.json()["evidence"]?.array ?? [] {
                shownSequence = max(shownSequence, edge.sequence ?? 0)
            }
        case .dossier(let shop, _):
            guard reply.isOK else { return try refused(reply) }
            dossiers.append((shop, try reply.json()))
            dossierCount += 1
        }
    }

    private func refused(_ reply: SimulatedReply) throws {
        let words = reply.line.split(separator: " ")
        guard words.count > 2, words[0] == "ERR" else { throw BrokenLaw("an odd reply: \(reply.line)") }
        let code = String(words[1])
        guard ["NOTFOUND", "CONFLICT", "READONLY"].contains(code) else {
            throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
        }
        refusals[code, default: 0] += 1
    }

    // MARK: Judging

    /// After a crash: compares what was acknowledged and shown in the life before with what has survived.
    /// - Parameters:
    ///   - history: what was decided before the crash.
    ///   - survived: the last event that the restart has.
    ///   - isDurable: whether acknowledgements waited for the disk.
    /// - Returns: the model of what must be there now.
    package func judge(_ history: DecisionHistory, survived: UInt64, isDurable: Bool) throws -> ReferenceModel {
        defer {
            acknowledged = []
            dossiers = []
            shownMarks = []
            shownSequence = 0
        }
        guard survived <= history.decisions.last?.sequence ?? 0 else {
            throw BrokenLaw("\(survived) events came back, which is more than were written")
        }
        var shown: [UInt64: [Int]] = [:]
        if isDurable {
            for (index, dossier) in dossiers.enumerated() {
                guard let sequence = dossier.reply.sequence, sequence <= survived else {
                    throw BrokenLaw("a dossier showed event \(dossier.reply.sequence ?? 0), \(survived) survived")
                }
                shown[sequence, default: []].append(index)
            }
        }
        var replay = ModelReplay(writes: writes, buyers: buyers)
        for decision in history.decisions where decision.sequence <= survived {
            try replay.apply(decision)
            for index in shown[decision.sequence] ?? [] {
                try judge(dossiers[index].reply, shop: dossiers[index].shop, replay.model)
            }
        }
        if isDurable {
            for item in acknowledged { try judge(item.write, item.reply, replay, survived) }
            try judgeShown(history, survived)
        }
        return replay.model
    }

    private func judge(
        _ write: SimulatedWrite, _ reply: JSONValue, _ replay: ModelReplay, _ survived: UInt64
    ) throws {
        guard let sequence = reply.sequence, sequence <= survived else {
            throw BrokenLaw("\(write) was acknowledged as event \(reply.sequence ?? 0), \(survived) survived")
        }
        let isChange = reply["duplicate"]?.bool != true && reply["stale"]?.bool != true
        guard isChange, let decided = replay.outcomes[sequence] else {
            if isChange { throw BrokenLaw("\(write) was acknowledged as event \(sequence), which is none") }
            return
        }
        let isSame = decided.write.mark == write.mark || (write.subject == .profile && decided.write.mark == -1)
        guard isSame, decided.write.shop == write.shop, decided.outcome.customer == reply.customerNumber else {
            throw BrokenLaw("\(write) was acknowledged by \(reply.text), but event \(sequence) is \(decided)")
        }
        if case .note = write.subject { return }
        if case .document = write.subject { return }
        guard reply["resolution"]?.string == decided.outcome.resolution else {
            throw BrokenLaw("\(write) was answered \(reply.text), the model says \(decided.outcome)")
        }
    }

    /// Whatever a dossier showed is there: its records stand in events that survived.
    private func judgeShown(_ history: DecisionHistory, _ survived: UInt64) throws {
        var sequences: [Int: UInt64] = [:]
        for decision in history.decisions {
            if let mark = decision.mark, sequences[mark] == nil { sequences[mark] = decision.sequence }
        }
        guard shownSequence <= survived else {
            throw BrokenLaw("evidence of event \(shownSequence) was shown, \(survived) survived")
        }
        for mark in shownMarks {
            guard let sequence = sequences[mark], sequence <= survived else {
                throw BrokenLaw("order record \(mark) was shown (event \(sequences[mark] ?? 0)), \(survived) survived")
            }
        }
        for dossier in dossiers {
            for mark in dossier.reply.marks {
                guard let sequence = sequences[mark], sequence <= survived else {
                    throw BrokenLaw(
                        "a dossier showed record \(mark) (event \(sequences[mark] ?? 0)), but \(survived) events survived: \(dossier.reply.text)"
                    )
                }
            }
        }
    }

    /// A dossier names the last event it knows of; all that the customer had by then must stand in it.
    private func judge(_ reply: JSONValue, shop: String, _ model: ReferenceModel) throws {
        guard let number = reply["customer"]?.customerNumber, model.customer(of: number - 1) == number,
            model.shop(of: number - 1) == shop
        else { throw BrokenLaw("a dossier in shop \(shop) of nobody: \(reply.text)") }
        let shown = Set(reply["orders"]?.array?.compactMap { $0.orderName } ?? [])
        let missing = Set(model.orders(of: number).keys.map { String($0.split(separator: " ")[1]) }).subtracting(shown)
        guard missing.isEmpty else { throw BrokenLaw("a dossier lacks \(missing): \(reply.text)") }
        let shownNotes = Set(reply["notes"]?.array?.compactMap { $0["text"]?.string?.noteMark } ?? [])
        guard shownNotes.isSuperset(of: model.notes(of: number)) else {
            throw BrokenLaw("a dossier lacks notes: \(reply.text)")
        }
    }
}

extension SimulatedRequest {
    /// Whether the request may travel in one batch with writes, and be answered by their error.
    fileprivate var mayShareAWritesFate: Bool { !line.hasPrefix("SHOP") && !line.hasPrefix("SNAPSHOT") }
}

extension SimulatedWrite {
    /// A second delivery of a note is a second note.
    fileprivate var isRepeatable: Bool {
        if case .note = subject { return false }
        return true
    }
}
