import Bytes

// Bodies of the events about who is who that people, or learning, bring about:
//
//   decisionMade:      kind (1) flags (1: bit 0 retires the left side's number) left, right (count varint, profiles varint
//                      each) actor (counted) reason (counted)
//   decisionWithdrawn: decision (varint) actor (counted)
//   rulesProposed:     actor (counted) basis (counted) rules (counted, see MatchRules), and when learning proposed them:
//                      rows of the shop (varint)
//   rulesActivated:    version (varint) actor (counted)
//   shopConfigured:    setting (1) value (varint) subject (varint) actor (counted)
//   valueWatched:      kind (1) key hash (8) state (1) actor (counted)

/// A setting of a shop. The raw values are written to disk.
package enum ShopSetting: UInt8, Sendable {
    /// Value: a `MatchMode`.
    case matchMode = 1
    /// Value: 1 refuses a merge in which a customer with an invoiced booking would vanish.
    case protectsBookings = 2
    /// Subject: a source's number; value: 1 when it knows each buyer once, 0 when it holds duplicates.
    case knowsBuyersOnce = 3
}

extension ByteReader {
    @_lifetime(self: copy self)
    mutating func string() throws(ByteReaderError) -> String {
        let range = try countedRange()
        return bytes.text(range)
    }

    @_lifetime(self: copy self)
    mutating func profiles() throws(ByteReaderError) -> [UInt32] {
        var profiles: [UInt32] = []
        for _ in 0..<(try varint32()) { profiles.append(try varint32()) }
        return profiles
    }
}

extension EventWriter {
    package mutating func customersResolved(
        _ plan: ResolutionPlan, shop: UInt16, cause profile: UInt32, order: UInt32, actor: String, now: Timestamp
    ) {
        begin(.customersResolved, now, shop: shop)
        varint(UInt64(order))
        varint(UInt64(profile))
        pairs(plan.pairs)
        groups(plan.groups)
        if !actor.isEmpty { text(actor) }
        end()
    }

    package mutating func identitySettled(variants: Int, now: Timestamp) {
        begin(.identitySettled, now, shop: 0)
        varint(UInt64(variants))
        end()
    }

    mutating func decisionMade(_ decision: PersonDecision, now: Timestamp) {
        begin(.decisionMade, now, shop: decision.shop)
        byte(decision.kind.rawValue)
        byte(decision.retiresLeft ? 1 : 0)
        for side in [decision.left, decision.right] {
            varint(UInt64(side.count))
            for profile in side { varint(UInt64(profile)) }
        }
        text(decision.actor)
        text(decision.reason)
        end()
    }

    mutating func decisionWithdrawn(_ number: Int, shop: UInt16, actor: String, now: Timestamp) {
        begin(.decisionWithdrawn, now, shop: shop)
        varint(UInt64(number))
        text(actor)
        end()
    }

    mutating func rulesProposed(
        _ rules: MatchRules, basis: String, rows: Int = 0, shop: UInt16, actor: String, now: Timestamp
    ) {
        begin(.rulesProposed, now, shop: shop)
        text(actor)
        text(basis)
        var bytes = ByteWriter(capacity: 1_024)
        rules.encode(into: &bytes)
        counted(bytes.span)
        if rows > 0 { varint(UInt64(rows)) }
        end()
    }

    mutating func rulesActivated(version: Int, shop: UInt16, actor: String, now: Timestamp) {
        begin(.rulesActivated, now, shop: shop)
        varint(UInt64(version))
        text(actor)
        end()
    }

    mutating func shopConfigured(
        _ setting: ShopSetting, _ value: Int, subject: Int = 0, shop: UInt16, actor: String, now: Timestamp
    ) {
        begin(.shopConfigured, now, shop: shop)
        byte(setting.rawValue)
        varint(UInt64(value))
        varint(UInt64(subject))
        text(actor)
        end()
    }

    mutating func valueWatched(_ key: IdentityKey, _ state: ValueState, shop: UInt16, actor: String, now: Timestamp) {
        begin(.valueWatched, now, shop: shop)
        byte(key.kind.rawValue)
        hash(key.hash)
        byte(state.rawValue)
        text(actor)
        end()
    }
}

// MARK: - Evolve

extension DirectoryState {
    func validateIdentity(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        switch event.kind {
        case .customersResolved: try validateResolved(event, bytes)
        case .identitySettled:
            try Self.check(Int(event.subject) <= variants.count, "more variants settled than there are")
        default:
            var copy = IdentityReading(profiles: profiles.count, decisions: decisions.all.count)
            copy.versions = identities[Int(event.shop)].versions.count
            try copy.check(event, bytes)
        }
    }

    private func validateResolved(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        var highest = event.party.profile
        event.forEachEdge(in: bytes) { highest = max(highest, $0.newer, $0.older) }
        var seen = Set<UInt32>()
        var isValid = true
        event.forEachGroup(in: bytes) { group, _ in
            for profile in group {
                highest = max(highest, profile)
                isValid = seen.insert(profile).inserted && isValid
            }
            isValid = isValid && !group.isEmpty
        }
        try Self.check(isValid && Int(highest) < profiles.count, "a group of unknown profiles")
        // Whole customers only: what is regrouped must not leave a part of a ring behind.
        for profile in seen {
            try Self.check(seen.contains(profiles[Int(profile)].next), "a group that tears a customer")
        }
    }

    mutating func evolveIdentity(_ event: Event, _ bytes: Span<UInt8>) {
        switch event.kind {
        case .customersResolved: evolveResolved(event, bytes)
        case .identitySettled:
            settledVariants = event.subject
            settledSequence = sequence
            heed { $0.settle() }
        default:
            do throws(ByteReaderError) {
                var reader = ByteReader(bytes, at: event.record.range.lowerBound)
                try evolvePersonal(event, &reader)
            } catch {
                preconditionFailure("an event that was validated does not read: \(error)")
            }
        }
    }

    private mutating func evolveResolved(_ event: Event, _ bytes: Span<UInt8>) {
        var pairs: [PairFinding] = []
        event.forEachEdge(in: bytes) { pairs.append($0) }
        let hasGroups = event.groupCount > 0
        for pair in pairs {
            addEdge(pair, order: event.subject, at: event.recordedAt, unites: !hasGroups)
            if pair.weight.verdict == .merge, !hasGroups { touch(pair.newer) }
        }
        var groups: [(profiles: [UInt32], isRestricted: Bool)] = []
        event.forEachGroup(in: bytes) { groups.append(($0, $1)) }
        regroup(groups)
    }

    /// Divides whole customers anew.
    private mutating func regroup(_ groups: [(profiles: [UInt32], isRestricted: Bool)]) {
        var before = Set<UInt32>()
        for group in groups { for profile in group.profiles { before.insert(root(of: profile)) } }
        var weak = Set<UInt32>()
        for root in before where profiles[Int(root)].isWeak { weak.formUnion(members(of: root)) }
        for group in groups {
            let sorted = group.profiles.sorted()
            let root = sorted[0]
            for (place, profile) in sorted.enumerated() {
                profiles[Int(profile)].parent = root
                profiles[Int(profile)].next = sorted[(place + 1) % sorted.count]
                profiles[Int(profile)].size = 0
            }
            profiles[Int(root)].size = UInt32(sorted.count)
            profiles[Int(root)].lowest = number(of: sorted)
            profiles[Int(root)].lastSequence = sequence
            customerMap.note(root)
            profiles[Int(root)].flags =
                (group.isRestricted ? ClusterFlags.restricted : 0)
                | (sorted.contains { weak.contains($0) } || hasWeakEdge(sorted) ? ClusterFlags.weak : 0)
        }
        customerCount += groups.count - before.count
        // Customers that only came together have all that they need.
        if groups.count > 1 { rebuildLinks(ofDivided: groups.lazy.flatMap(\.profiles)) }
    }

    /// The profile that gives a customer its number: the one into which a person merged others, or else the lowest.
    /// - Parameter members: sorted.
    package func number(of members: [UInt32]) -> UInt32 {
        let retired = decisions.retired.isEmpty ? [] : members.filter { decisions.retired.contains($0) }
        if retired.isEmpty { return members[0] }
        let chosen = retired.flatMap { profile in
            decisions.live(of: profile).map { decisions.all[$0] }.filter {
                $0.retiresLeft && $0.left.contains(profile)
            }.map { $0.right[0] }
        }.filter { members.contains($0) && !retired.contains($0) }
        return chosen.min() ?? members.first { !retired.contains($0) } ?? members[0]
    }

    private func hasWeakEdge(_ members: [UInt32]) -> Bool {
        let identity = identities[Int(profiles[Int(members[0])].shop)]
        var found = false
        for member in members where !found {
            forEachEdge(of: member) { _, edge in
                found =
                    found
                    || (edge.isMerge && edge.score < identity.weigher.rules.mergeThreshold + BridgeAlarm.safeMargin)
            }
        }
        return found && identity.mode == .evidence
    }

    private mutating func evolvePersonal(_ event: Event, _ reader: inout ByteReader) throws(ByteReaderError) {
        let shop = Int(event.shop)
        switch event.kind {
        case .decisionMade:
            let kind = PersonDecision.Kind(rawValue: try reader.byte()) ?? .linked
            let retiresLeft = try reader.byte() & 1 != 0
            let decision = PersonDecision(
                kind: kind, shop: event.shop, left: try reader.profiles(), right: try reader.profiles(),
                retiresLeft: retiresLeft, actor: try reader.string(), reason: try reader.string(),
                at: event.recordedAt, sequence: sequence, version: identities[shop].activeVersion)
            decisions.append(decision)
            decided(decision)
        case .decisionWithdrawn:
            let number = Int(try reader.varint())
            decisions.withdraw(number, by: try reader.string(), at: event.recordedAt, sequence: sequence)
            decided(decisions.all[number])
        case .rulesProposed:
            let actor = try reader.string()
            let basis = try reader.string()
            let range = try reader.countedRange()
            let rows = reader.isAtEnd ? 0 : Int(try reader.varint32())
            do throws(MatchRulesError) {
                let rules = try MatchRules(reader.bytes.extracting(range))
                identities[shop].versions.append(
                    RulesVersion(
                        rules: rules, proposedBy: actor, proposedAt: event.recordedAt, basis: basis, rows: rows))
            } catch {
                preconditionFailure("rules that were validated do not read")
            }
        case .rulesActivated:
            let version = Int(try reader.varint())
            identities[shop].activate(version, by: try reader.string(), at: event.recordedAt)
            sweep(shop)
        case .shopConfigured:
            let setting = ShopSetting(rawValue: try reader.byte())
            let value = Int(try reader.varint())
            let subject = UInt16(truncatingIfNeeded: try reader.varint())
            configure(shop, setting, value, subject)
            if let setting {
                identities[shop].settingWords[SettingSubject(setting, source: subject)] = SettingWord(
                    actor: try reader.string(), at: event.recordedAt)
            }
        case .valueWatched:
            let kind = IdentityKeyKind(rawValue: try reader.byte()) ?? .email
            let hash: UInt64 = try reader.littleEndian()
            let state = ValueState(rawValue: try reader.byte()) ?? .active
            watch(
                ValueWatch(
                    key: IdentityKey(kind: kind, hash: hash), shop: event.shop, state: state,
                    actor: try reader.string(), at: event.recordedAt))
        default: break
        }
    }

    /// Has everything of a shop weighed again in the background.
    private mutating func sweep(_ shop: Int) {
        heed { $0.sweep(shop: UInt16(shop)) }
        sweepSequence = sequence
    }

    /// A person's word about a value; the latest counts.
    private mutating func watch(_ watch: ValueWatch) {
        watches.removeAll { $0.key == watch.key && $0.shop == watch.shop }
        watches.append(watch)
        heed { $0.apply(watch) }
        sweepSequence = sequence
    }

    /// A customer that people decided about is looked at as a whole from now on.
    private mutating func decided(_ decision: PersonDecision) {
        for profile in decision.left + decision.right {
            profiles[Int(root(of: profile))].flags |= ClusterFlags.restricted
            touch(profile)
            heed { $0.markDirty(profile) }
        }
    }

    private mutating func configure(_ shop: Int, _ setting: ShopSetting?, _ value: Int, _ subject: UInt16) {
        switch setting {
        case .matchMode:
            identities[shop].mode = MatchMode(rawValue: UInt8(truncatingIfNeeded: value)) ?? .evidence
            if identities[shop].mode == .evidence { heed { $0.postPendingRows(ofShop: UInt16(shop)) } }
            sweep(shop)
        case .protectsBookings: identities[shop].protectsBookings = value != 0
        case .knowsBuyersOnce:
            identities[shop].declaredSources[subject] = value != 0
            sweep(shop)
        case nil: break
        }
    }
}

extension ShopIdentity {
    mutating func activate(_ version: Int, by actor: String, at: Int64) {
        versions[version - 1].activatedBy = actor
        versions[version - 1].activatedAt = at
        activeVersion = UInt16(version)
        weigher = PairWeigher(versions[version - 1].rules)
    }
}

/// What must hold of an event from a disk so that it can be applied.
private struct IdentityReading {
    let profiles: Int
    let decisions: Int
    var versions = 0

    init(profiles: Int, decisions: Int) {
        self.profiles = profiles
        self.decisions = decisions
    }

    func check(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        var isValid = false
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes, at: event.record.range.lowerBound)
            isValid = try reads(event, &reader) && reader.isAtEnd
        } catch {
            throw .malformed(error)
        }
        if !isValid { throw .inconsistent("a decision about something that is not there") }
    }

    private func reads(_ event: Event, _ reader: inout ByteReader) throws(ByteReaderError) -> Bool {
        switch event.kind {
        case .decisionMade:
            let isKnown = PersonDecision.Kind(rawValue: try reader.byte()) != nil
            _ = try reader.byte()
            let left = try reader.profiles()
            let right = try reader.profiles()
            _ = try reader.string()
            _ = try reader.string()
            return isKnown && !left.isEmpty && !right.isEmpty
                && (left + right).allSatisfy { Int($0) < profiles }
        case .decisionWithdrawn:
            let number = try reader.varint()
            _ = try reader.string()
            return number < UInt64(decisions)
        case .rulesProposed:
            _ = try reader.string()
            _ = try reader.string()
            let range = try reader.countedRange()
            if !reader.isAtEnd { _ = try reader.varint32() }
            do throws(MatchRulesError) { _ = try MatchRules(reader.bytes.extracting(range)) } catch { return false }
            return versions < Int(UInt16.max)
        case .rulesActivated:
            let version = try reader.varint()
            _ = try reader.string()
            return version > 0 && version <= UInt64(versions)
        case .shopConfigured:
            let setting = ShopSetting(rawValue: try reader.byte())
            _ = try reader.varint()
            _ = try reader.varint()
            _ = try reader.string()
            return setting != nil
        case .valueWatched:
            let kind = IdentityKeyKind(rawValue: try reader.byte())
            _ = try reader.littleEndian(UInt64.self)
            let state = ValueState(rawValue: try reader.byte())
            _ = try reader.string()
            return kind != nil && state != nil
        default: return false
        }
    }
}
