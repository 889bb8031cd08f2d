import Glibc

/// A file that cannot be used, told in a sentence.
struct FileError: Error, Equatable {
    let reason: String
}

/// Small text files, read and written whole.
enum TextFile {
    /// The text of a file, or of standard input for `-`.
    static func read(_ path: String) throws(FileError) -> String {
        let descriptor = path == "-" ? Terminal.standardInput : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        reading: while true {
            switch Terminal.read(from: descriptor) {
            case .bytes(let more): bytes += more
            case .end: break reading
            case .silence, .interrupted: continue
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(reason: "\(path) is not UTF-8 text")
        }
        return text
    }

    /// Adds a line at the end of a file that only its owner may read.
    static func append(_ line: String, to path: String) throws(FileError) {
        try write(line + "\n", to: path, flags: O_APPEND)
    }

    /// Puts another text in the place of a file's own, at once.
    static func replace(_ path: String, with text: String) throws(FileError) {
        let temporary = path + ".new"
        try write(text, to: temporary, flags: O_TRUNC)
        guard rename(temporary, path) == 0 else { throw failure("rename", temporary) }
    }

    private static func write(_ text: String, to path: String, flags: Int32) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        Terminal.write(text, to: descriptor)
        close(descriptor)
    }

    private static func failure(_ call: String, _ path: String) -> FileError {
        FileError(reason: "cannot \(call) \(path): \(String(cString: strerror(errno)))")
    }
}

/// The history between two conversations. A file that cannot be read or written only means a shorter memory, so its
/// failures are not worth a word.
struct HistoryFile {
    let path: String

    /// In the person's home folder; nil when there is none.
    init?() {
        guard let home = Terminal.environment("HOME"), !home.isEmpty else { return nil }
        path = home + "/.dossier_history"
    }

    func load() -> History {
        do throws(FileError) {
            let lines = try TextFile.read(path).split(separator: "\n").map(String.init)
            let history = History(lines)
            if lines.count > 2 * History.limit {
                try TextFile.replace(path, with: history.lines.map { $0 + "\n" }.joined())
            }
            return history
        } catch {
            return History()
        }
    }

    func append(_ line: String) {
        do throws(FileError) { try TextFile.append(line, to: path) } catch { return }
    }
}
