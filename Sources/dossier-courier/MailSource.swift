import Glibc

/// Where mails that came in lie.
enum MailSource: Equatable {
    /// One mail, as a mail server's pipe hands it over.
    case standardInput
    /// A Maildir (mails in `new`, which go to `cur` when they are read) or an mbox file (which stays as it is: to read it again
    /// changes nothing).
    case path(String)

    /// A mail that is waiting.
    struct Item {
        let name: String
        let bytes: () throws(UsageError) -> [UInt8]
        /// To be called when it was read.
        let finish: () throws(UsageError) -> Void
    }

    /// The longest mail that is read whole; of a longer one the end is left out, where nothing stands that matters.
    static let longestMail = 64 << 20

    func mails() throws(UsageError) -> [Item] {
        guard case .path(let path) = self else {
            return [
                Item(
                    name: "mail",
                    bytes: { () throws(UsageError) in try Self.read(STDIN_FILENO, "standard input", Self.longestMail) },
                    finish: {})
            ]
        }
        if Self.isFolder("\(path)/new") { return try Self.maildir(path) }
        guard !Self.isFolder(path) else { throw UsageError(reason: "\(path): no Maildir: it has no folder new") }
        return Self.mbox(try Self.read(file: path, .max)).enumerated().map { number, mail in
            Item(name: "\(path) mail \(number + 1)", bytes: { mail }, finish: {})
        }
    }

    // MARK: Maildir

    private static func maildir(_ path: String) throws(UsageError) -> [Item] {
        guard isFolder("\(path)/cur") else { throw UsageError(reason: "\(path): no Maildir: it has no folder cur") }
        return try names(in: "\(path)/new").map { name in
            let file = "\(path)/new/\(name)"
            return Item(
                name: name, bytes: { () throws(UsageError) in try read(file: file, longestMail) },
                finish: { () throws(UsageError) in
                    // `2,S`: somebody has seen it.
                    guard rename(file, "\(path)/cur/\(name):2,S") == 0 else { throw failure(file) }
                })
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Names of files, sorted: in a Maildir they begin with the second in which they came.
    private static func names(in folder: String) throws(UsageError) -> [String] {
        guard let opened = opendir(folder) else { throw failure(folder) }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    // MARK: mbox

    /// Mails begin with a line `From `, behind an empty line; lines of a mail that begin so have a `>` in front.
    static func mbox(_ bytes: [UInt8]) -> [[UInt8]] {
        var mails: [[UInt8]] = []
        var mail: [UInt8] = []
        var isBehindEmptyLine = true
        var rest = bytes[...]
        while let line = MailPart.line(rest) {
            let whole = rest[..<line.rest.startIndex]
            if isBehindEmptyLine, line.content.starts(with: Array("From ".utf8)) {
                if !mail.isEmpty { mails.append(mail) }
                mail = []
            } else {
                let isQuoted = line.content.drop { $0 == UInt8(ascii: ">") }.starts(with: Array("From ".utf8))
                mail += isQuoted && whole.first == UInt8(ascii: ">") ? whole.dropFirst() : whole
            }
            isBehindEmptyLine = line.content.isEmpty
            rest = line.rest
        }
        if !mail.isEmpty { mails.append(mail) }
        return mails
    }

    // MARK: Reading

    static func read(file: String, _ most: Int) throws(UsageError) -> [UInt8] {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(file) }
        defer { close(descriptor) }
        return try read(descriptor, file, most)
    }

    /// Reads to the end, so that whoever writes is not stopped, and keeps the first `most` bytes.
    private static func read(_ descriptor: Int32, _ name: String, _ most: Int) throws(UsageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(name) }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(min(count, most - bytes.count))
        }
    }

    private static func failure(_ path: String) -> UsageError {
        UsageError(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
