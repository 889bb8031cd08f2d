import Glibc
import Synchronization

/// The standard streams and the terminal behind them; the only file of the console that makes system calls.
enum Terminal {
    enum Input: Equatable {
        case bytes([UInt8])
        case end
        /// Nothing came in the time given.
        case silence
        /// A signal came in between: the window may have another size.
        case interrupted
    }

    static let standardInput: Int32 = 0

    // MARK: What is there

    /// A person sits at both ends, on a terminal that can move its cursor.
    static var isInteractive: Bool {
        isatty(0) == 1 && isatty(1) == 1 && environment("TERM") != "dumb"
    }

    static var outputStyle: Style { Style(isColoured: isatty(1) == 1 && wantsColours) }
    static var errorStyle: Style { Style(isColoured: isatty(2) == 1 && wantsColours) }

    private static var wantsColours: Bool {
        (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Cells in a row and rows of the window; nil when standard output is no terminal.
    static var size: (columns: Int, rows: Int)? {
        var window = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return (Int(window.ws_col), max(1, Int(window.ws_row)))
    }

    // MARK: Raw mode

    /// Keys arrive one by one and unechoed while the body runs; bracketed paste is on.
    static func withRawMode<Result>(_ body: () -> Result) -> Result {
        var normal = termios()
        guard tcgetattr(0, &normal) == 0 else { return body() }
        var raw = normal
        cfmakeraw(&raw)
        // Output keeps its line breaks, so that messages printed in between look as always.
        raw.c_oflag |= tcflag_t(OPOST)
        _ = tcsetattr(0, TCSADRAIN, &raw)
        write("\u{1B}[?2004h")
        defer {
            write("\u{1B}[?2004l")
            _ = tcsetattr(0, TCSADRAIN, &normal)
        }
        return body()
    }

    // MARK: Bytes

    /// Waits for bytes; nil as time-out waits for ever.
    static func read(from descriptor: Int32, timeoutMilliseconds: Int32? = nil, upTo limit: Int = 65536) -> Input {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&entry, 1, timeoutMilliseconds ?? -1)
        if ready == 0 { return .silence }
        if ready < 0 { return errno == EINTR ? .interrupted : .end }
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, limit))
        }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    static func write(_ text: String, to descriptor: Int32 = 1) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A reader that is gone wants no more; there is nobody to tell.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    static func writeLines(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        write(lines.joined(separator: "\n") + "\n")
    }

    static func writeError(_ line: String) { write(line + "\n", to: 2) }

    // MARK: Signals

    private static let isInterruptRequested = Atomic(false)

    /// Lets ctrl-c end a wait instead of the program, and a new window size wake the reader.
    static func catchSignals() {
        isInterruptRequested.store(false, ordering: .relaxed)
        install(SIGINT) { _ in Terminal.isInterruptRequested.store(true, ordering: .relaxed) }
        install(SIGWINCH) { _ in }
    }

    private static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        // Without SA_RESTART: the waiting call has to come back to see what happened.
        _ = sigaction(signal, &action, nil)
    }

    /// Whether ctrl-c was pressed since the last time somebody asked.
    static func takeInterrupt() -> Bool { isInterruptRequested.exchange(false, ordering: .relaxed) }
}
