import Bytes

// Decide: whose an arriving party is, and what it ties, before its reply leaves.

extension DirectoryState {
    /// Where an arriving party belongs.
    struct Home {
        var profile: UInt32
        var isNew = false
        /// The very same data from the same source was seen before.
        var isKnownVariant = false
        var variant = 0
        /// The account that an order turned out to belong to, if that is another profile than the order's.
        var account: UInt32?
    }

    @inline(__always) func home(of party: PreparedParty, orderOf guest: UInt32? = nil) -> Home {
        if let variant = findVariant(party.contentHash) {
            var home = Home(profile: variants[variant].profile, isKnownVariant: true, variant: variant)
            if let guest, home.profile != guest { home.account = home.profile }
            return home
        }
        if party.referenceHash != 0, let key = findKey(party.referenceHash) {
            var home = Home(profile: keys[key].profile)
            if let guest, home.profile != guest { home.account = home.profile }
            return home
        }
        if let guest { return Home(profile: guest) }
        return Home(profile: UInt32(profiles.count), isNew: true)
    }

    /// Writes the party part of an event and tells how many customers it touched.
    func party(
        _ party: PreparedParty, _ home: Home, in bytes: Span<UInt8>, shop: UInt16, seenAt: Int64,
        _ scratch: inout ResolutionScratch, into events: inout EventWriter
    ) -> Resolution {
        var change = PartyChange()
        change.profile = home.profile
        change.isNewProfile = home.isNew
        if home.isKnownVariant {
            change.variantRow = variants[home.variant].row
            events.party(change, record: bytes.extracting(0..<0), seenAt: seenAt)
            return .matched
        }
        change.isNewVariant = true
        change.variantRow = rows[shard(of: home.profile)].variants
        change.contentHash = party.contentHash
        let record = bytes.extracting(party.record.range)
        let rules = identities[Int(shop)].inForce
        var arrival = ArrivalFindings(home.isNew ? nil : root(of: home.profile))
        change.isWeighed = rules.mode != .exact
        switch rules.mode {
        case .exact: exactFindings(record, home, &arrival)
        case .evidence: weighedFindings(record, party, home, shop: shop, rules, &scratch, &arrival)
        case .email, .address: sharedFindings(record, home, shop: shop, rules.mode, &arrival)
        }
        if let account = home.account {
            let finding = PairFinding(
                newer: home.profile, older: account, kind: IdentityKeyKind.order.rawValue, keyHash: UInt64(account),
                weight: .said)
            if !hasEdge(home, finding) { arrival.add(finding, root: root(of: account)) }
        }
        events.beginEdges()
        for finding in arrival.findings { events.edge(finding, isWeighed: change.isWeighed) }
        change.edgeCount = arrival.findings.count
        events.party(change, record: record, seenAt: seenAt)
        return arrival.resolution
    }

    /// An edge for each key that another profile brought before, names not looked at.
    private func exactFindings(_ record: Span<UInt8>, _ home: Home, _ arrival: inout ArrivalFindings) {
        PartyRecord.forEachKey(of: record) { key in
            guard key.kind.ties, let entry = findKey(key.hash), keys[entry].profile != home.profile else { return }
            let finding = PairFinding(
                newer: home.profile, older: keys[entry].profile, kind: key.kind.rawValue, keyHash: key.hash,
                weight: .said)
            if !hasEdge(home, finding) { arrival.add(finding, root: root(of: finding.older)) }
        }
    }

    /// Exact evidence decides before the reply: whoever shares an identity key is weighed at once, and followed where
    /// nothing stands in the way. The rest is weighed just behind (`plan`).
    private func weighedFindings(
        _ record: Span<UInt8>, _ party: PreparedParty, _ home: Home, shop: UInt16, _ rules: RulesInForce,
        _ scratch: inout ResolutionScratch, _ arrival: inout ArrivalFindings
    ) {
        scratch.features = scratch.extractor.features(of: record)
        scratch.featuresHash = party.contentHash
        weighArrival(
            scratch.features, record, of: home.isNew ? nil : home.profile, shop: shop, rules, &scratch)
        var best: [(root: UInt32, candidate: Candidate)] = []
        for candidate in scratch.candidates {
            let root = root(of: candidate.profile)
            if let known = best.firstIndex(where: { $0.root == root }) {
                if candidate.weight.score > best[known].candidate.weight.score { best[known].candidate = candidate }
            } else {
                best.append((root, candidate))
            }
        }
        let homeRoot = home.isNew ? nil : root(of: home.profile)
        best.removeAll { $0.root == homeRoot }
        guard !best.isEmpty, isFree(best, home, homeRoot, scratch.features, record, shop: shop, rules) else {
            return
        }
        for (root, candidate) in best {
            arrival.add(
                PairFinding(
                    newer: home.profile, older: candidate.profile, kind: candidate.kind, keyHash: candidate.keyHash,
                    weight: candidate.weight),
                root: root)
        }
    }

    /// Whether the customers that an arrival ties together may become one without a closer look.
    private func isFree(
        _ best: [(root: UInt32, candidate: Candidate)], _ home: Home, _ homeRoot: UInt32?, _ features: PartyFeatures,
        _ record: Span<UInt8>, shop: UInt16, _ rules: RulesInForce
    ) -> Bool {
        var roots = best.map(\.root)
        if let homeRoot { roots.append(homeRoot) }
        var count = 1
        var isWeak = best.contains { self.isWeak($0.candidate.weight, rules) }
        for root in roots {
            guard !profiles[Int(root)].isRestricted else { return false }
            isWeak = isWeak || profiles[Int(root)].isWeak
            count += Int(profiles[Int(root)].size)
        }
        if isWeak, count >= 2 * BridgeAlarm.leastProfiles {
            let ties = best.map { (_, candidate) in
                Tie(one: home.profile, two: candidate.profile, isWeak: self.isWeak(candidate.weight, rules))
            }
            if mayHideBridge(roots, ties) { return false }
        }
        guard count <= 64, roots.count == 1 || mayUnite(roots) else { return false }
        let source = home.isNew ? sourceIfReferenced(record, shop: shop) : nil
        for root in roots where root != homeRoot {
            var current = root
            repeat {
                if isApart(current, home, features, source) { return false }
                current = profiles[Int(current)].next
            } while current != root
        }
        return true
    }

    private func isApart(_ other: UInt32, _ home: Home, _ features: PartyFeatures, _ source: UInt16?) -> Bool {
        if !home.isNew, separation(home.profile, other) != nil { return true }
        if let source, index.origins[Int(other)].source == source, index.origins[Int(other)].hasReference {
            return true
        }
        var found = false
        index.forEachRow(of: other) { row in found = found || features.person.contradicts(index.rows[row].person) }
        return found
    }

    /// The number of the source, where it gave the buyer a number of its own.
    private func sourceIfReferenced(_ record: Span<UInt8>, shop: UInt16) -> UInt16? {
        guard let origin = PartyOrigin(record), origin.reference.count > 0 else { return nil }
        return sources.number(shop, channel: origin.channel.array, store: origin.store.array)
    }

    /// The match modes in which one value says it all.
    private func sharedFindings(
        _ record: Span<UInt8>, _ home: Home, shop: UInt16, _ mode: MatchMode, _ arrival: inout ArrivalFindings
    ) {
        var roots: [UInt32] = home.isNew ? [] : [root(of: home.profile)]
        let source = home.isNew ? sourceIfReferenced(record, shop: shop) : nil
        PartyRecord.forEachKey(of: record) { key in
            guard mode.decides(by: key.kind), let entry = findKey(key.hash) else { return }
            let other = keys[entry].profile
            let otherRoot = root(of: other)
            guard other != home.profile, !roots.contains(otherRoot), !profiles[Int(otherRoot)].isRestricted,
                let number = index.find(MatchIndex.scoped(key.hash, ValueKind(key.kind), shop: shop)),
                index.values[number].state == .active || index.values[number].state == .released
                    || index.values[number].state == .retired,
                mayJoin(otherRoot, home, roots, source)
            else { return }
            roots.append(otherRoot)
            arrival.add(
                PairFinding(
                    newer: home.profile, older: other, kind: key.kind.rawValue, keyHash: key.hash, weight: .said),
                root: otherRoot)
        }
    }

    /// Whether a customer who shares such a value may become one with the arrival and those whom it is tied to already.
    private func mayJoin(_ other: UInt32, _ home: Home, _ roots: [UInt32], _ source: UInt16?) -> Bool {
        guard roots.isEmpty || mayUnite(roots + [other]) else { return false }
        guard let source else { return true }
        return members(of: other).allSatisfy {
            index.origins[Int($0)].source != source || !index.origins[Int($0)].hasReference
        }
    }

    /// A profile that comes again with a new variant repeats most of its keys; one edge per key is enough.
    private func hasEdge(_ home: Home, _ finding: PairFinding) -> Bool {
        if home.isNew { return false }
        var has = false
        forEachEdge(of: home.profile) { _, edge in
            has =
                has
                || (edge.keyHash == finding.keyHash && edge.isMerge
                    && (edge.newer == finding.older || edge.older == finding.older))
        }
        return has
    }
}

/// What an arriving party was found to tie, and how many customers that touches.
private struct ArrivalFindings {
    private(set) var findings: [PairFinding] = []
    private(set) var resolution: Resolution
    private var firstRoot: UInt32?

    /// - Parameter root: the customer that the party's profile belongs to, if it is known.
    init(_ root: UInt32?) {
        firstRoot = root
        resolution = root == nil ? .created : .matched
    }

    mutating func add(_ finding: PairFinding, root: UInt32) {
        findings.append(finding)
        if let firstRoot {
            if root != firstRoot { resolution = .merged }
        } else {
            firstRoot = root
            resolution = .matched
        }
    }
}
