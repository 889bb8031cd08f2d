import Bytes

/// A version of a rule.
package struct RuleVersion: Sendable, Equatable {
    package let definition: RuleDefinition
    package let actor: String
    /// Milliseconds.
    package let at: Int64
}

/// A rule with its versions, the newest last. One that was removed keeps them, so that a later one of this name goes on
/// counting and every effect names a version that never meant anything else.
package struct Rule: Sendable, Equatable {
    package let name: String
    package internal(set) var versions: [RuleVersion] = []
    /// Who switched it on or off last; a new version is off until somebody switches it on.
    package internal(set) var isOn = false
    package internal(set) var switched: Stated<Bool>?
    /// The version that was tested last; 0 for none.
    package internal(set) var testedVersion = 0
    package internal(set) var isRemoved = false
    /// How often it did something, and how often it was kept from it.
    package internal(set) var acted = 0
    package internal(set) var withheld = 0

    package var version: Int { versions.count }
    package var definition: RuleDefinition { versions[versions.count - 1].definition }
    /// Who did it, as events, messages and histories name it.
    package var actor: String { "rule:\(name) version \(version)" }
}

/// What a rule did about one change, or why not.
package struct RuleOutcome: Sendable, Equatable {
    package let rule: String
    package let version: Int
    /// The action, as `RuleAction.word` has it.
    package let action: String
    package let hasActed: Bool
    /// What came of it, such as `M17`, or the reason why nothing did.
    package let text: String

    package init(rule: String, version: Int, action: String, hasActed: Bool, text: String) {
        self.rule = rule
        self.version = version
        self.action = action
        self.hasActed = hasActed
        self.text = text
    }
}

/// One line of the log of a shop's rules.
package struct RuleLogEntry: Sendable, Equatable {
    /// Milliseconds.
    package let at: Int64
    /// The event of the change.
    package let sequence: UInt64
    package let kind: ChangeKind
    package let profile: UInt32
    /// How people name the order, or the customer; empty where it was not asked for.
    package let subject: String
    package let outcome: RuleOutcome
}

/// What became of one change.
package struct HandledChange: Sendable, Equatable {
    package let sequence: UInt64
    package let place: UInt32
    package let subject: String
    package let outcomes: [RuleOutcome]

    package init(_ facts: ChangeFacts, _ outcomes: [RuleOutcome]) {
        sequence = facts.change.sequence
        place = facts.change.place
        subject = facts.subject
        self.outcomes = outcomes
    }

    init(sequence: UInt64, place: UInt32, subject: String, outcomes: [RuleOutcome]) {
        self.sequence = sequence
        self.place = place
        self.subject = subject
        self.outcomes = outcomes
    }
}

/// The rules of one shop, in the order in which they run.
struct ShopRules: Sendable, Equatable {
    /// Lines of the log that are kept.
    static let longestLog = 1_000
    static let usualDays = 7

    var rules: [Rule] = []
    /// Nobody is written to about what happened longer ago than so many days.
    var mostDays = usualDays
    /// The newest last.
    var log: [RuleLogEntry] = []
    /// Derived: one bit for each kind of change that a rule waits for which is on.
    private(set) var watched: UInt32 = 0

    func place(of name: String) -> Int? { rules.firstIndex { $0.name == name } }

    func watches(_ kind: ChangeKind) -> Bool { watched & 1 << UInt32(kind.rawValue) != 0 }

    /// The rules that are on and wait for such a change, in their order.
    func active(on kind: ChangeKind) -> [Rule] { rules.filter { $0.isOn && $0.definition.changes.contains(kind) } }

    mutating func watch() {
        watched = 0
        for rule in rules where rule.isOn {
            for kind in rule.definition.changes { watched |= 1 << UInt32(kind.rawValue) }
        }
    }

    mutating func note(_ entry: RuleLogEntry) {
        log.append(entry)
        if log.count > 2 * Self.longestLog { log.removeFirst(log.count - Self.longestLog) }
        guard let place = place(of: entry.outcome.rule) else { return }
        if entry.outcome.hasActed { rules[place].acted += 1 } else { rules[place].withheld += 1 }
    }
}

/// Rules, and the changes that still wait for them: a state machine beside the directory's, in the same order of events.
///
/// Invariants
/// 1. A change is pending from the event that brought it until the `changesHandled` that names it.
/// 2. Without a rule that is on nothing is noted, and nothing is asked but `isWatching`.
package struct AutomationState: Sendable {
    /// By the shop's number; shorter than the list of shops as long as the last of them have no rules.
    var shops: [ShopRules] = []
    /// Oldest first.
    var pending: [Change] = []
    /// By the number of a fact: what was told of it last. Kept only where rules are on.
    var stages: [UInt32: FactStage] = [:]
    /// Whether any rule is on, in any shop.
    package internal(set) var isWatching = false

    package init() {}

    package var hasPending: Bool { !pending.isEmpty }

    /// Whether what waits is about things that the directory has, for a state that comes from a disk.
    package func fits(_ directory: borrowing DirectoryState) -> Bool {
        for change in pending where !directory.knows(change) { return false }
        return true
    }

    package func nextPending(_ most: Int) -> [Change] { Array(pending.prefix(most)) }

    func rules(of shop: UInt16) -> ShopRules { shops.indices.contains(Int(shop)) ? shops[Int(shop)] : ShopRules() }

    /// The rules that run on the change, in their order.
    package func active(on change: Change) -> [Rule] { rules(of: change.shop).active(on: change.kind) }

    /// Whether it lies too far back to write to anybody about it.
    package func isOld(_ change: Change) -> Bool {
        change.at - change.happenedAt > Int64(rules(of: change.shop).mostDays) * 86_400_000
    }

    package func mostDays(of shop: UInt16) -> Int { rules(of: shop).mostDays }

    /// Why nobody is written to about a change so old.
    package func reasonForSilence(about change: Change) -> String {
        let day = Timestamp(milliseconds: change.happenedAt).dayText
        return "old: it happened on \(day), more than \(rules(of: change.shop).mostDays) days before it was told"
    }
}
