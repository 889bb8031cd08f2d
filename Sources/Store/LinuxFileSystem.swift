import Bytes
import Glibc

/// The real file system. Every call goes straight to the kernel and blocks.
package struct LinuxFileSystem: FileSystem {
    package init() {}

    package func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .write: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        let descriptor = try check(.open, path) { Glibc.open(path, flags | O_CLOEXEC, 0o640) }
        return LinuxFile(path: path, descriptor: descriptor)
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        _ = try check(.rename, path) { Glibc.rename(path, newPath) }
    }

    package func remove(_ path: String) throws(FileError) {
        _ = try check(.remove, path) { unlink(path) }
    }

    package func list(_ folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw systemError(.list, folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw systemError(.list, folder) }
        return names.sorted()
    }

    package func synchronizeFolder(_ folder: String) throws(FileError) {
        let descriptor = try check(.open, folder) { Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { _ = Glibc.close(descriptor) }
        _ = try check(.synchronize, folder) { fsync(descriptor) }
    }

    package func makeFolder(_ folder: String) throws(FileError) {
        if mkdir(folder, 0o750) == 0 { return try synchronizeFolder(parent(of: folder)) }
        if errno == EEXIST { return }
        guard errno == ENOENT, parent(of: folder) != folder else { throw systemError(.makeFolder, folder) }
        try makeFolder(parent(of: folder))
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw systemError(.makeFolder, folder) }
        try synchronizeFolder(parent(of: folder))
    }

    private func parent(of path: String) -> String {
        var components = path.split(separator: "/", omittingEmptySubsequences: true)
        components.removeLast(min(1, components.count))
        let joined = components.joined(separator: "/")
        if path.hasPrefix("/") { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }

    package func lock(_ path: String, holder: String) throws(FileError) -> LockOutcome {
        let descriptor = try check(.lock, path) { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640) }
        let file = LinuxFile(path: path, descriptor: descriptor)
        var buffer = ByteWriter()
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else { throw systemError(.lock, path) }
            try file.read(at: 0, count: 256, into: &buffer)
            return .held(holder: buffer.span.text)
        }
        try file.truncate(to: 0)
        buffer.append(holder)
        try file.writeAll(buffer.span, at: 0)
        return .taken(LinuxLock(descriptor: file.release()))
    }
}

/// An open file of the real file system.
private final class LinuxFile: File {
    let path: String
    /// -1 once it is closed.
    private var descriptor: CInt

    init(path: String, descriptor: CInt) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

    func size() throws(FileError) -> Int {
        var status = stat()
        _ = try check(.size, path) { fstat(descriptor, &status) }
        return Int(status.st_size)
    }

    func read(at offset: Int, count: Int, into buffer: inout ByteWriter) throws(FileError) {
        var done = 0
        while done < count {
            let before = buffer.count
            try buffer.appendUninitialized(count - done) { (free) throws(FileError) -> Int in
                try check(.read, path) { pread(descriptor, free.baseAddress, free.count, offset + done) }
            }
            guard buffer.count > before else { return }
            done += buffer.count - before
        }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) -> Int {
        guard bytes.count > 0 else { return 0 }
        let written = try check(.write, path) {
            bytes.withUnsafeBufferPointer { pwrite(descriptor, $0.baseAddress, $0.count, offset) }
        }
        // The kernel may write nothing only if it is asked to write nothing; taken as full, never as a reason to spin.
        guard written > 0 else { throw FileError(.write, path: path, code: ENOSPC, reason: "nothing was written") }
        return written
    }

    func synchronizeData() throws(FileError) { _ = try check(.synchronize, path) { fdatasync(descriptor) } }

    func truncate(to size: Int) throws(FileError) {
        _ = try check(.truncate, path) { ftruncate(descriptor, size) }
    }

    func isOpenElsewhere() -> Bool {
        // A write lease is granted to whoever alone has the file open: fcntl(2), whose `F_SETLEASE` and `F_SETSIG` Glibc's module
        // leaves out. Who opens the file in that moment has us sent a signal: one that does nothing, where `SIGIO` would kill.
        let (setLease, setSignal): (CInt, CInt) = (1_024, 10)
        guard fcntl(descriptor, setSignal, SIGURG) == 0, fcntl(descriptor, setLease, CInt(F_WRLCK)) == 0 else {
            return true
        }
        _ = fcntl(descriptor, setLease, CInt(F_UNLCK))
        return false
    }

    func close() throws(FileError) {
        guard descriptor >= 0 else { return }
        let result = Glibc.close(release())
        // Linux has closed the descriptor even when it says EINTR; trying again could close another file.
        guard result == 0 || errno == EINTR else { throw systemError(.close, path) }
    }

    /// Hands the descriptor over to the caller.
    func release() -> CInt {
        defer { descriptor = -1 }
        return descriptor
    }
}

/// A lock lives as long as its descriptor is open; the kernel lets go of it when the process dies.
private final class LinuxLock: FileLock {
    private let descriptor: CInt

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    func release() { _ = flock(descriptor, LOCK_UN) }
}

private func systemError(_ operation: FileError.Operation, _ path: String) -> FileError {
    let code = errno
    return FileError(operation, path: path, code: code, reason: String(cString: strerror(code)))
}

/// Runs a system call, again when a signal interrupts it; a negative result becomes an error.
private func check<Result: SignedInteger>(
    _ operation: FileError.Operation, _ path: String, _ call: () -> Result
) throws(FileError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard errno == EINTR && operation != .synchronize else { throw systemError(operation, path) }
    }
}
