import Glibc

/// A file that an import reads or an export writes; with Terminal the only file of the console that makes system calls.
final class ExchangeFile {
    let path: String
    private let descriptor: Int32
    /// Where the bytes stand until the file is whole; nil for reading and for standard output.
    private let temporary: String?
    private var buffer: [UInt8] = []
    private static let bufferBytes = 256 << 10

    private init(_ path: String, _ descriptor: Int32, temporary: String? = nil) {
        self.path = path
        self.descriptor = descriptor
        self.temporary = temporary
    }

    deinit {
        if descriptor > 2 { close(descriptor) }
        // Half a file would pass for a whole one.
        if let temporary { unlink(temporary) }
    }

    // MARK: Reading

    /// Opens a file for reading; `-` is standard input.
    static func reading(_ path: String) throws(ImportProblem) -> ExchangeFile {
        guard path != "-" else { return ExchangeFile(path, Terminal.standardInput) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem("open", path) }
        return ExchangeFile(path, descriptor)
    }

    /// The bytes of a regular file; nil for a pipe.
    var size: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The next bytes; nil at the end. Calls `isStopped` when a signal comes meanwhile, and ends if it says so.
    func read(_ isStopped: () -> Bool) -> [UInt8]? {
        while true {
            switch Terminal.read(from: descriptor, upTo: Self.bufferBytes) {
            case .bytes(let bytes): return bytes
            case .end: return nil
            case .silence, .interrupted: if isStopped() { return nil }
            }
        }
    }

    // MARK: Writing

    /// Opens a file for writing beside its place, `-` being standard output. It is in its place after `finish` only.
    static func writing(_ path: String) throws(ImportProblem) -> ExchangeFile {
        guard path != "-" else { return ExchangeFile(path, 1) }
        let temporary = path + ".part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("open", temporary) }
        return ExchangeFile(path, descriptor, temporary: temporary)
    }

    func write(_ bytes: [UInt8]) throws(ImportProblem) {
        buffer += bytes
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func flush() throws(ImportProblem) {
        var start = 0
        while start < buffer.count {
            let count = buffer[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.problem("write", path) }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Makes sure of every byte and puts the file in its place.
    func finish() throws(ImportProblem) {
        try flush()
        guard let temporary else { return }
        guard fsync(descriptor) == 0 else { throw Self.problem("fsync", path) }
        guard rename(temporary, path) == 0 else { throw Self.problem("rename", path) }
    }

    private static func problem(_ call: String, _ path: String) -> ImportProblem {
        ImportProblem(reason: "cannot \(call) \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: The rest of the system

    static var isErrorTerminal: Bool { isatty(2) == 1 }

    /// Waits, unless a signal comes.
    static func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
