import Bytes
import Commerce
import Engine
import Store
import Testing

@testable import Server

@Suite struct AnswerCacheTests {
    private static func answer(_ sequence: UInt64, _ profiles: [UInt32], bytes: Int) -> AnswerCache.Answer {
        AnswerCache.Answer(
            sequence: sequence, profiles: profiles, beginning: Array(repeating: 1, count: bytes), end: [2])
    }

    private static func question(_ customer: UInt32) -> AnswerCache.Question {
        AnswerCache.Question(customer: customer, offset: 0, limit: 10)
    }

    @Test func anAnswerIsGoodForOneVersionOfItsCustomer() {
        let cache = AnswerCache(byteLimit: 1 << 20)
        cache.keep(Self.answer(7, [0, 4], bytes: 10), for: Self.question(1))
        #expect(cache.find(Self.question(1), of: (7, [0, 4])) != nil)
        #expect(cache.find(Self.question(1), of: (8, [0, 4])) == nil)
        #expect(cache.find(Self.question(1), of: (7, [0])) == nil)
        #expect(cache.find(Self.question(2), of: (7, [0, 4])) == nil)
        let other = AnswerCache.Question(customer: 1, offset: 0, limit: 11)
        #expect(cache.find(other, of: (7, [0, 4])) == nil)
    }

    @Test func takesNoMoreThanItMay() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let limit = 100_000
        let cache = AnswerCache(byteLimit: limit)
        var found = 0
        for step in 0..<20_000 {
            let customer = UInt32.random(in: 0..<60, using: &random)
            if cache.find(Self.question(customer), of: (1, [customer])) != nil {
                found += 1
            } else {
                let bytes = Int.random(in: 0..<20_000, using: &random)
                cache.keep(Self.answer(1, [customer], bytes: bytes), for: Self.question(customer))
            }
            #expect(cache.byteCount <= limit, "seed \(seed): step \(step)")
        }
        #expect(found > 1_000, "seed \(seed)")
    }

    @Test func keepsEverythingWhileThereIsRoomAndThenWhatIsAskedForAgain() {
        let cache = AnswerCache(byteLimit: 100_000)
        for customer in UInt32(0)..<10 {
            #expect(cache.isWanted(Self.question(customer)))
            cache.keep(Self.answer(1, [customer], bytes: 9_000), for: Self.question(customer))
        }
        for customer in UInt32(0)..<10 { #expect(cache.find(Self.question(customer), of: (1, [customer])) != nil) }
        #expect(cache.isWanted(Self.question(1)))
        cache.keep(Self.answer(1, [10], bytes: 9_000), for: Self.question(10))
        #expect(!cache.isWanted(Self.question(1)))
        #expect(!cache.isWanted(Self.question(2)))
        #expect(cache.isWanted(Self.question(1)))
        let none = AnswerCache(byteLimit: 0)
        #expect(!none.isWanted(Self.question(1)) && !none.isWanted(Self.question(1)))
    }

    /// Where there is room for ten and ever others come along, those that are asked for all the time stay.
    @Test func whatIsAskedForStays() {
        let cache = AnswerCache(byteLimit: 100_000)
        for customer in UInt32(0)..<200 {
            cache.keep(Self.answer(1, [customer], bytes: 9_000), for: Self.question(customer))
            for regular in UInt32(0)..<min(5, customer) {
                #expect(cache.find(Self.question(regular), of: (1, [regular])) != nil, "\(regular) after \(customer)")
            }
        }
        #expect(cache.find(Self.question(150), of: (1, [150])) == nil)
        #expect(cache.find(Self.question(199), of: (1, [199])) != nil)
    }

    /// A newer version takes the place of an older one, and no room beside it.
    @Test func aVersionTakesThePlaceOfTheOneBefore() {
        let cache = AnswerCache(byteLimit: 100_000)
        for sequence in UInt64(1)...100 {
            cache.keep(Self.answer(sequence, [1], bytes: 9_000), for: Self.question(1))
            #expect(cache.find(Self.question(1), of: (sequence, [1])) != nil)
            #expect(cache.find(Self.question(1), of: (sequence - 1, [1])) == nil)
        }
        #expect(cache.byteCount < 10_000)
    }
}

// Beside the other conversations, and so one at a time with them.
extension SessionTests {
    /// Writes of all kinds that a dossier shows, and questions that come several times between them.
    private static func writesAndQuestions(using random: inout SeededGenerator) -> [String] {
        var lines: [String] = []
        for step in 0..<150 {
            lines.append(write(step, using: &random))
            guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
            let customer = Int.random(in: 1..<7, using: &random)
            let range = ["", " limit=2", " offset=1 limit=3"].randomElement(using: &random) ?? ""
            for _ in 0..<4 {
                let tag = Bool.random(using: &random) ? " tag=\(step)" : ""
                lines.append("CUSTOMER.360 C\(customer)\(range)\(tag)")
            }
        }
        return lines
    }

    private static func write(_ step: Int, using random: inout SeededGenerator) -> String {
        let one = Int.random(in: 1..<7, using: &random)
        let other = Int.random(in: 1..<7, using: &random)
        let order = "shopify:\(Int.random(in: 0..<30, using: &random))"
        switch Int.random(in: 0..<22, using: &random) {
        case 0..<6:
            return """
                ORDER.PUT {"channel":"shopify","number":"\(step % 30)","placedAt":"2026-01-0\(one)T00:00:00Z","currency":"EUR",\
                "total":"\(step).10","updatedAt":"2026-02-01T00:00:\(10 + other)Z","customer":{"email":"anna\(one)@example.nl",\
                "phone":"+3161234567\(other)"},"lines":[{"sku":"TEA","quantity":1,"unitPrice":"2.00"}]}
                """
        case 6:
            return #"CUSTOMER.PUT {"channel":"crm","ref":"\#(one)","email":"anna\#(other)@example.nl","language":"nl"}"#
        case 7: return #"DOCUMENT.PUT {"kind":"invoice","number":"I\#(step)","order":"\#(order)","total":"1"}"#
        case 8: return "NOTE.ADD C\(one) \"remark \(step)\""
        case 9: return "CUSTOMER.PIN C\(one) email pinned\(step)@example.nl"
        case 10: return "CUSTOMER.UNPIN C\(one) email"
        case 11: return "CUSTOMER.MERGE C\(one) C\(other)"
        case 12: return "CUSTOMER.SPLIT C\(one)"
        case 13: return "CUSTOMER.LINK C\(one) C\(other) reason=neighbours"
        case 14: return "CUSTOMER.TAG C\(one) vip\(other)"
        case 15: return "CUSTOMER.UNTAG C\(one) vip\(other)"
        case 16: return "CUSTOMER.BLOCK C\(one) reason=fraud"
        case 17: return "CUSTOMER.UNBLOCK C\(one)"
        case 18: return "CUSTOMER.WISHES C\(one) mailing=\(Bool.random(using: &random) ? "yes" : "no")"
        case 19: return #"ORDER.CANCEL order=\#(order) {"id":"x\#(step)","lines":[{"sku":"TEA","quantity":1}]}"#
        case 20 where step % 5 == 0: return "VOUCHER.ISSUE amount=5.00 currency=EUR customer=C\(one) id=v\(step)"
        default: return #"ORDER.SHIP order=\#(order) {"id":"p\#(step)","carrier":"DHL"}"#
        }
    }

    /// Whoever asks sees the same with and without answers that are kept, whatever happens between two questions.
    @Test(arguments: [MatchMode.exact, .evidence], Wiring.allCases)
    func answersThatAreKeptAreThoseThatWouldBeMade(mode: MatchMode, wiring: Wiring) throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var wasKept = false
        for _ in 0..<6 {
            let script = Self.writesAndQuestions(using: &random)
            let plain = try Self.replies(to: script, AnswerCache(byteLimit: 0), mode, wiring)
            let cache = AnswerCache(byteLimit: 1 << 20)
            let kept = try Self.replies(to: script, cache, mode, wiring)
            let difference = zip(kept, plain).first { $0 != $1 }
            #expect(kept == plain, "seed \(seed): \(String(describing: difference))")
            #expect(kept.count { $0.hasPrefix("OK") } > 100, "seed \(seed)")
            wasKept = wasKept || cache.byteCount > 0
        }
        #expect(wasKept)
    }

    /// Shards elsewhere may answer with what came behind the version that the directory told of; what they told is kept only
    /// if nothing did.
    @Test func whatOtherLanesToldIsKeptIfNothingCameMeanwhile() throws {
        let house = try SteppedHouse(seed: 2, .apart)
        let lines = (0..<40).map { $0 % 4 == 0 ? "CUSTOMER.FIND limit=1" : "CUSTOMER.360 C1" }
        let client = SteppedClient(house, sends: [Self.order(1)] + lines, largestPiece: 100)
        while client.deliver() { house.runAll() }
        house.runAll()
        let replies = client.output.text.split(separator: "\n").filter { $0.hasPrefix(#"OK {"customer":{"#) }
        #expect(replies.count == 30 && Set(replies).count == 1)
        #expect(house.answers.byteCount > 0)
    }

    /// Whatever was kept while somebody wrote is what would be made when all is quiet.
    @Test(arguments: Wiring.allCases) func whatIsKeptBesideOneWhoWritesIsRightAfterwards(_ wiring: Wiring) throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var wasKept = false
        for _ in 0..<10 {
            let house = try SteppedHouse(seed: random.next(), wiring)
            let writer = SteppedClient(
                house, sends: (0..<100).map { Self.write($0, using: &random) }, largestPiece: 300)
            let reader = SteppedClient(
                house, sends: (0..<200).map { "CUSTOMER.360 C\($0 % 4 + 1)" }, largestPiece: 60)
            house.serve(writer, reader)
            wasKept = wasKept || house.answers.byteCount > 0
            func answers() -> String {
                let client = SteppedClient(house, sends: (1...6).map { "CUSTOMER.360 C\($0)" }, largestPiece: 60)
                while client.deliver() { house.runAll() }
                house.runAll()
                return client.output.text
            }
            let kept = answers()
            house.answers = AnswerCache(byteLimit: 0)
            #expect(kept == answers(), "seed \(seed)")
        }
        #expect(wasKept, "seed \(seed)")
    }

    /// The same where the directory is on its way with later writes of somebody else while replies are written.
    @Test func answersThatAreKeptAreRightBesideOneWhoWrites() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var wasKept = false
        for _ in 0..<10 {
            let writes = (0..<150).map { Self.write($0, using: &random) }
            let questions = (0..<300).map { _ in "CUSTOMER.360 C\(Int.random(in: 1..<4, using: &random))" }
            let schedule = random.next()
            func replies(_ cache: AnswerCache) throws -> String {
                let house = try SteppedHouse(seed: schedule, .directoryApart)
                house.answers = cache
                let writer = SteppedClient(house, sends: writes, largestPiece: 300)
                let reader = SteppedClient(house, sends: questions, largestPiece: 60)
                house.serve(writer, reader)
                return reader.output.text.replacing(/"maskedCode":"[^"]*"/, with: "")
            }
            let plain = try replies(AnswerCache(byteLimit: 0))
            let cache = AnswerCache(byteLimit: 1 << 20)
            #expect(try replies(cache) == plain, "seed \(seed)")
            #expect(plain.split(separator: "\n").count { $0.hasPrefix("OK") } > 100, "seed \(seed)")
            wasKept = wasKept || cache.byteCount > 0
        }
        #expect(wasKept)
    }

    /// The replies, one request at a time; questions that follow one another come at once.
    private static func replies(
        to script: [String], _ cache: AnswerCache, _ mode: MatchMode, _ wiring: Wiring
    ) throws -> [String] {
        let house = try SteppedHouse(seed: 1, wiring, matchMode: mode)
        house.answers = cache
        var replies: [String] = []
        let output = CollectedOutput()
        let session = Session(host: house, output: output)
        for line in requests(script) {
            let before = output.text.count
            house.enter { _ = session.received(Array((line + "\n").utf8).span) }
            house.runAll()
            // The codes of vouchers are drawn by chance.
            let reply = String(output.text.dropFirst(before))
            replies.append(line.hasPrefix("VOUCHER") ? "" : reply.replacing(/"maskedCode":"[^"]*"/, with: ""))
        }
        return replies
    }

    /// Questions of which no write stands between them, in one text.
    private static func requests(_ script: [String]) -> [String] {
        var requests: [String] = []
        for line in script {
            let isQuestion = line.hasPrefix("CUSTOMER.360")
            if isQuestion, let last = requests.last, last.hasPrefix("CUSTOMER.360"), last.count < 200 {
                requests[requests.count - 1] = last + "\n" + line
            } else {
                requests.append(line)
            }
        }
        return requests
    }
}
