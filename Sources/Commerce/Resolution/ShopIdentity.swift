import Bytes

/// How one shop decides who is who: its match mode, its rules in numbered versions, and its switches.
package struct ShopIdentity: Sendable {
    package internal(set) var mode = MatchMode.exact
    /// Version n stands at place n - 1; version 1 is what the engine comes with.
    package internal(set) var versions = [RulesVersion.first]
    /// The version in force.
    package internal(set) var activeVersion: UInt16 = 1
    package internal(set) var weigher = PairWeigher(.standard)
    /// Refuses a merge in which a customer with an invoiced booking would vanish.
    package internal(set) var protectsBookings = true
    /// Sources (by number) that a person declared to know each buyer once (true) or to hold duplicates (false).
    var declaredSources: [UInt16: Bool] = [:]
    /// Who set what stands, and when. What nobody set, and what a snapshot of an older version holds, has no entry.
    var settingWords: [SettingSubject: SettingWord] = [:]

    package init(mode: MatchMode = .exact) { self.mode = mode }

    /// The rules of one version.
    package func rules(ofVersion version: Int) throws(Refusal) -> MatchRules {
        guard (1...versions.count).contains(version) else {
            throw Refusal(
                .notFound, "version: this shop's rules have versions 1 to \(versions.count); IDENTITY.RULES lists them")
        }
        return versions[version - 1].rules
    }

    package var rules: MatchRules { versions[Int(activeVersion) - 1].rules }

    /// The newest rules up to those in force that nobody learned. Learning starts from them each time, and not from what
    /// it taught itself: the same data would count twice.
    package var learningBase: MatchRules {
        versions.prefix(Int(activeVersion)).last { $0.proposedBy != RulesVersion.learning }?.rules ?? .standard
    }
}

/// What of a shop's identity decides about a pair. It is handed on for every profile, hence without all that stands beside
/// it, of which each copy would count the references.
struct RulesInForce: Sendable {
    let mode: MatchMode
    let weigher: PairWeigher
}

extension ShopIdentity {
    @inline(__always) var inForce: RulesInForce { RulesInForce(mode: mode, weigher: weigher) }
}

/// One version of a shop's rules.
package struct RulesVersion: Sendable, Equatable {
    package let rules: MatchRules
    /// Who proposed it: a person, or `learning`.
    package let proposedBy: String
    package let proposedAt: Int64
    /// What it rests on, in words.
    package let basis: String
    /// Feature rows that the shop had when learning proposed it; 0 when a person did.
    package internal(set) var rows = 0
    package internal(set) var activatedBy: String?
    package internal(set) var activatedAt: Int64 = 0

    /// Who proposes what was learned.
    package static let learning = "learning"

    package static let first = RulesVersion(
        rules: .standard, proposedBy: "dossier", proposedAt: 0,
        basis: "general knowledge; what every shop begins with", activatedBy: "dossier")
}

/// What a person decided about profiles, for good: it outranks the rules until it is withdrawn.
package struct PersonDecision: Sendable, Equatable {
    /// The raw values are written to disk.
    package enum Kind: UInt8, Sendable {
        /// One customer (MERGE, BIND, an accepted pair).
        case together = 1
        /// Never one customer (EXCLUDE, SPLIT, a rejected pair).
        case apart = 2
        /// Related, not the same (LINK).
        case linked = 3

        package var text: StaticString {
            switch self {
            case .together: "bind"
            case .apart: "exclude"
            case .linked: "link"
            }
        }
    }

    package let kind: Kind
    package let shop: UInt16
    /// Profiles of either side; `together` and `linked` name one of each.
    package let left: [UInt32]
    package let right: [UInt32]
    /// Whether the number of the left side is retired by it (MERGE).
    package let retiresLeft: Bool
    package let actor: String
    /// Why, in the person's words; may be empty.
    package let reason: String
    package let at: Int64
    package let sequence: UInt64
    /// The version of the shop's rules that was in force; 0 where a snapshot of an older version does not say.
    package let version: UInt16
    package internal(set) var withdrawnBy: String?
    package internal(set) var withdrawnAt: Int64 = 0
    package internal(set) var withdrawnSequence: UInt64 = 0

    package var isLive: Bool { withdrawnBy == nil }

    /// Whether the decision is about these two profiles, one on each side.
    func separates(_ one: UInt32, _ two: UInt32) -> Bool {
        (left.contains(one) && right.contains(two)) || (left.contains(two) && right.contains(one))
    }
}

/// Everything that people decided about who is who, and where to find it. A few per thousand customers at most.
struct DecisionTable: Sendable {
    private(set) var all: [PersonDecision] = []
    private var byProfile: [UInt32: [Int]] = [:]
    /// Profiles whose number a merge has retired.
    private(set) var retired: Set<UInt32> = []

    var isEmpty: Bool { all.isEmpty }

    mutating func append(_ decision: PersonDecision) {
        let number = all.count
        all.append(decision)
        for profile in Set(decision.left + decision.right) { byProfile[profile, default: []].append(number) }
        updateRetired(decision)
    }

    mutating func withdraw(_ number: Int, by actor: String, at: Int64, sequence: UInt64) {
        all[number].withdrawnBy = actor
        all[number].withdrawnAt = at
        all[number].withdrawnSequence = sequence
        updateRetired(all[number])
    }

    /// A number stays retired while any live merge retires it.
    private mutating func updateRetired(_ decision: PersonDecision) {
        guard decision.retiresLeft else { return }
        for profile in decision.left {
            let isRetired = live(of: profile).contains { all[$0].retiresLeft && all[$0].left.contains(profile) }
            if isRetired { retired.insert(profile) } else { retired.remove(profile) }
        }
    }

    /// Numbers of all decisions about a profile, oldest first.
    func numbers(of profile: UInt32) -> [Int] { byProfile[profile] ?? [] }

    /// Numbers of decisions about a profile that stand, oldest first.
    func live(of profile: UInt32) -> [Int] { numbers(of: profile).filter { all[$0].isLive } }

    /// The decision that keeps two profiles apart, if one does.
    func separation(_ one: UInt32, _ two: UInt32) -> Int? {
        guard !all.isEmpty, let numbers = byProfile[one] else { return nil }
        return numbers.last { all[$0].isLive && all[$0].kind == .apart && all[$0].separates(one, two) }
    }
}
