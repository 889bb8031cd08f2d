import Bytes
import Glibc

/// A file of `order customer` lines, one per acknowledged order: what a server that was killed must still have.
package struct AcknowledgementLog: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var buffer = ByteWriter(capacity: 1 << 17)

    /// Appends to the file; makes it if there is none.
    package init(path: String) throws(LoadError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    package mutating func append(order: String, customer: Span<UInt8>) {
        buffer.append(order)
        buffer.append(UInt8(ascii: " "))
        buffer.append(customer)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= 1 << 16 { flush() }
    }

    /// Writes what is buffered. A disk that takes nothing ends the program: the file would lie.
    package mutating func flush() {
        guard writeAll(descriptor, buffer.span) else {
            Console.error("dossier-load: \(path): \(errorText(errno))")
            exit(1)
        }
        buffer.removeAll()
    }

    /// Reads such a file: each order once, with the customer named last. A last line without its end was cut short by
    /// a kill of the driver and is left out.
    package static func read(path: String) throws(LoadError) -> [(order: String, customer: String)] {
        let bytes = try readFile(path)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var places: [String: Int] = [:]
        var result: [(order: String, customer: String)] = []
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard words.count == 2 else { throw .malformedAcknowledgement(line: index + 1) }
            let order = String(decoding: words[0], as: UTF8.self)
            let customer = String(decoding: words[1], as: UTF8.self)
            if let place = places[order] {
                result[place].customer = customer
            } else {
                places[order] = result.count
                result.append((order, customer))
            }
        }
        return result
    }
}

/// Writes all bytes to a blocking descriptor; false leaves the reason in `errno`.
func writeAll(_ descriptor: Int32, _ bytes: Span<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
        var done = 0
        while done < buffer.count {
            let written = write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return false }
            done += written
        }
        return true
    }
}

/// The whole file.
func readFile(_ path: String) throws(LoadError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, code: errno) }
    defer { close(descriptor) }
    var content = ByteWriter(capacity: 1 << 16)
    while true {
        var result = 0
        content.appendUninitialized(1 << 16) { buffer in
            result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            return max(0, result)
        }
        if result == 0 { return content.copyBytes() }
        guard result > 0 || errno == EINTR else { throw .file(path: path, code: errno) }
    }
}
