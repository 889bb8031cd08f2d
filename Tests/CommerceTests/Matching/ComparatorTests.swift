import Bytes
import Testing

@testable import Commerce

struct ComparatorTests {
    private func text(_ string: String) -> ShortText { ShortText(Array(string.utf8).span) }

    /// Optimal string alignment by the textbook's matrix.
    private func naiveDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for row in 0...left.count { rows[row][0] = row }
        for column in 0...right.count { rows[0][column] = column }
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        for row in 1...left.count {
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(rows[row - 1][column] + 1, rows[row][column - 1] + 1, rows[row - 1][column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    best = min(best, rows[row - 2][column - 2] + 1)
                }
                rows[row][column] = best
            }
        }
        return rows[left.count][right.count]
    }

    @Test func distanceIsTheTextbooks() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<20_000 {
            let left = (0..<next(17)).map { _ in UInt8(97 + next(4)) }
            let right = (0..<next(17)).map { _ in UInt8(97 + next(4)) }
            let (one, other) = (ShortText(left.span), ShortText(right.span))
            #expect(one.distance(to: other) == naiveDistance(left, right), "seed \(seed): \(left) \(right)")
            #expect(one.count == left.count)
            let limit = next(6)
            let (bounded, distance) = (one.distance(to: other, atMost: limit), naiveDistance(left, right))
            #expect(
                bounded == distance || bounded > limit && distance > limit, "seed \(seed): \(left) \(right) \(limit)")
        }
    }

    @Test(arguments: [
        ("schmidt", "schmitt"), ("smit", "smith"), ("meier", "maier"), ("meyer", "mayr"), ("jansen", "janssen"),
        ("philip", "filip"), ("fischer", "visser"), ("kuiper", "kuyper"), ("schulz", "schultz"),
    ])
    func soundsTheSame(_ left: String, _ right: String) {
        #expect(PhoneticKey.key(of: text(left)) == PhoneticKey.key(of: text(right)))
    }

    @Test(arguments: [("mueller", "schmidt"), ("jansen", "pietersen"), ("bakker", "visser"), ("anna", "berta")])
    func soundsDifferent(_ left: String, _ right: String) {
        #expect(PhoneticKey.key(of: text(left)) != PhoneticKey.key(of: text(right)))
    }

    @Test(arguments: [
        ("1971-06-24", "24.06.1971", PairLevel.same), ("19710624", "1971-06-24", .same),
        ("06/24/1971", "1971-06-24", .same),
        ("24061971", "1971-06-24", .same), ("1971-6-4", "04-06-1971", .same), ("1971-06-24", "1971-06-25", .near),
        ("1971-06-24", "1971-60-24", .near), ("1971-06-24", "1917-06-24", .near),
        ("1971-06-11", "1971-11-06", .swapped),
        ("1971-06-24", "1971-09-24", .near), ("1971-06-24", "1983-06-24", .part), ("1971", "1971-06-24", .part),
        ("1971-06-24", "1971-07-12", .close), ("1971-06-24", "1948-11-03", .differs),
        ("1971-06-24", "1970-01-01", .missing),
        ("", "1971-06-24", .missing), ("unknown", "1971-06-24", .missing), ("1998-26-08", "1998-12-03", .close),
    ])
    func birthDates(_ left: String, _ right: String, _ expected: PairLevel) {
        let (one, other) = (BirthDate(Array(left.utf8).span), BirthDate(Array(right.utf8).span))
        #expect(one.level(against: other) == expected)
        #expect(other.level(against: one) == expected)
    }

    @Test(arguments: [
        ("1971-06-24", "1971-06-25", true), ("1971-06-24", "1971-06-42", true), ("1971-06-11", "1971-11-06", true),
        ("1971-03-24", "1971-08-24", true), ("1971-01-24", "1971-11-24", false), ("1998-12-08", "1998-26-08", true),
        ("1971-06-24", "1971-07-12", false), ("1971-06-24", "1972-06-24", false), ("1971-06-24", "1971-06-24", false),
        ("1971-06-24", "", false),
    ])
    func slipsOfBirthDates(_ left: String, _ right: String, _ expected: Bool) {
        let (one, other) = (BirthDate(Array(left.utf8).span), BirthDate(Array(right.utf8).span))
        #expect(one.isSlip(of: other) == expected)
        #expect(other.isSlip(of: one) == expected)
    }

    @Test(arguments: [
        ("a@one.de", "b@two.de", PairLevel.differs), ("jan.jansen@ziggo.nl", "jan.jansen@ziggo.nl", .same),
        ("jan.jansen@ziggo.nl", "jan.jansne@ziggo.nl", .near), ("jan.jansen@ziggo.nl", "jan.jansen@kpn.nl", .local),
        ("jan.jansen@ziggo.nl", "x7k2@marketplace.amazon.de", .missing),
        ("x7k2@marketplace.amazon.de", "x7k3@marketplace.amazon.de", .missing),
        ("x7k2@marketplace.amazon.de", "x7k2@marketplace.amazon.de", .same),
        ("none@none.com", "none@none.com", .missing),
    ])
    func emailAddresses(_ left: String, _ right: String, _ expected: PairLevel) throws {
        let (one, other) = (try features("\"email\":\"\(left)\""), try features("\"email\":\"\(right)\""))
        #expect(one.emailLevel(against: other) == expected)
    }

    @Test func relayAddressesMeanNothingInAnotherChannel() throws {
        let email = #""email":"x7k2@marketplace.amazon.de""#
        let (one, other) = (try features(email, channel: "amazon"), try features(email, channel: "bol"))
        #expect(one.emailLevel(against: other) == .missing)
    }

    @Test(arguments: [
        ("+31 6 12345678", "06-12345678", PairLevel.same), ("06 12345678", "06 12345687", .near),
        ("06 12345678", "06 98761234", .differs), ("0000000000", "0000000000", .missing),
        ("99 45612378", "45612378", .local),
    ])
    func telephones(_ left: String, _ right: String, _ expected: PairLevel) throws {
        let country = #","billing":{"country":"NL"}"#
        let one = try features("\"phone\":\"\(left)\"\(country)")
        let other = try features("\"phone\":\"\(right)\"\(country)")
        #expect(one.phone.level(against: other.phone) == expected)
    }

    @Test(arguments: ["lachlan", "johanna", "giuseppe", "ngoc", "yusuf", "catharina", "saskia", "hans"])
    func namesAreLikely(_ name: String) { #expect(!NameLetters.isUnlikely(text(name))) }

    @Test(arguments: [("lachlan", true), ("zbigniew", true), ("lazhj", false), ("", false)])
    func givenNames(_ name: String, _ isKnown: Bool) { #expect(GivenNames.contains(text(name)) == isKnown) }

    @Test(arguments: ["lazhj", "baqwy", "toqd", "xxq"])
    func slipsAreUnlikely(_ name: String) { #expect(NameLetters.isUnlikely(text(name))) }
}
