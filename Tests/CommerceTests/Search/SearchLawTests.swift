import Bytes
import Testing

@testable import Commerce

/// B01 B03 E01 E02: a search finds exactly the customers that a walk over all texts finds, while profiles come and change,
/// customers are merged and taken apart, and the index is built and kept up a piece at a time.
@Suite struct SearchLawTests {
    @Test(arguments: 0..<12)
    func findsWhatAWalkOverAllTextsFinds(_ seed: Int) throws {
        var random = SplitMix(UInt64(seed))
        var world = DirectoryWorld(shards: 1 + seed % 3, mode: .exact)
        let indexes = (0..<(1 + seed % 3)).map { _ in IndexBox() }
        var texts: [UInt32: [String]] = [:]
        var noted = 0
        for step in 0..<80 {
            try change(&world, &texts, &random, step)
            for bytes in world.journal[noted...] {
                let event = try Event(bytes.span)
                guard event.kind.concernsShard else { continue }
                let shard = world.directory.shard(of: event.party.profile)
                indexes[shard].search.note(event, in: world.shards[shard])
            }
            noted = world.journal.count
            let busy = Int(random.next() % UInt64(indexes.count))
            _ = indexes[busy].search.catchUp(with: world.shards[busy], limit: Int(random.next() % 4))
            guard step % 8 == 7 else { continue }
            for query in Self.queries {
                let found = try search(query, &world, indexes)
                let expected = walk(query, world, texts)
                #expect(found == expected, "seed \(seed), step \(step), \(query)")
            }
        }
    }

    private static let queries = [
        "", "anse", "jansen", "JANSEN amsterdam", "mull", "Müller", "gracht 12", "12", "1", "a", "de vries", "kd",
        "1015kd",
        "o9 jansen", "nobody", "ansen ansen", "straße", "Ηρα", "łód",
    ]
    private static let names = ["Jansen", "de Vries", "Müller", "Janssen-Ansen", "O'Neil", "Şahin", "Ήρα", "Nowak"]
    private static let places = ["Amsterdam", "Łódź", "Köln", "Den Haag"]
    private static let streets = ["Prinsengracht 12-2", "Hauptstraße 5", "Kade 121"]

    private func change(
        _ world: inout DirectoryWorld, _ texts: inout [UInt32: [String]], _ random: inout SplitMix, _ step: Int
    ) throws {
        func pick(_ list: [String]) -> String { list[Int(random.next() % UInt64(list.count))] }
        switch random.next() % 8 {
        case 0 where texts.count > 2:
            let one = UInt32(random.next() % UInt64(texts.count))
            let other = UInt32(random.next() % UInt64(texts.count))
            do throws(Refusal) {
                _ = try world.perform(.merge(from: one, into: other, isPreview: false, reason: "test"))
            } catch {
                #expect(error.code != .internal)
            }
        case 1 where texts.count > 2:
            let one = UInt32(random.next() % UInt64(texts.count))
            do throws(Refusal) {
                _ = try world.perform(.split(one, profiles: [], isPreview: false, reason: "test"))
            } catch {
                #expect(error.code != .internal)
            }
        default:
            let (name, city, street) = (pick(Self.names), pick(Self.places), pick(Self.streets))
            let reference = "r\(random.next() % 40)"
            let decision = try world.order(
                """
                {"channel":"shopify","number":"O\(step)","placedAt":"2026-03-01T10:22:31Z","currency":"EUR","total":"1.00",
                "customer":{"ref":"\(reference)","email":"k\(random.next() % 30)@x\(random.next() % 3).nl","lastName":"\(name)"},
                "billing":{"street":"\(street)","postalCode":"1015 KD","city":"\(city)","country":"NL"}}
                """, shop: "main", now: Int64(1_000 + step))
            let record = world.journal.last { $0.first == EventKind.orderRecorded.rawValue } ?? []
            let event = try Event(record.span)
            var seen = texts[decision.profile] ?? []
            seen += [name, street, city, "1015 KD 1015KD", "O\(step)", reference]
            // The address is whatever the event says, so that the walk need not know which was drawn.
            if event.party.isNewVariant {
                let party = PartyRecord(record.span.extracting(event.party.record.range)).members
                seen.append(party.text(PartyShape.email))
            }
            texts[decision.profile] = seen
        }
    }

    private func search(
        _ query: String, _ world: inout DirectoryWorld, _ indexes: [IndexBox]
    ) throws -> [UInt32] {
        for (shard, box) in indexes.enumerated() {
            while box.search.catchUp(with: world.shards[shard], limit: 7) {}
        }
        while world.directory.refreshCustomerMap(limit: 5) {}
        var selection = Selection()
        selection.terms = SearchTerm.words(of: Array(query.utf8))
        let found = indexes.map { $0.search.rows(matching: selection.terms) }
        let set = world.directory.select(selection, found: found, shop: 0)
        let rising = set.page(offset: 0, limit: .max, isFalling: false)
        #expect(set.count == rising.count && set.page(offset: 0, limit: .max, isFalling: true) == rising.reversed())
        for offset in stride(from: 0, to: rising.count, by: 3) {
            #expect(set.page(offset: offset, limit: 3, isFalling: false) == Array(rising.dropFirst(offset).prefix(3)))
        }
        return rising.map { world.directory.customerNumber(of: $0) }
    }

    /// Every word of the query stands in some text of some profile of the customer, or is the customer's number.
    private func walk(_ query: String, _ world: borrowing DirectoryWorld, _ texts: [UInt32: [String]]) -> [UInt32] {
        var words: [UInt32: Set<String>] = [:]
        for profile in texts.keys {
            let customer = world.directory.customerNumber(of: profile)
            for text in texts[profile] ?? [] { words[customer, default: []].formUnion(Self.words(text)) }
        }
        return words.keys.filter { customer in
            Self.words(query).allSatisfy { part in
                words[customer]?.contains {
                    part.utf8.count < 3 ? $0.utf8.starts(with: part.utf8) : $0.contains(part)
                } ?? false
                    || UInt32(part.hasPrefix("c") ? String(part.dropFirst()) : part).map {
                        $0 > 0 && Int($0) <= world.directory.profiles.count
                            && world.directory.customerNumber(of: $0 - 1) == customer
                    } ?? false
            }
        }.sorted { leader($0, world) < leader($1, world) }
    }

    private func leader(_ customer: UInt32, _ world: borrowing DirectoryWorld) -> UInt32 { customer - 1 }

    private static func words(_ text: String) -> [String] {
        text.split { " @,;".contains($0) }.compactMap { word in
            var folded = ByteWriter()
            Folding.fold(Array(word.utf8).span, into: &folded)
            let joined = String(decoding: folded.copyBytes().filter { $0 > 0x20 }, as: UTF8.self)
            return joined.isEmpty ? nil : joined
        }
    }
}

private final class IndexBox {
    var search = ShardSearch()
}

@Suite struct SearchTermTests {
    @Test(arguments: [
        ("Anne-Marie", ["annemarie"]), ("de  Vries", ["de", "vries"]), ("06-12345678", ["612345678"]),
        ("+31 6 12 34 56 78", ["31612345678"]), ("+31 (0)6 12345678", ["31612345678"]),
        ("0031612345678", ["31612345678"]), ("(0031) 612345678", ["0031", "612345678"]), ("007", ["007"]),
        ("S-1000", ["s1000"]),
        ("jan@voorbeeld.nl", ["jan", "voorbeeldnl"]), ("12-2", ["122"]), ("Straße", ["strasse"]), ("---", []),
        ("1015 KD", ["1015", "kd"]),
    ])
    func wordsOfWhatIsTyped(_ typed: String, _ expected: [String]) {
        let words = SearchTerm.words(of: Array(typed.utf8))
        #expect(words == expected.map { .part(Array($0.utf8)) }, "\(typed)")
    }

    @Test(arguments: [1, 7, 64, 1_000, 40_000])
    func deltaListsGiveBackWhatTheyGot(_ count: Int) {
        var random = SplitMix(UInt64(count))
        var lists = DeltaLists()
        var expected: [[UInt32]] = []
        for _ in 0..<count {
            let value = UInt32(truncatingIfNeeded: random.next()) >> UInt32(random.next() % 32)
            if expected.isEmpty || random.next() % 3 == 0, expected.count < 50 {
                #expect(lists.add(value) == expected.count)
                expected.append([value])
            } else {
                let list = Int(random.next() % UInt64(expected.count))
                lists.append(value, to: list)
                expected[list].append(value)
            }
        }
        for (list, values) in expected.enumerated() {
            let found = lists.numbers(in: list)
            #expect(found == values && lists.count(of: list) == values.count && lists.last(of: list) == values.last)
        }
    }

    /// Words that thousands of rows have turn into bits on the way, and nothing is lost.
    @Test func whatVeryManyRowsHaveIsStillFound() {
        var index = WordIndex()
        let common = Array("amsterdam".utf8)
        for row in 0..<20_000 where row % 3 != 0 {
            index.add(common.span, row: row)
            index.add(Array("unique\(row)".utf8).span, row: row)
        }
        for term in ["amsterdam", "mster", "am", "a", "ams"] {
            let found = index.rows(matching: .part(Array(term.utf8)))
            #expect(
                found.count == (0..<20_000).count { $0 % 3 != 0 } && found.contains(1) && !found.contains(3), "\(term)")
        }
        #expect(index.rows(matching: .part(Array("unique19999".utf8))).count == 1)
        #expect(index.rows(matching: .part(Array("msterx".utf8))).count == 0)
    }
}
