import Commerce
import Engine
import Store
import Testing
import Wire

@testable import Server

// One at a time: which stepped lane runs is known to the whole process.
@Suite(.serialized) struct SessionTests {
    private static func order(_ number: Int, total: Int = 1, email: Int = 0, updatedAt: Int? = nil) -> String {
        let updated = updatedAt.map { ",\"updatedAt\":\"2026-01-0\($0)T00:00:00Z\"" } ?? ""
        return """
            ORDER.PUT {"channel":"shopify","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
            "total":"\(total)"\(updated),"customer":{"email":"anna\(email)@example.nl"}}
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

    /// What a client is told depends on what it sent, not on how its bytes were cut or which lane ran first.
    @Test func repliesDoNotDependOnCutsAndSchedules() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            let script = Self.script(using: &random)
            let expected = try Self.converse(script, seed: 0, isOneLane: true, largestPiece: 1 << 20)
            let requests = script.filter { !$0.isEmpty }.count
            #expect(expected.split(separator: "\n").count { !$0.hasPrefix("ROW ") } == requests, "seed \(seed)")
            for _ in 0..<5 {
                let schedule = random.next()
                let replies = try Self.converse(script, seed: schedule, isOneLane: false, largestPiece: 2_000)
                let difference = zip(replies.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
                #expect(replies == expected, "seed \(seed): \(String(describing: difference))")
            }
        }
    }

    private static func converse(
        _ script: [String], seed: UInt64, isOneLane: Bool, largestPiece: Int
    ) throws -> String {
        let house = try SteppedHouse(seed: seed, isOneLane: isOneLane)
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
        for _ in 0..<20 {
            let house = try SteppedHouse(seed: random.next(), isOneLane: false)
            let writer = SteppedClient(house, sends: (0..<60).map { Self.order($0) }, largestPiece: 300)
            let reader = SteppedClient(house, sends: (0..<40).map { "CUSTOMER.360 C1 tag=\($0)" }, largestPiece: 60)
            reader.output.onText = { text in
                // Events: 1 the engine, 2 the shop, then the orders in turn.
                let shown = text.split(separator: "\"number\":\"").compactMap { Int($0.prefix { $0.isNumber }) }.max()
                guard let shown else { return }
                #expect(UInt64(shown + 3) <= house.releasedSequence, "seed \(seed)")
            }
            var isBusy = true
            while isBusy {
                let isWriting = writer.deliver()
                let isReading = reader.deliver()
                isBusy = isWriting || isReading
                for _ in 0..<house.random(0..<5) { house.step() }
            }
            house.runAll()
            #expect(reader.output.text.split(separator: "\n").count == 40)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1", "POST /x HTTP/1.1", "\u{16}\u{3}\u{1}", "PRI * HTTP/2.0"])
    func somebodyWhoSpeaksAnotherProtocolIsSentAway(line: String) throws {
        let house = try SteppedHouse(seed: 1, isOneLane: true)
        let client = SteppedClient(house, sends: [line, "PING"])
        while client.deliver(), !client.output.isClosed {}
        house.runAll()
        #expect(client.output.isClosed && client.output.text == "")
    }

    @Test func aLineThatIsTooLongIsRefusedAndSkipped() throws {
        let house = try SteppedHouse(seed: 1, isOneLane: true)
        house.limits.lineBytes = 100
        let long = "PING " + String(repeating: "x", count: 500)
        let client = SteppedClient(house, sends: ["PING", long, "PING tag=1"], largestPiece: 120)
        while client.deliver() { house.runAll() }
        house.runAll()
        let lines = client.output.text.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("ERR TOOLARGE") && lines[2].contains("\"tag\":\"1\""))
    }

    @Test func bytesThatAreNoUTF8AreRefused() throws {
        let house = try SteppedHouse(seed: 1, isOneLane: true)
        let client = SteppedClient(house, sends: [])
        let lines: [[UInt8]] = [
            [0x50, 0xFF], [UInt8]("ORDER.PUT {\"channel\":\"".utf8) + [0xC3, 0x28] + [UInt8]("\"}".utf8),
        ]
        for line in lines { house.enter { _ = client.session.received((line + [0x0A]).span) } }
        house.runAll()
        #expect(client.output.text == String(repeating: "ERR SYNTAX the line is not UTF-8\n", count: 2))
    }

    @Test func quitAnswersWhatCameBeforeAndNothingAfter() throws {
        let house = try SteppedHouse(seed: 3, isOneLane: false)
        let client = SteppedClient(
            house, sends: [Self.order(1), "CUSTOMER.360 C1", "QUIT tag=q", "PING"], largestPiece: 4_000)
        while client.deliver(), !client.output.isClosed { house.runAll() }
        house.runAll()
        let lines = client.output.text.split(separator: "\n")
        #expect(lines.count == 3 && lines.last == #"OK {"tag":"q"}"#)
        #expect(client.output.isClosed)
    }

    @Test func halfALineIsNoRequest() throws {
        let house = try SteppedHouse(seed: 3, isOneLane: false)
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
