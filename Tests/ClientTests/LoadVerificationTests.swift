import Testing

@testable import Load

private func check(_ pairs: [(customer: UInt32, buyer: UInt32)]) -> TruthCheck {
    TruthCheck(pairs.map { Assignment(customer: $0.customer, buyer: $0.buyer) })
}

@Suite struct LoadVerificationTests {
    @Test func perfectMatchingScoresOne() {
        let result = check([(1, 10), (1, 10), (2, 20), (3, 30), (3, 30)])
        #expect(result.orders == PairScore(right: 2, predicted: 2, actual: 2))
        #expect(result.orders.f1 == 1 && result.overMergeCount == 0 && result.splitCount == 0)
        #expect(result.customerCount == 3 && result.buyerCount == 3)
    }

    @Test func anOverMergeCostsPrecision() {
        // Customer 1 holds three orders of buyer 10 and two of buyer 20: 10 pairs, of which 3 + 1 are right.
        let result = check([(1, 10), (1, 20), (1, 10), (1, 20), (1, 10), (2, 30)])
        #expect(result.orders == PairScore(right: 4, predicted: 10, actual: 4))
        #expect(result.orders.precision == 0.4 && result.orders.recall == 1)
        #expect(result.overMergeCount == 1 && result.splitCount == 0)
        #expect(result.worstOverMerges.first?.customer == 1)
        #expect(result.worstOverMerges.first?.buyers.map(\.buyer) == [10, 20])
        #expect(result.worstOverMerges.first?.buyers.map(\.orders) == [3, 2])
    }

    @Test func aSplitCostsRecall() {
        let result = check([(1, 10), (1, 10), (2, 10), (2, 10)])
        #expect(result.orders == PairScore(right: 2, predicted: 2, actual: 6))
        #expect(result.orders.precision == 1 && result.splitCount == 1 && result.overMergeCount == 0)
    }

    @Test func nothingPutTogetherIsPreciseAndRecallsNothing() {
        let result = check([(1, 10), (2, 10), (3, 20)])
        #expect(result.orders.precision == 1 && result.orders.recall == 0 && result.orders.f1 == 0)
    }

    @Test func profilesCountOnceHoweverManyOrders() {
        let items = (0..<50).map { _ in Assignment(customer: 1, buyer: 10, channel: 0) }
        let result = TruthCheck(
            items + [
                Assignment(customer: 1, buyer: 10, channel: 1), Assignment(customer: 1, buyer: 20, channel: 1),
            ])
        #expect(result.profiles == PairScore(right: 1, predicted: 3, actual: 1))
        #expect(result.orders.predicted == 52 * 51 / 2)
    }

    @Test func pairScoresAgreeWithCountingAllPairs() {
        for seed in 1...5 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let items = (0..<200).map { _ in
                Assignment(customer: UInt32(random.below(40)), buyer: UInt32(random.below(30)))
            }
            var counted = PairScore()
            for first in 0..<items.count {
                for second in 0..<first {
                    let sameCustomer = items[first].customer == items[second].customer
                    let sameBuyer = items[first].buyer == items[second].buyer
                    if sameCustomer { counted.predicted += 1 }
                    if sameBuyer { counted.actual += 1 }
                    if sameCustomer && sameBuyer { counted.right += 1 }
                }
            }
            #expect(TruthCheck(items).orders == counted, "seed \(seed)")
        }
    }

    // MARK: The naive model

    @Test(
        arguments: [
            ("+31 6 12345678", "NL", "31612345678"), ("06-12345678", "NL", "31612345678"),
            ("0031612345678", "NL", "31612345678"), ("0151 2345678", "DE", "491512345678"),
            ("12345", "NL", nil), ("0612345678", "US", "0612345678"),
        ] as [(String, String, String?)])
    func phonesBecomeInternational(_ phone: String, _ country: String, _ digits: String?) {
        #expect(ExactKeyReference.internationalDigits(phone, country: country) == digits)
    }

    @Test func relayAddressesStayInTheirChannel() {
        let book = OrderBook(seed: 21, orders: 3_000, buyers: 400)
        var relays = 0
        for ordinal in 0..<book.count {
            let order = book.order(ordinal)
            guard order.channel.isMarketplace, let email = order.email else { continue }
            relays += 1
            #expect(
                ExactKeyReference.keys(of: order).contains("e:\(order.channel.name)/\(order.channel.store):\(email)"))
        }
        #expect(relays > 500)
    }

    @Test func naiveModelAgreesWithSpreadingLabels() {
        let book = OrderBook(seed: 31, orders: 1_500, buyers: 250)
        var model = ExactKeyReference()
        let orders = (0..<book.count).map { book.order($0) }
        for order in orders { model.add(order) }
        // The slow way: spread the smallest label over shared keys until nothing changes.
        var labels = Array(orders.indices)
        let keys = orders.map(ExactKeyReference.keys)
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            var smallest: [String: Int] = [:]
            for item in orders.indices {
                for key in keys[item] { smallest[key] = min(smallest[key] ?? .max, labels[item]) }
            }
            for item in orders.indices {
                let label = keys[item].reduce(labels[item]) { min($0, smallest[$1] ?? $0) }
                if label != labels[item] {
                    labels[item] = label
                    hasChanged = true
                }
            }
        }
        #expect(model.customerCount == Set(labels).count)
        for item in orders.indices { #expect(model.customer(of: item) == labels[item]) }
    }

    @Test func naiveModelFindsMostAndErrsSome() {
        let result = OrderBook(seed: 1, orders: 20_000, buyers: 4_000).naiveCheck()
        #expect(result.orders.precision > 0.85 && result.orders.recall > 0.97)
        // The data must hold what a better engine can do better.
        #expect(result.overMergeCount > 10 && result.splitCount > 10)
    }

    // MARK: Reading replies

    @Test(arguments: [
        (
            #"OK {"order":"bol:1","customer":"C-17","resolution":"created","duplicate":false,"seq":9}"#,
            "C-17", false, ReplyFields.Resolution.created
        ),
        (#"OK {"duplicate":true,"customer":"8","x":{"customer":"9"},"resolution":"matched"}"#, "8", true, .matched),
        (#"OK {"order":"a\"customer\":b","resolution":"merged","customer":"K1"}"#, "K1", false, .merged),
        (#"OK {"note":"customer","list":["customer","duplicate"],"seq":1}"#, "", false, .none),
        ("OK", "", false, .none), (#"OK {"customer":"#, "", false, .none), (#"OK {"customer":"x"#, "x", false, .none),
    ])
    func dossierRepliesAreRead(
        _ line: String, _ customer: String, _ isDuplicate: Bool, _ resolution: ReplyFields.Resolution
    ) {
        let bytes = Array(line.utf8)
        let fields = ReplyFields(dossierReply: bytes.span)
        #expect(String(decoding: bytes[fields.customer], as: UTF8.self) == customer)
        #expect(fields.isDuplicate == isDuplicate && fields.resolution == resolution && !fields.isStale)
    }

    @Test(arguments: [
        ("+C12 created 0\r", "C12", false, ReplyFields.Resolution.created), ("+C1 merged 0", "C1", false, .merged),
        ("+C7 matched 1\r", "C7", true, .matched), ("+OK\r", "OK", false, .none), ("+", "", false, .none),
    ])
    func redisRepliesAreRead(
        _ line: String, _ customer: String, _ isDuplicate: Bool, _ resolution: ReplyFields.Resolution
    ) {
        let bytes = Array(line.utf8)
        let fields = ReplyFields(procedureReply: bytes.span)
        #expect(String(decoding: bytes[fields.customer], as: UTF8.self) == customer)
        #expect(fields.isDuplicate == isDuplicate && fields.resolution == resolution)
    }

    @Test(
        arguments: [
            (#"{"number":"C-1","profiles":3}"#, "C-1"),
            (#"{"customer":{"kind":"person","number":"C-2"},"number":"no"}"#, "C-2"),
            (#"{"profiles":[{"number":"x"}],"customer":{"number":"C-3"}}"#, "C-3"),
            (#"{"total":1}"#, nil), (#"{"number":7}"#, nil), ("nonsense", nil),
        ] as [(String, String?)])
    func livingNumbersAreFound(_ json: String, _ number: String?) {
        let bytes = Array(json.utf8)
        let range = LivingNumbers.livingNumber(in: bytes.span)
        #expect(range.map { String(decoding: bytes[$0], as: UTF8.self) } == number)
    }

    @Test(arguments: [
        (#"{"orders":[{"channel":"bol","store":"main","number":"1"}],"totals":{"orders":1}}"#, 1, false),
        (
            #"{"orders":[{"channel":"bol","number":"1","lines":[{"number":"1"}]},{"channel":"bol","number":"1"}]}"#, 2,
            false
        ),
        (#"{"orders":[{"channel":"bol","store":"other","number":"1"}],"totals":{"orders":1}}"#, 0, false),
        (#"{"totals":{"orders":9},"orders":[]}"#, 0, true),
    ])
    func dossiersAreSearchedForAnOrder(_ json: String, _ matches: Int, _ isCut: Bool) {
        let bytes = Array(json.utf8)
        let found = AcknowledgementCheck.count("bol:1", in: bytes.span)
        #expect(found?.matches == matches && found?.isCut == isCut)
    }

    @Test func numberTableGivesEachNumberOneToken() {
        var table = NumberTable()
        for round in 0..<2 {
            for index in 0..<5_000 {
                let number = Array("C-\(index)".utf8)
                let token = table.token(of: number.span)
                #expect(token == UInt32(index), "round \(round)")
            }
        }
        let (count, text) = (table.count, table.text(of: 4_321))
        #expect(count == 5_000 && text == "C-4321")
    }
}
