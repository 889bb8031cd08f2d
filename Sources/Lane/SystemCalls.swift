import CLinux
import Glibc

/// A system call that the world, not the program, made fail.
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
    /// The call as its manual page names it.
    package let call: String
    /// The number the kernel gave, one of the `E…` constants.
    package let code: Int32

    package init(_ call: StaticString, _ code: Int32) {
        self.call = call.description
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code))) (error \(code))" }
}

/// What a read or a write on a non-blocking descriptor did.
enum Transfer: Equatable {
    /// Bytes moved; for a read, 0 is the end of the stream.
    case bytes(Int)
    /// Nothing to read, or no room to write, just now.
    case wouldBlock
}

/// Every system call of the module, in one form: interrupted calls are made again, "would block" is a value, what only
/// a wrong program can cause stops the program, and all else is a typed error.
enum SystemCalls {
    @inline(__always)
    private static func checked<Result: FixedWidthInteger & SignedInteger>(
        _ call: StaticString, _ body: () -> Result
    ) throws(SystemCallError) -> Result {
        while true {
            let result = body()
            if result != -1 { return result }
            let code = errno
            if code == EINTR { continue }
            try fail(call, code)
        }
    }

    @inline(never)
    private static func fail(_ call: StaticString, _ code: Int32) throws(SystemCallError) {
        // A stray descriptor or pointer would sooner or later hit somebody else's file: stop before it does.
        let isOurFault = code == EBADF || code == EFAULT || code == EINVAL || code == ENOTSOCK
        precondition(!isOurFault, "\(call) failed with error \(code): a wrong argument of our own")
        throw SystemCallError(call, code)
    }

    /// For calls that can only fail when the program is wrong.
    @inline(__always)
    private static func sure(_ call: StaticString, _ body: () -> Int32) {
        while body() == -1 {
            let code = errno
            precondition(code == EINTR, "\(call) failed with error \(code)")
        }
    }

    @inline(__always)
    private static func transfer(_ call: StaticString, _ body: () -> Int) throws(SystemCallError) -> Transfer {
        while true {
            let count = body()
            if count >= 0 { return .bytes(count) }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == EWOULDBLOCK { return .wouldBlock }
            try fail(call, code)
        }
    }

    // MARK: Bytes

    static func read(_ descriptor: Int32, into memory: UnsafeMutableRawBufferPointer) throws(SystemCallError)
        -> Transfer
    {
        try transfer("read") { Glibc.read(descriptor, memory.baseAddress, memory.count) }
    }

    /// Writes to a socket; a peer that is gone is an error here and never the signal SIGPIPE.
    static func send(_ descriptor: Int32, _ memory: UnsafeRawBufferPointer) throws(SystemCallError) -> Transfer {
        try transfer("send") {
            Glibc.send(descriptor, memory.baseAddress, memory.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Never repeated: Linux has released the descriptor even when `close` says that it was interrupted.
    static func close(_ descriptor: Int32) {
        let result = Glibc.close(descriptor)
        precondition(result == 0 || errno != EBADF, "close of a descriptor that is not open")
    }

    // MARK: Sockets

    static func socket(family: Int32) throws(SystemCallError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try checked("socket") { Glibc.socket(family, type, 0) }
    }

    static func setOption(_ descriptor: Int32, level: Int32, _ option: Int32, _ value: Int32) throws(SystemCallError) {
        var value = value
        _ = try checked("setsockopt") {
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// The error that waits on a socket, 0 if none; reading it clears it.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        sure("getsockopt") { getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) }
        return code
    }

    static func bind(_ descriptor: Int32, to address: SocketAddress) throws(SystemCallError) {
        _ = try address.withSocketAddress { (pointer, length) throws(SystemCallError) in
            try checked("bind") { Glibc.bind(descriptor, pointer, length) }
        }
    }

    static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemCallError) {
        _ = try checked("listen") { Glibc.listen(descriptor, backlog) }
    }

    /// The address a bound socket really has: the port that was given for port 0.
    static func localAddress(_ descriptor: Int32) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                sure("getsockname") { getsockname(descriptor, rebound, &length) }
            }
        }
        return SocketAddress(storage)
    }

    /// A waiting connection, non-blocking, and who it is from; nil when none waits.
    static func accept(_ descriptor: Int32) throws(SystemCallError) -> (descriptor: Int32, peer: SocketAddress)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let accepted = try withUnsafeMutablePointer(to: &storage) { pointer throws(SystemCallError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound throws(SystemCallError) in
                try transfer("accept") { Int(Glibc.accept(descriptor, rebound, &length)) }
            }
        }
        guard case .bytes(let number) = accepted else { return nil }
        let socket = Int32(number)
        // What accept4 would do in one call; Swift's Glibc does not show it.
        sure("fcntl") { fcntl(socket, F_SETFL, O_NONBLOCK) }
        sure("fcntl") { fcntl(socket, F_SETFD, FD_CLOEXEC) }
        return (socket, SocketAddress(storage))
    }

    /// Says that no more bytes will come. A peer that is gone already does not matter.
    static func shutdownWriting(_ descriptor: Int32) {
        if shutdown(descriptor, Int32(SHUT_WR)) == -1 { precondition(errno == ENOTCONN, "shutdown: error \(errno)") }
    }

    /// A descriptor that only holds a place, see `Listener`.
    static func openNull() throws(SystemCallError) -> Int32 {
        try checked("open") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
    }

    // MARK: Events

    static func createPoll() throws(SystemCallError) -> Int32 {
        try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }

    static func controlPoll(
        _ poll: Int32, _ operation: Int32, _ descriptor: Int32, _ event: epoll_event
    ) throws(SystemCallError) {
        var event = event
        _ = try checked("epoll_ctl") { epoll_ctl(poll, operation, descriptor, &event) }
    }

    /// - Parameter timeoutMilliseconds: -1 waits without end.
    /// - Returns: how many events were stored; 0 also when a signal interrupted the wait.
    static func waitForEvents(
        _ poll: Int32, into events: UnsafeMutableBufferPointer<epoll_event>, timeoutMilliseconds: Int32
    ) -> Int {
        let count = epoll_wait(poll, events.baseAddress, Int32(events.count), timeoutMilliseconds)
        precondition(count >= 0 || errno == EINTR, "epoll_wait failed with error \(errno)")
        return max(0, Int(count))
    }

    static func createEvent() throws(SystemCallError) -> Int32 {
        try checked("eventfd") { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }
    }

    static func signalEvent(_ descriptor: Int32) {
        // Fails only when the counter would pass 2^64 - 2, and then the reader has been woken anyway.
        _ = eventfd_write(descriptor, 1)
    }

    /// A descriptor that delivers `signals`; they are blocked in the calling thread.
    static func createSignalDescriptor(_ signals: sigset_t) throws(SystemCallError) -> Int32 {
        var signals = signals
        let blocked = pthread_sigmask(SIG_BLOCK, &signals, nil)
        precondition(blocked == 0, "pthread_sigmask failed with error \(blocked)")
        return try checked("signalfd") { signalfd(-1, &signals, Int32(SFD_NONBLOCK | SFD_CLOEXEC)) }
    }

    /// Names the calling thread for `top -H` and debuggers, which show 15 bytes; the file is what Swift can reach of
    /// `pthread_setname_np`. A name is no reason to fail.
    static func nameThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = Glibc.write(file, name, min(name.utf8.count, 15))
        close(file)
    }

    /// Lets other threads go before the calling one: a tenth of a core is left to it where all are busy.
    static func lowerThreadPriority() {
        // On Linux this is the thread's own, and nobody may be refused to lower it.
        sure("setpriority") { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
    }

    /// Nanoseconds on a clock that only goes forward.
    @inline(__always)
    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        sure("clock_gettime") { clock_gettime(CLOCK_MONOTONIC, &time) }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
