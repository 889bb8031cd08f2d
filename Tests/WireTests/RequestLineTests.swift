import Bytes
import Commerce
import Foundation
import Testing

@testable import Wire

/// A request line taken apart, as texts.
struct Parsed: Equatable {
    var command = ""
    /// `name=value`, or `=value` for a plain argument.
    var arguments: [String] = []
    var json: String?
}

func parse(_ line: [UInt8]) -> Result<Parsed, Refusal> {
    do throws(Refusal) {
        let request = try RequestLine(line.span)
        let arguments = request.arguments.map {
            request.name($0) + "=" + String(decoding: request.value($0), as: UTF8.self)
        }
        return .success(
            Parsed(
                command: request.bytes.text(request.command), arguments: arguments,
                json: request.json.map { request.bytes.text($0) }))
    } catch {
        return .failure(error)
    }
}

func parse(_ line: String) -> Result<Parsed, Refusal> { parse([UInt8](line.utf8)) }

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

@Suite struct RequestLineTests {
    @Test(arguments: [
        ("PING", Parsed(command: "PING")),
        ("", Parsed()),
        ("  PING  ", Parsed(command: "PING")),
        ("PING\r", Parsed(command: "PING")),
        ("\tPING\ta\t", Parsed(command: "PING", arguments: ["=a"])),
        ("SHOP winkel", Parsed(command: "SHOP", arguments: ["=winkel"])),
        ("X a  b", Parsed(command: "X", arguments: ["=a", "=b"])),
        ("X email=a@b.nl", Parsed(command: "X", arguments: ["email=a@b.nl"])),
        ("X EMail=A", Parsed(command: "X", arguments: ["email=A"])),
        ("X a=b=c", Parsed(command: "X", arguments: ["a=b=c"])),
        ("X a=", Parsed(command: "X", arguments: ["a="])),
        ("X =a", Parsed(command: "X", arguments: ["==a"])),
        ("X \"two words\"", Parsed(command: "X", arguments: ["=two words"])),
        ("X \"\"", Parsed(command: "X", arguments: ["="])),
        ("X a=\"two words\" b", Parsed(command: "X", arguments: ["a=two words", "=b"])),
        (#"X "a\"b\\c\n\t\r\x""#, Parsed(command: "X", arguments: ["=a\"b\\c\n\t\rx"])),
        (#"X "{" {"a":1}"#, Parsed(command: "X", arguments: ["={"], json: #"{"a":1}"#)),
        (#"X tag=7 {"a": "b c"} "#, Parsed(command: "X", arguments: ["tag=7"], json: #"{"a": "b c"} "#)),
        ("X [1, 2]\r", Parsed(command: "X", json: "[1, 2]")),
        ("X a={b}", Parsed(command: "X", arguments: ["a={b}"])),
        ("X{}", Parsed(command: "X{}")),
        ("X é=ü", Parsed(command: "X", arguments: ["é=ü"])),
    ])
    func takesApart(line: String, expected: Parsed) { #expect(parse(line) == .success(expected)) }

    @Test(arguments: [
        "X \"", "X \"a", #"X "a\"#, #"X "a\""#, "X \"a\"b", "X a\"b\"", "X a=\"b", "X a=\"b\"c", "X a=b\"c",
        "X" + String(repeating: " a", count: 65),
    ])
    func refuses(line: String) {
        guard case .failure(let refusal) = parse(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(refusal.code == .syntax)
    }

    /// Names are compared by their first eight bytes before the rest.
    @Test func namesAreToldApartByAllOfTheirBytes() throws {
        let names = [
            "a", "tag", "document", "documents", "documenta", "documentation", "ocument", "DOCUMENTS", "tägs", "TÄGS",
        ]
        for name in names {
            let line = [UInt8]("X \(name)=1".utf8)
            let request = try RequestLine(line.span)
            let argument = request.arguments[0]
            for other in names {
                let isSame = name.lowercased() == other.lowercased()
                let byName = request.isNamed(argument, ArgumentName(other.lowercased()))
                let byText = request.isNamed(argument, other.lowercased())
                #expect(byName == isSame && byText == isSame, "\(name) against \(other)")
            }
        }
    }

    @Test func takesSixtyFourArguments() {
        #expect((try? parse("X" + String(repeating: " a", count: 64)).get())?.arguments.count == 64)
    }

    /// What is quoted by the rules of the grammar comes back as it was.
    @Test func everyTextCanBeQuoted() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let texts = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0..<8, using: &random)).map { _ in
                        "ab \"\\=\n\t\r{[é😀".randomElement(using: &random) ?? "a"
                    })
            }
            let line = texts.map { text in
                let escaped = text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\"", "\\": "\\\(scalar)"
                    case "\n": "\\n"
                    case "\r": "\\r"
                    case "\t": "\\t"
                    default: "\(scalar)"
                    }
                }
                return "\"\(escaped.joined())\""
            }
            let parsed = try parse("X " + line.joined(separator: " ")).get()
            #expect(
                parsed.arguments.map { Array($0.unicodeScalars) } == texts.map { Array(("=" + $0).unicodeScalars) },
                "seed \(seed)")
        }
    }

    @Test func anyBytesAreARequestOrARefusal() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let alphabet = [UInt8]("PING a=\"\\{[ \t\r=é".utf8) + [0, 0xFF, 0x7F]
        for _ in 0..<30_000 {
            let line = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            switch parse(line) {
            case .success(let parsed): #expect(parsed.command.utf8.count <= max(line.count, 1) * 3, "seed \(seed)")
            case .failure(let refusal): #expect(refusal.code == .syntax, "seed \(seed)")
            }
        }
    }
}
