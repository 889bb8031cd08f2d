// How far two values of one field agree. Symmetric, pure, no allocation.
extension ShortText {
    /// Levels of written words: names, streets, towns.
    @inline(__always) func level(against other: ShortText) -> PairLevel {
        if isEmpty || other.isEmpty { return .missing }
        return self == other ? .same : unequalLevel(against: other)
    }

    private func unequalLevel(against other: ShortText) -> PairLevel {
        let longer = max(count, other.count)
        // Texts whose lengths are far apart need no matrix to be told apart.
        let shorter = min(count, other.count)
        let isPart = shorter >= 3 && (count < other.count ? other.starts(with: self) : starts(with: other))
        if isPart, longer - shorter > 1 { return .part }
        if (longer - shorter) * 2 > longer { return .differs }
        let distance = distance(to: other, atMost: longer / 2)
        if distance == 1 { return longer >= 3 ? .near : .differs }
        if distance == 2, longer >= 5 { return .close }
        return distance * 2 <= longer ? .similar : .differs
    }
}

extension ShortText {
    fileprivate var hasDigit: Bool { Self.hasDigit(low) || Self.hasDigit(high) }

    /// Digits lie below all letters, and nothing but the unused bytes, which are 0, below the digits.
    @inline(__always) private static func hasDigit(_ word: UInt64) -> Bool {
        let bytes = word & 0x7F7F_7F7F_7F7F_7F7F
        let isDigitOrMore = bytes &+ 0x5050_5050_5050_5050
        let isMore = bytes &+ 0x4646_4646_4646_4646
        return isDigitOrMore & ~isMore & ~word & 0x8080_8080_8080_8080 != 0
    }

    /// The text without its digits.
    fileprivate var letters: ShortText {
        var letters = ShortText()
        var length: UInt64 = 0
        for index in 0..<count where !ASCII.isDigit(self[index]) {
            if length < 64 {
                letters.low |= UInt64(self[index]) << length
            } else {
                letters.high |= UInt64(self[index]) << (length - 64)
            }
            length += 8
        }
        return letters
    }

    /// Whether the letters may be the other's: both begin with the same one, or with something else.
    fileprivate func mayHaveLetters(of other: ShortText) -> Bool {
        self[0] == other[0] || ASCII.isDigit(self[0]) || ASCII.isDigit(other[0])
    }

    /// Which letters occur.
    fileprivate var letterSet: UInt32 {
        var set: UInt32 = 0
        for index in 0..<count { set |= 1 << UInt32(self[index] & 31) }
        return set
    }

    /// The letters without their order.
    fileprivate var letterSum: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<count { sum &+= 1 << (UInt64(self[index]) & 63) }
        return sum
    }
}

/// Names of two parties.
struct NameComparison {
    var first: PairLevel
    var last: PairLevel
    /// What of them the levels do not say.
    let traits: PairTraits

    @inline(__always) init(_ left: PersonFeatures, _ right: PersonFeatures) {
        first = Self.firstLevel(left, right)
        last = Self.lastLevel(left, right)
        var traits = PairTraits()
        if left.isFirstNameUnlikely || right.isFirstNameUnlikely { traits.insert(.isMisspelt) }
        if Self.isOneKnown(left, right),
            first == .sounds || first == .similar && left.firstName[0] == right.firstName[0]
        {
            traits.insert(.isSlipOfKnown)
        }
        if first == .garbled, !Self.resembles(left.firstName, right.firstName) { traits.insert(.isOfAnother) }
        self.traits = traits
        if first <= .similar, last <= .similar, first != .missing || last != .missing {
            compareExchanged(left, right)
        }
    }

    /// How the given names compare, whatever the others do. Only names that do not agree may have changed places.
    static func first(_ left: PersonFeatures, _ right: PersonFeatures) -> PairLevel {
        let level = firstLevel(left, right)
        return level > .similar ? level : NameComparison(left, right).first
    }

    private static func firstLevel(_ left: PersonFeatures, _ right: PersonFeatures) -> PairLevel {
        let level = plainFirstLevel(left, right)
        guard level == .differs || level == .similar, left.isFirstNameUnlikely || right.isFirstNameUnlikely else {
            return level
        }
        return level == .similar ? .close : .garbled
    }

    /// What the keyboard made of a name still holds some of its letters: "lazhj" may be Lachlan and is not Eva. A name that
    /// only looks strange to this table, "Zbigniew" beside "Jan", is somebody else's.
    private static func resembles(_ one: ShortText, _ other: ShortText) -> Bool {
        let (left, right) = (one.letterSet, other.letterSet)
        let most = max(left.nonzeroBitCount, right.nonzeroBitCount)
        let common = (left & right).nonzeroBitCount
        return common * 5 >= most * (one[0] == other[0] ? 2 : 3)
    }

    /// A name that many bear beside one that few or none do: where the two are nearly the same, the rare one is a slip.
    private static func isOneKnown(_ left: PersonFeatures, _ right: PersonFeatures) -> Bool {
        left.isFirstNameKnown != right.isFirstNameKnown
    }

    private static func plainFirstLevel(_ left: PersonFeatures, _ right: PersonFeatures) -> PairLevel {
        let (one, other) = (left.firstName, right.firstName)
        if one.isEmpty || other.isEmpty { return .missing }
        if one == other { return one.count == 1 ? .initial : .same }
        if one.count == 1 || other.count == 1 { return one[0] == other[0] ? .initial : .differs }
        if left.firstNameSound == right.firstNameSound, ShortForms.contains(left.firstNameSound) { return .part }
        let level = one.level(against: other)
        let isMisspelt = left.isFirstNameUnlikely || right.isFirstNameUnlikely
        switch level {
        case .near where isMisspelt || isOneKnown(left, right) && !isLonger(left, right): return .near
        case .near: return isTwoNames(one, other) ? .similar : .near
        case .close, .similar:
            if isOtherGender(one, other) { return .similar }
            if left.firstNameSound == right.firstNameSound { return .sounds }
            // Slips rarely change how a name begins.
            return one[0] == other[0] ? level : level == .close ? .similar : .differs
        case .differs:
            // "Hans Peter" and "Peter"
            let (shorter, longer) = one.count < other.count ? (one, other) : (other, one)
            // But "Johanna" is not "Anna".
            let isTwo = shorter.count >= 4 && longer.count >= shorter.count + 4
            return isTwo && longer.ends(with: shorter) ? .part : .differs
        default: return level
        }
    }

    /// One letter tells two given names apart: "Tim" and "Tom", "Daniel" and "Daniela", "Mario" and "Maria".
    private static func isTwoNames(_ one: ShortText, _ other: ShortText) -> Bool {
        let (shorter, longer) = one.count < other.count ? (one, other) : (other, one)
        let last = longer.count - 1
        if shorter.count == longer.count {
            if one.count <= 4, one.letterSum != other.letterSum { return true }
            return one.prefix(last) == other.prefix(last) && endsInA(one) != endsInA(other)
        }
        return longer.starts(with: shorter) && (endsInA(longer) || longer[last] == UInt8(ascii: "e"))
    }

    /// The unknown name is the longer of the two: "Kirana" beside "Kiran" may be a sister, "Matild" is Matilda.
    private static func isLonger(_ left: PersonFeatures, _ right: PersonFeatures) -> Bool {
        let (known, unknown) = left.isFirstNameKnown ? (left, right) : (right, left)
        return unknown.firstName.count > known.firstName.count
    }

    /// "Peter" and "Petra": an -a at the end makes a name a woman's.
    private static func isOtherGender(_ one: ShortText, _ other: ShortText) -> Bool { endsInA(one) != endsInA(other) }

    private static func endsInA(_ name: ShortText) -> Bool { name[name.count - 1] == UInt8(ascii: "a") }

    private static func lastLevel(_ left: PersonFeatures, _ right: PersonFeatures) -> PairLevel {
        let (one, other) = (left.lastName, right.lastName)
        let level = one.level(against: other)
        guard level != .missing, level < .near else { return level }
        // "Jansen-de Vries" and "de Vries", either order.
        let (shorter, longer) = one.count < other.count ? (one, other) : (other, one)
        if shorter.count >= 4, longer.ends(with: shorter) { return .part }
        return left.lastNameSound == right.lastNameSound ? .sounds : level
    }

    /// "Isla Hall" and "Hall Isla".
    private mutating func compareExchanged(_ left: PersonFeatures, _ right: PersonFeatures) {
        let there = left.firstName.level(against: right.lastName)
        let back = left.lastName.level(against: right.firstName)
        let (higher, lower) = there >= back ? (there, back) : (back, there)
        guard higher >= .close, lower >= .close || lower == .missing, lower != .part || higher != .part else { return }
        if lower == .missing {
            // One of the two is known by one name only.
            if higher != .part { (first, last) = (.swapped, .missing) }
        } else {
            (first, last) = (.swapped, .swapped)
        }
    }
}

extension PairLevel: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension PhoneFeature {
    @inline(__always) func level(against other: PhoneFeature) -> PairLevel {
        if isEmpty || other.isEmpty { return .missing }
        if digits == other.digits { return .same }
        let (left, right) = (last(9), other.last(9))
        if last(8) == other.last(8), last(8) >> 28 != 0 { return isValid && other.isValid ? .close : .local }
        switch DecimalDigits.differences(left, right) {
        case 1: return .near
        case 2: return DecimalDigits.isExchange(left, right) ? .near : .close
        default: return DecimalDigits.isOmission(digits, other.digits, digits: 12) ? .near : .differs
        }
    }
}

extension PartyFeatures {
    @inline(__always) func emailLevel(against other: PartyFeatures) -> PairLevel {
        // Two relay addresses that differ may belong to one buyer: each order may get its own.
        guard emailKind != .none, other.emailKind != .none else { return .missing }
        guard emailKind != .relay, other.emailKind != .relay else {
            return emailKind == other.emailKind && emailHash == other.emailHash ? .same : .missing
        }
        let isUsable = emailKind == .real && other.emailKind == .real
        if emailHash == other.emailHash { return isUsable ? .same : .local }
        let level = unequalEmailLevel(against: other)
        return isUsable || level != .differs ? level : .missing
    }

    private func unequalEmailLevel(against other: PartyFeatures) -> PairLevel {
        let longer = max(emailLocal.count, other.emailLocal.count)
        let isSameDomain = emailDomain == other.emailDomain
        if emailLocal == other.emailLocal { return isSameDomain ? .close : longer >= 6 ? .local : .similar }
        // "jan.jansen1" and "jan.jansen7" are two mailboxes: numbers tell bearers of one name apart.
        if emailLocal.mayHaveLetters(of: other.emailLocal), emailLocal.hasDigit || other.emailLocal.hasDigit,
            emailLocal.letters == other.emailLocal.letters
        {
            return .similar
        }
        // What was cut may differ more.
        let isCut = longer == ShortText.capacity
        if longer - min(emailLocal.count, other.emailLocal.count) > 3 { return .differs }
        let distance = emailLocal.distance(to: other.emailLocal, atMost: 3)
        switch distance {
        case 1 where longer >= 5 && !isCut: return isSameDomain ? .near : .close
        case 1 where isCut: return isSameDomain ? .close : .similar
        case 2 where longer >= 6: return isSameDomain ? .close : .similar
        case 3 where longer >= 9: return isSameDomain ? .similar : .differs
        default: return .differs
        }
    }

    func companyLevel(against other: PartyFeatures) -> PairLevel {
        if companyHash == 0 || other.companyHash == 0 { return .missing }
        if companyHash == other.companyHash { return .same }
        let level = company.level(against: other.company)
        return level == .same ? .part : level
    }
}

/// The parts of two addresses.
struct AddressComparison {
    var street = PairLevel.missing
    var houseNumber = PairLevel.missing
    var addition = PairLevel.missing
    var postalCode = PairLevel.missing
    var city = PairLevel.missing
    var state = PairLevel.missing

    /// What the parts weigh together.
    var sum: Int32 = 0

    init() {}

    /// The parts of an address among the levels of `PairWeight`.
    @inline(__always) init(_ levels: UInt64) {
        let weight = PairWeight(score: 0, levels: levels, verdict: .none, reason: .none)
        street = weight[.street]
        houseNumber = weight[.houseNumber]
        addition = weight[.addition]
        postalCode = weight[.postalCode]
        city = weight[.city]
        state = weight[.state]
    }

    @inline(__always) init(_ left: AddressFeatures, _ right: AddressFeatures) {
        street = left.street.level(against: right.street)
        houseNumber = Self.houseNumberLevel(left.houseNumber, right.houseNumber)
        addition = left.additionText.level(against: right.additionText)
        postalCode = left.postalText.level(against: right.postalText)
        city = left.cityText.level(against: right.cityText)
        if street <= .similar, addition <= .similar, left.addition | right.addition != 0 { compareLines(left, right) }
        if left.state != 0, right.state != 0 { state = left.state == right.state ? .same : .differs }
    }

    /// The two lines of an address that have changed places.
    private mutating func compareLines(_ left: AddressFeatures, _ right: AddressFeatures) {
        let there = left.street.prefix(8).level(against: right.additionText)
        let back = left.additionText.level(against: right.street.prefix(8))
        guard max(there, back) >= .close, min(there, back) >= .close || min(there, back) == .missing else { return }
        street = .swapped
        addition = .missing
    }

    private static func houseNumberLevel(_ left: UInt32, _ right: UInt32) -> PairLevel {
        if left == 0 || right == 0 { return .missing }
        if left == right { return .same }
        let (one, other) = (UInt64(left), UInt64(right))
        let isSlip =
            DecimalDigits.differences(one, other) == 1 || DecimalDigits.isExchange(one, other)
            || DecimalDigits.isOmission(one, other, digits: 6)
        return isSlip && max(left, right) > 0xF ? .near : .differs
    }

    /// One house, whatever the spelling of its street.
    var isSameDoor: Bool {
        guard houseNumber == .same else { return false }
        if street >= .sounds { return true }
        return street != .differs && postalCode == .same
    }
}
