import Bytes

/// Every distinct set of features that any profile has shown, each once: what a buyer types the same way over four channels
/// is one row, whoever shows it. A row is 152 bytes; what few buyers have (a company, a second address) stands beside it.
struct FeatureTable: ~Copyable, Sendable {
    private var rows = PagedArray<FeatureRow>()
    private var rare = PagedArray<RareFeatures>()
    /// Rows by the hash of their features.
    private var index = HashIndex()

    var count: Int { rows.count }

    var allocatedBytes: Int { rows.allocatedBytes + rare.allocatedBytes + index.allocatedBytes }

    /// The row of these features, which is new if nobody has shown them before.
    mutating func row(of features: PartyFeatures) -> UInt32 {
        let hash = MatchIndex.hash(of: features)
        if let known = index.find(hash, where: { rows[$0].hash == hash && self.features(of: $0) == features }) {
            return UInt32(known)
        }
        var place: Int?
        if let rareFeatures = RareFeatures(features) { place = rare.append(rareFeatures) }
        let row = rows.append(FeatureRow(features, hash: hash, rare: place))
        index.insert(hash, row)
        return UInt32(row)
    }

    @inline(__always) subscript(row: Int) -> FeatureRow { rows[row] }

    /// What a row shows.
    @inline(__always) func features(of row: Int) -> PartyFeatures {
        let row = rows[row]
        return row.features(with: row.rarePlace.map { rare[$0] } ?? RareFeatures())
    }

    /// Asks memory for a row that will be looked at soon; waits for nothing.
    @inline(__always) func prefetch(_ row: Int) { rows.prefetch(row) }
}

/// A set of features in a `FeatureTable`. What tells whether two rows can agree and names their comparison is in front, so
/// that a pair whose comparison is kept needs one cache line of each.
struct FeatureRow: BitwiseCopyable, Sendable {
    /// Hash of the features: the same everywhere.
    let hash: UInt64
    let sketch: PairSketch
    private let firstLow: UInt64
    private let lastName: ShortText
    private let emailLocal: ShortText
    private let phone: PhoneFeature
    private let address: AddressFeatures
    private let firstHigh: UInt32
    private let nameSignature: UInt32
    private let emailHash: UInt32
    private let vatHash: UInt32
    private let birthDate: BirthDate
    /// The place of what is rare plus one, 0 where there is none of it; the highest bit tells that there is a second address.
    private let rare: UInt32
    private let lastNameSound: UInt16
    private let firstNameSound: UInt16
    private let emailDomain: UInt16
    private let emailKind: PartyFeatures.EmailKind
    private let nameTraits: UInt8

    private static let secondAddressBit: UInt32 = 1 << 31

    fileprivate init(_ features: PartyFeatures, hash: UInt64, rare place: Int?) {
        self.hash = hash
        sketch = PairSketch(features)
        firstLow = features.firstLow
        lastName = features.lastName
        emailLocal = features.emailLocal
        phone = features.phone
        address = features.firstAddress
        firstHigh = features.firstHigh
        nameSignature = features.nameSignature
        emailHash = features.emailHash
        vatHash = features.vatHash
        birthDate = features.birthDate
        let number = place.map { UInt32($0 + 1) } ?? 0
        precondition(number < Self.secondAddressBit)
        rare = features.secondAddress.isEmpty ? number : number | Self.secondAddressBit
        lastNameSound = features.lastNameSound
        firstNameSound = features.firstNameSound
        emailDomain = features.emailDomain
        emailKind = features.emailKind
        nameTraits = features.nameTraits
    }

    @inline(__always) var hasSecondAddress: Bool { rare & Self.secondAddressBit != 0 }

    @inline(__always) var person: PersonFeatures {
        PersonFeatures(
            firstName: ShortText(low: firstLow, high: UInt64(firstHigh)), lastName: lastName,
            firstNameSound: firstNameSound, lastNameSound: lastNameSound, birthDate: birthDate, nameTraits: nameTraits)
    }

    @inline(__always) fileprivate var rarePlace: Int? {
        let number = rare & ~Self.secondAddressBit
        return number == 0 ? nil : Int(number) - 1
    }

    @inline(__always) fileprivate func features(with rare: RareFeatures) -> PartyFeatures {
        var features = PartyFeatures()
        features.firstLow = firstLow
        features.firstHigh = firstHigh
        features.nameSignature = nameSignature
        features.lastName = lastName
        features.company = rare.company
        features.emailLocal = emailLocal
        features.phone = phone
        features.emailHash = emailHash
        features.companyHash = rare.companyHash
        features.vatHash = vatHash
        features.birthDate = birthDate
        features.lastNameSound = lastNameSound
        features.firstNameSound = firstNameSound
        features.emailDomain = emailDomain
        features.emailKind = emailKind
        features.nameTraits = nameTraits
        features.firstAddress = address
        features.secondAddress = rare.secondAddress
        return features
    }
}

/// What one buyer in ten has, or fewer.
private struct RareFeatures: BitwiseCopyable, Sendable {
    var company = ShortText()
    var secondAddress = AddressFeatures()
    var companyHash: UInt32 = 0

    init() {}

    /// Nil if there is none of it.
    init?(_ features: PartyFeatures) {
        (company, secondAddress, companyHash) = (features.company, features.secondAddress, features.companyHash)
        if companyHash == 0, company == ShortText(), secondAddress == AddressFeatures() { return nil }
    }
}
