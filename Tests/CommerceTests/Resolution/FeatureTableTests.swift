import Bytes
import Testing

@testable import Commerce

/// What the table gives back is what was put in, and what is the same stands there once.
@Suite struct FeatureTableTests {
    /// Bytes of any kind in every field, so that a field that is forgotten shows.
    private static func features(_ random: inout SystemRandomNumberGenerator) -> PartyFeatures {
        var features = PartyFeatures()
        func word() -> UInt64 { random.next() % 4 == 0 ? 0 : random.next() }
        func text() -> ShortText { ShortText(low: word(), high: word()) }
        func address() -> AddressFeatures {
            var address = AddressFeatures()
            address.street = text()
            (address.city, address.postalCode, address.addition) = (word(), word(), word())
            address.houseNumber = UInt32(truncatingIfNeeded: word())
            (address.state, address.country) = (
                UInt16(truncatingIfNeeded: word()), UInt16(truncatingIfNeeded: word())
            )
            return address
        }
        (features.firstLow, features.firstHigh) = (word(), UInt32(truncatingIfNeeded: word()))
        features.nameSignature = UInt32(truncatingIfNeeded: word())
        (features.lastName, features.company, features.emailLocal) = (text(), text(), text())
        features.phone = PhoneFeature(digits: word() >> 4, isValid: word() == 0)
        features.emailHash = UInt32(truncatingIfNeeded: word())
        features.companyHash = UInt32(truncatingIfNeeded: word())
        features.vatHash = UInt32(truncatingIfNeeded: word())
        features.birthDate = BirthDate(digits: UInt32(truncatingIfNeeded: word()))
        features.lastNameSound = UInt16(truncatingIfNeeded: word())
        features.firstNameSound = UInt16(truncatingIfNeeded: word())
        features.emailDomain = UInt16(truncatingIfNeeded: word())
        features.emailKind = [.none, .real, .relay, .unusable][Int(random.next() % 4)]
        features.nameTraits = UInt8(truncatingIfNeeded: word())
        features.firstAddress = address()
        if random.next() % 3 == 0 { features.secondAddress = address() }
        return features
    }

    /// There is room for the keys of any row.
    @Test func noRowHasMoreBlocksThanThereIsRoomFor() {
        var random = SystemRandomNumberGenerator()
        var most = 0
        for _ in 0..<50_000 {
            var count = 0
            Self.features(&random).forEachBlockingKey { _, _ in count += 1 }
            most = max(most, count)
        }
        #expect(most == PostingKeys.mostBlocks)
    }

    @Test func givesBackWhatWasPutIn() {
        var random = SystemRandomNumberGenerator()
        var table = FeatureTable()
        let sets = (0..<2_000).map { _ in Self.features(&random) }
        let rows = sets.map { table.row(of: $0) }
        for (features, row) in zip(sets, rows) {
            #expect(table.features(of: Int(row)) == features)
            #expect(table[Int(row)].hash == MatchIndex.hash(of: features))
            #expect(table[Int(row)].hasSecondAddress == !features.secondAddress.isEmpty)
            #expect(table.row(of: features) == row)
        }
        #expect(table.count == Set(rows).count && table.count == sets.count)
    }

    @Test func whatIsTheSameStandsThereOnce() {
        var random = SystemRandomNumberGenerator()
        var table = FeatureTable()
        let features = Self.features(&random)
        let row = table.row(of: features)
        // Every bit counts, wherever it lies.
        var other = features
        other.secondAddress.addition ^= 1
        #expect(table.row(of: other) != row)
        other = features
        other.company.high ^= 1
        #expect(table.row(of: other) != row)
        for _ in 0..<5 { #expect(table.row(of: features) == row) }
        #expect(table.count == 3)
    }

    @Test func aRowIsSmall() { #expect(MemoryLayout<FeatureRow>.stride == 152) }
}

/// Marks of profiles against a set.
@Suite struct ProfileMarksTests {
    @Test func holdsWhatASetHolds() {
        var random = SystemRandomNumberGenerator()
        var marks = ProfileMarks()
        for filling in 0..<300 {
            marks.removeAll()
            var model: Set<UInt32> = []
            // Few and many, near one another and far apart.
            let count = filling % 7 == 0 ? 3_000 : Int(random.next() % 60)
            let bound: UInt32 = filling % 3 == 0 ? 100 : .max
            for _ in 0..<count {
                let profile = UInt32.random(in: 0...bound, using: &random)
                #expect(marks.contains(profile) == model.contains(profile))
                #expect(marks.insert(profile) == model.insert(profile).inserted)
            }
            for profile in model { #expect(marks.contains(profile)) }
            for _ in 0..<50 {
                let profile = UInt32.random(in: 0...bound, using: &random)
                #expect(marks.contains(profile) == model.contains(profile))
            }
        }
    }
}
