import Bytes
import Foundation

/// A new seed for a random test, or the one in DOSSIER_SEED: a failure prints its seed, and this replays it.
func testSeed() -> UInt64 {
    ProcessInfo.processInfo.environment["DOSSIER_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
}

/// SplitMix64: small, seeded, the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What a writer holds after `body`, as text.
func written(_ body: (inout ByteWriter) -> Void) -> String {
    var writer = ByteWriter(capacity: 16)
    body(&writer)
    return String(decoding: writer.copyBytes(), as: UTF8.self)
}

/// The document, or the reason and place of its refusal.
func parsed(_ text: String) -> Result<JSONValue, JSONError> {
    let bytes = Array(text.utf8)
    do throws(JSONError) {
        return .success(try JSONValue(parsing: bytes.span))
    } catch {
        return .failure(error)
    }
}

extension JSONValue {
    var text: String { written { write(into: &$0) } }

    /// Any document: texts with quotes, controls and all planes of Unicode, numbers in every form.
    static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: depth > 0 ? 0..<7 : 2..<7, using: &random) {
        case 0:
            let count = Int.random(in: 0..<6, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        case 1:
            let count = Int.random(in: 0..<6, using: &random)
            return .object(
                (0..<count).map { _ in
                    JSONMember(randomText(using: &random), .random(depth: depth - 1, using: &random))
                })
        case 2: return .null
        case 3: return .bool(Bool.random(using: &random))
        case 4: return .number(randomNumber(using: &random))
        default: return .string(randomText(using: &random))
        }
    }

    private static func randomText(using random: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            let limits: [UInt32] = [0x20, 0x80, 0x800, 0x11_0000]
            let value = UInt32.random(in: 0..<(limits.randomElement(using: &random) ?? 0x80), using: &random)
            text.append(Unicode.Scalar(value) ?? "\"")
        }
        return String(text)
    }

    private static func randomNumber(using random: inout SeededGenerator) -> String {
        var number = Bool.random(using: &random) ? "-" : ""
        number += String(UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random))
        if Bool.random(using: &random) { number += ".\(UInt32.random(in: 0 ... .max, using: &random))0" }
        if Bool.random(using: &random) { number += ["e", "E+", "e-"].randomElement(using: &random) ?? "e" }
        return number.last?.isNumber == true ? number : number + String(Int.random(in: 0..<400, using: &random))
    }
}
