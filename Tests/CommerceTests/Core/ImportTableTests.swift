import Bytes
import Testing

@testable import Commerce

struct ImportTableTests {
    private static func bytes(of entries: [ImportEntry]) -> [UInt8] { entries.withUnsafeBytes { Array($0) } }

    @Test func keepsTheLastOfEachProfile() {
        var random = SeededGenerator(seed: 7)
        var table = ImportTable()
        var model: [UInt32: ImportEntry] = [:]
        for _ in 0..<5_000 {
            let entry = ImportEntry(
                profile: .random(in: 0..<700, using: &random), row: .random(in: 0 ... .max, using: &random),
                at: .random(in: .min ... .max, using: &random))
            table.note(entry)
            model[entry.profile] = entry
        }
        #expect(table.entries.count == model.count)
        for profile in UInt32(0)..<800 {
            let (found, expected) = (table.entry(of: profile), model[profile])
            #expect(found?.row == expected?.row && found?.at == expected?.at)
        }
    }

    @Test func loadsWhatWasWrittenAndNothingThatCannotBe() {
        let entries = (0..<10).map { ImportEntry(profile: $0 * 3, row: $0, at: Int64($0)) }
        var table = ImportTable()
        let areRead = table.load(Self.bytes(of: entries).span)
        #expect(areRead && table.entry(of: 27)?.row == 9 && table.entry(of: 26) == nil)
        let isCutRead = table.load(Self.bytes(of: [ImportEntry(profile: 50, row: 0, at: 0)]).span.extracting(0..<15))
        let isSecondRead = table.load(Self.bytes(of: [entries[4]]).span)
        #expect(!isCutRead && !isSecondRead)
    }

    /// Of a profile that is not there, or a variant that its shard does not have.
    @Test(arguments: [(UInt32(0), UInt32(0), true), (0, 1, false), (1, 0, false), (.max, 0, false)])
    func fitsTheOtherTables(profile: UInt32, row: UInt32, fits: Bool) throws {
        var world = DirectoryWorld(shards: 1)
        _ = try world.profile(
            #"{"channel":"shopify","ref":"7","email":"anna@example.nl","name":"Anna Bos"}"#, shop: "main", now: 1)
        #expect(world.directory.imports.entries.count == 1)
        world.directory.imports = ImportTable()
        world.directory.imports.note(ImportEntry(profile: profile, row: row, at: 0))
        let isConsistent = world.directory.isConsistent()
        #expect(isConsistent == fits)
    }
}
