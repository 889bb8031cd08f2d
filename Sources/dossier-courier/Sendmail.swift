import Glibc

/// What a mail program has made of a message.
enum Handover: Equatable {
    case sent
    /// It will never go: why.
    case bounced(String)
    /// It may go later: why.
    case failed(String)
}

/// A sendmail-compatible program: the message on its standard input, its verdict as its exit status.
struct Sendmail {
    let command: [String]
    let seconds: Int

    /// Hands a message over and waits for the verdict.
    /// - Parameter sender: where a mail server is to send it back to.
    func hand(_ mail: String, from sender: String) -> Handover {
        guard let (inputEnd, input) = Self.pipe() else { return .failed(Self.reason("pipe")) }
        guard let (errors, errorsEnd) = Self.pipe() else {
            close(input)
            close(inputEnd)
            return .failed(Self.reason("pipe"))
        }
        defer { close(errors) }
        let started = start(command + ["-f", sender], input: inputEnd, errors: errorsEnd)
        close(inputEnd)
        close(errorsEnd)
        guard case .success(let process) = started else {
            close(input)
            if case .failure(let error) = started { return .failed(error.reason) }
            return .failed("not started")
        }
        let said = converse(mail, input: input, errors: errors)
        guard let said else {
            kill(process, SIGKILL)
            _ = Self.wait(process)
            return .failed("\(command[0]) took longer than \(seconds) seconds")
        }
        return verdict(Self.wait(process), said)
    }

    private func start(_ command: [String], input: Int32, errors: Int32) -> Result<pid_t, UsageError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let status = posix_spawn(&process, command[0], &actions, nil, &words, environ)
        guard status == 0 else {
            return .failure(UsageError(reason: "\(command[0]): \(String(cString: strerror(status)))"))
        }
        return .success(process)
    }

    /// Writes the message while reading what the program says of it; closes `input`. Nil when it takes too long.
    private func converse(_ mail: String, input: Int32, errors: Int32) -> String? {
        var rest = Array(mail.utf8)[...]
        var said: [UInt8] = []
        var isWriting = true
        defer { if isWriting { close(input) } }
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            var entries = [pollfd(fd: errors, events: Int16(POLLIN), revents: 0)]
            if isWriting { entries.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
            _ = poll(&entries, nfds_t(entries.count), Int32(left.components.seconds * 1_000 + 1))
            if isWriting, entries[1].revents != 0 {
                let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
                if count >= 0 { rest = rest.dropFirst(count) }
                if rest.isEmpty || (count < 0 && errno != EAGAIN && errno != EINTR) {
                    isWriting = false
                    close(input)
                }
            }
            guard entries[0].revents != 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(errors, &buffer, buffer.count)
            if count == 0 { return Self.oneLine(said) }
            if count > 0, said.count < 4_096 { said += buffer.prefix(count) }
        }
    }

    /// Both ends are closed in the program that is started, but for those that become its standard streams.
    private static func pipe() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func oneLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(600), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// The exit statuses of sysexits.h: bad data, no such user and no such host will not get better.
    private func verdict(_ status: Int32, _ said: String) -> Handover {
        guard status & 0x7F == 0 else { return .failed("\(command[0]) ended with signal \(status & 0x7F) \(said)") }
        let code = status >> 8 & 0xFF
        switch code {
        case 0: return .sent
        case 65, 67, 68: return .bounced(said.isEmpty ? "exit status \(code)" : said)
        default: return .failed(said.isEmpty ? "exit status \(code)" : said)
        }
    }

    private static func reason(_ call: String) -> String { "\(call): \(String(cString: strerror(errno)))" }
}
