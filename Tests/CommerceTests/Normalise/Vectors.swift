import Bytes
import Foundation
import Testing

@testable import Commerce

/// The reference vectors beside the repository (`../shared/data/vectors`). They are not part of the project, so a test
/// over them is skipped, loudly, where the folder is missing.
enum Vectors {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/data/vectors").standardizedFileURL

    /// The lines of a file; nil, and a loud line, when it is not there.
    static func lines(_ path: String) -> [String]? {
        guard let text = try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8) else {
            print("LEFT OUT: vectors/\(path) is not there, its rows were not tested")
            return nil
        }
        return text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The cells of a tab-separated file without its header.
    static func rows(_ path: String) -> [[String]]? {
        lines(path)?.dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    /// The objects of a file of one JSON object a line.
    static func objects(_ path: String) -> [[String: Any]]? {
        lines(path)?.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }
}

/// Random text for "never crashes": plain, accented, punctuation, other scripts, and bytes that are no UTF-8.
struct Junk {
    private var random: RandomNumbers

    init(seed: UInt64) { random = RandomNumbers(state: seed) }

    mutating func bytes(alphabet: String, longest: Int) -> [UInt8] {
        let pieces = Array(alphabet).map { Array(String($0).utf8) }
        var result: [UInt8] = []
        for _ in 0..<Int.random(in: 0...longest, using: &random) {
            if Int.random(in: 0..<40, using: &random) == 0 {
                result.append(UInt8.random(in: 0...255, using: &random))
            } else {
                result += pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
        }
        return result
    }
}

/// A splitmix64 generator, so that a failure can be replayed from the printed seed.
struct RandomNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
