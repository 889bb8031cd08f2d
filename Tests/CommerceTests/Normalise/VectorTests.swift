import Foundation
import Testing

@testable import Commerce

/// The reference lists, held to the letter: a row passes, or it is excepted here with its reason, or it is none of our
/// business. An exception whose row passes fails the test too, and the page `Vectors` says the same as the run.
@Suite struct VectorTests {
    struct Exception {
        let reason: String
        let rows: Set<String>
    }

    static let exceptions: [String: [Exception]] = [
        "phone/phone-odd-inputs.tsv": [
            Exception(
                reason: "an extension is dropped, however long it is",
                rows: [
                    "03 3316005 extension 123456789012345678901 [NZ]", "tel:+6433316005;ext=012345678901234567890 [NZ]",
                    "+12679000000,,1234567890123456# [US]",
                ]),
            Exception(
                reason: "a # at the end is a key like any other sign, and makes no extension of the digits before it",
                rows: ["+11234567890-6# [US]"]),
        ],
        "email/normalise-validatorjs.tsv": [
            Exception(reason: "an international domain is written in punycode", rows: ["hans@m端ller.com (defaults)"])
        ],
        "address/country-formats.tsv": [
            Exception(reason: "the default, which is no country", rows: ["ZZ"])
        ],
        "address/street-split-nl-be-myparcel.jsonl": [
            Exception(reason: "number 39 with an addition; to the carrier number 1", rows: ["street 39- 1 hg"])
        ],
        "address/opencage-format-cases.jsonl": [
            Exception(
                reason: "the number is \"LSB 70\"; here it is 70, of a street with LSB at its end",
                rows: ["NL Parliament in Oranjestad, Aruba, 12.51781,-70.03646"])
        ],
        "unicode/cldr-Latin-ASCII.txt": [
            Exception(
                reason: "a sign parts words and is not spelled out",
                rows: ["©", "®", "₠", "₢", "₣", "₤", "₧", "₹", "₺", "℗", "℘", "℞"]),
            Exception(
                reason:
                    "medieval abbreviations and phonetic signs that no name holds, and whose Unicode name is no letter",
                rows: ["ɧ", "ꝱ", "ꝲ", "ꝳ", "ꝴ", "ꝵ", "ꝶ", "ꝷ"]),
            Exception(reason: "the Greenlandic kra is a k, as people type it; to CLDR a q", rows: ["ĸ"]),
            Exception(reason: "Unicode itself says H; CLDR's x is its pronunciation", rows: ["ℌ"]),
            Exception(reason: "an ideograph, not a digit", rows: ["〇"]),
        ],
        "unicode/transliterations.tsv": [
            Exception(reason: "to CLDR the Azerbaijani schwa is an e, as here; to this list an a", rows: ["Ədəbiyyat"]),
            Exception(
                reason: "two umlauts that touch, spelled out: the second ue follows an o and looks like French",
                rows: ["öü"]),
            Exception(reason: "@ parts words and is not spelled out", rows: ["°¹²³⁴⁵⁶⁷⁸⁹@₀₁₂₃₄₅₆₇₈₉"]),
        ],
    ]

    @Test func everyRowPassesOrIsExcepted() throws {
        for list in VectorList.all() {
            let excepted = Self.exceptions[list.path, default: []].reduce(into: Set<String>()) { $0.formUnion($1.rows) }
            var unexpected: [String] = []
            var stale = excepted
            for row in list.rows {
                guard case .failed = row.verdict else { continue }
                if stale.remove(row.name) == nil, !excepted.contains(row.name) { unexpected.append(row.name) }
            }
            #expect(unexpected.isEmpty, "\(list.path): \(unexpected)")
            #expect(stale.isEmpty, "\(list.path): excepted, but right or gone: \(stale)")
            #expect(!list.rows.isEmpty, "\(list.path)")
        }
    }

    @Test func thePageSaysWhatTheRunSays() throws {
        let lists = VectorList.all()
        guard lists.count >= 19 else { return }
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Engine/Dossier.docc/Vectors.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let expected = Self.table(lists) + "\n" + Self.reasons(lists)
        #expect(text.contains(expected), "the page must hold:\n\(expected)")
    }

    private static func table(_ lists: [VectorList]) -> String {
        var lines = ["| List | Rows | Right | Excepted | Left out |", "| --- | --: | --: | --: | --: |"]
        for list in lists {
            var counts = (right: 0, wrong: 0, out: 0)
            for row in list.rows {
                switch row.verdict {
                case .passed: counts.right += 1
                case .failed: counts.wrong += 1
                case .leftOut: counts.out += 1
                }
            }
            lines.append("| `\(list.path)` | \(list.rows.count) | \(counts.right) | \(counts.wrong) | \(counts.out) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func reasons(_ lists: [VectorList]) -> String {
        var lines: [String] = []
        for list in lists {
            for exception in exceptions[list.path, default: []] {
                let rows = list.rows.count { row in
                    if case .failed = row.verdict { exception.rows.contains(row.name) } else { false }
                }
                let names = exception.rows.sorted().map { "`\($0)`" }.joined(separator: ", ")
                lines.append("- `\(list.path)`, \(rows) excepted: \(exception.reason): \(names).")
            }
            var leftOut: [String: Int] = [:]
            for case .leftOut(let reason) in list.rows.map(\.verdict) { leftOut[reason, default: 0] += 1 }
            for (reason, rows) in leftOut.sorted(by: { $0.key < $1.key }) {
                lines.append("- `\(list.path)`, \(rows) left out: \(reason).")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
