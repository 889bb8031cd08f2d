import Bytes
import Testing

@testable import Commerce

/// Features of a profile given as the members of CUSTOMER.PUT's JSON, without channel and ref.
func features(_ members: String, channel: String = "web") throws -> PartyFeatures {
    let json = "{\"channel\":\"\(channel)\",\"ref\":\"1\"" + (members.isEmpty ? "" : ",") + members + "}"
    var decoder = CommandDecoder()
    var output = ByteWriter()
    let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")
    let range = try decoder.profile(Array(json.utf8).span, hasher, into: &output).party.record.range
    var extractor = FeatureExtractor()
    return extractor.features(of: output.span.extracting(range))
}

/// Shops in which the same two are weighed: a small one that has counted nothing, and one of a million customers where
/// first and last name are as common as Jan Jansen is in the Netherlands.
enum TestShop: CaseIterable {
    case small, large

    var classes: FrequencyClasses {
        guard self == .large else { return FrequencyClasses() }
        var classes = FrequencyClasses(population: FrequencyClasses.populationClass(count: 1_000_000))
        classes[.firstName] = FrequencyClasses.valueClass(count: 8_000)
        classes[.lastName] = FrequencyClasses.valueClass(count: 4_000)
        classes[.city] = FrequencyClasses.valueClass(count: 40_000)
        classes[.postalCode] = FrequencyClasses.valueClass(count: 30)
        return classes
    }
}

func weigh(_ left: String, _ right: String, in shop: TestShop, withheld: FieldMask = []) throws -> PairWeight {
    PairWeigher(.standard).weigh(try features(left), try features(right), shop.classes, withheld: withheld)
}
