import Bytes
import Glibc

/// The program dossier-load behind its `main`.
package enum LoadProgram {
    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status (see `LoadOptions.help`).
    package static func run(_ arguments: [String]) -> Int32 {
        do throws(LoadError) {
            let options = try LoadOptions(arguments)
            if options.wantsHelp {
                Console.print(LoadOptions.help)
                return 0
            }
            if let path = options.outFile { return try write(options, to: path) }
            Interruption.catchSignals()
            if let path = options.checkFile {
                let report = try CheckReport.run(options, path: path)
                Console.print(report.text)
                return report.isSound ? 0 : 1
            }
            let report = try LoadRun(options).run()
            Console.print(report.text)
            if let path = options.jsonFile { try save(report.json, to: path) }
            return report.exitStatus
        } catch .usage(let text) {
            Console.error("dossier-load: \(text)")
            return 2
        } catch .cannotConnect(let host, let port, let code) {
            Console.error("dossier-load: \(LoadError.cannotConnect(host: host, port: port, code: code))")
            return 3
        } catch {
            Console.error("dossier-load: \(error)")
            return 1
        }
    }

    /// Writes the requests instead of sending them.
    private static func write(_ options: LoadOptions, to path: String) throws(LoadError) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = path == "-" ? dup(STDOUT_FILENO) : open(path, flags, 0o644)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        defer { close(descriptor) }
        var deliveries = OrderDeliveries(
            book: options.book, peer: options.peer, lookupPerMille: options.lookupPerMille)
        var builder = ChunkBuilder()
        var hasMore = true
        while hasMore {
            hasMore = deliveries.renderNext(into: &builder)
            guard builder.isFull || !hasMore else { continue }
            let bytes = builder.take().bytes
            guard writeAll(descriptor, bytes.span) else { throw .file(path: path, code: errno) }
        }
        return 0
    }

    private static func save(_ json: [UInt8], to path: String) throws(LoadError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        defer { close(descriptor) }
        let line = json + [UInt8(ascii: "\n")]
        guard writeAll(descriptor, line.span) else { throw .file(path: path, code: errno) }
    }
}
