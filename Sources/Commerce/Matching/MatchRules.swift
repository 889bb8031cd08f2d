import Bytes

/// A set of weights that does not read: it was written by something else.
package enum MatchRulesError: Error, Equatable { case malformed }

/// One version of the rules: what each level of agreement of each field weighs, and where the verdicts begin. All weights
/// are log2 odds in 1/100 bit, so that they add up.
package struct MatchRules: Sendable, Equatable {
    /// Weight of `PairLevel` (16 a field) for each `MatchField`. What `same` weighs in a counted field is only the chance
    /// that one person's values agree; that strangers' do comes from the frequency.
    package internal(set) var weights: [Int32]
    /// For each `FrequencyField`, how many of a million strangers' values are the one at hand before any was counted.
    package internal(set) var priorPerMillion: [UInt32]
    /// How many counted variants weigh as much as the prior frequency.
    package internal(set) var priorStrength: UInt32
    /// Score of a pair nothing is known of, in a shop of the smallest class; each class of sixteen times as many takes
    /// 500: more than the four bits of independent strangers, for names and dates of birth come in fashions.
    package internal(set) var prior: Int32
    /// Scores from which a pair is merged, and from which a person is asked.
    package internal(set) var mergeThreshold: Int32
    package internal(set) var queueThreshold: Int32
    /// The most that the parts of an address may weigh together: people share all of it.
    package internal(set) var addressLimit: Int32

    @inline(__always) package func weight(_ field: MatchField, _ level: PairLevel) -> Int32 {
        weights[Int(field.rawValue) * 16 + Int(level.rawValue)]
    }

    /// Changes one weight: what learning and people do before a version is activated.
    package mutating func set(_ field: MatchField, _ level: PairLevel, _ weight: Int32) {
        weights[Int(field.rawValue) * 16 + Int(level.rawValue)] = weight
    }
}

// MARK: Version 1

extension MatchRules {
    /// General knowledge of how people and clerks write, from no labelled data: m from the slips that registers report
    /// (one value in ten or so has one), u from how many values a field takes.
    package static let standard: MatchRules = {
        var rules = MatchRules(
            weights: [Int32](repeating: 0, count: 14 * 16),
            priorPerMillion: [4000, 700, 4000, 700, 100], priorStrength: 500, prior: -900, mergeThreshold: 600,
            queueThreshold: -300, addressLimit: 2200)
        rules.set(.firstName, same: -40, near: 450, close: 250, sounds: 300, similar: -50, differs: -550)
        rules.set(.firstName, .garbled, -200)
        rules.set(.firstName, .part, 280)
        rules.set(.firstName, .initial, 150)
        rules.set(.firstName, .swapped, 300)
        rules.set(.lastName, same: -40, near: 600, close: 250, sounds: 450, similar: 0, differs: -650)
        rules.set(.lastName, .part, 400)
        rules.set(.lastName, .swapped, 500)
        rules.set(.company, same: -50, near: 700, close: 500, sounds: 400, similar: 100, differs: -300)
        rules.set(.company, .part, 500)
        rules.set(.birthDate, same: 1300, near: 620, close: 300, sounds: 0, similar: 0, differs: -650)
        rules.set(.birthDate, .part, 400)
        rules.set(.birthDate, .swapped, 700)
        // What stands before the @ is often the name, which is weighed already.
        rules.set(.email, same: 2150, near: 700, close: 450, sounds: 0, similar: 150, differs: -120)
        rules.set(.email, .local, 550)
        rules.set(.phone, same: 1900, near: 650, close: 300, sounds: 0, similar: 0, differs: -150)
        rules.set(.phone, .local, 1300)
        rules.set(.vat, same: 1800, near: 0, close: 0, sounds: 0, similar: 0, differs: -400)
        rules.set(.street, same: 900, near: 700, close: 550, sounds: 400, similar: 150, differs: -150)
        rules.set(.street, .part, 450)
        rules.set(.street, .swapped, 800)
        rules.set(.houseNumber, same: 450, near: 100, close: 0, sounds: 0, similar: 0, differs: -150)
        rules.set(.houseNumber, .part, 150)
        rules.set(.addition, same: 400, near: 350, close: 250, sounds: 0, similar: 50, differs: -50)
        rules.set(.addition, .part, 100)
        rules.set(.postalCode, same: -60, near: 350, close: 0, sounds: 0, similar: 0, differs: -200)
        rules.set(.postalCode, .part, 250)
        rules.set(.city, same: -60, near: 550, close: 350, sounds: 300, similar: 50, differs: -200)
        rules.set(.city, .part, 300)
        rules.set(.state, same: 100, near: 0, close: 0, sounds: 0, similar: 0, differs: -100)
        rules.set(.generation, same: 100, near: 0, close: 0, sounds: 0, similar: 0, differs: -300)
        return rules
    }()

    private mutating func set(
        _ field: MatchField, same: Int32, near: Int32, close: Int32, sounds: Int32, similar: Int32, differs: Int32
    ) {
        set(field, .same, same)
        set(field, .near, near)
        set(field, .close, close)
        set(field, .sounds, sounds)
        set(field, .similar, similar)
        set(field, .differs, differs)
    }
}

// MARK: On disk

extension MatchRules {
    private static let format: UInt8 = 1

    /// Appends the rules: a format byte, then all numbers as varints.
    package func encode(into output: inout ByteWriter) {
        output.append(Self.format)
        for number in [prior, mergeThreshold, queueThreshold, addressLimit] { output.appendZigzag(Int64(number)) }
        output.appendVarint(UInt64(priorStrength))
        output.appendVarint(UInt64(priorPerMillion.count))
        for frequency in priorPerMillion { output.appendVarint(UInt64(frequency)) }
        output.appendVarint(UInt64(weights.count))
        for weight in weights { output.appendZigzag(Int64(weight)) }
    }

    /// - Parameter bytes: what `encode` wrote, and nothing behind it.
    package init(_ bytes: Span<UInt8>) throws(MatchRulesError) {
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes)
            let format = try reader.byte()
            let numbers = (
                try reader.zigzag(), try reader.zigzag(), try reader.zigzag(), try reader.zigzag()
            )
            let strength = try reader.varint()
            var frequencies: [UInt32] = []
            for _ in 0..<(try reader.varint() == 5 ? 5 : 0) {
                frequencies.append(UInt32(truncatingIfNeeded: try reader.varint()))
            }
            var weights: [Int32] = []
            for _ in 0..<(try reader.varint() == 224 ? 224 : 0) {
                weights.append(Int32(truncatingIfNeeded: try reader.zigzag()))
            }
            self.init(
                weights: weights, priorPerMillion: frequencies, priorStrength: UInt32(truncatingIfNeeded: strength),
                prior: Int32(truncatingIfNeeded: numbers.0), mergeThreshold: Int32(truncatingIfNeeded: numbers.1),
                queueThreshold: Int32(truncatingIfNeeded: numbers.2), addressLimit: Int32(truncatingIfNeeded: numbers.3)
            )
            guard format == Self.format, reader.isAtEnd else { throw ByteReaderError.truncated(offset: 0) }
        } catch {
            throw .malformed
        }
        guard weights.count == 14 * 16, priorPerMillion.count == FrequencyField.allCases.count else { throw .malformed }
    }
}
