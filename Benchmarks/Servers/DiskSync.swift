import Glibc
import Load

/// What the disk alone takes.
enum DiskSync {
    /// Appends so many bytes and calls fdatasync, again and again, where benchmarks keep their data.
    static func latency(bytes: Int, times: Int) throws(BenchmarkError) -> LatencyHistogram {
        let folder = try TemporaryFolder()
        let descriptor = open("\(folder.path)/sync", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .broken("no file in \(folder.path)") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: bytes)
        var latency = LatencyHistogram()
        for _ in 0..<times {
            let watch = Stopwatch()
            guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
                throw .broken("\(folder.path) takes nothing")
            }
            latency.record(nanoseconds: UInt64(watch.seconds * 1e9))
        }
        return latency
    }
}
