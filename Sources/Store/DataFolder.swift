import Bytes

/// 128 random bits that belong to one data folder for ever.
package struct FolderSeed: Equatable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// One data folder. It holds `LOCK`, `folder.json`, `journal-*.lz4`, `snapshot-*.lz4`, `manifest.json` and, after a
/// clean stop, `clean-stop`.
package final class DataFolder: Sendable {
    package let fileSystem: any FileSystem
    package let path: String
    /// Made when the folder was made.
    package let seed: FolderSeed
    /// Whether this call made the folder.
    package let wasCreated: Bool
    private let lock: (any FileLock)?

    private init(
        _ path: String, on fileSystem: any FileSystem, seed: FolderSeed, wasCreated: Bool, lock: (any FileLock)?
    ) {
        self.path = path
        self.fileSystem = fileSystem
        self.seed = seed
        self.wasCreated = wasCreated
        self.lock = lock
    }

    /// A folder that nothing is known about yet, for reading what can be read of it.
    convenience init(unlocked path: String, on fileSystem: any FileSystem) {
        self.init(path, on: fileSystem, seed: FolderSeed(high: 0, low: 0), wasCreated: false, lock: nil)
    }

    /// Locks the folder for this process, and makes it with `newSeed` if it is not there.
    /// - Parameter holder: what others read in the lock file, for instance `pid 4711`.
    package static func open(
        _ path: String, on fileSystem: any FileSystem, holder: String, newSeed: FolderSeed
    ) throws(StoreError) -> DataFolder {
        let lock = try takeLock(path, on: fileSystem, holder: holder)
        let names = try fileOperation { () throws(FileError) in try fileSystem.list(path) }
        if names.contains(FileName.folder) {
            let seed = try readSeed(path, on: fileSystem)
            return DataFolder(path, on: fileSystem, seed: seed, wasCreated: false, lock: lock)
        }
        // Data without its description is a folder half restored, not a new one.
        if names.contains(where: { FileName.segmentSequence($0) != nil || FileName.snapshotSequence($0) != nil }) {
            throw .damaged([Damage(.missing, file: FileName.folder, offset: 0)])
        }
        try writeSeed(newSeed, path, on: fileSystem)
        return DataFolder(path, on: fileSystem, seed: newSeed, wasCreated: true, lock: lock)
    }

    /// The folder for reading only: no lock, nothing made or changed.
    package static func inspect(_ path: String, on fileSystem: any FileSystem) throws(StoreError) -> DataFolder {
        let seed = try readSeed(path, on: fileSystem)
        return DataFolder(path, on: fileSystem, seed: seed, wasCreated: false, lock: nil)
    }

    /// Gives the lock back.
    package func close() { lock?.release() }

    private static func takeLock(
        _ path: String, on fileSystem: any FileSystem, holder: String
    ) throws(StoreError) -> any FileLock {
        let lockPath = path + "/" + FileName.lock
        let outcome = try fileOperation { () throws(FileError) in
            try fileSystem.makeFolder(path)
            return try fileSystem.lock(lockPath, holder: holder)
        }
        switch outcome {
        case .taken(let lock): return lock
        case .held(let holder): throw .locked(path: lockPath, holder: holder)
        }
    }

    private static func writeSeed(
        _ seed: FolderSeed, _ path: String, on fileSystem: any FileSystem
    ) throws(StoreError) {
        var json = ByteWriter()
        json.openObject()
        json.key("format")
        json.number(1)
        json.key("seedHigh")
        json.hex(seed.high)
        json.key("seedLow")
        json.hex(seed.low)
        json.seal()
        let bytes = json.copyBytes()
        try fileOperation { () throws(FileError) in
            try fileSystem.replace(path + "/" + FileName.folder, in: path, with: bytes.span)
        }
    }

    private static func readSeed(_ path: String, on fileSystem: any FileSystem) throws(StoreError) -> FolderSeed {
        let bytes = try fileOperation { () throws(FileError) in
            try fileSystem.contents(of: path + "/" + FileName.folder, limit: 4096)
        }
        let damage = Damage(.unreadable, file: FileName.folder, offset: 0)
        guard isSealed(bytes) else { throw .damaged([damage]) }
        guard let contents = parse(bytes) else { throw .damaged([damage]) }
        guard contents.format == 1 else {
            throw .unsupportedVersion(file: FileName.folder, version: contents.format)
        }
        return contents.seed
    }

    private static func parse(_ bytes: [UInt8]) -> (format: UInt16, seed: FolderSeed)? {
        var format = UInt16(0)
        var high = UInt64(0)
        var low = UInt64(0)
        do throws(JSONError) {
            var reader = JSONReader(bytes.span)
            try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&isFirst) {
                switch reader.text(key) {
                case "format": format = try reader.unsigned()
                case "seedHigh": high = try reader.hex()
                case "seedLow": low = try reader.hex()
                default: _ = try reader.skipValue()
                }
            }
        } catch { return nil }
        return (format, FolderSeed(high: high, low: low))
    }
}

/// Runs file operations whose failure leaves nothing half done; a full disk keeps its own case.
func fileOperation<Result>(_ body: () throws(FileError) -> Result) throws(StoreError) -> Result {
    do throws(FileError) { return try body() } catch { throw error.isDiskFull ? .diskFull(error) : .file(error) }
}
