import Bytes

// Rules in a snapshot: one table of one record.
//
//   format (1) shop count; each: days (varint), rule count; each rule: name, on (1), switched (1: by somebody; on (1) actor,
//     at (zigzag)), tested version (varint), removed (1), acted, withheld (varints), version count; each: json actor at;
//     log count; each line: at (zigzag) sequence (varint) kind (1) profile (varint) subject outcome
//   pending count; each: see Change.swift
//   facts with a stage; each, by number: number (varint), telling count (1); each: kind (1) essence (8)
//
// Counts are varints, texts counted.

extension AutomationState {
    private static let format: UInt8 = 1

    /// Writes the table; none where there never was a rule.
    package func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        guard !shops.isEmpty else { return }
        var bytes = ByteWriter(capacity: 4_096)
        bytes.append(Self.format)
        bytes.appendVarint(UInt64(shops.count))
        for shop in shops { shop.write(into: &bytes) }
        bytes.appendVarint(UInt64(pending.count))
        for change in pending { change.write(into: &bytes) }
        bytes.appendVarint(UInt64(stages.count))
        for (fact, stage) in stages.sorted(by: { $0.key < $1.key }) {
            bytes.appendVarint(UInt64(fact))
            stage.write(into: &bytes)
        }
        try sink.begin(.automation, shard: 0, entries: shops.count)
        try sink.write(bytes.span)
        try sink.end()
    }

    /// Reads the table when it is whole; false if it cannot be one.
    package mutating func load(_ bytes: Span<UInt8>, profiles: Int, orders: Int, shopCount: Int) -> Bool {
        guard bytes.count > 0 else { return true }
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            guard try reader.byte() == Self.format else { return false }
            for _ in 0..<(try reader.varint()) {
                guard let shop = try ShopRules(&reader) else { return false }
                shops.append(shop)
            }
            for _ in 0..<(try reader.varint()) {
                guard let change = try reader.change(), Int(change.profile) < profiles, Int(change.order) <= orders,
                    Int(change.shop) < shops.count
                else { return false }
                pending.append(change)
            }
            for _ in 0..<(try reader.varint()) {
                let fact = try reader.varint32()
                guard let stage = try FactStage(&reader) else { return false }
                stages[fact] = stage
            }
        } catch {
            return false
        }
        watch()
        return reader.isAtEnd && shops.count <= shopCount
    }
}

extension ShopRules {
    fileprivate func write(into output: inout ByteWriter) {
        output.appendVarint(UInt64(mostDays))
        output.appendVarint(UInt64(rules.count))
        for rule in rules { Self.write(rule, into: &output) }
        let lines = log.suffix(Self.longestLog)
        output.appendVarint(UInt64(lines.count))
        for line in lines { Self.write(line, into: &output) }
    }

    private static func write(_ rule: Rule, into output: inout ByteWriter) {
        output.countedText(rule.name)
        output.append(rule.isOn ? 1 : 0)
        output.append(rule.switched == nil ? 0 : 1)
        if let switched = rule.switched {
            output.append(switched.value ? 1 : 0)
            output.countedText(switched.actor)
            output.appendZigzag(switched.at)
        }
        output.appendVarint(UInt64(rule.testedVersion))
        output.append(rule.isRemoved ? 1 : 0)
        output.appendVarint(UInt64(rule.acted))
        output.appendVarint(UInt64(rule.withheld))
        output.appendVarint(UInt64(rule.versions.count))
        for version in rule.versions {
            output.countedText(version.definition.json)
            output.countedText(version.actor)
            output.appendZigzag(version.at)
        }
    }

    private static func write(_ line: RuleLogEntry, into output: inout ByteWriter) {
        output.appendZigzag(line.at)
        output.appendVarint(line.sequence)
        output.append(line.kind.rawValue)
        output.appendVarint(UInt64(line.profile))
        output.countedText(line.subject)
        output.countedText(line.outcome.rule)
        output.appendVarint(UInt64(line.outcome.version))
        output.countedText(line.outcome.action)
        output.append(line.outcome.hasActed ? 1 : 0)
        output.countedText(line.outcome.text)
    }

    fileprivate init?(_ reader: inout ByteReader) throws(ByteReaderError) {
        mostDays = Int(try reader.varint32())
        for _ in 0..<(try reader.varint()) {
            guard let rule = try reader.rule() else { return nil }
            rules.append(rule)
        }
        for _ in 0..<(try reader.varint()) {
            let (at, sequence) = (try reader.zigzag(), try reader.varint())
            guard let kind = ChangeKind(rawValue: try reader.byte()) else { return nil }
            log.append(
                RuleLogEntry(
                    at: at, sequence: sequence, kind: kind, profile: try reader.varint32(),
                    subject: try reader.string(), outcome: try reader.ruleOutcome()))
        }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func rule() throws(ByteReaderError) -> Rule? {
        var rule = Rule(name: try string())
        rule.isOn = try byte() != 0
        if try byte() != 0 {
            rule.switched = Stated(value: try byte() != 0, actor: try string(), at: try zigzag())
        }
        rule.testedVersion = Int(try varint32())
        rule.isRemoved = try byte() != 0
        rule.acted = Int(try varint32())
        rule.withheld = Int(try varint32())
        for _ in 0..<(try varint()) {
            let json = try string()
            guard let definition = try definition(json) else { return nil }
            rule.versions.append(RuleVersion(definition: definition, actor: try string(), at: try zigzag()))
        }
        return rule.versions.isEmpty ? nil : rule
    }

    private func definition(_ json: String) throws(ByteReaderError) -> RuleDefinition? {
        do throws(Refusal) { return try RuleDefinition(Array(json.utf8).span) } catch { return nil }
    }
}
