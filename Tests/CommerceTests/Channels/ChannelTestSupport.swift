import Bytes
import Foundation
import Testing

@testable import Commerce

/// Files that the tests read: our own samples, and the platforms' published ones where they are at hand.
enum PayloadFiles {
    private static let packageRoot = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    static func sample(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: packageRoot.appending(path: "Tests/Samples/\(name)")))
    }

    static func writeSample(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: packageRoot.appending(path: "Tests/Samples/\(name)"))
    }

    /// Samples that are payloads: `<channel>-<what>.json`.
    static var sampleNames: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: packageRoot.appending(path: "Tests/Samples").path)
                .filter { name in ChannelReader.channels.contains { name.hasPrefix("\($0)-") } }.sorted()
        }
    }

    /// nil, with a loud word, if the folder is not there.
    static let published: URL? = {
        let folder = packageRoot.appending(path: "../shared/data/payloads").standardizedFileURL
        if FileManager.default.fileExists(atPath: folder.path) { return folder }
        print("LEFT OUT: no ../shared/data/payloads, the platforms' published payloads are not tested")
        return nil
    }()

    /// A published file by `channel/name`; nil if the folder is not there.
    static func published(_ path: String) throws -> [UInt8]? {
        guard let published else { return nil }
        return [UInt8](try Data(contentsOf: published.appending(path: path)))
    }
}

/// Reads and also checks what holds for every item: canonical JSON on one line with the members that are required.
func read(_ channel: String, _ payload: [UInt8]) throws(ChannelError) -> [ChannelItem] {
    let items = try ChannelReader.read(channel: channel, store: "winkel", payload: payload.span)
    for item in items { expectCanonical(item) }
    return items
}

func read(_ channel: String, _ payload: String) throws(ChannelError) -> [ChannelItem] {
    try read(channel, Array(payload.utf8))
}

private func expectCanonical(_ item: ChannelItem) {
    if case .refused(let error) = item.kind {
        #expect(item.json.isEmpty && !error.sentence.contains("\n") && error.item == item.name)
        return
    }
    let value = item.value
    if case .fact(_, let order) = item.kind {
        #expect(value["updatedAt"]?.string != nil && order.contains("/winkel:"))
        return
    }
    #expect(!item.json.contains(UInt8(ascii: "\n")))
    #expect(value["channel"]?.string != nil && value["store"]?.string == "winkel")
    guard item.kind == .order else {
        #expect(value["ref"]?.string?.isEmpty == false)
        return
    }
    #expect(value["number"]?.string?.isEmpty == false)
    #expect(value["currency"]?.string?.utf8.count == 3)
    #expect(value["total"]?.string.flatMap { ExactDecimal($0) } != nil)
    for name in ["placedAt", "updatedAt"] {
        let text = value[name]?.string
        #expect(name == "updatedAt" || text != nil)
        if let text { #expect(text.hasSuffix("Z") && ChannelTime(text)?.text == text) }
    }
}

extension ChannelItem {
    /// The canonical JSON as a tree; null if it is none.
    var value: JSONValue {
        do { return try JSONValue(parsing: json.span) } catch { return .null }
    }
}

/// The reason why a payload is refused as a whole; nil if it is not.
func refusal(_ channel: String, _ payload: [UInt8]) -> ChannelError.Reason? {
    do throws(ChannelError) {
        _ = try read(channel, payload)
        return nil
    } catch {
        return error.reason
    }
}

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
