/// All buyers of one seed. Buyers are computed when asked for, so that ten million of them take no memory.
package struct Population: Sendable {
    /// Phones, e-mails and VAT ids are made unique by index up to this many.
    package static let maximumCount = 10_000_000

    private static let blockSize = 16
    package let seed: UInt64
    package let count: Int
    /// The channels that buyers may use, at least one.
    package let channels: [Channel]
    /// Seconds since 1970 within which moves happen.
    package let period: Range<Int>

    package init(seed: UInt64, count: Int, channels: [Channel], period: Range<Int>) {
        precondition(count > 0 && count <= Self.maximumCount && !channels.isEmpty && !period.isEmpty)
        self.seed = seed
        self.count = count
        self.channels = channels
        self.period = period
    }

    /// The members of the household that `index` belongs to. Buyers come in blocks of sixteen; a block is cut into
    /// households of one (mostly) to five.
    package func household(of index: Int) -> Range<Int> {
        let block = index / Self.blockSize
        var random = SeededGenerator(seed: seed, purpose: .householdBlock, index: block)
        var start = block * Self.blockSize
        let end = start + Self.blockSize
        while true {
            let size = random.chance(perMille: 200) ? random.within(2...5) : 1
            let next = min(start + size, end)
            if index < next { return start..<next }
            start = next
        }
    }

    package func buyer(_ index: Int) -> Buyer {
        precondition(index >= 0 && index < count)
        let members = household(of: index)
        let home = Household(seed: seed, first: members.lowerBound, isShared: members.count > 1)
        var random = SeededGenerator(seed: seed, purpose: .buyer, index: index)
        let country = home.country
        let given = random.pickSkewed(country.givenNames)
        let keepsFamilyName = members.count > 1 && !random.chance(perMille: 220)
        let family = keepsFamilyName ? home.familyName : random.pickSkewed(country.familyNames)
        let isCompany = members.count == 1 && random.chance(perMille: 110)
        let moves = !isCompany && random.chance(perMille: 80)
        let company = isCompany ? companyName(family, country, &random) : nil
        let hasVATID = isCompany && random.chance(perMille: 850)
        return Buyer(
            index: index, household: members.lowerBound, country: country, givenName: given, familyName: family,
            company: company, vatID: hasVATID ? VATNumber.make(country: country.code, serial: scatter(index)) : nil,
            emails: emails(index, given, family, isCompany, country, &random),
            phone: phone(index, home, &random),
            address: home.address,
            newAddress: moves ? Household.address(in: country, &random) : nil,
            moveTime: moves ? random.within(period.lowerBound...(period.upperBound - 1)) : nil,
            channels: drawChannels(&random), accounts: random.below(4) == 0 ? 0 : random.within(1...3))
    }

    /// A one-to-one shuffle of `0..<10_000_000` (the factor shares no divisor with the modulus): unique digits
    /// that do not look counted.
    private func scatter(_ index: Int) -> Int { (index * 6_180_339 + 1_442_695) % 10_000_000 }

    private func companyName(_ family: String, _ country: Country, _ random: inout SeededGenerator) -> String {
        "\(random.pick(country.companyTrades)) \(family) \(random.pick(country.companyForms))"
    }

    private func phone(_ index: Int, _ home: Household, _ random: inout SeededGenerator) -> String? {
        if let landline = home.landline, random.chance(perMille: 400) { return landline }
        guard !random.chance(perMille: 120) else { return nil }
        let prefix = random.pick(home.country.mobilePrefixes)
        // Belgian mobile numbers start with 46 to 49.
        let lead = home.country.code == "BE" ? random.within(6...9) : random.within(1...8)
        return prefix + "\(lead)" + padded(scatter(index), width: 7)
    }

    private func drawChannels(_ random: inout SeededGenerator) -> [Channel] {
        var drawn = channels
        for place in drawn.indices.dropLast() { drawn.swapAt(place, random.within(place...(drawn.count - 1))) }
        let wanted = [1, 1, 1, 1, 1, 2, 2, 2, 3, 4][random.below(10)]
        return Array(drawn.prefix(wanted))
    }

    /// The same address on every channel, mostly; some buyers use another one on their less-loved channels.
    private func emails(
        _ index: Int, _ given: String, _ family: String, _ isCompany: Bool, _ country: Country,
        _ random: inout SeededGenerator
    ) -> [String] {
        let givenPart = ASCII.mailPart(given)
        let familyPart = ASCII.mailPart(family)
        let unique = scatter(index)
        let main: String
        if isCompany {
            main = "info@\(familyPart)-\(unique).\(country.topLevelDomain)"
        } else if random.chance(perMille: 120) {
            main = "\(givenPart)@\(familyPart)\(unique).\(country.topLevelDomain)"
        } else {
            let start = random.chance(perMille: 300) ? String(givenPart.prefix(1)) : givenPart
            main = "\(start).\(familyPart)\(unique)@\(random.pickSkewed(country.mailProviders))"
        }
        var result = [String](repeating: main, count: Channel.allCases.count)
        if random.chance(perMille: 120) {
            let other = "\(givenPart)\(unique)@\(random.pickSkewed(country.mailProviders))"
            result[random.below(result.count)] = other
        }
        return result
    }
}

/// What the members of one household share.
struct Household {
    let country: Country
    let familyName: String
    let address: PostalAddress
    /// National number without the leading zero.
    let landline: String?

    init(seed: UInt64, first: Int, isShared: Bool) {
        var random = SeededGenerator(seed: seed, purpose: .household, index: first)
        country = Country.draw(&random)
        familyName = random.pickSkewed(country.familyNames)
        address = Self.address(in: country, &random)
        let hasLandline = isShared && random.chance(perMille: 150)
        // Subscriber numbers do not start with 0 or 1.
        let digits = (country.landlineDigits == 8 ? "3" : "") + String(2_000_000 + first * 3_141_593 % 5_000_000)
        landline = hasLandline ? random.pick(country.areaCodes) + digits : nil
    }

    static func address(in country: Country, _ random: inout SeededGenerator) -> PostalAddress {
        let town = random.pickSkewed(country.towns)
        let addition = random.chance(perMille: 150) ? random.pick(["-1", "-2", "-3", " A", " B", "a", "bis"]) : ""
        return PostalAddress(
            street: random.pick(country.streets), houseNumber: "\(random.within(1...240))\(addition)",
            postalCode: country.postalCode(in: town, &random), city: town.name, country: country.code)
    }
}

/// The number with leading zeros up to `width` digits.
func padded(_ number: Int, width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
