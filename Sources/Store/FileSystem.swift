import Bytes
import Glibc

/// One failed operation on one file, as the operating system told it.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Operation: String, Equatable, Sendable {
        case open, read, write, synchronize, truncate, size, close, rename, remove, list, makeFolder, lock
    }

    package let operation: Operation
    package let path: String
    /// The `errno` of the failed call.
    package let code: CInt
    /// The system's words for `code`, for people.
    package let reason: String

    package init(_ operation: Operation, path: String, code: CInt, reason: String) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = reason
    }

    /// Whether there is no room, for good or until a quota is raised.
    package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    package var description: String { "cannot \(operation.rawValue) \(path): \(reason) (errno \(code))" }
}

/// How a file is opened.
package enum FileMode: Equatable, Sendable {
    /// Must exist; only `read` and `size` may follow.
    case read
    /// Made if it is missing, kept if it is there.
    case write
    /// Must not exist yet (`EEXIST` otherwise).
    case createNew
}

/// An open file. Confined to whoever opened it; no two threads may use one handle at once.
package protocol File: AnyObject {
    /// The path it was opened under.
    var path: String { get }
    /// Current length in bytes.
    func size() throws(FileError) -> Int
    /// Appends up to `count` bytes from `offset` on to `buffer`. Fewer than `count` means that the file ends there.
    func read(at offset: Int, count: Int, into buffer: inout ByteWriter) throws(FileError)
    /// Writes a prefix of `bytes` and returns how many it wrote: at least 1 if there are any, perhaps fewer than all.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int
    /// Makes the content durable, and the length with it (`fdatasync`). Blocks. After an error the state on disk is
    /// unknown, and a second call may lie: never call again.
    func synchronizeData() throws(FileError)
    /// Cuts or extends (with zeros) to `size` bytes; durable only after `synchronizeData`.
    func truncate(to size: Int) throws(FileError)
    /// Whether anybody else, in this process or another, has the file open too; true where that cannot be told.
    func isOpenElsewhere() -> Bool
    /// Gives the handle back; calling twice is harmless. Dropping the last reference closes too.
    func close() throws(FileError)
}

/// Says that this process owns a folder, until it is released or dropped, or the process ends.
package protocol FileLock: Sendable {
    func release()
}

/// What the lock's file said when another process holds it.
package enum LockOutcome: Sendable {
    case taken(any FileLock)
    /// `holder` is what the owner wrote into the lock file.
    case held(holder: String)
}

/// The file system as the store needs it: real (`LinuxFileSystem`) or simulated. Any thread may call; all calls block.
package protocol FileSystem: Sendable {
    func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File
    /// Replaces `newPath` if it exists; durable only after `synchronizeFolder`.
    func rename(_ path: String, to newPath: String) throws(FileError)
    /// Durable only after `synchronizeFolder`.
    func remove(_ path: String) throws(FileError)
    /// Names (not paths) of the files in a folder, sorted.
    func list(_ folder: String) throws(FileError) -> [String]
    /// Makes the entries of a folder durable: files made, renamed and removed in it.
    func synchronizeFolder(_ folder: String) throws(FileError)
    /// Makes the folder and its parents unless they are there, durably.
    func makeFolder(_ folder: String) throws(FileError)
    /// Takes the lock of a file, which is made if missing and then says `holder`. Never waits.
    func lock(_ path: String, holder: String) throws(FileError) -> LockOutcome
}

extension File {
    /// Writes all bytes, however the system splits them.
    package func writeAll(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
        var written = 0
        while written < bytes.count {
            written += try write(bytes.extracting(written..<bytes.count), at: offset + written)
        }
    }

    /// Copies a range of bytes, as far as the file goes, to `offset` of another file, or over itself.
    package func copy(_ range: Range<Int>, to target: any File, at offset: Int) throws(FileError) {
        var buffer = ByteWriter()
        var done = 0
        while done < range.count {
            buffer.removeAll()
            try read(at: range.lowerBound + done, count: min(1 << 20, range.count - done), into: &buffer)
            guard buffer.count > 0 else { return }
            try target.writeAll(buffer.span, at: offset + done)
            done += buffer.count
        }
    }
}

extension FileSystem {
    /// The whole content of a small file; `limit` bytes at most are read, the rest is left out.
    package func contents(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try open(path, .read)
        var buffer = ByteWriter(capacity: 4096)
        try file.read(at: 0, count: min(limit, try file.size()), into: &buffer)
        try file.close()
        return buffer.copyBytes()
    }

    /// Replaces a file's content as one step that survives a crash whole: written aside, synced, renamed, and the
    /// folder synced.
    package func replace(_ path: String, in folder: String, with bytes: Span<UInt8>) throws(FileError) {
        let aside = path + ".tmp"
        let file = try open(aside, .write)
        try file.truncate(to: 0)
        try file.writeAll(bytes, at: 0)
        try file.synchronizeData()
        try file.close()
        try rename(aside, to: path)
        try synchronizeFolder(folder)
    }

    /// Removes a file from its end, a piece at a time: while a file system gives back what a file took, it holds up the syncs
    /// of others (ext4, 300 MB at once: 30 to 43 ms; so: 3). A larger file than a piece goes under another name first,
    /// durably, so that nobody takes what is left after a crash for a file of the store. One that somebody else has open goes
    /// at once, and stays whole for them. Blocks; durable only after `synchronizeFolder`.
    package func removeInPieces(
        _ path: String, in folder: String, pieceBytes: Int = 4 << 20, pauseMicroseconds: UInt32 = 1_000
    ) throws(FileError) {
        guard try open(path, .read).size() > pieceBytes else { return try remove(path) }
        let aside = path.hasSuffix(FileName.removingSuffix) ? path : path + FileName.removingSuffix
        if aside != path { try rename(path, to: aside) }
        try synchronizeFolder(folder)
        // What cannot be cut, since others may only read it, goes at once.
        do throws(FileError) { try cut(aside, pieceBytes, pauseMicroseconds) } catch {
            guard error.operation == .open else { throw error }
        }
        try remove(aside)
    }

    private func cut(_ path: String, _ pieceBytes: Int, _ pauseMicroseconds: UInt32) throws(FileError) {
        let file = try open(path, .write)
        guard !file.isOpenElsewhere() else { return }
        var size = try file.size()
        while size > pieceBytes {
            size -= pieceBytes
            try file.truncate(to: size)
            // Others' syncs go between.
            usleep(pauseMicroseconds)
        }
        try file.close()
    }
}
