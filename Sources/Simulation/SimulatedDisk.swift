import Bytes
import Glibc
import Store
import Synchronization

/// A disk in memory that forgets, tears and garbles what was not synced when it crashes, all from a seed.
///
/// Writes are seen at once by readers, as through a page cache, but wait in a list until the file is synced. Files made,
/// renamed and removed wait likewise until their folder is synced. Any thread may call; nothing blocks for long.
package final class SimulatedDisk: FileSystem {
    private let state = Mutex(SimulatedDiskState())

    package init() {}

    /// A disk that holds the files of an image, all of them durable.
    package init(_ image: DiskImage) {
        state.withLock { state in
            for (path, bytes) in image.files.sorted(by: { $0.key < $1.key }) { state.put(bytes, at: path) }
        }
    }

    // MARK: What a test does to it

    /// Loses power. Every open file is dead afterwards (`EIO`), every lock is gone.
    package func crash(seed: UInt64) { state.withLock { $0.crash(seed: seed) } }

    /// Sets what goes wrong from now on.
    package func setFaults(_ change: @Sendable (inout DiskFaults) -> Void) { state.withLock { change(&$0.faults) } }

    /// All files as readers see them now.
    package func snapshotImage() -> DiskImage { state.withLock { $0.image } }

    /// Replaces a file's content, as rot or an operator does; durable.
    package func replace(_ path: String, with bytes: [UInt8]) { state.withLock { $0.put(bytes, at: path) } }

    /// What every file ever removed held then: a test sees the whole history although retention drops the old part.
    package func removedFiles() -> DiskImage { DiskImage(files: state.withLock { $0.removed }) }

    /// Syncs asked for so far, of files and folders.
    package var syncCount: Int { state.withLock { $0.syncs } }

    // MARK: FileSystem

    package func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        let (inode, generation) = try state.withLock { (state) throws(FileError) in
            (try state.open(path, mode), state.generation)
        }
        return SimulatedFile(self, path, inode, generation)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        try state.withLock { (state) throws(FileError) in try state.rename(path, to: newPath) }
    }

    package func remove(_ path: String) throws(FileError) {
        try state.withLock { (state) throws(FileError) in try state.remove(path) }
    }

    package func list(_ folder: String) throws(FileError) -> [String] {
        try state.withLock { (state) throws(FileError) in try state.list(folder) }
    }

    package func synchronizeFolder(_ folder: String) throws(FileError) {
        try state.withLock { (state) throws(FileError) in try state.synchronizeFolder(folder) }
    }

    package func makeFolder(_ folder: String) throws(FileError) { state.withLock { $0.makeFolder(folder) } }

    package func lock(_ path: String, holder: String) throws(FileError) -> LockOutcome {
        let (other, generation) = state.withLock { state in
            let other = state.locks[path]
            if other == nil { state.locks[path] = holder }
            return (other, state.generation)
        }
        if let other { return .held(holder: other) }
        return .taken(SimulatedLock(disk: self, path: path, generation: generation))
    }

    fileprivate func release(_ path: String, _ generation: Int) {
        state.withLock { if $0.generation == generation { $0.locks[path] = nil } }
    }

    /// Runs an operation of a handle, unless a crash came between.
    fileprivate func withFile<Result: Sendable>(
        _ file: SimulatedFile, _ operation: FileError.Operation,
        _ body: (inout SimulatedDiskState) throws(FileError) -> Result
    ) throws(FileError) -> Result {
        try state.withLock { (state) throws(FileError) in
            guard file.isOpen && state.generation == file.generation else {
                throw state.error(operation, file.path, file.isOpen ? EIO : EBADF)
            }
            return try body(&state)
        }
    }
}

/// An open file of a simulated disk.
private final class SimulatedFile: File {
    let path: String
    let generation: Int
    private(set) var isOpen = true
    private let disk: SimulatedDisk
    private let inode: Int

    init(_ disk: SimulatedDisk, _ path: String, _ inode: Int, _ generation: Int) {
        self.disk = disk
        self.path = path
        self.inode = inode
        self.generation = generation
    }

    func size() throws(FileError) -> Int {
        let inode = inode
        return try disk.withFile(self, .size) { (state) throws(FileError) in state.size(inode) }
    }

    func read(at offset: Int, count: Int, into buffer: inout ByteWriter) throws(FileError) {
        let (inode, path) = (inode, path)
        let bytes = try disk.withFile(self, .read) { (state) throws(FileError) in
            try state.read(inode, path, at: offset, count: count)
        }
        buffer.append(Array(bytes))
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        let (inode, path, copy) = (inode, path, bytes.array)
        return try disk.withFile(self, .write) { (state) throws(FileError) in
            try state.write(inode, path, copy, at: offset)
        }
    }

    func synchronizeData() throws(FileError) {
        let (inode, path) = (inode, path)
        try disk.withFile(self, .synchronize) { (state) throws(FileError) in try state.synchronize(inode, path) }
    }

    func truncate(to size: Int) throws(FileError) {
        let (inode, path) = (inode, path)
        try disk.withFile(self, .truncate) { (state) throws(FileError) in
            try state.truncate(inode, path, to: size)
        }
    }

    func isOpenElsewhere() -> Bool { false }

    func close() throws(FileError) { isOpen = false }
}

private final class SimulatedLock: FileLock {
    private let disk: SimulatedDisk
    private let path: String
    private let generation: Int

    init(disk: SimulatedDisk, path: String, generation: Int) {
        self.disk = disk
        self.path = path
        self.generation = generation
    }

    deinit { release() }

    func release() { disk.release(path, generation) }
}
