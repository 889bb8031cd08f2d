import CLinux
import Engine
import Foundation
import Lane
import Server
import Store
import Synchronization

/// Starts the server, waits for a signal, stops it in order.
struct ServerProgram {
    let options: ServerOptions

    init(_ options: ServerOptions) { self.options = options }

    func run() -> Never {
        let log = ServerLog.standardError()
        let end = Ending()
        resetSignals()
        Signals.ignoreBrokenPipes()
        raiseDescriptorLimit()
        keepBatchMemory()
        do {
            // Signals are blocked before any other thread exists.
            let control = try Lane(name: "control")
            let signals = try Signals([SIGTERM, SIGINT], on: control) { end.signal(name($0)) }
            let server = try Server(options, log: log)
            control.start()
            server.start { result in
                switch result {
                case .success(let report):
                    log.recovered(report)
                    log.log(
                        .info, "ready",
                        [
                            "address": options.address, "port": "\(server.port)", "data": options.engine.folder,
                            "durability": options.engine.durability.rawValue, "lanes": "\(options.lanes)",
                        ])
                case .failure(let error): end.fail(error.description)
                }
            }
            log.log(.info, "listening", ["address": options.address, "port": "\(server.port)", "pid": "\(getpid())"])
            let reason = end.wait()
            withExtendedLifetime(signals) { finish(server, reason, log) }
        } catch {
            log.log(.error, "cannot-start", ["reason": "\(error)"])
            exit(1)
        }
    }

    private func finish(_ server: Server, _ reason: Ending.Reason, _ log: ServerLog) -> Never {
        if case .failure(let text) = reason {
            log.log(.error, "cannot-start", ["reason": text])
            exit(1)
        }
        log.log(.info, "stopping", ["signal": reason.text])
        let stopped = DispatchSemaphore(value: 0)
        let failure = Failure()
        server.stop { error in
            failure.set(error?.description)
            stopped.signal()
        }
        // A client that never reads must not keep the server from ending.
        let isInTime = stopped.wait(timeout: .now() + 30) == .success
        server.join()
        if let text = failure.text ?? (isInTime ? nil : "clients did not read their replies within 30 seconds") {
            log.log(.error, "stopped", ["reason": text])
            exit(1)
        }
        log.log(.info, "stopped", ["marker": "clean"])
        exit(0)
    }

    private func name(_ signal: Int32) -> String { signal == SIGTERM ? "SIGTERM" : "SIGINT" }

    /// Buffers of batches come and go by the thousand a second: without this the C library would map and unmap each of
    /// them, and the kernel clear their pages every time.
    private func keepBatchMemory() {
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 256 << 20)
    }

    /// A parent may leave signals blocked or ignored to its children, and an ignored SIGTERM could never stop us in order.
    /// From here on only those that are read in order are blocked, so none of them can end us in between.
    private func resetSignals() {
        var ownSignals = sigset_t()
        sigemptyset(&ownSignals)
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_DFL)
            sigaddset(&ownSignals, number)
        }
        sigprocmask(SIG_SETMASK, &ownSignals, nil)
    }

    /// Ten thousand connections need ten thousand descriptors.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// What ends the program: a signal, or a start that failed. The first one counts.
private final class Ending: Sendable {
    enum Reason: Sendable {
        case signal(String)
        case failure(String)

        var text: String {
            switch self {
            case .signal(let text), .failure(let text): text
            }
        }
    }

    private let reason = Mutex<Reason?>(nil)
    private let happened = DispatchSemaphore(value: 0)

    func signal(_ name: String) { end(.signal(name)) }

    func fail(_ text: String) { end(.failure(text)) }

    private func end(_ new: Reason) {
        reason.withLock { if $0 == nil { $0 = new } }
        happened.signal()
    }

    func wait() -> Reason {
        happened.wait()
        return reason.withLock { $0 } ?? .signal("none")
    }
}

/// What went wrong while stopping, told from another thread.
private final class Failure: Sendable {
    private let value = Mutex<String?>(nil)

    var text: String? { value.withLock { $0 } }

    func set(_ text: String?) { value.withLock { $0 = text } }
}
