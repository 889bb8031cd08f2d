import Commerce
import Engine
import Foundation
import Store
import Testing
import Wire

@testable import Server

// One at a time: which stepped lane runs is known to the whole process.
@Suite(.serialized) struct SessionTests {
    static func order(
        _ number: Int, total: Int = 1, email: Int = 0, updatedAt: Int? = nil, channel: String = "shopify",
        party: String = ""
    ) -> String {
        let updated = updatedAt.map { ",\"updatedAt\":\"2026-01-0\($0)T00:00:00Z\"" } ?? ""
        return """
            ORDER.PUT {"channel":"\(channel)","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
            "total":"\(total)"\(updated),"customer":{"email":"anna\(email)@example.nl"\(party)}}
            """
    }

    /// A conversation with everything in it.
    private static func script(using random: inout SeededGenerator) -> [String] {
        (0..<120).map { step in
            let email = Int.random(in: 0..<5, using: &random)
            switch Int.random(in: 0..<18, using: &random) {
            case 0..<5:
                return order(
                    Int.random(in: 0..<30, using: &random), total: Int.random(in: 1..<3, using: &random), email: email)
            case 5:
                return order(
                    Int.random(in: 0..<30, using: &random), email: email,
                    updatedAt: Int.random(in: 1..<9, using: &random))
            case 6, 7: return "CUSTOMER.360 email=anna\(email)@example.nl tag=\(step)"
            case 8: return "CUSTOMER.FIND limit=3 offset=1"
            case 9: return "CUSTOMER.WHY C1 tag=\"a b\""
            case 10:
                return
                    #"CUSTOMER.PUT tag=p {"channel":"crm","ref":"\#(email)","email":"anna\#(email)@example.nl","phone":"+3161234567\#(email)"}"#
            case 11:
                return
                    #"DOCUMENT.PUT {"kind":"invoice","number":"I\#(email)","order":"shopify:\#(step % 30)","total":"1"}"#
            case 12: return "NOTE.ADD C1 \"remark \(step)\""
            case 13: return "ORDER.GET shopify:\(step % 30)"
            case 15: return "CUSTOMER.PIN C\(email + 1) email pinned\(step % 2)@example.nl tag=\(step)"
            case 16:
                let statements = [
                    "UNPIN C1 email", "VERIFY C2 vat=NL804124188B01 verdict=valid source=VIES", "PIN C1 x y",
                ]
                return "CUSTOMER." + (statements.randomElement(using: &random) ?? "")
            case 14:
                return ["PING", "SHOP other", "SHOP main", "INFO", "HELP PING", ""].randomElement(using: &random) ?? ""
            default:
                return ["NONSENSE", "ORDER.PUT {", "PING \"", "CUSTOMER.360", "PING\r"].randomElement(using: &random)
                    ?? ""
            }
        }
    }

    /// What a client is told depends on what it sent, not on how its bytes were cut or which lane ran first: word for
    /// word where exact keys decide before each reply.
    @Test func repliesDoNotDependOnCutsAndSchedules() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            let script = Self.script(using: &random)
            let expected = try Self.converse(script, seed: 0, .oneLane, largestPiece: 1 << 20)
            let requests = script.filter { !$0.isEmpty }.count
            #expect(expected.split(separator: "\n").count { !$0.hasPrefix("ROW ") } == requests, "seed \(seed)")
            for _ in 0..<5 {
                let schedule = random.next()
                let wiring = Bool.random(using: &random) ? Wiring.apart : .directoryApart
                let replies = try Self.converse(script, seed: schedule, wiring, largestPiece: 2_000)
                let difference = zip(replies.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
                #expect(replies == expected, "seed \(seed): \(String(describing: difference))")
            }
        }
    }

    /// What came after a contradiction does not change what its reply tells, though shards have seen it by then.
    @Test(arguments: Wiring.allCases)
    func conflictsTellOfWhatWasKnownThen(_ wiring: Wiring) throws {
        let shipment = #"ORDER.SHIP order=shopify:1 {"id":"s1","carrier":"#
        let invoice = #"DOCUMENT.PUT {"kind":"invoice","number":"I1","order":"shopify:1","total":"#
        let script = [
            Self.order(1), Self.order(1, total: 2), Self.order(1, total: 2, email: 1, updatedAt: 2),
            Self.order(1, email: 2), shipment + #""dhl"}"#, shipment + #""ups"}"#,
            shipment + #""ups","updatedAt":"2026-01-02T00:00:00Z"}"#, shipment + #""ups","trackingCode":"x"}"#,
            invoice + #""1"}"#, invoice + #""2"}"#, invoice + #""2","updatedAt":"2026-01-02T00:00:00Z"}"#,
            invoice + #""3","currency":"EUR"}"#,
        ]
        let patient = try SteppedHouse(seed: 7, wiring, matchMode: .exact)
        let expected = script.map { Self.converse([$0], patient, largestPiece: 1 << 20) }
        #expect(expected.count { $0.hasPrefix("ERR CONFLICT differs in ") } == 6)
        let replies = try Self.converse(script, seed: 7, wiring, largestPiece: 1 << 20)
        #expect(replies == expected.joined())
    }

    /// By evidence, how much is weighed between two requests is a matter of time, and so is the customer that a reply
    /// shows. What was done is not, nor is who is who once everything is weighed.
    @Test func whoIsWhoDoesNotDependOnCutsAndSchedules() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            let script = Self.people(using: &random)
            let questions = (1...script.count).map { "CUSTOMER.360 C\($0) limit=1" } + ["CUSTOMER.FIND limit=1000"]
            let (replies, answers) = try Self.converseAndAsk(script, questions, seed: 0, .oneLane)
            #expect(answers.contains { $0.hasPrefix("OK {\"customer\":{\"number\":\"C1\"") }, "seed \(seed)")
            #expect(answers.contains { $0.contains("\"profiles\":") && $0.contains("bol") }, "seed \(seed)")
            for _ in 0..<5 {
                let (others, settled) = try Self.converseAndAsk(
                    script, questions, seed: random.next(), Bool.random(using: &random) ? .apart : .directoryApart)
                #expect(others == replies, "seed \(seed)")
                let difference = zip(settled, answers).first { $0 != $1 }
                #expect(settled == answers, "seed \(seed): \(String(describing: difference))")
            }
        }
    }

    /// Orders of a few people on two channels, some of whom only a closer look shows to be the same.
    private static func people(using random: inout SeededGenerator) -> [String] {
        (0..<60).map { step in
            let person = Int.random(in: 0..<6, using: &random)
            let isSure = Int.random(in: 0..<2, using: &random) == 0
            let name = ["Sophie", "Thomas", "Ahmed", "Petra", "Hans", "Emma"][person]
            let address =
                "\"street\":\"Kerkweg\",\"houseNumber\":\"\(person + 1)\",\"postalCode\":\"1234 AB\",\"city\":\"Ede\",\"country\":\"NL\""
            return order(
                step, email: isSure ? person : 10 + Int.random(in: 0..<30, using: &random),
                channel: isSure ? "shopify" : "bol",
                party: ",\"firstName\":\"\(name)\",\"lastName\":\"Visser\(person)\",\"billing\":{\(address)}")
        }
    }

    /// What was done, and what is answered when everything is weighed; both without what a matter of time is.
    private static func converseAndAsk(
        _ script: [String], _ questions: [String], seed: UInt64, _ wiring: Wiring
    ) throws -> (done: [String], answers: [String]) {
        let house = try SteppedHouse(seed: seed, wiring)
        let replies = converse(script, house, largestPiece: 2_000).split(separator: "\n").map(String.init)
        let answers = converse(questions, house, largestPiece: 1 << 20).split(separator: "\n").map(String.init)
        return (
            replies.map { without(["customer", "resolution", "seq"], $0) },
            answers.map { without(["seq"], $0) }
        )
    }

    /// A line of a reply without the members of these names and plain values.
    private static func without(_ names: [String], _ line: String) -> String {
        names.reduce(line) { line, name in
            guard let start = line.range(of: "\"\(name)\":") else { return line }
            let end = line[start.upperBound...].firstIndex { $0 == "," || $0 == "}" } ?? line.endIndex
            return String(line[..<start.lowerBound] + line[end...])
        }
    }

    private static func converse(
        _ script: [String], seed: UInt64, _ wiring: Wiring, largestPiece: Int
    ) throws -> String {
        converse(
            script, try SteppedHouse(seed: seed, wiring, matchMode: .exact), largestPiece: largestPiece)
    }

    private static func converse(_ script: [String], _ house: SteppedHouse, largestPiece: Int) -> String {
        let client = SteppedClient(house, sends: script, largestPiece: largestPiece)
        repeat {
            for _ in 0..<house.random(0..<6) { house.step() }
        } while client.deliver()
        house.runAll()
        #expect(!client.output.isReadingPaused)
        return client.output.text
    }

    /// One client writes, another one reads: the reader is never shown an order that a power cut could take back.
    @Test func readsNeverShowWhatIsNotDurable() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<20 {
            let house = try SteppedHouse(seed: random.next(), round % 2 == 0 ? .apart : .directoryApart)
            let writer = SteppedClient(house, sends: (0..<60).map { Self.order($0) }, largestPiece: 300)
            let reader = SteppedClient(house, sends: (0..<40).map { "CUSTOMER.360 C1 tag=\($0)" }, largestPiece: 60)
            reader.output.onText = { text in
                // Events: 1 the engine, 2 the shop, then the orders in turn.
                let shown = text.split(separator: "\"number\":\"").compactMap { Int($0.prefix { $0.isNumber }) }.max()
                guard let shown else { return }
                #expect(UInt64(shown + 3) <= house.releasedSequence, "seed \(seed)")
            }
            house.serve(writer, reader)
            #expect(reader.output.text.split(separator: "\n").count == 40)
        }
    }

    /// Answers about who is who, refusals too, tell of decisions and orders: none leaves before those are durable.
    @Test(arguments: [
        "IDENTITY.SETTLE", "IDENTITY.CHECK", "IDENTITY.EXPORT", "IDENTITY.SIMULATE 1", "IDENTITY.LEARN",
        "IDENTITY.STATUS", "IDENTITY.QUEUE", "IDENTITY.RULES", "IDENTITY.RULES 1", "QUARANTINE.LIST", "SHOP.SETTINGS",
        "QUARANTINE.HOLD email=anna1@example.nl preview=yes", "CUSTOMER.WHY C1", "CUSTOMER.WHY C1 C2",
        "CUSTOMER.WHYNOT C1 C2", "CUSTOMER.HOW C1", "CUSTOMER.MERGE C1 C2 preview=yes", "CUSTOMER.MERGE C2 C1",
        "CUSTOMER.BIND C1 C2", "CUSTOMER.EXCLUDE C1 C2", "CUSTOMER.SPLIT C1 profiles=C2", "CUSTOMER.SPLIT C1",
        "CUSTOMER.RELEASE C1 C9", "IDENTITY.ACCEPT 9", "IDENTITY.ACTIVATE 1", "IDENTITY.ACTIVATE 9",
        "SHOP.CONFIGURE match=evidence", "CUSTOMER.PIN C1 email a@example.nl", "CUSTOMER.UNPIN C1 email",
    ])
    func answersAboutWhoIsWhoWaitForTheJournal(question: String) throws {
        let house = try SteppedHouse(seed: 5, .apart)
        let writer = SteppedClient(house, sends: [Self.order(1), Self.order(2, email: 1), "CUSTOMER.EXCLUDE C1 C2"])
        while writer.deliver() { house.runAllButJournal() }
        house.runAllButJournal()
        #expect(writer.output.text == "")
        let reader = SteppedClient(house, sends: [question])
        while reader.deliver() { house.runAllButJournal() }
        house.runAllButJournal()
        #expect(reader.output.text == "", "shown before it was durable")
        house.runAll()
        #expect(["OK", "ERR", "ROW"].contains { reader.output.text.hasPrefix($0) })
    }

    @Test(arguments: ["GET / HTTP/1.1", "POST /x HTTP/1.1", "\u{16}\u{3}\u{1}", "PRI * HTTP/2.0"])
    func somebodyWhoSpeaksAnotherProtocolIsSentAway(line: String) throws {
        let house = try SteppedHouse(seed: 1, .oneLane)
        let client = SteppedClient(house, sends: [line, "PING"])
        while client.deliver(), !client.output.isClosed {}
        house.runAll()
        #expect(client.output.isClosed && client.output.text == "")
    }

    @Test func aLineThatIsTooLongIsRefusedAndSkipped() throws {
        let house = try SteppedHouse(seed: 1, .oneLane)
        house.limits.lineBytes = 100
        let long = "PING " + String(repeating: "x", count: 500)
        let client = SteppedClient(house, sends: ["PING", long, "PING tag=1"], largestPiece: 120)
        while client.deliver() { house.runAll() }
        house.runAll()
        let lines = client.output.text.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("ERR TOOLARGE") && lines[2].contains("\"tag\":\"1\""))
    }

    @Test func bytesThatAreNoUTF8AreRefused() throws {
        let house = try SteppedHouse(seed: 1, .oneLane)
        let client = SteppedClient(house, sends: [])
        let lines: [[UInt8]] = [
            [0x50, 0xFF], [UInt8]("ORDER.PUT {\"channel\":\"".utf8) + [0xC3, 0x28] + [UInt8]("\"}".utf8),
        ]
        for line in lines { house.enter { _ = client.session.received((line + [0x0A]).span) } }
        house.runAll()
        #expect(client.output.text == String(repeating: "ERR SYNTAX the line is not UTF-8\n", count: 2))
    }

    @Test func quitAnswersWhatCameBeforeAndNothingAfter() throws {
        let house = try SteppedHouse(seed: 3, .apart)
        let client = SteppedClient(
            house, sends: [Self.order(1), "CUSTOMER.360 C1", "QUIT tag=q", "PING"], largestPiece: 4_000)
        while client.deliver(), !client.output.isClosed { house.runAll() }
        house.runAll()
        let lines = client.output.text.split(separator: "\n")
        #expect(lines.count == 3 && lines.last == #"OK {"tag":"q"}"#)
        #expect(client.output.isClosed)
    }

    @Test func halfALineIsNoRequest() throws {
        let house = try SteppedHouse(seed: 3, .apart)
        let client = SteppedClient(house, sends: ["PING"])
        while client.deliver() {}
        house.enter {
            _ = client.session.received([UInt8]("PING".utf8).span)
            client.session.endOfInput()
        }
        house.runAll()
        #expect(client.output.text == "OK {\"pong\":true}\n" && client.output.isClosed)
    }
}
