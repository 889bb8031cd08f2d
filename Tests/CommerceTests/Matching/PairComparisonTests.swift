import Bytes
import Testing

@testable import Commerce

/// What is kept of two rows is what would be found anew, from either side.
@Suite struct PairComparisonTests {
    /// Texts of few letters, so that all levels of agreement come up.
    private struct Drawing {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func text(_ words: [String]) -> ShortText {
            var word = [UInt8](words[next(words.count)].utf8)
            for _ in 0..<(next(3) == 0 ? next(3) : 0) where !word.isEmpty {
                word[next(word.count)] = UInt8(97 + next(4))
            }
            return ShortText(word.span)
        }

        mutating func features() -> PartyFeatures {
            var features = PartyFeatures()
            features.firstName = text(["jan", "johanna", "peter", "petra", "j", ""])
            features.lastName = text(["jansen", "pietersen", "devries", ""])
            features.firstNameSound = UInt16(next(3))
            features.lastNameSound = UInt16(next(3))
            features.isFirstNameUnlikely = next(4) == 0
            features.isFirstNameKnown = next(2) == 0
            features.generation = [.none, .none, .junior, .senior][next(4)]
            features.emailKind = [.none, .real, .real, .relay, .unusable][next(5)]
            features.emailLocal = text(["jan.jansen", "jjansen", "petra", "info"])
            features.emailHash = UInt32(next(4) + 1)
            features.phone = PhoneFeature(digits: 0x316_1234_5670 + UInt64(next(12)), isValid: next(2) == 0)
            features.vatHash = UInt32(next(3))
            features.companyHash = UInt32(next(3))
            features.company = text(["bakker", "slager"])
            let years: [UInt32] = [0x1960_0000, 0x1990_0000, 0x1991_0000, 0]
            features.birthDate = BirthDate(digits: years[next(4)] | (next(3) == 0 ? 0 : 0x0101 + UInt32(next(9))))
            features.firstAddress.street = text(["dorpsstraat", "kerkstraat", ""])
            features.firstAddress.houseNumber = UInt32(next(3))
            features.firstAddress.postalCode = text(["1234ab", "1234ac", ""]).low
            features.firstAddress.city = text(["utrecht", "zeist"]).low
            features.firstAddress.addition = text(["", "", "a", "hoog"]).low
            if next(4) == 0 { features.secondAddress.street = text(["dorpsstraat", "kerkstraat"]) }
            return features
        }
    }

    @Test func aComparisonIsTheSameFromEitherSide() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var drawing = Drawing(state: seed)
        for _ in 0..<20_000 {
            let (one, other) = (drawing.features(), drawing.features())
            #expect(PairComparison(one, other) == PairComparison(other, one), "seed \(seed)")
        }
    }

    @Test func whatIsKeptWeighsWhatAFreshComparisonWeighs() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var drawing = Drawing(state: seed)
        var cache = ComparisonCache()
        let rows = (0..<150).map { _ in drawing.features() }
        let hashes = rows.map { MatchIndex.hash(of: $0) }
        var strict = MatchRules.standard
        strict.set(.lastName, .same, -400)
        let weighers = [PairWeigher(.standard), PairWeigher(strict)]
        for _ in 0..<120_000 {
            let (one, other) = (drawing.next(rows.count), drawing.next(rows.count))
            let weigher = weighers[drawing.next(2)]
            var classes = FrequencyClasses(population: UInt8(drawing.next(2)))
            for field in FrequencyField.allCases { classes[field] = UInt8(drawing.next(2)) }
            let withheld = drawing.next(4) == 0 ? FieldMask(rawValue: UInt16(drawing.next(64))) : []
            let fresh = PairComparison(rows[one], rows[other])
            let kept = cache.weight(of: hashes[one], hashes[other], classes, withheld: withheld, by: weigher) { fresh }
            #expect(
                kept == weigher.weigh(fresh, classes, withheld: withheld), "seed \(seed): rows \(one), \(other)")
        }
        // All pairs fit for either weigher, but for those whose places are another's.
        let pairs = rows.count * (rows.count + 1) / 2
        #expect(cache.made < 2 * 3 * pairs)
    }

    @Test func rulesThatAreTheSameHaveOneFingerprint() {
        var strict = MatchRules.standard
        strict.set(.lastName, .same, -400)
        #expect(PairWeigher(.standard).fingerprint == PairWeigher(.standard).fingerprint)
        #expect(PairWeigher(.standard).fingerprint != PairWeigher(strict).fingerprint)
    }

    @Test func aKeptComparisonWeighsWhatTheTwoWeigh() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var drawing = Drawing(state: seed)
        let weigher = PairWeigher(.standard)
        var verdicts = Set<PairVerdict>()
        for _ in 0..<20_000 {
            let (one, other) = (drawing.features(), drawing.features())
            guard one.hasOneAddress(beside: other) else { continue }
            var classes = FrequencyClasses(population: UInt8(drawing.next(6)))
            for field in FrequencyField.allCases { classes[field] = UInt8(drawing.next(9)) }
            let withheld = FieldMask(rawValue: drawing.next(2) == 0 ? 0 : UInt16(drawing.next(64)))
            let weight = weigher.weigh(PairComparison(one, other), classes, withheld: withheld)
            #expect(weight == weigher.weigh(one, other, classes, withheld: withheld), "seed \(seed)")
            #expect(
                weight.levels & withheld.levels == 0 && weigher.waterfall(of: weight, classes).score == weight.score)
            verdicts.insert(weight.verdict)
        }
        #expect(verdicts.count == 4, "seed \(seed): \(verdicts)")
    }
}
