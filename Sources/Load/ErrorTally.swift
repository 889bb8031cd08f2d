import Bytes

/// Errors by code, with the first few of each.
package struct ErrorTally: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var count = 0
        package var samples: [String] = []
    }

    package private(set) var entries: [String: Entry] = [:]
    private static let sampleLimit = 3

    package init() {}

    package var total: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Takes in an `ERR code text` of ours or a `-code text` of Redis; any other line counts as `MALFORMED`.
    package mutating func add(_ line: Span<UInt8>) {
        let text = line.extracting(0..<min(line.count, 300)).text
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        let code: String
        if words.first == "ERR" && words.count > 1 {
            code = words[1]
        } else if let first = words.first, first.hasPrefix("-") {
            code = String(first.dropFirst())
        } else {
            code = "MALFORMED"
        }
        entries[code, default: Entry()].count += 1
        if entries[code, default: Entry()].samples.count < Self.sampleLimit { entries[code]?.samples.append(text) }
    }
}
