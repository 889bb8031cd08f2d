import Testing

@testable import dossier

/// CSV as text: records out of bytes and back, encodings, formulas.
@Suite struct ExchangeTextTests {
    private static func records(_ bytes: [UInt8], piece: Int = .max, separator: Character = ",") throws -> [CSVRecord] {
        var reader = CSVReader(separator: separator.asciiValue ?? 0)
        var found: [CSVRecord] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            try reader.read(rest.prefix(piece)) { found.append($0) }
            rest = rest.dropFirst(piece)
        }
        try reader.finish { found.append($0) }
        return found
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
            ("\"a\nb\",\"c \"\"d\"\"\"\r\n", [["a\nb", "c \"d\""]]),
            ("\"a\r\nb\",\r\n\n\r\nx,y\n", [["a\r\nb", ""], ["x", "y"]]),
            ("\"\"\n,\n", [[""], ["", ""]]),
            ("a\"b,\"c\"d\n", [["a\"b", "cd"]]),
            ("", []),
        ])
    func recordsAreCutAsTheStandardSays(_ text: String, _ expected: [[String]]) throws {
        for piece in [1, 2, 3, .max] {
            let found = try Self.records(Array(text.utf8), piece: piece)
            #expect(
                found.map { $0.cells.map { String(decoding: $0, as: UTF8.self) } } == expected, "pieces of \(piece)")
        }
    }

    @Test func recordsKnowTheirLine() throws {
        let found = try Self.records(Array("h\n\"a\nb\"\n\nc\n".utf8))
        #expect(found.map(\.line) == [1, 2, 5])
    }

    @Test func aQuoteThatNeverClosesIsNamed() {
        #expect(throws: CSVReader.Unending(line: 2)) { try Self.records(Array("h\n\"a\nb\n".utf8)) }
    }

    @Test(arguments: [("a;b,c;d\n", ";"), ("a\tb\n,", "\t"), ("\"a;b;c\",d\n", ","), ("a\n", ",")])
    func theSeparatorIsFound(_ text: String, _ separator: Character) {
        #expect(CSVReader.separator(of: text.utf8) == separator.asciiValue)
    }

    /// Whatever is written is read back, and no spreadsheet takes it for a formula.
    @Test func randomCellsComeBack() throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("ExchangeTextTests: seed \(seed)")
        var random = Numbers(state: seed)
        let letters = Array("=+-@'\"\t\r\n, ;a9.é".utf8)
        for _ in 0..<2_000 {
            let cells = (0...Int(random.next() % 3)).map { _ in
                (0..<Int(random.next() % 6)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            }
            guard cells.count > 1 || !cells[0].isEmpty else { continue }
            var bytes: [UInt8] = []
            CSVText.append(cells, to: &bytes)
            let found = try Self.records(bytes)
            #expect(found.map { $0.cells.map(CSVText.unguarded) } == [cells], "seed \(seed)")
            for cell in found.first?.cells ?? [] where !cell.isEmpty {
                let isAmount =
                    cell[0] == UInt8(ascii: "-") && cell.dropFirst().allSatisfy { $0 == 46 || (48...57).contains($0) }
                #expect(!"=+-@\t\r".utf8.contains(cell[0]) || isAmount, "\(cell)")
            }
        }
    }

    @Test(arguments: [
        ("-5.00", "-5.00"), ("=1+1", "'=1+1"), ("'s-Hertogenbosch", "'s-Hertogenbosch"), ("+316", "'+316"),
        ("-x", "'-x"),
    ])
    func onlyFormulasGetAnApostrophe(_ cell: String, _ guarded: String) {
        #expect(String(decoding: CSVText.guarded(Array(cell.utf8)), as: UTF8.self) == guarded)
    }

    @Test func otherEncodingsBecomeUTF8() {
        #expect(TextEncoding.utf8(ofWindows1252: [0x4D, 0xFC, 0x6E, 0x80]) == Array("Mün€".utf8))
        #expect(TextEncoding.utf8(ofWindows1252: Array("Mün€".utf8)) == nil)
        #expect(TextEncoding.utf8(ofWindows1252: Array("plain".utf8)) == nil)
    }

    @Test func slicesAreWordForWord() throws {
        let text = Array(#" { "a" : [1, {"b":"}\""}] ,"c\u0041":"x\ny", "d":-1.50e3}"#.utf8)
        let members = try JSONSlices.members(text)
        #expect(members.map(\.name) == ["a", "cA", "d"])
        #expect(
            members.map { String(decoding: text[$0.value], as: UTF8.self) } == [
                #"[1, {"b":"}\""}]"#, #""x\ny""#, "-1.50e3",
            ])
        #expect(JSONSlices.text(text, members[1].value) == "x\ny")
        for broken in ["", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":\"x}", "[1]", "{\"a\":1} x"] {
            #expect(throws: JSONSlices.Malformed.self, "\(broken)") { try JSONSlices.members(Array(broken.utf8)) }
        }
    }
}

/// A small generator of numbers that a seed repeats.
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
