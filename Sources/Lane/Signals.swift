import CLinux
import Glibc

/// Delivers Unix signals to a closure on a lane, as ordinary work: no code of ours runs inside a signal handler.
package final class Signals: EventSource, @unchecked Sendable {
    private let lane: Lane
    private let received: @Sendable (Int32) -> Void
    /// Confined to the lane; -1 when closed.
    private var descriptor: Int32

    /// Makes writing to a closed pipe an error instead of the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Blocks `numbers` in the calling thread and those it makes later, and delivers them to `received` on `lane`.
    ///
    /// The kernel gives a signal to any thread that does not block it: so this belongs at the very start of a program,
    /// on its main thread, before other threads exist. Equal signals that come before the first was read count as one.
    package init(
        _ numbers: [Int32], on lane: Lane, received: @escaping @Sendable (Int32) -> Void
    ) throws(SystemCallError) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        self.lane = lane
        self.received = received
        descriptor = try SystemCalls.createSignalDescriptor(set)
        lane.post { self.watch() }
    }

    private func watch() {
        do {
            try lane.loop.poller.add(descriptor, interest: .read, source: self)
        } catch {
            preconditionFailure("signals cannot be watched: \(error)")
        }
    }

    /// Called by the lane.
    package func ready(_ readiness: Readiness) {
        var info = signalfd_siginfo()
        do {
            while case .bytes = try withUnsafeMutableBytes(
                of: &info,
                { memory throws(SystemCallError) in
                    try SystemCalls.read(descriptor, into: memory)
                })
            {
                received(Int32(info.ssi_signo))
            }
        } catch {
            preconditionFailure("signals cannot be read: \(error)")
        }
    }

    /// Called by the lane.
    package func laneStopped() {
        do {
            try lane.loop.poller.remove(descriptor)
        } catch {
            preconditionFailure("an open descriptor could not be removed: \(error)")
        }
        SystemCalls.close(descriptor)
        descriptor = -1
    }
}
