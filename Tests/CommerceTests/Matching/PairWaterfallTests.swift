import Bytes
import Testing

@testable import Commerce

@Suite struct PairWaterfallTests {
    private static let names = ["Anna", "Ana", "Jan", "Johanna", "A.", ""]
    private static let lastNames = ["de Vries", "Vries", "Quist", "Jansen", ""]
    private static let streets = ["Keizersgracht 12", "Keizersgracht 14 hs", "Dorpsstraat 3", ""]
    private static let emails = ["anna@example.nl", "ana@example.nl", "jan@devries.nl", ""]

    private static func party(_ random: inout SystemRandomNumberGenerator) -> String {
        func pick(_ values: [String]) -> String { values[Int.random(in: 0..<values.count, using: &random)] }
        let birthDate = pick(["1970-01-02", "1970-02-01", "1950-01-02", ""])
        let postalCode = pick(["1015KD", "1015KE", "9981AA", ""])
        return """
            {"channel":"crm","ref":"1","firstName":"\(pick(names))","lastName":"\(pick(lastNames))",\
            "email":"\(pick(emails))","phone":"\(pick(["+31612345678", "+31612345679", ""]))",\
            "company":"\(pick(["Quist B.V.", "Quist", ""]))","birthDate":"\(birthDate)",\
            "billing":{"street":"\(pick(streets))","postalCode":"\(postalCode)","city":"Amsterdam","country":"NL"},\
            "shipping":{"street":"\(pick(streets))","postalCode":"9981AA","city":"Uithuizen","country":"NL"}}
            """
    }

    private static func features(_ json: String) throws -> PartyFeatures {
        var decoder = CommandDecoder()
        var output = ByteWriter()
        let bytes = [UInt8](json.utf8)
        let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")
        let party = try decoder.profile(bytes.span, hasher, into: &output).party
        var extractor = FeatureExtractor()
        let packed = output.copyBytes()
        return extractor.features(of: packed.span.extracting(party.record.range))
    }

    /// What is called firm is weighed the same whatever the frequencies, and is no bridge under any.
    @Test func aFirmVerdictStandsInAnyFrequency() throws {
        var random = SystemRandomNumberGenerator()
        let weigher = PairWeigher(.standard)
        var firm: [PairVerdict: Int] = [:]
        for _ in 0..<4_000 {
            let json = Self.party(&random)
            // Strangers are rarely found: half of the pairs are one party with something changed.
            let other = Bool.random() ? Self.party(&random) : json.replacing("Ana", with: "Anna")
            let (left, right) = (try Self.features(json), try Self.features(other))
            let population = UInt8.random(in: 0..<6)
            let weight = weigher.weigh(left, right, FrequencyClasses(population: population), withheld: [])
            guard weigher.isFirm(weight, population: population) else { continue }
            firm[weight.verdict, default: 0] += 1
            for _ in 0..<20 {
                var classes = FrequencyClasses(population: population)
                for field in FrequencyField.allCases { classes[field] = UInt8.random(in: 0..<9) }
                let again = weigher.weigh(left, right, classes, withheld: [])
                #expect(again.verdict == weight.verdict && again.reason == weight.reason, "\(json) \(other)")
                let safeScore = weigher.rules.mergeThreshold + BridgeAlarm.safeMargin
                #expect(again.verdict != .merge || again.score >= safeScore, "\(json) \(other)")
            }
        }
        #expect(firm[.merge, default: 0] > 100 && firm[.link, default: 0] > 20, "\(firm)")
    }

    /// Whatever is compared: prior, parts and what the address limit cuts off are the score.
    @Test func thePartsAddUpToTheScore() throws {
        var random = SystemRandomNumberGenerator()
        let weigher = PairWeigher(.standard)
        var cuts = 0
        for _ in 0..<2_000 {
            let (left, right) = (Self.party(&random), Self.party(&random))
            var classes = FrequencyClasses(population: UInt8.random(in: 0..<12))
            for field in FrequencyField.allCases { classes[field] = UInt8.random(in: 0..<16) }
            let withheld = FieldMask(rawValue: Bool.random() ? 0 : UInt16.random(in: 0..<64))
            let weight = weigher.weigh(
                try Self.features(left), try Self.features(right), classes, withheld: withheld)
            let waterfall = weigher.waterfall(of: weight, classes)
            #expect(waterfall.score == weight.score, "\(left) \(right) \(classes) \(withheld)")
            #expect(waterfall.parts.map(\.field) == MatchField.allCases.filter { weight[$0] != .missing })
            if waterfall.addressCut < 0 { cuts += 1 }
        }
        #expect(cuts > 0, "the address limit was never tried")
    }
}
