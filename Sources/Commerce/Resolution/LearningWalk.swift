import Bytes

// Collects what learning looks at, a slice at a time: how candidates agree, and how strangers do. The profiles and the
// strangers are chosen by hashes of their names in their channels, so that the same data gives the same counts whatever
// the order of arrival.

/// A walk over a shop's profiles that ends in rules learned from them.
package struct LearningWalk: Sendable {
    private enum Phase { case choosing, comparing, mixing, learning, done }

    /// A profile by a hash of its name.
    private struct Choice: Comparable {
        let hash: UInt64
        let profile: UInt32

        static func < (left: Self, right: Self) -> Bool { (left.hash, left.profile) < (right.hash, right.profile) }
    }

    /// More profiles teach little more; those with the lowest hashes stand for all.
    private static let mostProfiles = 5_000
    /// Random pairs: a date of birth is shared by one in twenty thousand.
    private static let mostStrangers = 40_000
    /// Equal copies of a profile that count: a buyer with ten thousand equal orders must not outvote all others.
    private static let mostCopies = 4
    private static let hash = Hash64(seed: 5)

    package let shop: UInt16
    /// Feature rows of the shop when the walk began.
    package let rows: Int
    private let identity: ShopIdentity
    private var phase = Phase.choosing
    private var next = 0
    private let end: Int
    private var shopProfiles = 0
    private var choices: [Choice] = []
    private var counts = AgreementCounts()
    private var learner: WeightLearner?

    package init(shop: UInt16, of state: borrowing DirectoryState) {
        self.shop = shop
        rows = state.rowCount(of: shop)
        identity = state.identities[Int(shop)]
        end = state.profiles.count
    }

    package var isDone: Bool { phase == .done }

    /// The learned rules, once done.
    package var rules: MatchRules { learner?.rules ?? identity.rules }

    /// What the rules rest on, in words.
    package var basis: String {
        let matches = Int((learner?.matchCount ?? 0).rounded())
        return "\(Self.grouped(counts.profiles)) profiles, \(Self.grouped(counts.candidatePairs)) candidate pairs, "
            + "\(Self.grouped(matches)) of them one buyer, \(Self.grouped(counts.strangerPairs)) random pairs, "
            + "\(learner?.rounds ?? 0) rounds"
    }

    private static func grouped(_ number: Int) -> String {
        var text = String(number % 1_000)
        var rest = number / 1_000
        while rest > 0 {
            text =
                String(rest % 1_000) + "," + String(repeating: "0", count: 3 - text.prefix { $0 != "," }.count) + text
            rest /= 1_000
        }
        return text
    }

    /// Goes on over `count` profiles, or one round of learning.
    package mutating func advance(
        _ count: Int, in state: borrowing DirectoryState, _ scratch: inout ResolutionScratch
    ) {
        switch phase {
        case .choosing: choose(16 * count, state)
        case .comparing: compare(count, state, &scratch)
        case .mixing: mix(count, state, &scratch)
        case .learning:
            learner?.advance()
            if learner?.isDone ?? true { phase = .done }
        case .done: break
        }
    }

    // MARK: Which profiles

    private mutating func choose(_ count: Int, _ state: borrowing DirectoryState) {
        let stop = min(next + count, end)
        for place in next..<stop where Int(state.profiles[place].shop) == Int(shop) {
            let profile = UInt32(place)
            shopProfiles += 1
            guard !isCopy(profile, state) else { continue }
            choices.append(Choice(hash: Self.name(of: profile, state), profile: profile))
            if choices.count >= 2 * Self.mostProfiles { keepLowest() }
        }
        next = stop
        guard stop == end else { return }
        keepLowest()
        counts.profiles = shopProfiles
        counts.share = 1
        if shopProfiles > Self.mostProfiles, choices.count == Self.mostProfiles {
            // A pair counts when its lower profile was chosen.
            let part = Double(Self.mostProfiles) / Double(shopProfiles)
            counts.share = part * (2 - part)
        }
        next = 0
        phase = .comparing
    }

    private mutating func keepLowest() {
        choices.sort()
        if choices.count > Self.mostProfiles { choices.removeLast(choices.count - Self.mostProfiles) }
    }

    private static func name(of profile: UInt32, _ state: borrowing DirectoryState) -> UInt64 {
        hash.combine(state.index.origins[Int(profile)].canonical, 0x4C)
    }

    /// Whether another profile shows just the same and stands for this one.
    private mutating func isCopy(_ profile: UInt32, _ state: borrowing DirectoryState) -> Bool {
        guard let twins = twins(of: profile, state), twins.count > 1 else { return false }
        return state.index.centre(of: twins) != profile
    }

    /// Everybody who shows just the same as a profile of one row; nil for any other.
    private func twins(of profile: UInt32, _ state: borrowing DirectoryState) -> SmallList? {
        let entry = state.index.profiles[Int(profile)]
        guard entry.rows.count == 1 else { return nil }
        return state.index.twins(of: Int(state.index.lists[entry.rows, 0]), shop: shop)
    }

    // MARK: Candidates

    private mutating func compare(
        _ count: Int, _ state: borrowing DirectoryState, _ scratch: inout ResolutionScratch
    ) {
        let stop = min(next + count, choices.count)
        for choice in choices[next..<stop] { addCandidates(of: choice, state, &scratch) }
        next = stop
        guard stop == choices.count else { return }
        next = 0
        phase = .mixing
    }

    private mutating func addCandidates(
        of choice: Choice, _ state: borrowing DirectoryState, _ scratch: inout ResolutionScratch
    ) {
        let profile = choice.profile
        var taught: [UInt32: TaughtFields] = [:]
        var ownTaught = TaughtFields()
        state.gatherSharedValues(of: profile, shop, &scratch)
        for value in scratch.sharedValues {
            let (kind, others) = (value.kind, value.others)
            guard kind != .twin, others.count > 1, others.count <= kind.largestBlock else { continue }
            let fields = TaughtFields(metBy: kind)
            ownTaught.formUnion(fields)
            for position in 0..<Int(others.count) {
                let other = state.index.lists[others, position]
                if other != profile { taught[other, default: []].formUnion(fields) }
            }
        }
        let copies = min(Int(twins(of: profile, state)?.count ?? 1) - 1, Self.mostCopies)
        state.prepareRows(of: profile, &scratch)
        if copies > 0 {
            let weight = state.weighForLearning(profile, profile, identity, &scratch)
            counts.addCandidate(weight, taught: ownTaught, count: copies)
        }
        for (other, fields) in taught {
            guard choice < Choice(hash: Self.name(of: other, state), profile: other), !isCopy(other, state),
                state.index.profiles[Int(profile)].sketch.mayAgree(state.index.profiles[Int(other)].sketch)
            else { continue }
            counts.addCandidate(state.weighForLearning(profile, other, identity, &scratch), taught: fields)
        }
    }

    // MARK: Strangers

    /// Each profile with some of those that follow in the order of the hashes, which knows nothing of what they show.
    private mutating func mix(_ count: Int, _ state: borrowing DirectoryState, _ scratch: inout ResolutionScratch) {
        let size = choices.count
        let partners = min(size / 2, Self.mostStrangers / max(size, 1))
        let stop = min(next + max(count * 8 / max(partners, 1), 1), size)
        for place in next..<stop {
            let profile = choices[place].profile
            state.prepareRows(of: profile, &scratch)
            for step in 0..<partners {
                let other = choices[(place + step + 1) % size].profile
                counts.addStrangers(state.weighForLearning(profile, other, identity, &scratch))
            }
        }
        next = stop
        guard stop == size else { return }
        learner = WeightLearner(counts, base: identity.learningBase)
        phase = .learning
    }
}

extension TaughtFields {
    /// What pairs teach that met by a value of this kind.
    init(metBy kind: ValueKind) {
        if let block = kind.block {
            self.init(metBy: block)
        } else {
            let held: TaughtFields =
                switch kind.identityKey {
                case .email, .relayEmail: Self(.email)
                case .phone: Self(.phone)
                case .vat: Self(.vat)
                default: .all
                }
            self = Self.all.subtracting(held)
        }
    }
}

extension ValueKind {
    /// The kind of blocking key; nil for anything else.
    var block: PartyFeatures.BlockingKind? {
        rawValue & 192 == 64 ? PartyFeatures.BlockingKind(rawValue: rawValue & 63) : nil
    }
}

extension DirectoryState {
    /// Feature rows of a shop.
    package func rowCount(of shop: UInt16) -> Int {
        Int(shop) < index.populations.count ? Int(index.populations[Int(shop)]) : 0
    }

    /// The best that any two rows of the profiles give; of two that are as good, always the same one. Needs
    /// `prepareRows` of the first.
    fileprivate func weighForLearning(
        _ profile: UInt32, _ other: UInt32, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        let withheld = index.profiles[Int(profile)].withheld.union(index.profiles[Int(other)].withheld)
        var best: PairWeight?
        for place in scratch.ownRows.indices {
            let own = Int(scratch.ownRows[place])
            let classes = ownClasses(place, profile, &scratch)
            index.forEachComparedRow(of: other, &scratch.otherRows) { row in
                let weight = rules.weigher.weigh(
                    index.rows.features(of: own), index.rows.features(of: row), classes, withheld: withheld)
                if best.map({ $0.isWorse(than: weight) }) ?? true { best = weight }
            }
        }
        return best ?? PairWeight(score: .min, levels: 0, verdict: .none, reason: .none)
    }

    /// Writes rules that were learned as a version of the shop's, and applies the event.
    /// - Returns: the version's number.
    package mutating func proposeLearned(
        _ rules: MatchRules, basis: String, rows: Int, shop: UInt16, at now: Timestamp, into events: inout EventWriter
    ) -> Int {
        events.rulesProposed(
            rules, basis: basis, rows: rows, shop: shop, actor: RulesVersion.learning, now: now)
        record(events)
        return identities[Int(shop)].versions.count
    }

    /// A shop that has at least doubled since learning proposed rules for it the last time, and that is large enough to
    /// learn from: 1,000 rows.
    /// - Parameter attempts: rows of each shop when learning looked at it the last time, whatever came of it.
    package func shopToLearnFrom(attempts: [UInt16: Int], leastRows: Int = 1_000) -> UInt16? {
        for number in identities.indices where identities[number].mode == .evidence {
            let shop = UInt16(number)
            let rows = rowCount(of: shop)
            let learned = max(identities[number].versions.map(\.rows).max() ?? 0, attempts[shop] ?? 0)
            if rows >= leastRows, rows >= 2 * learned { return shop }
        }
        return nil
    }
}

extension PairWeight {
    fileprivate func isWorse(than other: PairWeight) -> Bool {
        (verdict.rawValue, score, levels) < (other.verdict.rawValue, other.score, other.levels)
    }
}
