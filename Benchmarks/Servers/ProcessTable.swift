import Glibc

/// What the kernel tells about processes in /proc.
enum ProcessTable {
    struct Stat {
        let state: Character
        let parent: pid_t
        /// User and system, of the process and of its children that have ended, in seconds.
        let processorSeconds: Double
    }

    static func stat(_ process: pid_t) -> Stat? {
        guard let text = read("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        // From the third field on: state, parent; user, system and the children's are the 14th to the 17th.
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 14, let parent = pid_t(fields[1]), let state = fields[0].first else { return nil }
        let ticks = fields[11...14].reduce(0.0) { $0 + (Double($1) ?? 0) }
        return Stat(state: state, parent: parent, processorSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Seconds of processor time of a process and of all its children, those that have ended included.
    static func processorSecondsOfFamily(_ process: pid_t) -> Double {
        children(of: process).reduce(stat(process)?.processorSeconds ?? 0) { sum, child in
            sum + (stat(child)?.processorSeconds ?? 0)
        }
    }

    private static func children(of process: pid_t) -> [pid_t] {
        let text = read("/proc/\(process)/task/\(process)/children") ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Whether a process has a child, ended ones not yet taken note of included, whose title starts like this.
    static func hasChild(of process: pid_t, titled title: String) -> Bool {
        children(of: process).contains { child in
            stat(child)?.state == "Z" || read("/proc/\(child)/cmdline")?.hasPrefix(title) == true
        }
    }

    /// Resident memory of one process in bytes; 0 when it is gone.
    static func residentBytes(_ process: pid_t) -> Double {
        let line = read("/proc/\(process)/status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(separator: " ").dropLast().last?.split(separator: "\t").last
        return (kibibytes.flatMap { Double($0) } ?? 0) * 1024
    }

    /// By hand: a process may end between opening and reading, which FileHandle takes for a broken program.
    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? String(decoding: content, as: UTF8.self) : nil }
            content += buffer.prefix(count)
        }
    }
}
