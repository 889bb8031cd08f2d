import Glibc

/// A file that remembers what left but was not reported yet. A courier that ends in between finds it there at its next
/// start and reports it, instead of sending the message again when its lease has ended.
///
/// A line is `sent SHOP MESSAGE ATTEMPT`, or `done …` once the server knows. What was handed over in the very moment of a
/// crash, before the line was written, is not in it: that message may leave twice, under the same Message-ID.
struct HandoverLog {
    struct Entry: Hashable {
        let shop: String
        let message: String
        let attempt: Int

        var text: String { "\(shop) \(message) \(attempt)" }
    }

    private let path: String?

    init(path: String?) { self.path = path }

    /// What left and was never reported, oldest first. The file begins anew with these.
    func open() throws(UsageError) -> [Entry] {
        guard let path else { return [] }
        var open: [Entry] = []
        for line in try Self.read(path).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 4, let attempt = Int(words[3]) else { continue }
            let entry = Entry(shop: String(words[1]), message: String(words[2]), attempt: attempt)
            if words[0] == "sent" { open.append(entry) } else { open.removeAll { $0 == entry } }
        }
        try write(open.map { "sent \($0.text)\n" }.joined(), flags: O_TRUNC)
        return open
    }

    func sent(_ entry: Entry) throws(UsageError) { try write("sent \(entry.text)\n", flags: O_APPEND) }

    func reported(_ entry: Entry) throws(UsageError) { try write("done \(entry.text)\n", flags: O_APPEND) }

    private func write(_ text: String, flags: Int32) throws(UsageError) {
        guard let path else { return }
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fdatasync(descriptor) == 0 else {
            throw Self.failure(path)
        }
    }

    private static func read(_ path: String) throws(UsageError) -> String {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return "" }
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }

    private static func failure(_ path: String) -> UsageError {
        UsageError(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
