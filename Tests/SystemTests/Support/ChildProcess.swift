import Foundation

/// How a process ended.
enum Ending: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
}

/// A program of the package as a child process, with its output gathered as it comes.
final class ChildProcess: @unchecked Sendable {
    let identifier: pid_t
    let output: OutputCollector
    let error: OutputCollector
    private var ending: Ending?

    /// How the child finds its signals.
    enum Signals {
        /// As a shell would start it.
        case usual
        /// Blocked and ignored, as a careless parent may leave them to its children.
        case blocked
    }

    /// - Parameter input: a file for standard input; nothing unless given.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        signals: Signals = .usual
    ) throws {
        output = try OutputCollector()
        error = try OutputCollector()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writeDescriptor, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error.writeDescriptor, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.set(signals, &attributes)

        var command = [try Self.path(of: program)] + arguments
        if signals == .blocked { command = ["/bin/sh", "-c", "trap '' TERM INT; exec \"$0\" \"$@\""] + command }
        let path = command[0]
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var identifier = pid_t()
        let status = posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
        output.startReading()
        error.startReading()
        guard status == 0 else { throw TestFailure("\(path): \(String(cString: strerror(status)))") }
        self.identifier = identifier
    }

    private static func set(_ signals: Signals, _ attributes: inout posix_spawnattr_t) {
        var mask = sigset_t()
        var defaults = sigset_t()
        sigemptyset(&mask)
        sigfillset(&defaults)
        if signals == .blocked { sigfillset(&mask) }
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// The programs stand beside the test bundle in the build folder.
    static func path(of program: String) throws -> String {
        if program.hasPrefix("/") { return program }
        let folders = [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()].compactMap { $0 }
        let candidates = folders.map { $0.appending(path: program).path }
        guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw TestFailure("\(program) is not beside the tests: \(candidates)")
        }
        return path
    }

    func send(_ signal: Int32) {
        if ending == nil { kill(identifier, signal) }
    }

    /// Waits for the end of the process; kills it, and throws, when it does not come in time.
    @discardableResult
    func waitForEnd(within seconds: Double = 60) throws -> Ending {
        if let ending { return ending }
        let isInTime = error.waitForEnd(within: seconds) && output.waitForEnd(within: seconds)
        if !isInTime { kill(identifier, SIGKILL) }
        let ended = reap()
        guard isInTime else { throw TestFailure("process \(identifier) did not end in \(seconds) seconds") }
        return ended
    }

    /// Ends the process at once, if it has not ended.
    func end() {
        guard ending == nil else { return }
        kill(identifier, SIGKILL)
        _ = reap()
    }

    private func reap() -> Ending {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let result: Ending = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        ending = result
        return result
    }
}

/// A program that ran to its end.
struct Finished {
    let ending: Ending
    let output: String
    let error: String
}

/// Runs a program to its end.
func runProgram(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
    within seconds: Double = 60
) throws -> Finished {
    let child = try ChildProcess(program, arguments, environment: environment, input: input)
    let ending = try child.waitForEnd(within: seconds)
    return Finished(ending: ending, output: child.output.text, error: child.error.text)
}
