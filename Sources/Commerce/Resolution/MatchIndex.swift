import Bytes

// What matching needs to find and compare profiles. Derived from the party records and never written to disk: a start makes
// it again.
//
// A *row* is one distinct set of features; a profile whose channel spells the same data in many ways has shown few. What profiles can share leads from one to the other: *values*, which are identity keys and know how unlike
// their carriers are, and *postings*, which are everything that follows from the features: blocking keys, twins, and names
// whose frequency counts. Both know who carries them, so that a profile's candidates are those who share one with it.
//
// Invariants
// 1. Everything here is a function of the set of party records, never of their order (lists may be ordered differently).
// 2. A profile is dirty when something that its verdicts depend on has changed since it was weighed last.

package struct MatchIndex: ~Copyable, Sendable {
    private let inPlace = InPlace()
    private(set) var profiles = PagedArray<MatchProfile>()
    private(set) var origins = PagedArray<MatchOrigin>()
    private(set) var rows = FeatureTable()
    private(set) var values = PagedArray<ValueEntry>()
    private(set) var valueIndex = HashIndex()
    private(set) var postings = PostingTable()
    /// Carriers of values and postings, and the rows and values of profiles.
    private(set) var lists = ListArena()
    /// Feature rows of each shop.
    private(set) var populations: [UInt32] = []
    /// Profiles that have to be weighed, oldest first.
    private(set) var queue = WeighQueue()
    /// Values in quarantine, held or released.
    private(set) var watchedValues: [UInt32] = []
    /// Whether what is taken in was weighed before, so that nobody has to be weighed for it.
    var isForgetful = false
    /// For each shop what was shown while it weighed nothing: nobody is found by it yet.
    private var pending: [[(profile: UInt32, row: UInt32)]] = []
    /// What a row that is taken in shares with others; used again for each.
    private var postingKeys = PostingKeys()

    /// Written out at each use: a stored one would be asked for by a call each time.
    @inline(__always) private static var plain: Hash64 { Hash64(seed: 0) }

    package init() {}

    var allocatedBytes: Int {
        profiles.allocatedBytes + origins.allocatedBytes + rows.allocatedBytes + values.allocatedBytes
            + valueIndex.allocatedBytes + postings.allocatedBytes + lists.allocatedBytes
            + pending.reduce(0) { $0 + $1.count * MemoryLayout<(UInt32, UInt32)>.stride }
    }

    // MARK: Look-ups

    @inline(__always) func find(_ hash: UInt64) -> Int? { valueIndex.find(hash) { values[$0].hash == hash } }

    /// Values of one shop never meet those of another.
    @inline(__always) static func scoped(_ hash: UInt64, _ kind: ValueKind, shop: UInt16) -> UInt64 {
        plain.combine(hash, UInt64(kind.rawValue) << 16 | UInt64(shop))
    }

    /// Calls `body` with the number of each row of the profile, the newest first.
    @inline(__always) func forEachRow(of profile: UInt32, _ body: (Int) -> Void) {
        let shown = profiles[Int(profile)].rows
        for position in (0..<Int(shown.count)).reversed() { body(Int(lists[shown, position])) }
    }

    @inline(__always) func forEachCarrier(of value: Int, _ body: (UInt32) -> Void) {
        let carriers = values[value].carriers
        for position in 0..<Int(carriers.count) { body(lists[carriers, position]) }
    }

    /// Calls `body` with the number of each identity key of the profile.
    @inline(__always) func forEachValue(of profile: UInt32, _ body: (Int) -> Void) {
        let keys = origins[Int(profile)].identityKeys
        for position in 0..<Int(keys.count) { body(Int(lists[keys, position])) }
    }

    func carries(_ profile: UInt32, _ value: Int) -> Bool {
        lists.contains(UInt32(value), in: origins[Int(profile)].identityKeys)
    }

    /// Who shows the very same features as a row.
    @inline(__always) func twins(of row: Int, shop: UInt16) -> SmallList {
        postings.list(of: Self.scoped(rows[row].hash, .twin, shop: shop))
    }

    /// The carrier with the lowest name of its own.
    func centre(of list: SmallList) -> UInt32 { lists[list, 0] }

    /// Class of a shop's size.
    @inline(__always) func populationClass(of shop: UInt16) -> UInt8 {
        Int(shop) < populations.count ? FrequencyClasses.populationClass(count: populations[Int(shop)]) : 0
    }

    /// Frequency classes of a row's own values in its shop.
    func classes(of features: PartyFeatures, shop: UInt16) -> FrequencyClasses {
        var classes = FrequencyClasses(population: populationClass(of: shop))
        for field in FrequencyField.allCases {
            let key = features.frequencyKey(field)
            guard key != 0 else { continue }
            let count = postings.list(of: Self.scoped(key, .counted(field), shop: shop)).count
            classes[field] = FrequencyClasses.valueClass(count: count)
        }
        return classes
    }

    /// Tells one set of features from another: the same on every machine.
    static func hash(of features: PartyFeatures) -> UInt64 {
        withUnsafeBytes(of: features) { plain.hash(Span(_unsafeBytes: $0)) }
    }

    // MARK: Taking in

    /// A profile that is new; `record` is its first party record, which says that it comes from `origin`.
    mutating func addProfile(_ record: Span<UInt8>, _ origin: PartyOrigin, source: UInt16) {
        let scope = Self.plain.combine(Self.plain.hash(origin.channel), Self.plain.hash(origin.store))
        let reference = origin.reference
        let members = record.extracting(0..<(record.count - PartyRecord.keyBytes(of: record).count))
        let name = reference.count > 0 ? reference : members
        profiles.append(MatchProfile())
        origins.append(
            MatchOrigin(
                canonical: Self.plain.hash(name, salt: scope), source: source, hasReference: reference.count > 0))
    }

    /// Takes in what a variant of the profile shows. `keys` calls back with each identity key of the record.
    /// - Parameter isWeighed: whether the shop weighs evidence, so that features lead to candidates.
    /// - Returns: whether the profile shows something new, so that it is to be weighed.
    mutating func add(
        _ features: PartyFeatures, to profile: UInt32, shop: UInt16, isWeighed: Bool,
        keys: (_ body: (IdentityKey) -> Void) -> Void
    ) -> Bool {
        var isNew = false
        keys { prefetchValue($0, shop: shop) }
        if let row = addRow(features, to: profile) {
            isNew = true
            let repeats: PostingTable.Repeats = profiles[Int(profile)].rows.count == 1 ? .last : .anywhere
            if isWeighed {
                post(Int(row), features, profile, shop: shop, repeats)
            } else {
                postpone(row, profile, shop: shop)
            }
        }
        keys { prefetchCarriers($0, shop: shop) }
        // A record may bring a key that its features leave out, such as the telephone number of a second address.
        keys { key in
            guard key.kind.isNoted else { return }
            let kind = ValueKind(key.kind)
            if carry(Self.scoped(key.hash, kind, shop: shop), kind, profile, features) { isNew = true }
        }
        return isNew
    }

    /// The row of these features; nil if the profile has shown the same before.
    private mutating func addRow(_ features: PartyFeatures, to profile: UInt32) -> UInt32? {
        let row = rows.row(of: features)
        var entry = profiles[Int(profile)]
        if lists.contains(row, in: entry.rows) { return nil }
        lists.append(row, to: &entry.rows)
        if entry.rows.count == 1 { entry.sketch = rows[Int(row)].sketch } else { entry.sketch.join() }
        profiles[Int(profile)] = entry
        // Of very many rows some are left out, and with them what they had found.
        if Int(entry.rows.count) > mostRowsCompared { markDirty(profile) }
        return row
    }

    // MARK: Postings

    private mutating func postpone(_ row: UInt32, _ profile: UInt32, shop: UInt16) {
        while pending.count <= Int(shop) { pending.append([]) }
        pending[Int(shop)].append((profile, row))
    }

    /// A shop begins to weigh: what came before leads to candidates from now on. In one go, however much it is, since nobody
    /// can be weighed before all of it is posted.
    mutating func postPendingRows(ofShop shop: UInt16) {
        guard Int(shop) < pending.count else { return }
        let waiting = pending[Int(shop)]
        pending[Int(shop)] = []
        for (profile, row) in waiting { post(Int(row), rows.features(of: Int(row)), profile, shop: shop, .anywhere) }
    }

    /// Posts the profile under everything that follows from a row. All of it is asked for before any of it is waited for.
    /// - Parameter repeats: where the profile may stand already: a first row may name one block twice, further ones may name
    ///   those of rows before them.
    private mutating func post(
        _ row: Int, _ features: PartyFeatures, _ profile: UInt32, shop: UInt16, _ repeats: PostingTable.Repeats
    ) {
        postingKeys.removeAll()
        for field in FrequencyField.allCases {
            let key = features.frequencyKey(field)
            if key != 0 { postingKeys.append(postingKey(key, .counted(field), shop)) }
        }
        postingKeys.append(postingKey(rows[row].hash, .twin, shop))
        Self.appendBlocks(of: features, shop: shop, to: &postingKeys)
        for place in 0..<postingKeys.count { postings.prefetch(postingKeys[place].hash) }
        countRow(shop: shop)
        for place in 0..<postingKeys.count { postings.prefetchList(of: postingKeys[place].hash, in: lists) }
        for place in 0..<postingKeys.count { post(profile, postingKeys[place], repeats) }
    }

    @inline(__always) private func postingKey(_ hash: UInt64, _ kind: ValueKind, _ shop: UInt16) -> PostingKey {
        PostingKey(hash: Self.scoped(hash, kind, shop: shop), kind: kind)
    }

    /// The blocking keys of a row, as they are posted.
    @inline(__always)
    static func appendBlocks(of features: PartyFeatures, shop: UInt16, to keys: inout PostingKeys) {
        features.forEachBlockingKey { kind, hash in
            let kind = ValueKind.block(kind)
            keys.append(PostingKey(hash: scoped(hash, kind, shop: shop), kind: kind))
        }
    }

    private mutating func post(_ profile: UInt32, _ key: PostingKey, _ repeats: PostingTable.Repeats) {
        let isCounted = key.kind.isCounted
        let carriers = postings.add(profile, to: key.hash, in: &lists, repeats: isCounted ? .nowhere : repeats)
        guard let carriers else { return }
        let count = carriers.count
        if isCounted {
            // A class that changes changes the weight of every pair that shares the name.
            if FrequencyClasses.valueClass(count: count - 1) != FrequencyClasses.valueClass(count: count) {
                markCarriersCommoner(carriers)
            }
        } else if key.kind == .twin {
            centreNewest(carriers)
        } else if count > key.kind.largestBlock {
            markCarriersUnled(carriers)
            postings.close(key.hash, in: &lists)
        }
    }

    private mutating func countRow(shop: UInt16) {
        while populations.count <= Int(shop) { populations.append(0) }
        let population = populations[Int(shop)]
        populations[Int(shop)] += 1
        if FrequencyClasses.populationClass(count: population)
            != FrequencyClasses.populationClass(count: population + 1)
        {
            sweep(shop: shop)
        }
    }

    /// Brings the newest carrier to the front if it is the centre.
    private mutating func centreNewest(_ carriers: SmallList) {
        guard carriers.count > 1 else { return }
        let newest = lists[carriers, Int(carriers.count) - 1]
        guard isBefore(newest, lists[carriers, 0]) else { return }
        lists.bringLastToFront(carriers)
        // In a star everybody is compared with the centre.
        if carriers.count > 16 { markCarriersDirty(carriers) }
    }

    /// By the profiles' own names, which do not depend on their arrival.
    private func isBefore(_ one: UInt32, _ two: UInt32) -> Bool {
        (origins[Int(one)].canonical, one) < (origins[Int(two)].canonical, two)
    }

    // MARK: Identity keys

    /// Notes that the profile carries the key; false if it is known to.
    private mutating func carry(
        _ hash: UInt64, _ kind: ValueKind, _ profile: UInt32, _ features: PartyFeatures
    ) -> Bool {
        let number = value(hash, kind)
        var entry = values[number]
        let isNew = !carries(profile, number)
        if features.nameSignature != 0 { entry.signatures |= 1 << (features.nameSignature & 31) }
        if isNew {
            lists.append(profile, to: &entry.carriers)
            lists.append(UInt32(number), to: &origins[Int(profile)].identityKeys)
        }
        values[number] = entry
        if isNew { centreNewest(entry.carriers) }
        if entry.state == .quarantined || entry.state == .held { withhold(kind.field, from: profile) }
        review(number)
        return isNew
    }

    private mutating func value(_ hash: UInt64, _ kind: ValueKind) -> Int {
        if let known = find(hash) { return known }
        let number = values.append(ValueEntry(hash: hash, kind: kind))
        valueIndex.insert(hash, number)
        return number
    }

    /// Retires or quarantines a key whose carriers have become too many or too unlike.
    private mutating func review(_ number: Int) {
        let entry = values[number]
        if entry.state == .active || entry.state == .retired, let most = entry.kind.mostSignatures,
            entry.signatures.nonzeroBitCount > most
        {
            setState(.quarantined, of: number)
        } else if entry.state == .active, entry.carriers.count > entry.kind.largestBlock {
            values[number].state = .retired
            markCarriersDirty(entry.carriers)
        }
    }

    /// Puts a key into quarantine, holds it, releases it, or lets it be judged by itself again.
    mutating func setState(_ state: ValueState, of number: Int) {
        let old = values[number].state
        guard old != state else { return }
        values[number].state = state
        if !watchedValues.contains(UInt32(number)) { watchedValues.append(UInt32(number)) }
        let wasWithheld = old == .quarantined || old == .held
        let isWithheld = state == .quarantined || state == .held
        let carriers = values[number].carriers
        for position in 0..<Int(carriers.count) {
            let carrier = lists[carriers, position]
            if isWithheld, !wasWithheld { withhold(values[number].kind.field, from: carrier) }
            if wasWithheld, !isWithheld { restoreFields(of: carrier) }
        }
        markCarriersDirty(carriers)
    }

    /// Makes a key that nobody carries yet known, so that a person's word about it stands when it comes.
    mutating func valueForDecision(_ hash: UInt64, _ kind: ValueKind) -> Int { value(hash, kind) }

    private mutating func withhold(_ field: FieldMask, from profile: UInt32) {
        guard !profiles[Int(profile)].withheld.isSuperset(of: field) else { return }
        profiles[Int(profile)].withheld.formUnion(field)
        markDirty(profile)
    }

    /// Withholds what the profile's keys demand, and nothing else.
    private mutating func restoreFields(of profile: UInt32) {
        var withheld = FieldMask()
        forEachValue(of: profile) { value in
            let entry = values[value]
            if entry.state == .quarantined || entry.state == .held { withheld.formUnion(entry.kind.field) }
        }
        profiles[Int(profile)].withheld = withheld
    }

    // MARK: The queue

    /// Remembers the order (its number plus one; 0 for none) that brought what has to be weighed of a profile.
    mutating func note(cause order: UInt32, of profile: UInt32) { origins[Int(profile)].cause = order }

    /// The profile shows something new.
    mutating func markNew(_ profile: UInt32) { enqueue(profile, .wantsSearch) }

    /// Anything about the profile's verdicts may have changed.
    mutating func markDirty(_ profile: UInt32) { enqueue(profile, [.wantsSearch, .wantsCheck]) }

    private mutating func enqueue(_ profile: UInt32, _ needs: WeighingNeeds) {
        if isForgetful { return }
        let known = origins[Int(profile)].weighing
        origins[Int(profile)].weighing = known.union(needs)
        guard !known.isDirty else { return }
        origins[Int(profile)].cause = 0
        queue.append(profile)
    }

    /// What was found by a name that has become commoner may hold no more, and nothing new can follow from it.
    private mutating func markCarriersCommoner(_ carriers: SmallList) {
        for position in 0..<Int(carriers.count) { enqueue(lists[carriers, position], .wantsRecount) }
    }

    /// What was found by a block that closes may hold no more, and nothing new can follow from it.
    private mutating func markCarriersUnled(_ carriers: SmallList) {
        for position in 0..<Int(carriers.count) { enqueue(lists[carriers, position], .wantsLeads) }
    }

    private mutating func markCarriersDirty(_ carriers: SmallList) {
        for position in 0..<Int(carriers.count) { markDirty(lists[carriers, position]) }
    }

    /// Has every profile of a shop weighed again; nil for all shops.
    mutating func sweep(shop: UInt16?) {
        if !isForgetful { queue.sweep(profiles.count, shop: shop) }
    }

    /// Whatever waits was weighed: so the journal says to a start, which has put it on the list once more.
    mutating func settle() { while let profile = queue.next() { origins[Int(profile)].weighing = [] } }

    /// The next profile in the queue, which a sweep may have to pass over.
    mutating func nextInQueue() -> UInt32? { queue.next() }

    /// Whether the profile, of that shop, has to be weighed when its turn has come.
    @inline(__always) func isDue(_ profile: UInt32, of shop: UInt16) -> Bool {
        origins[Int(profile)].weighing.isDirty || queue.sweeps(shop)
    }

    /// The profile counts as weighed from now on.
    mutating func beginWeighing(_ profile: UInt32) {
        let needs = origins[Int(profile)].weighing
        if needs.isDirty {
            origins[Int(profile)].weighing = needs.inHand
        } else {
            // A sweep came by.
            origins[Int(profile)].cause = 0
            origins[Int(profile)].weighing = [.isSearched, .isChecked]
        }
    }
}
