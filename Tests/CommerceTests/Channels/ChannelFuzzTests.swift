import Bytes
import Foundation
import Testing

@testable import Commerce

/// Whatever comes, the readers give items or typed refusals; the helper `read` checks each item's form.
struct ChannelFuzzTests {
    @Test func mutatedPayloadsNeverCrash() throws {
        let seed = testSeed()
        print("ChannelFuzzTests.mutatedPayloadsNeverCrash seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for (channel, payload) in try corpus() {
            for _ in 0..<25 { _ = refusal(channel, mutated(payload, using: &random)) }
        }
    }

    /// Wrong types everywhere: values of the tree are exchanged for others, which stays JSON and goes deep.
    @Test func exchangedValuesNeverCrash() throws {
        let seed = testSeed()
        print("ChannelFuzzTests.exchangedValuesNeverCrash seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for (channel, payload) in try corpus() {
            guard payload.count < 40_000, let tree = tree(of: payload) else { continue }
            for _ in 0..<25 {
                let rate = Double.random(in: 0.002...0.2, using: &random)
                _ = refusal(channel, Array(exchanged(tree, rate: rate, using: &random).oneLine.utf8))
            }
        }
    }

    @Test func everyPrefixIsRefused() throws {
        for name in try PayloadFiles.sampleNames where name.contains("company") {
            let payload = try PayloadFiles.sample(name)
            for length in stride(from: 0, to: payload.count - 2, by: 7) {
                switch refusal(String(name.prefix { $0 != "-" }), Array(payload[..<length])) {
                case .notJSON, .notUTF8: continue
                default: Issue.record("\(name) cut at \(length) was read")
                }
            }
        }
    }

    /// nil for payloads that are no JSON to begin with.
    private func tree(of payload: [UInt8]) -> JSONValue? {
        do { return try JSONValue(parsing: payload.span) } catch { return nil }
    }

    /// Our samples, and the published payloads if they are at hand (but not the 470 KB specification).
    private func corpus() throws -> [(String, [UInt8])] {
        var corpus = try PayloadFiles.sampleNames.map { (String($0.prefix { $0 != "-" }), try PayloadFiles.sample($0)) }
        for (path, _) in PublishedPayloadTests.table {
            guard let payload = try PayloadFiles.published(path), payload.count < 100_000 else { continue }
            corpus.append((String(path.prefix { $0 != "/" }), payload))
        }
        return corpus
    }

    private func mutated(_ payload: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = payload
        let interesting = Array("{}[]\",:\\0-9.eEtfn \u{00}\u{7F}".utf8) + [0xC3, 0xFF]
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(index + Int.random(in: 1...20, using: &random), bytes.count)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = interesting.randomElement(using: &random) ?? 0
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
            default: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            }
        }
        return bytes
    }

    private static let strangers: [JSONValue] = [
        .null, .bool(true), .bool(false), .number("0"), .number("-1"), .number("1e400"),
        .number("1e-9223372036854775808"), .number("9223372036854775808"),
        .number("0.1"), .string(""), .string("  "), .string("{{x}}"), .string("1970-01-01T00:00:00Z"),
        .string("\u{0}\n\u{202E}"),
        .string(String(repeating: "9", count: 60)), .array([]), .array([.null]), .array([.object([])]), .object([]),
        .object([JSONMember("", .null)]), .array([.array([.array([])])]),
    ]

    private func exchanged(_ value: JSONValue, rate: Double, using random: inout SeededGenerator) -> JSONValue {
        if Double.random(in: 0..<1, using: &random) < rate {
            return Self.strangers.randomElement(using: &random) ?? .null
        }
        switch value {
        case .array(let elements): return .array(elements.map { exchanged($0, rate: rate, using: &random) })
        case .object(let members):
            return .object(members.map { JSONMember($0.name, exchanged($0.value, rate: rate, using: &random)) })
        default: return value
        }
    }
}
