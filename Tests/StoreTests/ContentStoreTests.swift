import Bytes
import Simulation
import Testing

@testable import Store

/// Kept files on a disk that dies, fills up and rots.
@Suite struct ContentStoreTests {
    private static func folder(_ disk: SimulatedDisk) throws -> DataFolder {
        try DataFolder.open("data", on: disk, holder: "test", newSeed: FolderSeed(high: 1, low: 2))
    }

    private static func keep(_ content: [UInt8], in store: ContentStore) throws(StoreError) -> ContentHash {
        let writer = try store.begin()
        for start in stride(from: 0, to: content.count, by: 50_000) {
            try writer.append(Array(content[start..<min(start + 50_000, content.count)]).span)
        }
        return try writer.finish(expecting: nil)
    }

    private static func content(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...20, using: &generator) }
    }

    @Test(arguments: [0, 1, 50_000, 262_144, 262_145, 700_001])
    func whatIsKeptIsRead(count: Int) throws {
        let disk = SimulatedDisk()
        let store = ContentStore(try Self.folder(disk))
        #expect(try store.list().isEmpty)
        let content = Self.content(count, 1)
        let hash = try Self.keep(content, in: store)
        #expect(hash == ContentHash(SHA256.digest(content)))
        #expect(try Self.keep(content, in: store) == hash)
        #expect(try store.list() == [hash] && store.read(hash) == content)
        disk.crash(seed: 3)
        let after = ContentStore(try Self.folder(disk))
        #expect(try after.read(hash) == content, "what finish has answered for is durable")
        try after.remove(hash)
        try after.remove(hash)
        try after.synchronize()
        disk.crash(seed: 4)
        #expect(try ContentStore(try Self.folder(disk)).list().isEmpty)
    }

    /// Power is lost in the midst of any step: a file is there whole under its name, or not at all.
    @Test(arguments: 0..<28)
    func aCrashLeavesAFileWholeOrNotAtAll(seed: Int) throws {
        let disk = SimulatedDisk()
        let store = ContentStore(try Self.folder(disk))
        let kept = Self.content(3_000, 7)
        let first = try Self.keep(kept, in: store)
        disk.setFaults { $0.dieAfter = seed % 14 }
        let content = Self.content(270_000, UInt64(seed))
        var finished: ContentHash?
        do throws(StoreError) { finished = try Self.keep(content, in: store) } catch {}
        disk.setFaults { $0.dieAfter = nil }
        disk.crash(seed: UInt64(seed))
        let after = ContentStore(try Self.folder(disk))
        try after.removeLeftovers()
        for hash in try after.list() { #expect(try after.read(hash) == (hash == first ? kept : content)) }
        #expect(try after.list().contains(first))
        if let finished { #expect(try after.list().contains(finished)) }
        #expect(try disk.list("data/files").allSatisfy { $0.hasSuffix(".lz4") })
    }

    @Test func aFullDiskKeepsNothing() throws {
        let disk = SimulatedDisk()
        let store = ContentStore(try Self.folder(disk))
        var generator = SeededGenerator(seed: 5)
        let content = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        disk.setFaults { $0.capacity = 100_000 }
        let writer = try store.begin()
        #expect(throws: StoreError.self) { try writer.append(content.span) }
        writer.abandon()
        #expect(try disk.list("data/files").isEmpty)
        disk.setFaults { $0.capacity = nil }
        #expect(try store.read(Self.keep(content, in: store)) == content)
    }

    @Test(arguments: 0..<24)
    func everyChangedByteIsNoticed(seed: Int) throws {
        let disk = SimulatedDisk()
        let store = ContentStore(try Self.folder(disk))
        let content = Self.content(3_000, 9)
        let hash = try Self.keep(content, in: store)
        let path = "data/" + ContentName.file(hash)
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = try #require(disk.snapshotImage().files[path])
        switch seed % 3 {
        case 0:
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
        default: bytes.append(0)
        }
        disk.replace(path, with: bytes)
        #expect(throws: StoreError.self) { try store.read(hash) }
        let report = try Verifier.verify("data", on: disk)
        #expect(report.files.first { $0.kind == .content }?.damage.isEmpty == false)
    }
}
