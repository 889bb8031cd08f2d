import Glibc

/// A thread for work that is waited for: whoever starts one joins it.
///
/// The threads of the concurrency runtime and of Dispatch are as many as there are cores, so that work which waits for other
/// work on them may wait for ever.
package struct WorkerThread: ~Copyable {
    private let thread: pthread_t

    /// Runs `body` on a new thread, on which no signal is delivered.
    package init(_ body: @escaping @Sendable () -> Void) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var made = pthread_t()
        let result = pthread_create(
            &made, nil,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(ThreadBody(body)).toOpaque())
        precondition(result == 0, "pthread_create failed with error \(result)")
        thread = made
    }

    /// Waits until the body has returned.
    package consuming func join() { pthread_join(thread, nil) }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
