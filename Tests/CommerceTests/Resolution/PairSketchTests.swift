import Testing

@testable import Commerce

/// Who is weighed of those who meet under a blocking key.
@Suite struct PairSketchTests {
    private static func party(_ name: String, _ email: String, _ street: String, _ postal: String) throws -> PairSketch
    {
        PairSketch(
            try features(
                """
                "firstName":"\(name)","lastName":"Visser","email":"\(email)","billing":{"street":"\(street)",\
                "postalCode":"\(postal)","city":"Utrecht","country":"NL"}
                """))
    }

    /// What led two to each other says nothing new; whatever else they share does.
    @Test(
        arguments: [
            (.streetAndNumber, "Dorpsstraat 12", "3511NK", "Dorpsstraat 12", "9981AA", false),
            (.streetAndNumber, "Dorpsstraat 12", "3511NK", "Dorpsstraat 12", "3511NK", true),
            (.lastNameAndPostalCode, "Dorpsstraat 12", "3511NK", "Kerkweg 4", "3511NK", false),
            (.lastNameAndPostalCode, "Dorpsstraat 12", "3511NK", "Kerkweg 12", "3511NK", true),
            (.lastNameAndPlace, "Dorpsstraat 12", "3511NK", "Kerkweg 4", "3599ZZ", false),
            (.lastNameAndPlace, "Dorpsstraat 12", "3511NK", "Dorpsweg 4", "3599ZZ", true),
            (.names, "Dorpsstraat 12", "3511NK", "Kerkweg 4", "3511NK", true),
        ] as [(PartyFeatures.BlockingKind, String, String, String, String, Bool)])
    func addresses(
        _ kind: PartyFeatures.BlockingKind, _ street: String, _ postal: String, _ otherStreet: String,
        _ otherPostal: String, _ may: Bool
    ) throws {
        let one = try Self.party("Jan", "jan@example.nl", street, postal)
        let other = try Self.party("Piet", "visser.p@example.nl", otherStreet, otherPostal)
        let implied = ValueKind.block(kind.rawValue).implied
        #expect(one.mayAgree(other, beside: implied) == may && other.mayAgree(one, beside: implied) == may)
        let same = try Self.party("Jan", "jan@example.nl", otherStreet, otherPostal)
        #expect(one.mayAgree(same, beside: implied), "one e-mail address is something else in common")
    }

    /// Whoever does not agree beside nothing does not agree beside anything, so that nobody is looked at twice.
    @Test func whoAgreesBesideSomethingAgreesBesideNothing() {
        var random = SystemRandomNumberGenerator()
        func features() -> PartyFeatures {
            var features = PartyFeatures()
            func word(_ bound: UInt64) -> UInt64 { random.next(upperBound: bound) }
            features.emailLocal = ShortText(low: word(3) | word(3) << 24, high: 0)
            features.phone = PhoneFeature(digits: word(3) | word(3) << 16, isValid: true)
            features.vatHash = UInt32(word(3))
            for _ in 0..<word(2) { features.secondAddress = address() }
            features.firstAddress = address()
            return features
        }
        func address() -> AddressFeatures {
            var address = AddressFeatures()
            func word(_ bound: UInt64) -> UInt64 { random.next(upperBound: bound) }
            address.street = ShortText(low: word(3), high: 0)
            address.postalCode = word(3)
            address.houseNumber = UInt32(word(3))
            address.addition = word(3)
            return address
        }
        var agreed = 0
        for _ in 0..<20_000 {
            let (one, other) = (PairSketch(features()), PairSketch(features()))
            for kind in PartyFeatures.BlockingKind.allCases {
                guard one.mayAgree(other, beside: ValueKind.block(kind.rawValue).implied) else { continue }
                agreed += 1
                #expect(one.mayAgree(other))
            }
        }
        #expect(agreed > 1_000)
    }
}
