import Foundation
import Testing

@testable import Server

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

@Suite struct LineScannerTests {
    /// Bytes that look like a line feed to a careless test of eight at once: 0x0B after 0x0A, 0x8A, zeros.
    private static let bytes: [UInt8] = [0x0A, 0x0A, 0x0B, 0x09, 0x8A, 0x00, 0xFF, 0x61, 0x0D]

    @Test func findsTheFirstLineFeedFromAnywhere() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let rare = Int.random(in: 1..<20, using: &random)
            let text = (0..<Int.random(in: 0..<50, using: &random)).map { _ in
                Int.random(in: 0..<rare, using: &random) == 0 ? Self.bytes.randomElement(using: &random) ?? 0 : 0x61
            }
            for start in 0...text.count {
                let expected = text[start...].firstIndex(of: 0x0A)
                #expect(LineScanner.lineFeed(text.span, from: start) == expected, "seed \(seed): \(text)")
            }
        }
    }

    /// Lines of every length around the 32 bytes looked at together, ASCII but for a character or a stray byte somewhere.
    @Test func tellsEveryKindOfSequenceFromWhatIsNone() {
        // Every first byte with every second one, and behind them what may follow, what may not, and nothing.
        let ends: [[UInt8]] = [
            [], [0x80], [0xBF], [0x80, 0xBF], [0x80, 0x61], [0xC0, 0x80], [0x61], [0x80, 0x80, 0x80],
        ]
        for first in UInt8.min...UInt8.max {
            let texts = (UInt8.min...UInt8.max).flatMap { second in ends.map { [first, second] + $0 } }
            let wrong = texts.filter {
                LineScanner.isUTF8($0.span) != (String(validating: $0, as: UTF8.self) != nil)
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test func tellsUTF8FromWhatIsNot() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] = [
            Array("é".utf8), Array("€".utf8), Array("🛒".utf8), [0x80], [0xC3], [0xE2, 0x82], [0xFF], [0x7F], [],
        ]
        var valid = 0
        for _ in 0..<20_000 {
            var line = [UInt8](repeating: 0x61, count: Int.random(in: 0..<140, using: &random))
            let place = Int.random(in: 0...line.count, using: &random)
            line.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
            let expected = String(validating: line, as: UTF8.self) != nil
            #expect(LineScanner.isUTF8(line.span) == expected, "seed \(seed): \(line)")
            if expected { valid += 1 }
        }
        #expect(valid > 5_000 && valid < 15_000, "seed \(seed)")
    }

    /// Lines come out as a split gives them, however the bytes are cut on their way.
    @Test func cutsDoNotMatter() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let text = (0..<300).map { _ in Self.bytes.randomElement(using: &random) ?? 0 }
            var expected = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
            let rest = expected.removeLast()
            var lines: [[UInt8]] = []
            var buffer: [UInt8] = []
            var scanned = 0
            var sent = 0
            while sent < text.count {
                let cut = min(text.count, sent + Int.random(in: 1..<40, using: &random))
                buffer += text[sent..<cut]
                sent = cut
                var start = 0
                while case .line(let range, let next) = LineScanner.next(
                    buffer.span, from: start, scannedTo: max(start, scanned), limit: 1_000)
                {
                    lines.append(Array(buffer[range]))
                    start = next
                    scanned = 0
                }
                buffer.removeFirst(start)
                scanned = buffer.count
            }
            #expect(lines == expected && buffer == rest, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("abcd\n", ScannedLine.line(0..<4, next: 5)), ("abcde\n", .tooLong), ("abcd", .incomplete), ("abcde", .tooLong),
        ("\n", .line(0..<0, next: 1)), ("", .incomplete),
    ])
    func keepsTheLimit(text: String, expected: ScannedLine) {
        let bytes = [UInt8](text.utf8)
        #expect(LineScanner.next(bytes.span, from: 0, scannedTo: 0, limit: 4) == expected)
    }

    @Test func tellsUTF8AsFoundationDoes() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] =
            ["a", "é", "€", "😀", "abcdefgh"].map { [UInt8]($0.utf8) } + [
                [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
            ]
        for _ in 0..<10_000 {
            let good = Bool.random(using: &random)
            let bytes = (0..<Int.random(in: 0..<6, using: &random)).flatMap { _ in
                (good ? pieces[Int.random(in: 0..<5, using: &random)] : pieces.randomElement(using: &random)) ?? []
            }
            #expect(
                LineScanner.isUTF8(bytes.span) == (String(validating: bytes, as: UTF8.self) != nil),
                "seed \(seed): \(bytes)")
        }
    }
}
