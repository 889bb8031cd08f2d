import Bytes
import Foundation
import Simulation
import Store
import Testing

/// The real file system, in a folder of its own that is removed at the end.
private final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        path = url.path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct LinuxFileSystemTests {
    @Test func filesBehaveAsPromised() throws {
        let temporary = try TemporaryFolder()
        let system = LinuxFileSystem()
        let folder = temporary.path + "/one/two"
        try system.makeFolder(folder)
        try system.makeFolder(folder)
        let file = try system.open(folder + "/a", .createNew)
        try file.writeAll([1, 2, 3, 4, 5].span, at: 0)
        try file.writeAll([9].span, at: 7)
        #expect(try file.size() == 8)
        var buffer = ByteWriter()
        try file.read(at: 3, count: 100, into: &buffer)
        #expect(buffer.copyBytes() == [4, 5, 0, 0, 9])
        try file.truncate(to: 2)
        try file.synchronizeData()
        try file.close()
        try file.close()
        try system.rename(folder + "/a", to: folder + "/b")
        try system.synchronizeFolder(folder)
        #expect(try system.list(folder) == ["b"])
        #expect(try system.contents(of: folder + "/b", limit: 10) == [1, 2])
        try system.remove(folder + "/b")
        let error = #expect(throws: FileError.self) { try system.open(folder + "/b", .read) }
        #expect(error?.code == ENOENT && error?.operation == .open && error?.path == folder + "/b")
        #expect(throws: FileError.self) { try system.remove(folder + "/b") }
        #expect(throws: FileError.self) { try system.list(folder + "/none") }
    }

    @Test func whoeverReadsAFileKeepsItWhole() throws {
        let temporary = try TemporaryFolder()
        let system = LinuxFileSystem()
        let path = temporary.path + "/journal.lz4"
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try system.open(path, .createNew)
        try file.writeAll(content.span, at: 0)
        #expect(!file.isOpenElsewhere())
        let reader = try system.open(path, .read)
        #expect(file.isOpenElsewhere())
        try file.close()
        try system.removeInPieces(path, in: temporary.path, pieceBytes: 10_000, pauseMicroseconds: 0)
        #expect(try system.list(temporary.path).isEmpty)
        var buffer = ByteWriter()
        try reader.read(at: 0, count: content.count, into: &buffer)
        #expect(buffer.copyBytes() == content)
        let other = try system.open(path, .createNew)
        try other.writeAll(content.span, at: 0)
        try other.close()
        try system.removeInPieces(path, in: temporary.path, pieceBytes: 10_000, pauseMicroseconds: 0)
        #expect(try system.list(temporary.path).isEmpty)
    }

    @Test func aLockIsHeldOnceAndNamesItsHolder() throws {
        let temporary = try TemporaryFolder()
        let system = LinuxFileSystem()
        let path = temporary.path + "/LOCK"
        guard case .taken(let lock) = try system.lock(path, holder: "pid 12") else {
            Issue.record("not taken")
            return
        }
        guard case .held(let holder) = try system.lock(path, holder: "pid 13") else {
            Issue.record("taken twice")
            return
        }
        #expect(holder == "pid 12")
        lock.release()
        guard case .taken = try system.lock(path, holder: "pid 14") else {
            Issue.record("not taken after its release")
            return
        }
    }

    /// The whole life on real files; then the files are what `lz4` takes them for.
    @Test func realFilesPassTheLZ4Program() throws {
        let temporary = try TemporaryFolder()
        let fixture = StoreFixture(LinuxFileSystem(), path: temporary.path + "/data")
        var generator = SeededGenerator(seed: 11)
        var model: [[UInt8]] = []
        for life in 0..<3 {
            let (folder, writer) = try fixture.openWriter(segmentBytes: 20_000)
            for _ in 0..<20 {
                let group = makeEvents(50, from: model.count + 1, &generator)
                try writer.append(group: group)
                try writer.sync()
                model += group
            }
            if life == 1 {
                let snapshot = try SnapshotWriter.begin(folder, sequence: writer.syncedSequence, createdAt: 1)
                try snapshot.section(1, [generator.bytes(5000)])
                try snapshot.section(2, [])
                _ = try snapshot.finish()
            }
            try writer.finish()
            folder.close()
        }
        guard case .started(let chunks, let events, let report) = fixture.start() else {
            Issue.record("did not start")
            return
        }
        #expect(report.wasCleanStop && report.damage.isEmpty)
        #expect(chunks.count == 2 && events == Array(model.suffix(1000)))
        guard let program = ["/usr/bin/lz4", "/usr/local/bin/lz4"].first(where: FileManager.default.isExecutableFile)
        else {
            print("LEFT OUT: the lz4 program is not here, so `lz4 -t` was not tried on the files")
            return
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.path).filter { $0.hasSuffix(".lz4") }
        #expect(files.count > 4)
        for file in files + [FileName.cleanStop] {
            let path = fixture.path + "/" + file
            #expect(try run(program, ["-t", path]).status == 0, "\(file)")
            guard file == FileName.segment(1) else { continue }
            var framed = ByteWriter()
            for event in model { framed.appendCounted(event.span) }
            let unpacked = try run(program, ["-dc", path]).output
            #expect(unpacked.count > 10_000 && unpacked == Array(framed.copyBytes().prefix(unpacked.count)))
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, Array(output))
    }
}
