import Foundation
import Glibc
import Testing
import dossier

/// The real program on a pseudo-terminal: a person types, the screen answers.
@Suite struct ConsoleConversationTests {
    /// The keyboard and the screen of a child process.
    private final class Person {
        let home: URL
        private let terminal: Int32
        private let process = Process()
        private var seen = ""

        init(port: UInt16) throws {
            home = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            var (ours, theirs) = (Int32(-1), Int32(-1))
            var size = winsize(ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0)
            try #require(openpty(&ours, &theirs, nil, nil, &size) == 0, "no pseudo-terminal")
            terminal = ours
            let child = FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
            process.executableURL = try ConsoleProgramTests.program()
            process.arguments = ["--port", "\(port)"]
            process.environment = ["HOME": home.path, "TERM": "xterm", "NO_COLOR": "1"]
            process.standardInput = child
            process.standardOutput = child
            process.standardError = child
            try process.run()
        }

        deinit {
            if process.isRunning { stop() }
            Glibc.close(terminal)
        }

        /// Waits for the prompt first: keys typed before it meet a terminal that still edits lines by itself.
        func type(_ keys: String) {
            guard sees("dossier> ") else { return }
            let bytes = Array(keys.utf8)
            #expect(Glibc.write(terminal, bytes, bytes.count) == bytes.count)
        }

        /// Reads the screen until a text shows, and forgets what came before its end.
        func sees(_ text: String) -> Bool {
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            while ContinuousClock.now < deadline {
                if let range = seen.range(of: text) {
                    seen = String(seen[range.upperBound...])
                    return true
                }
                var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
                guard poll(&entry, 1, 1000) > 0 else { continue }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = read(terminal, &buffer, buffer.count)
                guard count > 0 else { break }
                seen += String(decoding: buffer[..<count], as: UTF8.self)
            }
            Issue.record("the screen never showed \(text.debugDescription), but \(seen.debugDescription)")
            return false
        }

        /// A child of a test process may have inherited a mask that blocks every signal that can be blocked.
        private func stop() { kill(process.processIdentifier, SIGKILL) }

        /// The exit status; a child that stays is recorded and stopped, so that a failure ends.
        func waitForExit() -> Int32 {
            let ended = DispatchSemaphore(value: 0)
            Thread.detachNewThread { [process] in
                process.waitUntilExit()
                ended.signal()
            }
            if ended.wait(timeout: .now() + 20) == .timedOut {
                Issue.record("the program did not end, the screen shows \(seen.debugDescription)")
                stop()
                ended.wait()
            }
            return process.terminationStatus
        }

        var history: String {
            get throws { try String(contentsOf: home.appending(path: ".dossier_history"), encoding: .utf8) }
        }
    }

    private static func answer(_ line: String) -> String? {
        switch line.split(separator: " ").first {
        case "HELP": "ROW {\"command\":\"PING\",\"arguments\":\"\"}\nOK\n"
        case "PING": "OK {\"pong\":true}\n"
        case "AUTH": "OK {\"who\":\"\(line.dropFirst(5))\"}\n"
        case "STOP": nil
        default: "ERR UNKNOWN there is no \(line)\n"
        }
    }

    @Test func aPersonTalksToTheServer() throws {
        let server = try FakeServer(answering: Self.answer)
        let person = try Person(port: server.port)
        defer { Result { try FileManager.default.removeItem(at: person.home) }.expectSuccess() }
        person.type("pi\t\r")
        #expect(person.sees("pong  true\r\n"))
        person.type("nope é\u{7F}x\r")
        #expect(person.sees("UNKNOWN: there is no nope x\r\n"))
        person.type(".json on\r\u{10}\u{10}\u{10}\r")
        #expect(person.sees("{\"pong\":true}\r\n"))
        person.type("AUTH secret\r")
        #expect(person.sees("{\"who\":\"secret\"}\r\n"))
        // The server hangs up; the next command finds it again and says who it is first.
        person.type("STOP\r")
        #expect(person.sees("the server closed the connection"))
        person.type("PING\r")
        #expect(person.sees("{\"pong\":true}\r\n"))
        person.type("half a line\u{03}\u{04}")
        #expect(person.waitForExit() == 0)
        #expect(try person.history == "PING\nnope x\n.json on\nPING\nSTOP\nPING\n")
    }

    @Test func quitsByItsOwnCommand() throws {
        let server = try FakeServer(answering: Self.answer)
        let person = try Person(port: server.port)
        defer { Result { try FileManager.default.removeItem(at: person.home) }.expectSuccess() }
        person.type(".time on\rPING\r")
        #expect(person.sees(" ms\r\n"))
        person.type(".quit\r")
        #expect(person.waitForExit() == 0)
    }
}
