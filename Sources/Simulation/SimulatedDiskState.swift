import Glibc
import Store

/// All files of a disk at one moment.
package struct DiskImage: Equatable, Sendable {
    /// Content by path.
    package var files: [String: [UInt8]]

    package init(files: [String: [UInt8]] = [:]) { self.files = files }
}

/// What goes wrong on a simulated disk. All off at first.
package struct DiskFaults: Sendable {
    /// Bytes that fit on the disk in all; what is beyond gets `ENOSPC`, and a write over the edge is cut short.
    package var capacity: Int?
    /// The n-th sync from now fails (0 = the next one), and what it should have made durable never is.
    package var failSyncAfter: Int?
    /// The n-th read from now fails with `EIO` (0 = the next one).
    package var failReadAfter: Int?
    /// The n-th write from now fails with `EIO` (0 = the next one) after part of it was written.
    package var failWriteAfter: Int?
    /// Writes take random parts of what they are given; the seed says which.
    package var shortWriteSeed: UInt64?
    /// The n-th change from now fails with `EIO` (0 = the next one), and so does every later one until the crash: power
    /// is lost in the midst of whatever goes on.
    package var dieAfter: Int?

    package init() {}
}

/// A change of a file's content that a crash may undo.
private enum PendingWrite {
    case write(offset: Int, bytes: [UInt8])
    case truncate(size: Int)

    func apply(to content: inout [UInt8]) {
        switch self {
        case .write(let offset, let bytes):
            // Nearly every write appends.
            if offset == content.count { return content += bytes }
            let end = offset + bytes.count
            if content.count < end { content.append(contentsOf: repeatElement(0, count: end - content.count)) }
            content.replaceSubrange(offset..<end, with: bytes)
        case .truncate(let size):
            if size < content.count {
                content.removeLast(content.count - size)
            } else {
                content.append(contentsOf: repeatElement(0, count: size - content.count))
            }
        }
    }
}

/// A file's content: what readers see, and what a crash leaves for certain.
private struct Inode {
    var current: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [PendingWrite] = []
}

/// A change of a folder that a crash may undo.
private enum PendingEntry {
    case link(path: String, inode: Int)
    case unlink(path: String)
    case rename(from: String, to: String, inode: Int)

    func apply(to entries: inout [String: Int]) {
        switch self {
        case .link(let path, let inode): entries[path] = inode
        case .unlink(let path): entries[path] = nil
        case .rename(let from, let to, let inode):
            entries[from] = nil
            entries[to] = inode
        }
    }

    var path: String {
        switch self {
        case .link(let path, _), .unlink(let path), .rename(_, let path, _): path
        }
    }
}

/// The content of a `SimulatedDisk`. Plain and single-threaded; the disk guards it.
struct SimulatedDiskState: Sendable {
    var faults = DiskFaults()
    /// Counts the crashes; handles from before one are dead.
    private(set) var generation = 0
    /// Paths locked, and by whom.
    var locks: [String: String] = [:]
    private(set) var syncs = 0
    /// What removed files held when they were removed, by path.
    private(set) var removed: [String: [UInt8]] = [:]

    private var inodes: [Int: Inode] = [:]
    private var nextInode = 0
    private var entries: [String: Int] = [:]
    private var durableEntries: [String: Int] = [:]
    private var pendingEntries: [PendingEntry] = []
    private var folders: Set<String> = []

    // MARK: Files

    mutating func open(_ path: String, _ mode: FileMode) throws(FileError) -> Int {
        if let inode = entries[path] {
            guard mode != .createNew else { throw error(.open, path, EEXIST) }
            return inode
        }
        guard mode != .read else { throw error(.open, path, ENOENT) }
        try live(.open, path)
        guard folders.contains(folder(of: path)) else { throw error(.open, path, ENOENT) }
        guard room > 0 else { throw error(.open, path, ENOSPC) }
        let inode = nextInode
        nextInode += 1
        inodes[inode] = Inode()
        change(.link(path: path, inode: inode))
        return inode
    }

    func size(_ inode: Int) -> Int { inodes[inode, default: Inode()].current.count }

    mutating func read(_ inode: Int, _ path: String, at offset: Int, count: Int) throws(FileError) -> ArraySlice<UInt8>
    {
        if countDown(\.failReadAfter) { throw error(.read, path, EIO) }
        let content = inodes[inode, default: Inode()].current
        let start = min(offset, content.count)
        return content[start..<min(start + count, content.count)]
    }

    mutating func write(_ inode: Int, _ path: String, _ bytes: [UInt8], at offset: Int) throws(FileError) -> Int {
        guard bytes.count > 0 else { return 0 }
        try live(.write, path)
        var count = bytes.count
        if let seed = faults.shortWriteSeed {
            var generator = SeededGenerator(seed: seed)
            count = Int.random(in: 1...count, using: &generator)
            faults.shortWriteSeed = generator.next()
        }
        let fails = countDown(\.failWriteAfter)
        if fails { count /= 2 }
        let growth = offset + count - size(inode)
        if growth > room { count -= growth - max(room, 0) }
        if count > 0 {
            let write = PendingWrite.write(offset: offset, bytes: Array(bytes.prefix(count)))
            write.apply(to: &inodes[inode, default: Inode()].current)
            inodes[inode, default: Inode()].pending.append(write)
        }
        if fails { throw error(.write, path, EIO) }
        guard count > 0 else { throw error(.write, path, ENOSPC) }
        return count
    }

    mutating func truncate(_ inode: Int, _ path: String, to size: Int) throws(FileError) {
        try live(.truncate, path)
        let truncation = PendingWrite.truncate(size: size)
        truncation.apply(to: &inodes[inode, default: Inode()].current)
        inodes[inode, default: Inode()].pending.append(truncation)
    }

    mutating func synchronize(_ inode: Int, _ path: String) throws(FileError) {
        try live(.synchronize, path)
        syncs += 1
        var file = inodes[inode, default: Inode()]
        inodes[inode] = nil
        defer { inodes[inode] = file }
        if countDown(\.failSyncAfter) {
            // Some of it may have reached the disk. The rest stays in the cache, but counts as clean: readers see it,
            // and no later sync saves it.
            var generator = SeededGenerator(seed: UInt64(syncs))
            for write in file.pending { Self.survive(write, &file.durable, &generator) }
            file.pending = []
            throw error(.synchronize, path, EIO)
        }
        for write in file.pending { write.apply(to: &file.durable) }
        file.pending = []
    }

    // MARK: Folders

    mutating func makeFolder(_ path: String) { folders.insert(path) }

    func list(_ folder: String) throws(FileError) -> [String] {
        guard folders.contains(folder) else { throw error(.list, folder, ENOENT) }
        return entries.keys.filter { self.folder(of: $0) == folder }.map { String($0.dropFirst(folder.count + 1)) }
            .sorted()
    }

    mutating func rename(_ path: String, to newPath: String) throws(FileError) {
        guard let inode = entries[path] else { throw error(.rename, path, ENOENT) }
        try live(.rename, path)
        change(.rename(from: path, to: newPath, inode: inode))
    }

    mutating func remove(_ path: String) throws(FileError) {
        guard let inode = entries[path] else { throw error(.remove, path, ENOENT) }
        try live(.remove, path)
        removed[path] = inodes[inode]?.current
        change(.unlink(path: path))
    }

    mutating func synchronizeFolder(_ folder: String) throws(FileError) {
        try live(.synchronize, folder)
        syncs += 1
        if countDown(\.failSyncAfter) { throw error(.synchronize, folder, EIO) }
        var rest: [PendingEntry] = []
        for entry in pendingEntries {
            if self.folder(of: entry.path) == folder { entry.apply(to: &durableEntries) } else { rest.append(entry) }
        }
        pendingEntries = rest
    }

    private mutating func change(_ entry: PendingEntry) {
        entry.apply(to: &entries)
        pendingEntries.append(entry)
    }

    // MARK: Crash

    /// Loses power: each change that was not synced is kept, lost, or (content) kept in part.
    mutating func crash(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        generation += 1
        faults.dieAfter = nil
        locks = [:]
        for change in pendingEntries where !generator.oneIn(3) { change.apply(to: &durableEntries) }
        pendingEntries = []
        entries = durableEntries
        for number in inodes.keys.sorted() {
            guard entries.values.contains(number), var file = inodes[number] else {
                inodes[number] = nil
                continue
            }
            for write in file.pending { Self.survive(write, &file.durable, &generator) }
            file.current = file.durable
            file.pending = []
            inodes[number] = file
        }
    }

    /// What a crash makes of one unsynced write.
    private static func survive(_ write: PendingWrite, _ content: inout [UInt8], _ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return
        case 1: write.apply(to: &content)
        default:
            guard case .write(let offset, let bytes) = write else { return write.apply(to: &content) }
            let sector = 512
            var start = 0
            while start < bytes.count {
                // Sectors lie at multiples of their size in the file, wherever the write began.
                let end = min(bytes.count, start + sector - (offset + start) % sector)
                let piece = Array(bytes[start..<end])
                // Nor is a sector safe that is overwritten by what it holds already: it may come out as garbage.
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: break
                case 1:
                    PendingWrite.write(offset: offset + start, bytes: generator.bytes(piece.count)).apply(to: &content)
                case 2:
                    let zeros = [UInt8](repeating: 0, count: piece.count)
                    PendingWrite.write(offset: offset + start, bytes: zeros).apply(to: &content)
                default: PendingWrite.write(offset: offset + start, bytes: piece).apply(to: &content)
                }
                start = end
            }
        }
    }

    // MARK: Image

    /// What readers see now.
    var image: DiskImage { DiskImage(files: entries.mapValues { inodes[$0, default: Inode()].current }) }

    /// Puts a file there as if it had always been.
    mutating func put(_ bytes: [UInt8], at path: String) {
        folders.insert(folder(of: path))
        inodes[nextInode] = Inode(current: bytes, durable: bytes)
        entries[path] = nextInode
        durableEntries[path] = nextInode
        nextInode += 1
    }

    // MARK: Helpers

    private var room: Int {
        guard let capacity = faults.capacity else { return .max }
        return capacity - entries.values.reduce(0) { $0 + size($1) }
    }

    private mutating func countDown(_ fault: WritableKeyPath<DiskFaults, Int?>) -> Bool {
        guard let left = faults[keyPath: fault] else { return false }
        faults[keyPath: fault] = left == 0 ? nil : left - 1
        return left == 0
    }

    private func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// Counts a change, and refuses it once the disk is dead.
    private mutating func live(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        guard let left = faults.dieAfter else { return }
        guard left > 0 else { throw error(operation, path, EIO) }
        faults.dieAfter = left - 1
    }

    func error(_ operation: FileError.Operation, _ path: String, _ code: CInt) -> FileError {
        FileError(operation, path: path, code: code, reason: String(cString: strerror(code)))
    }
}
