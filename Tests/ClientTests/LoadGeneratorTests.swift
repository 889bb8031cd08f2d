import Foundation
import Glibc
import Testing

@testable import Load

/// The lines of a book's deliveries, with what each is.
private func deliveries(
    _ book: OrderBook, peer: Load.Peer = .dossier, lookupPerMille: Int = 0
) -> [(line: String, request: RequestChunk.Request)] {
    var source = OrderDeliveries(book: book, peer: peer, lookupPerMille: lookupPerMille)
    var builder = ChunkBuilder()
    var result: [(String, RequestChunk.Request)] = []
    var hasMore = true
    while hasMore {
        hasMore = source.renderNext(into: &builder)
        guard builder.isFull || !hasMore else { continue }
        let chunk = builder.take()
        for index in 0..<chunk.count {
            let line = String(decoding: chunk.bytes[chunk.byteRange(index..<(index + 1))], as: UTF8.self)
            result.append((line, chunk.requests[index]))
        }
    }
    return result
}

private func fingerprint(_ lines: [String]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for line in lines { for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 } }
    return hash
}

@Suite struct LoadGeneratorTests {
    @Test func sameSeedGivesSameBytesEverywhere() {
        let lines = deliveries(OrderBook(seed: 7, orders: 3_000, buyers: 600)).map(\.line)
        // Pinned: another machine or another compiler must not change what a seed means. A change of the generator
        // on purpose changes it, and with it every result that names a seed.
        #expect(fingerprint(lines) == 5_333_367_845_774_325_426)
        let other = deliveries(OrderBook(seed: 8, orders: 3_000, buyers: 600)).map(\.line)
        #expect(lines != other)
    }

    @Test func everyLineIsACommandWithOneJSONObject() throws {
        var bytes = 0
        let lines = deliveries(OrderBook(seed: 3, orders: 4_000, buyers: 900))
        for (line, _) in lines {
            #expect(line.hasPrefix("ORDER.PUT {") && line.hasSuffix("}\n"))
            #expect(line.utf8.count(where: { $0 < 0x20 }) == 1)
            bytes += line.utf8.count
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8.dropFirst(10)))
            let order = try #require(value as? [String: Any])
            for field in [
                "channel", "store", "number", "placedAt", "currency", "customer", "billing", "lines", "total",
            ] {
                #expect(order[field] != nil, "\(field) is missing")
            }
            let articles = try #require(order["lines"] as? [[String: Any]])
            #expect((1...4).contains(articles.count))
            let cents = try articles.reduce(0) { sum, article in
                let price = try #require(article["unitPrice"] as? String)
                let quantity = try #require(article["quantity"] as? Int)
                return sum + (try #require(Int(price.replacing(".", with: "")))) * quantity
            }
            #expect(Int((order["total"] as? String ?? "").replacing(".", with: "")) == cents)
        }
        let average = bytes / lines.count
        #expect((700...780).contains(average), "an order is \(average) bytes")
    }

    @Test func redeliveriesAreIdenticalAndComeLater() {
        let book = OrderBook(seed: 11, orders: 20_000, buyers: 4_000)
        var first: [UInt32: String] = [:]
        var counts: [RequestKind: Int] = [:]
        for (line, request) in deliveries(book) {
            counts[request.kind, default: 0] += 1
            switch request.kind {
            case .order:
                #expect(first.updateValue(line, forKey: request.subject) == nil)
            case .redelivery:
                #expect(first[request.subject] == line)
            case .revision:
                #expect(first[request.subject] != nil && first[request.subject] != line)
                #expect(first[request.subject]?.contains("\"updatedAt\"") == true)
            default: Issue.record("unexpected \(request.kind)")
            }
        }
        #expect(counts[.order] == 20_000)
        #expect((540...660).contains(counts[.redelivery] ?? 0), "3 % of 20,000, not \(counts[.redelivery] ?? 0)")
        #expect((150...250).contains(counts[.revision] ?? 0), "1 % of 20,000, not \(counts[.revision] ?? 0)")
    }

    @Test func aRevisionChangesOnlyItsStateAndTime() throws {
        let book = OrderBook(seed: 5, orders: 2_000, buyers: 300, redeliveredPerMille: 0, revisedPerMille: 1000)
        for ordinal in 0..<200 {
            let order = book.order(ordinal)
            var newer = book.order(ordinal, isRevision: true)
            #expect(try #require(newer.updatedAt) > (try #require(order.updatedAt)))
            #expect(newer.status != order.status)
            newer.updatedAt = order.updatedAt
            newer.status = order.status
            #expect("\(newer)" == "\(order)")
        }
    }

    @Test func truthIsKeptBesideTheLines() {
        let book = OrderBook(seed: 13, orders: 5_000, buyers: 700)
        var numbers: Set<String> = []
        for ordinal in 0..<book.count {
            let order = book.order(ordinal)
            #expect(order.buyer == book.buyerIndex(of: ordinal))
            #expect(book.truth(of: ordinal) == (order.buyer, order.channel))
            #expect(book.name(of: ordinal) == order.channel.name(ofOrder: order.number))
            numbers.insert(book.name(of: ordinal))
            if let reference = order.reference.flatMap({ Int($0) }) {
                #expect(reference % 100_000 % 1_000 == order.buyer % 1_000)
                #expect(!order.channel.isMarketplace)
            }
            if order.channel.isMarketplace, let email = order.email {
                #expect(ExactKeyReference.isRelay(email))
            }
        }
        #expect(numbers.count == book.count)
    }

    @Test func buyersLookLikeACountry() {
        let population = Population(seed: 1, count: 20_000, channels: Channel.allCases, period: OrderBook.period)
        let buyers = (0..<population.count).map(population.buyer)
        func share(_ isCounted: (Buyer) -> Bool) -> Double {
            Double(buyers.count(where: isCounted)) / Double(buyers.count)
        }
        #expect((0.58...0.70).contains(share { $0.country.code == "NL" }))
        #expect((0.04...0.11).contains(share { $0.company != nil }))
        #expect((0.05...0.10).contains(share { $0.newAddress != nil }))
        #expect((0.80...0.97).contains(share { $0.phone != nil }))
        #expect((0.08...0.14).contains(share { Set($0.emails).count > 1 }))
        #expect((0.65...0.80).contains(share { $0.accounts != 0 }))
        let emails = Set(buyers.map { $0.emails[0] })
        #expect(emails.count == buyers.count)
        let vatIDs = buyers.compactMap(\.vatID)
        #expect(Set(vatIDs).count == vatIDs.count)
    }

    @Test func householdsShareAnAddress() {
        let population = Population(seed: 2, count: 8_000, channels: Channel.allCases, period: OrderBook.period)
        var sizes: [Int: Int] = [:]
        for index in 0..<population.count {
            let members = population.household(of: index)
            #expect(members.contains(index) && (1...5).contains(members.count))
            #expect(population.household(of: members.lowerBound) == members)
            sizes[members.count, default: 0] += 1
            let first = population.buyer(members.lowerBound)
            #expect(population.buyer(index).address == first.address)
        }
        for size in 1...5 { #expect((sizes[size] ?? 0) > 100, "households of \(size)") }
    }

    @Test func phonesTieOnlyHouseholds() {
        let population = Population(seed: 3, count: 20_000, channels: Channel.allCases, period: OrderBook.period)
        var owners: [String: Int] = [:]
        var shared = 0
        for index in 0..<population.count {
            let buyer = population.buyer(index)
            guard let phone = buyer.phone else { continue }
            let owner = owners.updateValue(buyer.household, forKey: buyer.country.callingCode + phone)
            if owner != nil { shared += 1 }
            #expect(owner == nil || owner == buyer.household)
        }
        #expect(shared > 100)
    }

    @Test func activityFollowsZipf() {
        let ranks = 1_000
        let shift = 5
        var random = SeededGenerator(seed: 99)
        let zipf = Zipf(ranks: ranks, shift: shift)
        var counts = [Int](repeating: 0, count: ranks)
        let draws = 400_000
        for _ in 0..<draws { counts[zipf.draw(&random)] += 1 }
        let norm = (0..<ranks).reduce(0.0) { $0 + 1 / Double($1 + shift + 1) }
        for rank in [0, 1, 2, 9, 99, 999] {
            let expected = Double(draws) / Double(rank + shift + 1) / norm
            let tolerance = 5 * expected.squareRoot()
            #expect(abs(Double(counts[rank]) - expected) < tolerance, "rank \(rank): \(counts[rank]), not \(expected)")
        }
    }

    @Test func lookupsAskForWhatWasSent() {
        let lines = deliveries(OrderBook(seed: 4, orders: 4_000, buyers: 800), lookupPerMille: 100)
        let lookups = lines.filter { $0.request.kind == .lookup }
        #expect((330...470).contains(lookups.count))
        for lookup in lookups {
            #expect(lookup.line.hasPrefix("CUSTOMER.360 email=") || lookup.line.hasPrefix("CUSTOMER.360 order="))
        }
    }

    @Test func aStreamGivesTheSameBytesInBoundedMemory() throws {
        let book = OrderBook(seed: 7, orders: 6_000, buyers: 600)
        let stream = OrderStream(book: book, peer: .dossier, lookupPerMille: 0, aheadBytes: 0)
        stream.waitUntilPrimed()
        var streamed: [UInt8] = []
        var last = RequestChunk.size
        receiving: while true {
            switch stream.next() {
            case .notYet: sched_yield()
            case .end: break receiving
            case .chunk(let chunk):
                #expect(last == RequestChunk.size, "only the last chunk may be short")
                last = chunk.count
                streamed += chunk.bytes
            }
        }
        #expect(streamed == deliveries(book).flatMap { Array($0.line.utf8) })
    }

    @Test func aCancelledStreamEnds() {
        let book = OrderBook(seed: 7, orders: 1_000_000, buyers: 600)
        let stream = OrderStream(book: book, peer: .dossier, lookupPerMille: 0, aheadBytes: 0)
        stream.waitUntilPrimed()
        stream.cancel()
        var chunks = 0
        receiving: while true {
            switch stream.next() {
            case .notYet: sched_yield()
            case .end: break receiving
            case .chunk: chunks += 1
            }
        }
        #expect((2...4).contains(chunks))
    }

    @Test func redisFramesCountBytes() throws {
        let book = OrderBook(seed: 4, orders: 50, buyers: 10)
        for (line, request) in deliveries(book, peer: .redis) {
            let parts = line.components(separatedBy: "\r\n")
            #expect(parts.count == 10 && parts[9].isEmpty)
            #expect(parts[0] == "*4" && parts[2] == "FCALL" && parts[4] == "order_put" && parts[6] == "0")
            #expect(parts[7] == "$\(parts[8].utf8.count)")
            #expect(parts[8].contains(book.order(Int(request.subject)).number))
        }
    }

    @Test(arguments: [
        "NL123456782B01", "DE136695976", "BE0428759497", "FR40303265045", "GB980780684",
    ])
    func vatRulesHoldForPublishedNumbers(_ number: String) { #expect(isValidVAT(number)) }

    @Test(arguments: ["NL", "DE", "BE", "FR", "GB"])
    func vatNumbersPassTheirCheckDigits(_ country: String) {
        var random = SeededGenerator(seed: 17)
        var failures = 0
        for _ in 0..<2_000 {
            let number = VATNumber.make(country: country, serial: random.below(10_000_000))
            if !isValidVAT(number) { failures += 1 }
        }
        #expect(failures == 0)
    }
}

/// The check-digit rules, written from the other side: a whole number is judged, not completed.
private func isValidVAT(_ number: String) -> Bool {
    let digits = number.dropFirst(2).compactMap(\.wholeNumberValue)
    func value(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }
    switch number.prefix(2) {
    case "NL":
        let sum = (0..<8).reduce(0) { $0 + digits[$1] * (9 - $1) }
        return digits.count == 11 && number.count == 14 && (sum - digits[8]) % 11 == 0
    case "DE":
        var product = 10
        for digit in digits.prefix(8) {
            let sum = (digit + product) % 10
            product = 2 * (sum == 0 ? 10 : sum) % 11
        }
        return digits.count == 9 && digits[0] != 0 && (product + digits[8]) % 10 == 1
    case "BE": return digits.count == 10 && (value(digits[0..<8]) + value(digits[8..<10])) % 97 == 0
    case "FR":
        let siren = digits[2..<11]
        let luhn = siren.reversed().enumerated().reduce(0) { sum, item in
            let doubled = item.element * (item.offset % 2 + 1)
            return sum + doubled / 10 + doubled % 10
        }
        return digits.count == 11 && luhn % 10 == 0 && value(digits[0..<2]) == (value(siren) * 100 + 12) % 97
    case "GB":
        let sum = (0..<7).reduce(0) { $0 + digits[$1] * (8 - $1) }
        return digits.count == 9 && (sum + value(digits[7..<9])) % 97 == 0
    default: return false
    }
}
