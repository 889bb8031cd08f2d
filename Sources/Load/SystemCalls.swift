import CLinux
import Glibc
import Synchronization

/// Nanoseconds of the monotonic clock.
@inline(__always) package func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// What the C library says about an error number.
func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Whether the user asked to stop. The signal handler may only set a flag; loops look at it.
package enum Interruption {
    private static let flag = Atomic<Bool>(false)

    package static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Turns SIGINT and SIGTERM into the flag; a second one kills as usual.
    package static func catchSignals() {
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }
}

/// Where the server listens.
package struct Endpoint: Equatable, Sendable {
    /// A name or an IPv4 address.
    package var host: String
    package var port: UInt16

    package init(host: String = "127.0.0.1", port: UInt16) {
        self.host = host
        self.port = port
    }

    /// A connected, non-blocking socket without Nagle's delay. Blocks until the connection stands or fails.
    func connect() throws(LoadError) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw .unknownHost(host)
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
        guard Glibc.connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            let code = errno
            close(descriptor)
            throw .cannotConnect(host: host, port: port, code: code)
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
            let code = errno
            close(descriptor)
            throw .system(call: "fcntl", code: code)
        }
        return descriptor
    }
}

/// One epoll instance with one timer.
struct Poller: ~Copyable {
    /// What is ready: the number given at `add`, or `timer`.
    struct Event {
        let token: Int
        let isReadable: Bool
        let isWritable: Bool
    }

    static let timer = -1
    private let epoll: Int32
    private let timerDescriptor: Int32
    private var ready = [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(LoadError) {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        let timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC))
        guard timer >= 0, Self.control(epoll, EPOLL_CTL_ADD, timer, token: Self.timer, wantsWrite: false) else {
            let code = errno
            close(epoll)
            if timer >= 0 { close(timer) }
            throw .system(call: "timerfd_create", code: code)
        }
        self.epoll = epoll
        timerDescriptor = timer
    }

    deinit {
        close(timerDescriptor)
        close(epoll)
    }

    /// A closed descriptor leaves by itself.
    func add(_ descriptor: Int32, token: Int) throws(LoadError) {
        guard Self.control(epoll, EPOLL_CTL_ADD, descriptor, token: token, wantsWrite: false) else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }

    func change(_ descriptor: Int32, token: Int, wantsWrite: Bool) throws(LoadError) {
        guard Self.control(epoll, EPOLL_CTL_MOD, descriptor, token: token, wantsWrite: wantsWrite) else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }

    private static func control(
        _ epoll: Int32, _ operation: Int32, _ descriptor: Int32, token: Int, wantsWrite: Bool
    ) -> Bool {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (wantsWrite ? EPOLLOUT.rawValue : 0)
        event.data.u64 = UInt64(bitPattern: Int64(token))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// Rings once at a monotonic time in nanoseconds.
    func setTimer(at nanoseconds: UInt64) {
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        setting.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        timerfd_settime(timerDescriptor, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }

    /// Waits and lists what is ready. A signal ends the wait early, with none.
    mutating func wait(milliseconds: Int32, into events: inout [Event]) throws(LoadError) {
        events.removeAll(keepingCapacity: true)
        let count = epoll_wait(epoll, &ready, Int32(ready.count), milliseconds)
        guard count >= 0 else {
            if errno == EINTR { return }
            throw .system(call: "epoll_wait", code: errno)
        }
        for event in ready.prefix(Int(count)) {
            let token = Int(Int64(bitPattern: event.data.u64))
            if token == Self.timer {
                var rings: UInt64 = 0
                read(timerDescriptor, &rings, 8)
                continue
            }
            // Errors and hang-ups show as a read that fails.
            let isWritable = event.events & EPOLLOUT.rawValue != 0
            let isReadable = event.events & ~EPOLLOUT.rawValue != 0
            events.append(Event(token: token, isReadable: isReadable, isWritable: isWritable))
        }
    }
}
