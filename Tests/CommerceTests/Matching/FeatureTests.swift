import Bytes
import Testing

@testable import Commerce

struct FeatureTests {
    @Test func staysSmall() { #expect(MemoryLayout<PartyFeatures>.size <= 192) }

    @Test(arguments: [
        (#""firstName":"Jan","lastName":"de Vries""#, #""name":"Jan de Vries""#),
        (#""firstName":"Jan","lastName":"Vries, de""#, #""name":"de Vries, Jan""#),
        (#""firstName":"Jürgen","lastName":"Müller-Lüdenscheidt""#, #""name":"Juergen Mueller-Luedenscheidt""#),
        (#""firstName":"Jan","lastName":"Jansen""#, #""billing":{"name":"Jansen, Jan"}"#),
    ])
    func namesInAnyForm(_ left: String, _ right: String) throws {
        let (one, other) = (try features(left), try features(right))
        #expect(one.firstName == other.firstName)
        #expect(one.lastName == other.lastName)
        #expect(one.nameSignature == other.nameSignature)
        #expect(one.nameSignature != 0)
    }

    /// A title that is all of a family name is one; in front of a name, or as a salutation, it is none.
    @Test(arguments: [
        (#""firstName":"Arthur","lastName":"Dent""#, "arthur", "dent"),
        (#""firstName":"Li","lastName":"Pan""#, "li", "pan"),
        (#""firstName":"Heer","lastName":"Jansen""#, "", "jansen"),
        (#""name":"Dr. med. dent. Anna Müller""#, "anna", "muller"),
        (#""firstName":"Anna","lastName":"Frau""#, "anna", ""),
    ])
    func titlesThatAreNames(_ party: String, _ first: String, _ last: String) throws {
        let party = try features(party)
        #expect(party.firstName == ShortText(Array(first.utf8).span))
        #expect(party.lastName == ShortText(Array(last.utf8).span))
    }

    @Test func shippingToSomebodyElseSaysNothing() throws {
        let own = #""firstName":"Jan","lastName":"Jansen""#
        let gift =
            #","shipping":{"firstName":"Eva","lastName":"Smit","street":"Lange Laan 3","postalCode":"1234AB","country":"NL"}"#
        let home =
            #","shipping":{"firstName":"Jan","lastName":"Jansen","street":"Lange Laan 3","postalCode":"1234AB","country":"NL"}"#
        #expect(try features(own + gift).firstAddress.isEmpty)
        #expect(!(try features(own + home).firstAddress.isEmpty))
    }

    @Test func bestPairOfAddressesCounts() throws {
        let old = #"{"street":"Dorpsstraat 1","postalCode":"9999AA","city":"Assen","country":"NL"}"#
        let new = #"{"street":"Lange Laan 3","postalCode":"1234AB","city":"Utrecht","country":"NL"}"#
        let name = #""firstName":"Jan","lastName":"Jansen","billing":"#
        let weight = try weigh(name + old + ",\"shipping\":" + new, name + new, in: .small)
        #expect(weight[.street] == .same)
        #expect(weight.verdict == .merge)
    }

    @Test func everyValueHasItsFrequencyKey() throws {
        let party = try features(
            #""firstName":"Jan","lastName":"Jansen","company":"Acme","billing":{"city":"Assen","postalCode":"9999AA","country":"NL"}"#
        )
        var keys: Set<UInt64> = []
        for field in FrequencyField.allCases { keys.insert(party.frequencyKey(field)) }
        #expect(keys.count == FrequencyField.allCases.count)
        #expect(!keys.contains(0))
        for field in FrequencyField.allCases { #expect(PartyFeatures().frequencyKey(field) == 0) }
    }

    @Test func fewBlockingKeys() throws {
        let party = try features(
            #""firstName":"Jan","lastName":"Jansen","email":"jan@ziggo.nl","phone":"030 2345678","birthDate":"1971-06-24","#
                + #""billing":{"street":"Dorpsstraat 1","city":"Assen","postalCode":"9999AA","country":"NL"}"#)
        var count = 0
        party.forEachBlockingKey { _, hash in
            count += 1
            #expect(hash != 0)
        }
        #expect(count <= 15)
        PartyFeatures().forEachBlockingKey { kind, _ in Issue.record("nothing has a key of kind \(kind)") }
    }

    @Test func classesGrowWithTheCount() {
        var previous: (UInt8, UInt8) = (0, 0)
        for shift in 0..<32 {
            let count = UInt32(1) << UInt32(shift)
            let classes = (FrequencyClasses.valueClass(count: count), FrequencyClasses.populationClass(count: count))
            #expect(classes.0 >= previous.0 && classes.1 >= previous.1)
            #expect(Int(classes.0) < FrequencyClasses.valueClasses)
            #expect(Int(classes.1) < FrequencyClasses.populationClasses)
            previous = classes
        }
        #expect(previous.0 > 6 && previous.1 > 4)
    }

    @Test func commonerValuesWeighLess() throws {
        let party = try features(#""firstName":"Jan","lastName":"Jansen""#)
        var last = Int32.max
        for valueClass in UInt8(0)..<10 {
            var classes = FrequencyClasses(population: 5)
            classes[.lastName] = valueClass
            let score = PairWeigher(.standard).weigh(party, party, classes, withheld: []).score
            #expect(score <= last)
            last = score
        }
    }

    @Test(arguments: [(1, 0), (2, 100), (3, 158), (1000, 997), (1 << 40, 4000)] as [(UInt64, Int32)])
    func logarithms(_ value: UInt64, _ expected: Int32) {
        #expect(abs(BitLogarithm.hundredths(value) - expected) <= 1)
    }

    @Test func rulesComeBackFromDisk() throws {
        var output = ByteWriter()
        var rules = MatchRules.standard
        rules.set(.phone, .near, -123)
        rules.encode(into: &output)
        #expect(try MatchRules(output.span) == rules)
        for length in 0..<output.count {
            #expect(throws: MatchRulesError.malformed) { try MatchRules(output.span.extracting(0..<length)) }
        }
        output.append(0)
        #expect(throws: MatchRulesError.malformed) { try MatchRules(output.span) }
    }

    @Test func everythingHasAText() {
        for field in MatchField.allCases { #expect(field.text.utf8CodeUnitCount > 2) }
        for level in PairLevel.allCases { #expect(level.text.utf8CodeUnitCount > 2) }
        for reason in PairReason.allCases { #expect(reason.text.utf8CodeUnitCount > 2) }
    }
}
