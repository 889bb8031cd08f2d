import Foundation
import Glibc
import Synchronization

/// What this process has started and made and not yet taken back, so that nothing of it outlives an interruption.
enum Cleanup {
    private struct State {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
        /// Nothing new may start any more.
        var isEnding = false
    }

    private static let state = Mutex(State())
    /// Written by the signal handler, which may do little else. Set before any handler can run, never changed after.
    private nonisolated(unsafe) static var writeEnd: Int32 = -1

    static func add(process: pid_t) {
        let isLate = state.withLock { state in
            state.processes.insert(process)
            return state.isEnding
        }
        if isLate { kill(process, SIGKILL) }
        waitIfEnding()
    }

    static func remove(process: pid_t) { _ = state.withLock { $0.processes.remove(process) } }
    /// Before the folder is made.
    static func add(folder: String) {
        waitIfEnding()
        _ = state.withLock { $0.folders.insert(folder) }
    }

    static func remove(folder: String) { _ = state.withLock { $0.folders.remove(folder) } }

    /// Once everything is being taken back, whoever would start something more waits here for the end.
    private static func waitIfEnding() {
        while state.withLock({ $0.isEnding }) { sleep(1) }
    }

    /// From now on the program ends, by an interruption or by a trap of its own, only after everything is stopped and
    /// removed. Once, at the start.
    static func catchSignals() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        writeEnd = ends[1]
        let thread = Thread {
            var byte: UInt8 = 0
            while read(readEnd, &byte, 1) != 1 {}
            FileHandle.standardError.write(Data("\nBenchmarks: stopping what was started\n".utf8))
            takeBackAll()
            _exit(130)
        }
        thread.start()
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                var byte: UInt8 = 1
                write(Cleanup.writeEnd, &byte, 1)
            }
            sigaction(number, &action, nil)
        }
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in
                var byte: UInt8 = 1
                write(Cleanup.writeEnd, &byte, 1)
                // The thread that broke may not go on; the other one ends them all.
                while true { pause() }
            }
            sigaction(number, &action, nil)
        }
    }

    /// Stops every process, by force those that take long, and removes every folder.
    private static func takeBackAll() {
        let (processes, folders) = state.withLock { state in
            state.isEnding = true
            return (state.processes.filter(isChild), state.folders)
        }
        // To PostgreSQL SIGINT means: end without waiting for clients. The others end by it as by SIGTERM.
        for process in processes { kill(process, SIGINT) }
        let watch = Stopwatch()
        while watch.seconds < 10, processes.contains(where: isChild) { usleep(20_000) }
        for process in processes where isChild(process) { kill(process, SIGKILL) }
        for folder in folders where FileManager.default.fileExists(atPath: folder) {
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                FileHandle.standardError.write(Data("Benchmarks: \(folder) stays behind: \(error)\n".utf8))
            }
        }
    }

    /// Whether the number still stands for a running child of ours.
    private static func isChild(_ process: pid_t) -> Bool {
        guard let stat = ProcessTable.stat(process) else { return false }
        return stat.parent == getpid() && stat.state != "Z"
    }
}
