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

    private init() { preconditionFailure() }

    /// Locks the folder for this process, and makes it with `newSeed` if it is not there.
    /// - Parameter holder: what others read in the lock file, for instance `pid 4711`.
    package static func open(
        _ path: String, on fileSystem: any FileSystem, holder: String, newSeed: FolderSeed
    ) throws(StoreError) -> DataFolder { preconditionFailure() }

    /// The folder for reading only: no lock, nothing made or changed.
    package static func inspect(_ path: String, on fileSystem: any FileSystem) throws(StoreError) -> DataFolder {
        preconditionFailure()
    }

    /// Gives the lock back.
    package func close() { preconditionFailure() }
}
