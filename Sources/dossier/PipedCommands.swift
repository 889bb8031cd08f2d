import Client

/// Commands from a pipe or a file, one a line. All lines that have arrived are sent before their replies are awaited, so
/// a file goes at the speed of the server and a slow writer still gets each answer at once.
struct PipedCommands {
    private let options: Options
    private let printer: Printer

    init(_ options: Options) {
        self.options = options
        printer = Printer(showsJSON: options.showsJSON)
    }

    func run() -> Int32 {
        do throws(Session.Failure) {
            return try run(on: Session(options).connect())
        } catch {
            return printer.show(error)
        }
    }

    private func run(on client: Client) -> Int32 {
        var lines = CommandLines()
        var status = Program.Status.ok
        while true {
            switch Terminal.read(from: Terminal.standardInput) {
            case .bytes(let bytes): lines.append(bytes)
            case .end: lines.finish()
            case .silence, .interrupted: continue
            }
            let batch = lines.take()
            let result = run(batch, on: client)
            if result == Program.Status.noConnection { return result }
            status = max(status, result)
            if lines.isFinished { return status }
        }
    }

    private func run(_ batch: [CommandLines.Line], on client: Client) -> Int32 {
        var status = Program.Status.ok
        var answered = 0
        do throws(ClientError) {
            for line in batch { try client.send(line.text) }
            for line in batch {
                let reply = try client.receive()
                printer.show(reply, place: "line \(line.number): ")
                answered += 1
                if !reply.isOK { status = Program.Status.errorReply }
            }
            return status
        } catch {
            let first = batch.indices.contains(answered) ? "line \(batch[answered].number): " : ""
            return printer.show(.client(error), place: first)
        }
    }
}

/// Cuts piped bytes into command lines and counts them; blank lines and comments are left out.
package struct CommandLines {
    package struct Line: Equatable, Sendable {
        /// From 1, over all lines of the input.
        package let number: Int
        package let text: String
    }

    package private(set) var isFinished = false
    private var rest: [UInt8] = []
    private var complete: [Line] = []
    private var count = 0

    package init() {}

    package mutating func append(_ bytes: [UInt8]) {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest += bytes[start..<end]
            endLine()
            start = end + 1
        }
        rest += bytes[start...]
    }

    /// The input ended; a last line needs no line break.
    package mutating func finish() {
        if !rest.isEmpty { endLine() }
        isFinished = true
    }

    /// The lines that were completed since the last call.
    package mutating func take() -> [Line] {
        defer { complete = [] }
        return complete
    }

    private mutating func endLine() {
        count += 1
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        let text = String(decoding: rest, as: UTF8.self)
        rest.removeAll(keepingCapacity: true)
        let first = text.first { !$0.isWhitespace }
        if let first, first != "#" { complete.append(Line(number: count, text: text)) }
    }
}
