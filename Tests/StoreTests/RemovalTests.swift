import Simulation
import Store
import Testing

/// Files that are removed a piece at a time.
@Suite struct RemovalTests {
    private static let path = "data/journal.lz4"
    private static let aside = "data/journal.lz4.removing"

    /// Power is lost in the midst of any step: the file is there whole under its name, or no longer under it; and what is left
    /// of it goes the next time.
    @Test func aCrashLeavesAFileWholeOrGone() throws {
        let content = (0..<100).map { UInt8($0) }
        var (whole, gone, cut) = (0, 0, 0)
        for seed in 0..<400 {
            let disk = SimulatedDisk()
            disk.replace(Self.path, with: content)
            disk.setFaults { $0.dieAfter = seed % 20 }
            do throws(FileError) { try remove(Self.path, disk) } catch {}
            disk.setFaults { $0.dieAfter = nil }
            disk.crash(seed: UInt64(seed))
            let files = disk.snapshotImage().files
            if let left = files[Self.path] { #expect(left == content, "seed \(seed)") }
            #expect(Set(files.keys).isSubset(of: [Self.path, Self.aside]), "seed \(seed)")
            if files[Self.path] != nil { whole += 1 } else if files[Self.aside] == nil { gone += 1 }
            guard let left = files[Self.aside] else { continue }
            #expect(left == Array(content.prefix(left.count)), "seed \(seed)")
            if left.count < content.count { cut += 1 }
            try remove(Self.aside, disk)
            #expect(disk.snapshotImage().files.keys.contains(Self.aside) == false, "seed \(seed)")
        }
        #expect(whole > 20 && gone > 20 && cut > 20, "\(whole) \(gone) \(cut)")
    }

    private func remove(_ path: String, _ disk: SimulatedDisk) throws(FileError) {
        try disk.removeInPieces(path, in: "data", pieceBytes: 10, pauseMicroseconds: 0)
    }

    @Test func aSmallFileGoesAtOnce() throws {
        let disk = SimulatedDisk()
        disk.replace(Self.path, with: [1, 2, 3])
        let before = disk.syncCount
        try disk.removeInPieces(Self.path, in: "data", pieceBytes: 3)
        #expect(disk.snapshotImage().files.isEmpty && disk.syncCount == before)
    }

    @Test func aMissingFileIsAnError() {
        #expect(throws: FileError.self) { try SimulatedDisk().removeInPieces(Self.path, in: "data") }
    }
}
