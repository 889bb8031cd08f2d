import Bytes

// The snapshot's table of identity: how each shop decides and what people decided. One record, as varints and counted
// texts:
//
//   format (1) settled variants, settled sequence, sweep sequence
//   shop count; each: mode (1) active version, protects bookings (1), declared sources (count; number, 0 or 1),
//     versions beyond the first (count; rules counted, proposed by, at (zigzag), basis, activated by (empty: never), at,
//     and from format 2 on: rows), and from format 3 on: who set what (count; setting (1) source, actor, at)
//   decision count; each: kind (1) shop, left, right (counts and profiles) flags (1) actor, reason, at, sequence,
//     withdrawn by (empty: it stands), at, sequence, and from format 3 on: version of the rules
//   watch count; each: kind (1) hash (8) shop, state (1) actor, at

/// A person's word about a value that many carry.
package struct ValueWatch: Sendable, Equatable {
    package let key: IdentityKey
    package let shop: UInt16
    let state: ValueState
    package let actor: String
    package let at: Int64

    /// Whether the value must not be used; otherwise it may be used whoever carries it.
    package var isHeld: Bool { state == .held }
}

extension DirectoryState {
    private static let format: UInt8 = 3

    func identityBytes() -> [UInt8] {
        var writer = ByteWriter(capacity: 4_096)
        writer.append(Self.format)
        for number in [UInt64(settledVariants), settledSequence, sweepSequence] { writer.appendVarint(number) }
        writer.appendVarint(UInt64(identities.count))
        for identity in identities { write(identity, into: &writer) }
        writer.appendVarint(UInt64(decisions.all.count))
        for decision in decisions.all { write(decision, into: &writer) }
        writer.appendVarint(UInt64(watches.count))
        for watch in watches {
            writer.append(watch.key.kind.rawValue)
            writer.appendLittleEndian(watch.key.hash)
            writer.appendVarint(UInt64(watch.shop))
            writer.append(watch.state.rawValue)
            writer.appendText(watch.actor)
            writer.appendZigzag(watch.at)
        }
        return writer.copyBytes()
    }

    private func write(_ identity: ShopIdentity, into writer: inout ByteWriter) {
        writer.append(identity.mode.rawValue)
        writer.appendVarint(UInt64(identity.activeVersion))
        writer.append(identity.protectsBookings ? 1 : 0)
        writer.appendVarint(UInt64(identity.declaredSources.count))
        for (source, isUnique) in identity.declaredSources.sorted(by: { $0.key < $1.key }) {
            writer.appendVarint(UInt64(source))
            writer.append(isUnique ? 1 : 0)
        }
        writer.appendVarint(UInt64(identity.versions.count - 1))
        for version in identity.versions.dropFirst() {
            var rules = ByteWriter(capacity: 1_024)
            version.rules.encode(into: &rules)
            writer.appendCounted(rules.span)
            writer.appendText(version.proposedBy)
            writer.appendZigzag(version.proposedAt)
            writer.appendText(version.basis)
            writer.appendText(version.activatedBy ?? "")
            writer.appendZigzag(version.activatedAt)
            writer.appendVarint(UInt64(version.rows))
        }
        writer.appendVarint(UInt64(identity.settingWords.count))
        let words = identity.settingWords.sorted {
            ($0.key.setting.rawValue, $0.key.source) < ($1.key.setting.rawValue, $1.key.source)
        }
        for (subject, word) in words {
            writer.append(subject.setting.rawValue)
            writer.appendVarint(UInt64(subject.source))
            writer.appendText(word.actor)
            writer.appendZigzag(word.at)
        }
    }

    private func write(_ decision: PersonDecision, into writer: inout ByteWriter) {
        writer.append(decision.kind.rawValue)
        writer.appendVarint(UInt64(decision.shop))
        for side in [decision.left, decision.right] {
            writer.appendVarint(UInt64(side.count))
            for profile in side { writer.appendVarint(UInt64(profile)) }
        }
        writer.append(decision.retiresLeft ? 1 : 0)
        writer.appendText(decision.actor)
        writer.appendText(decision.reason)
        writer.appendZigzag(decision.at)
        writer.appendVarint(decision.sequence)
        writer.appendText(decision.withdrawnBy ?? "")
        writer.appendZigzag(decision.withdrawnAt)
        writer.appendVarint(decision.withdrawnSequence)
        writer.appendVarint(UInt64(decision.version))
    }

    /// Reads the table that was loaded; a snapshot of the first version has none. False if it cannot be read.
    package mutating func takeIdentity() -> Bool {
        let bytes = loadedIdentity
        loadedIdentity = []
        guard !bytes.isEmpty else { return true }
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes.span)
            let format = try reader.byte()
            guard (1...Self.format).contains(format) else { return false }
            settledVariants = try reader.varint32()
            settledSequence = try reader.varint()
            sweepSequence = try reader.varint()
            guard try reader.varint() == UInt64(identities.count) else { return false }
            for shop in identities.indices {
                guard let identity = try reader.identity(format: format) else { return false }
                identities[shop] = identity
            }
            for _ in 0..<(try reader.varint()) {
                guard let decision = try reader.decision(format: format), isKnown(decision) else { return false }
                decisions.append(decision)
            }
            for _ in 0..<(try reader.varint()) {
                guard let watch = try reader.watch() else { return false }
                watches.append(watch)
            }
            return reader.isAtEnd && Int(settledVariants) <= variants.count
        } catch {
            return false
        }
    }

    private func isKnown(_ decision: PersonDecision) -> Bool {
        !decision.left.isEmpty && !decision.right.isEmpty
            && (decision.left + decision.right).allSatisfy { Int($0) < profiles.count }
    }
}

extension ByteWriter {
    fileprivate mutating func appendText(_ text: String) {
        appendVarint(UInt64(text.utf8.count))
        append(text)
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func identity(format: UInt8) throws(ByteReaderError) -> ShopIdentity? {
        guard let mode = MatchMode(rawValue: try byte()) else { return nil }
        var identity = ShopIdentity(mode: mode)
        let active = try varint()
        identity.protectsBookings = try byte() != 0
        for _ in 0..<(try varint()) {
            let source = UInt16(truncatingIfNeeded: try varint())
            identity.declaredSources[source] = try byte() != 0
        }
        for _ in 0..<(try varint()) {
            let range = try countedRange()
            let rules: MatchRules
            do throws(MatchRulesError) { rules = try MatchRules(bytes.extracting(range)) } catch { return nil }
            var version = RulesVersion(
                rules: rules, proposedBy: try string(), proposedAt: try zigzag(), basis: try string())
            let activator = try string()
            version.activatedBy = activator.isEmpty ? nil : activator
            version.activatedAt = try zigzag()
            if format >= 2 { version.rows = Int(try varint32()) }
            identity.versions.append(version)
        }
        if format >= 3 {
            for _ in 0..<(try varint()) {
                guard let setting = ShopSetting(rawValue: try byte()) else { return nil }
                let subject = SettingSubject(setting, source: UInt16(truncatingIfNeeded: try varint()))
                identity.settingWords[subject] = SettingWord(actor: try string(), at: try zigzag())
            }
        }
        guard active > 0, active <= UInt64(identity.versions.count) else { return nil }
        identity.activeVersion = UInt16(active)
        identity.weigher = PairWeigher(identity.rules)
        return identity
    }

    @_lifetime(self: copy self)
    fileprivate mutating func decision(format: UInt8) throws(ByteReaderError) -> PersonDecision? {
        guard let kind = PersonDecision.Kind(rawValue: try byte()) else { return nil }
        let shop = UInt16(truncatingIfNeeded: try varint())
        let left = try profiles()
        let right = try profiles()
        let retiresLeft = try byte() != 0
        let (actor, reason, at, sequence) = (try string(), try string(), try zigzag(), try varint())
        let (withdrawer, withdrawnAt, withdrawnSequence) = (try string(), try zigzag(), try varint())
        var decision = PersonDecision(
            kind: kind, shop: shop, left: left, right: right, retiresLeft: retiresLeft, actor: actor, reason: reason,
            at: at, sequence: sequence, version: format >= 3 ? UInt16(truncatingIfNeeded: try varint()) : 0)
        decision.withdrawnBy = withdrawer.isEmpty ? nil : withdrawer
        decision.withdrawnAt = withdrawnAt
        decision.withdrawnSequence = withdrawnSequence
        return decision
    }

    @_lifetime(self: copy self)
    fileprivate mutating func watch() throws(ByteReaderError) -> ValueWatch? {
        guard let kind = IdentityKeyKind(rawValue: try byte()) else { return nil }
        let hash: UInt64 = try littleEndian()
        let shop = UInt16(truncatingIfNeeded: try varint())
        guard let state = ValueState(rawValue: try byte()) else { return nil }
        return ValueWatch(
            key: IdentityKey(kind: kind, hash: hash), shop: shop, state: state, actor: try string(), at: try zigzag())
    }
}
