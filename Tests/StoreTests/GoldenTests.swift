import Bytes
import Foundation
import Simulation
import Store
import Testing

/// Every format version ever written stays readable: `Golden/v1` is a whole data folder, `example-group.hex` one group
/// explained field by field. With DOSSIER_WRITE_GOLDEN=1 in the environment, `writeGolden` makes them anew; they change
/// only together with a new version.
@Suite struct GoldenTests {
    private static let folder = (#filePath as NSString).deletingLastPathComponent + "/Golden"
    private static let events: [[UInt8]] = (1...9).map { Array("golden event \($0)".utf8) }

    private static func write() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter(segmentBytes: 250)
        for first in stride(from: 0, to: 9, by: 3) {
            try writer.append(group: Array(events[first..<(first + 3)]))
            try writer.sync()
            if first == 3 {
                let snapshot = try SnapshotWriter.begin(folder, sequence: 6, createdAt: 1_772_359_351_000)
                try snapshot.section(1, events.prefix(6).map { $0 })
                try snapshot.section(2, [])
                _ = try snapshot.finish()
            }
        }
        try writer.finish()
        folder.close()
        return disk
    }

    private func goldenImage() throws -> DiskImage {
        let system = LinuxFileSystem()
        var image = DiskImage()
        for name in try system.list(Self.folder + "/v1") {
            image.files["data/" + name] = try system.contents(of: "\(Self.folder)/v1/\(name)", limit: 1 << 20)
        }
        return image
    }

    @Test func versionOneIsRead() throws {
        let image = try goldenImage()
        guard case .started(let chunks, let events, let report) = StoreFixture(SimulatedDisk(image)).start() else {
            Issue.record("the golden folder did not start")
            return
        }
        #expect(chunks == [Self.events.prefix(6).flatMap { $0 }, []])
        #expect(events == Array(Self.events.suffix(3)))
        #expect(report.wasCleanStop && report.damage.isEmpty && report.snapshot?.createdAt == 1_772_359_351_000)
        // Without its snapshot the journal alone holds the same.
        let journalOnly = image.removing(FileName.snapshot(6)).removing(FileName.manifest)
        guard case .started(_, let all, _) = StoreFixture(SimulatedDisk(journalOnly)).start() else {
            Issue.record("the golden journal did not start")
            return
        }
        #expect(all == Self.events)
        #expect(try Verifier.verify("data", on: SimulatedDisk(image)).isIntact)
    }

    @Test func theExampleIsWhatTheWriterWrites() throws {
        let text = try String(contentsOfFile: Self.folder + "/example-group.hex", encoding: .utf8)
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") {
            let digits = (line.split(separator: "#", omittingEmptySubsequences: false).first ?? "").filter(\.isHexDigit)
            for start in stride(from: 0, to: digits.count - 1, by: 2) {
                let from = digits.index(digits.startIndex, offsetBy: start)
                bytes.append(try #require(UInt8(digits[from..<digits.index(from, offsetBy: 2)], radix: 16)))
            }
        }
        #expect(bytes == (try Self.exampleGroup()))
        #expect(bytes.count > 64)
    }

    /// The second group of a journal: events 3 and 4, `hello` and `world!`, when 1 and 2 were durable.
    private static func exampleGroup() throws -> [UInt8] {
        let disk = SimulatedDisk()
        let (_, writer) = try StoreFixture(disk).openWriter()
        try writer.append(group: [Array("first".utf8), Array("second".utf8)])
        try writer.sync()
        let start = writer.bytesWritten
        try writer.append(group: [Array("hello".utf8), Array("world!".utf8)])
        return Array(disk.snapshotImage()[FileName.segment(1)][start...])
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["DOSSIER_WRITE_GOLDEN"] != nil))
    func writeGolden() throws {
        let system = LinuxFileSystem()
        try system.makeFolder(Self.folder + "/v1")
        for (path, bytes) in try Self.write().snapshotImage().files {
            try system.replace("\(Self.folder)/v1/\(path.dropFirst(5))", in: Self.folder, with: bytes.span)
        }
        let example = Array(Self.annotate(try Self.exampleGroup()).utf8)
        try system.replace(Self.folder + "/example-group.hex", in: Self.folder, with: example.span)
    }

    private static func annotate(_ bytes: [UInt8]) -> String {
        let fields: [(Int, String)] = [
            (4, "0   magic number of a skippable LZ4 frame, 0x184D2A5D"),
            (4, "4   header bytes that follow: 56"),
            (2, "8   format version: 1"),
            (2, "10  kind: 1, a group of events"),
            (4, "12  length of the LZ4 frame after this header"),
            (4, "16  length of its content: 13"),
            (4, "20  number of events: 2"),
            (8, "24  sequence number of the first event: 3"),
            (8, "32  highest sequence number known to be durable: 2"),
            (8, "40  header checksum of the group before"),
            (8, "48  XXH64 of the LZ4 frame"),
            (8, "56  XXH64 of bytes 0 to 55: the header checksum"),
            (4, "64  LZ4 frame: magic number 0x184D2204"),
            (1, "68  flags: version 1, linked blocks, content size, content checksum"),
            (1, "69  largest block: 256 KiB"),
            (8, "70  content size: 13"),
            (1, "78  checksum of the frame's descriptor"),
            (4, "79  block of 13 bytes, stored as they are (high bit)"),
            (1, "83  length of the first event: 5"),
            (5, "84  hello"),
            (1, "89  length of the second event: 6"),
            (6, "90  world!"),
            (4, "96  end of the blocks"),
            (4, "100 XXH32 of the content"),
        ]
        var lines = [
            "# One group of a journal, format version 1. Bytes in hexadecimal; after the mark: offset, meaning."
        ]
        var rest = bytes[...]
        for (count, meaning) in fields {
            let hex = rest.prefix(count).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }
            lines.append(hex.joined(separator: " ").padding(toLength: 24, withPad: " ", startingAt: 0) + "# " + meaning)
            rest = rest.dropFirst(count)
        }
        precondition(rest.isEmpty)
        return lines.joined(separator: "\n") + "\n"
    }
}
