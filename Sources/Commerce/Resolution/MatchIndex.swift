import Bytes

// What matching needs to find and compare profiles. Derived from the party records and never written to disk: recovery
// builds it again.
//
// A *row* is one distinct set of features that a profile has shown; a profile whose channel spells the same data in many
// ways has few. A *value* is anything that profiles can share: an identity key, a blocking key, or a name whose frequency
// counts. Each value knows who carries it, so that a profile's candidates are those who share a value with it.
//
// Invariants
// 1. Everything here is a function of the set of party records, never of their order (lists may be ordered differently).
// 2. A profile is dirty when something that its verdicts depend on has changed since it was weighed last.

/// Anything that profiles can share.
struct ValueEntry: BitwiseCopyable, Sendable {
    var hash: UInt64
    /// Newest posting plus one.
    var newest: UInt32 = 0
    /// Profiles that carry it; for a counted name, rows that carry it.
    var count: UInt32 = 0
    /// One bit per kind of name among the carriers, 32 in all: how unlike they are.
    var signatures: UInt32 = 0
    /// The carrier with the lowest name of its own.
    var centre: UInt32 = 0
    var kind: ValueKind
    var state = ValueState.active
}

/// What a value is. Identity keys keep their own numbers; the rest stands above.
struct ValueKind: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ key: IdentityKeyKind) { rawValue = key.rawValue }
    static func block(_ kind: UInt8) -> ValueKind { ValueKind(rawValue: 64 | kind) }
    static func counted(_ field: FrequencyField) -> ValueKind { ValueKind(rawValue: 128 | field.rawValue) }
    /// The same features altogether.
    static let twin = ValueKind(rawValue: 32)

    var identityKey: IdentityKeyKind? { rawValue < 32 ? IdentityKeyKind(rawValue: rawValue) : nil }
    var isCounted: Bool { rawValue & 128 != 0 }

    /// More carriers than this, and the value no longer leads to candidates: it has become too common to tell anything,
    /// and every newcomer would be compared with all of them.
    var largestBlock: UInt32 {
        switch self {
        case .twin: .max
        default: identityKey != nil ? 256 : 24
        }
    }

    /// More unlike carriers than this, and the value is in quarantine. Persons share a landline or a company's mailbox;
    /// nobody shares an address of their own with a dozen strangers.
    var mostSignatures: Int? {
        switch identityKey {
        case .email, .relayEmail: 6
        case .phone: 8
        case .vat: 16
        default: nil
        }
    }

    /// The field that is withheld from weighing while such a value is in quarantine.
    var field: FieldMask {
        switch identityKey {
        case .email, .relayEmail: .email
        case .phone: .phone
        case .vat: .vat
        default: []
        }
    }
}

enum ValueState: UInt8, Sendable, BitwiseCopyable {
    case active
    /// Too many carriers: leads to no candidates any more.
    case retired
    /// Too many unlike carriers: counts as missing.
    case quarantined
    /// A person said that it may be used whoever carries it.
    case released
    /// A person said that it must not be used.
    case held
}

/// One carrier of one value.
struct Posting: BitwiseCopyable, Sendable {
    var profile: UInt32
    /// Next posting of the value plus one.
    var nextCarrier: UInt32
    var value: UInt32
    /// Next posting of the profile plus one.
    var nextValue: UInt32
}

/// One distinct set of features of a profile.
struct FeatureRow: BitwiseCopyable, Sendable {
    var features: PartyFeatures
    /// Hash of the features: the same everywhere.
    var hash: UInt64
    /// Next row of the profile plus one.
    var next: UInt32
}

/// A profile as matching sees it.
struct MatchProfile: BitwiseCopyable, Sendable {
    /// A name of the profile that does not depend on when it arrived.
    var canonical: UInt64
    /// Newest row plus one.
    var newestRow: UInt32 = 0
    /// Newest posting plus one.
    var newestPosting: UInt32 = 0
    var rowCount: UInt32 = 0
    var sketch = PairSketch()
    /// Number in `SourceTable`.
    var source: UInt16
    var withheld: FieldMask = []
    /// Whether the channel gave the buyer a number of its own.
    var hasReference: Bool
    var isDirty = false
    /// Whether others may have become candidates since it was weighed, so that they have to be looked for.
    var wantsSearch = false
    /// The same of the weighing in hand.
    var isSearched = true
    /// Number of the order that made it dirty plus one; 0 when none did.
    var cause: UInt32 = 0
}

struct MatchIndex: ~Copyable, Sendable {
    private(set) var profiles = PagedArray<MatchProfile>()
    private(set) var rows = PagedArray<FeatureRow>()
    private(set) var values = PagedArray<ValueEntry>()
    private(set) var postings = PagedArray<Posting>()
    private var valueIndex = HashIndex()
    /// Feature rows of each shop.
    private(set) var populations: [UInt32] = []
    /// Profiles that have to be weighed, oldest first.
    private(set) var queue = WeighQueue()
    /// Values in quarantine, held or released.
    private(set) var watchedValues: [UInt32] = []

    private static let plain = Hash64(seed: 0)

    init() {}

    var allocatedBytes: Int {
        profiles.allocatedBytes + rows.allocatedBytes + values.allocatedBytes + postings.allocatedBytes
            + valueIndex.allocatedBytes
    }

    // MARK: Look-ups

    @inline(__always) func find(_ hash: UInt64) -> Int? { valueIndex.find(hash) { values[$0].hash == hash } }

    /// Values of one shop never meet those of another.
    @inline(__always) static func scoped(_ hash: UInt64, _ kind: ValueKind, shop: UInt16) -> UInt64 {
        plain.combine(hash, UInt64(kind.rawValue) << 16 | UInt64(shop))
    }

    @inline(__always) func forEachRow(of profile: UInt32, _ body: (Int, borrowing FeatureRow) -> Void) {
        var next = profiles[Int(profile)].newestRow
        while next != 0 {
            let row = rows[Int(next - 1)]
            body(Int(next - 1), row)
            next = row.next
        }
    }

    @inline(__always) func forEachCarrier(of value: Int, atMost limit: Int = .max, _ body: (UInt32) -> Void) {
        var next = values[value].newest
        var seen = 0
        while next != 0, seen < limit {
            seen += 1
            let posting = postings[Int(next - 1)]
            body(posting.profile)
            next = posting.nextCarrier
        }
    }

    @inline(__always) func forEachValue(of profile: UInt32, _ body: (Int) -> Void) {
        var next = profiles[Int(profile)].newestPosting
        while next != 0 {
            let posting = postings[Int(next - 1)]
            body(Int(posting.value))
            next = posting.nextValue
        }
    }

    /// Frequency classes of a row's own values in its shop.
    func classes(of features: PartyFeatures, shop: UInt16) -> FrequencyClasses {
        var classes = FrequencyClasses()
        let population = Int(shop) < populations.count ? populations[Int(shop)] : 0
        classes.population = FrequencyClasses.populationClass(count: population)
        for field in FrequencyField.allCases {
            let key = features.frequencyKey(field)
            guard key != 0, let value = find(Self.scoped(key, .counted(field), shop: shop)) else { continue }
            classes[field] = FrequencyClasses.valueClass(count: values[value].count)
        }
        return classes
    }

    /// Tells one set of features from another: the same on every machine.
    static func hash(of features: PartyFeatures) -> UInt64 {
        withUnsafeBytes(of: features) { plain.hash(Span(_unsafeBytes: $0)) }
    }

    // MARK: Taking in

    /// A profile that is new; `record` is its first party record without the keys.
    mutating func addProfile(_ party: PackedRecord, source: UInt16) {
        let reference = party[PartyShape.ref]
        let channel = Self.plain.hash(party[PartyShape.channel])
        let scope = Self.plain.combine(channel, Self.plain.hash(party[PartyShape.store]))
        let name = reference.count > 0 ? reference : party.bytes
        profiles.append(
            MatchProfile(
                canonical: Self.plain.hash(name, salt: scope), source: source, hasReference: reference.count > 0))
    }

    /// Takes in what a variant of the profile shows. `keys` calls back with each identity key of the record.
    mutating func add(
        _ features: PartyFeatures, to profile: UInt32, shop: UInt16, keys: (_ body: (IdentityKey) -> Void) -> Void
    ) {
        let isNewRow = addRow(features, to: profile, shop: shop)
        // A record may bring a key that its features leave out, such as the telephone number of a second address.
        let isFirst = isNewRow && profiles[Int(profile)].rowCount == 1
        keys { key in
            guard key.kind.isNoted else { return }
            let kind = ValueKind(key.kind)
            let isNew = carry(Self.scoped(key.hash, kind, shop: shop), kind, profile, features, isFirst: isFirst)
            if isNew { markDirty(profile) }
        }
        guard isNewRow else { return }
        features.forEachBlockingKey { kind, hash in
            let kind = ValueKind.block(kind)
            carry(Self.scoped(hash, kind, shop: shop), kind, profile, features, isFirst: isFirst)
        }
        markDirty(profile)
    }

    /// Adds a row unless the profile has shown the same before.
    private mutating func addRow(_ features: PartyFeatures, to profile: UInt32, shop: UInt16) -> Bool {
        let hash = Self.hash(of: features)
        var isKnown = false
        forEachRow(of: profile) { _, row in isKnown = isKnown || row.hash == hash }
        if isKnown { return false }
        var entry = profiles[Int(profile)]
        let row = rows.append(FeatureRow(features: features, hash: hash, next: entry.newestRow))
        entry.newestRow = UInt32(row + 1)
        entry.rowCount += 1
        if entry.rowCount == 1 { entry.sketch = PairSketch(features) } else { entry.sketch.join() }
        profiles[Int(profile)] = entry
        carry(Self.scoped(hash, .twin, shop: shop), .twin, profile, features, isFirst: entry.rowCount == 1)
        count(features, profile, shop: shop)
        return true
    }

    /// Counts the names of a row. A class that changes changes the weight of every pair that shares the name.
    private mutating func count(_ features: PartyFeatures, _ profile: UInt32, shop: UInt16) {
        while populations.count <= Int(shop) { populations.append(0) }
        let population = populations[Int(shop)]
        populations[Int(shop)] += 1
        if FrequencyClasses.populationClass(count: population)
            != FrequencyClasses.populationClass(count: population + 1)
        {
            queue.sweepAll(profiles.count)
        }
        for field in FrequencyField.allCases {
            let key = features.frequencyKey(field)
            guard key != 0 else { continue }
            let value = value(Self.scoped(key, .counted(field), shop: shop), .counted(field))
            post(profile, value, linksBack: false)
            let count = values[value].count
            values[value].count = count + 1
            if FrequencyClasses.valueClass(count: count) != FrequencyClasses.valueClass(count: count + 1) {
                markCarriersCommoner(value)
            }
        }
    }

    /// Notes that the profile carries the value; false if it is known to.
    /// - Parameter isFirst: nothing was known of the profile before this record.
    @discardableResult
    private mutating func carry(
        _ hash: UInt64, _ kind: ValueKind, _ profile: UInt32, _ features: PartyFeatures, isFirst: Bool
    ) -> Bool {
        let number = value(hash, kind)
        var entry = values[number]
        var isKnown = entry.newest != 0 && postings[Int(entry.newest - 1)].profile == profile
        if !isKnown, !isFirst {
            forEachValue(of: profile) { isKnown = isKnown || $0 == number }
        }
        if features.nameSignature != 0 { entry.signatures |= 1 << (features.nameSignature & 31) }
        if !isKnown { entry.count &+= 1 }
        let isCentre = entry.newest == 0 || isBefore(profile, entry.centre)
        if isCentre { entry.centre = profile }
        values[number] = entry
        if !isKnown { post(profile, number, linksBack: true) }
        // In a star everybody is compared with the centre.
        if isCentre, entry.count > 16, entry.kind == .twin || entry.kind.identityKey != nil {
            markCarriersDirty(number)
        }
        if entry.state == .quarantined || entry.state == .held { withhold(kind.field, from: profile) }
        review(number)
        return !isKnown
    }

    /// By the profiles' own names, which do not depend on their arrival.
    private func isBefore(_ one: UInt32, _ two: UInt32) -> Bool {
        (profiles[Int(one)].canonical, one) < (profiles[Int(two)].canonical, two)
    }

    private mutating func value(_ hash: UInt64, _ kind: ValueKind) -> Int {
        if let known = find(hash) { return known }
        let number = values.append(ValueEntry(hash: hash, kind: kind))
        valueIndex.insert(hash, number)
        return number
    }

    private mutating func post(_ profile: UInt32, _ value: Int, linksBack: Bool) {
        var posting = Posting(profile: profile, nextCarrier: values[value].newest, value: UInt32(value), nextValue: 0)
        if linksBack { posting.nextValue = profiles[Int(profile)].newestPosting }
        let number = UInt32(postings.append(posting) + 1)
        values[value].newest = number
        if linksBack { profiles[Int(profile)].newestPosting = number }
    }

    // MARK: Values that lose their force

    /// Retires or quarantines a value whose carriers have become too many or too unlike.
    private mutating func review(_ number: Int) {
        let entry = values[number]
        if entry.state == .active || entry.state == .retired, let most = entry.kind.mostSignatures,
            entry.signatures.nonzeroBitCount > most
        {
            setState(.quarantined, of: number)
        } else if entry.state == .active, entry.count > entry.kind.largestBlock {
            values[number].state = .retired
            markCarriersDirty(number)
        }
    }

    /// Puts a value into quarantine, holds it, releases it, or lets it be judged by itself again.
    mutating func setState(_ state: ValueState, of number: Int) {
        let old = values[number].state
        guard old != state else { return }
        values[number].state = state
        if !watchedValues.contains(UInt32(number)) { watchedValues.append(UInt32(number)) }
        let wasWithheld = old == .quarantined || old == .held
        let isWithheld = state == .quarantined || state == .held
        if isWithheld, !wasWithheld {
            var carriers: [UInt32] = []
            forEachCarrier(of: number) { carriers.append($0) }
            for carrier in carriers { withhold(values[number].kind.field, from: carrier) }
        } else if wasWithheld, !isWithheld {
            restore(values[number].kind.field, after: number)
        }
        markCarriersDirty(number)
    }

    /// Makes a value that nobody carries yet known, so that a person's word about it stands when it comes.
    mutating func valueForDecision(_ hash: UInt64, _ kind: ValueKind) -> Int { value(hash, kind) }

    private mutating func withhold(_ field: FieldMask, from profile: UInt32) {
        guard !profiles[Int(profile)].withheld.isSuperset(of: field) else { return }
        profiles[Int(profile)].withheld.formUnion(field)
        markDirty(profile)
    }

    /// Gives the field back to the carriers of a value, unless another value of theirs withholds it.
    private mutating func restore(_ field: FieldMask, after number: Int) {
        var carriers: [UInt32] = []
        forEachCarrier(of: number) { carriers.append($0) }
        for carrier in carriers {
            var withheld = FieldMask()
            forEachValue(of: carrier) { value in
                let entry = values[value]
                if entry.state == .quarantined || entry.state == .held { withheld.formUnion(entry.kind.field) }
            }
            profiles[Int(carrier)].withheld = withheld
        }
    }

    // MARK: The queue

    /// Remembers the order (its number plus one; 0 for none) that brought what has to be weighed of a profile.
    mutating func note(cause order: UInt32, of profile: UInt32) { profiles[Int(profile)].cause = order }

    mutating func markDirty(_ profile: UInt32) {
        profiles[Int(profile)].wantsSearch = true
        enqueue(profile)
    }

    private mutating func enqueue(_ profile: UInt32) {
        guard !profiles[Int(profile)].isDirty else { return }
        profiles[Int(profile)].isDirty = true
        profiles[Int(profile)].cause = 0
        queue.append(profile)
    }

    /// A value has become commoner, so that agreeing in it weighs less: what was found may hold no more, and nothing new
    /// can follow from it.
    private mutating func markCarriersCommoner(_ value: Int) {
        var carriers: [UInt32] = []
        forEachCarrier(of: value) { carriers.append($0) }
        for carrier in carriers { enqueue(carrier) }
    }

    private mutating func markCarriersDirty(_ value: Int) {
        var carriers: [UInt32] = []
        forEachCarrier(of: value) { carriers.append($0) }
        for carrier in carriers { markDirty(carrier) }
    }

    /// Has every profile weighed again.
    mutating func sweepAll() { queue.sweepAll(profiles.count) }

    /// The next profile to weigh; it counts as weighed from now on.
    mutating func takeDirty() -> UInt32? {
        guard let profile = queue.next() else { return nil }
        // Everything is looked for where a sweep comes by.
        let isDirty = profiles[Int(profile)].isDirty
        if !isDirty { profiles[Int(profile)].cause = 0 }
        profiles[Int(profile)].isSearched = !isDirty || profiles[Int(profile)].wantsSearch
        profiles[Int(profile)].isDirty = false
        profiles[Int(profile)].wantsSearch = false
        return profile
    }

    /// Everything has been weighed: nothing of what was taken in so far has to be looked at again.
    mutating func forgetQueue() {
        while takeDirty() != nil {}
    }
}

/// Profiles that wait to be weighed: a list, and behind it a sweep over all.
struct WeighQueue: Sendable {
    private var waiting: [UInt32] = []
    private var head = 0
    private var sweepNext = 0
    private var sweepEnd = 0

    var isEmpty: Bool { count == 0 }
    var count: Int { waiting.count - head + max(0, sweepEnd - sweepNext) }

    mutating func append(_ profile: UInt32) { waiting.append(profile) }

    mutating func sweepAll(_ count: Int) {
        sweepNext = 0
        sweepEnd = count
    }

    mutating func next() -> UInt32? {
        if head < waiting.count {
            head += 1
            if head == waiting.count {
                defer {
                    waiting.removeAll(keepingCapacity: waiting.count < 65_536)
                    head = 0
                }
                return waiting[head - 1]
            }
            return waiting[head - 1]
        }
        guard sweepNext < sweepEnd else { return nil }
        sweepNext += 1
        return UInt32(sweepNext - 1)
    }
}

extension IdentityKeyKind {
    /// Whether the index notes who carries it.
    var isNoted: Bool {
        switch self {
        case .email, .relayEmail, .phone, .vat, .address, .place: true
        case .channelReference, .order, .relayLookup: false
        }
    }
}
