import Foundation
import Glibc

/// A folder of its own that goes when the last reference goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws(BenchmarkError) {
        path = FileManager.default.temporaryDirectory.appending(path: "dossier-bench-\(UUID().uuidString)").path
        Cleanup.add(folder: path)
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .broken("\(path) cannot be made: \(error)")
        }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(path) stays behind: \(error)\n".utf8))
        }
        Cleanup.remove(folder: path)
    }

    /// The sizes of all files in it and below, in bytes.
    var byteCount: Double {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.reduce(0) { sum, name in
            var status = Glibc.stat()
            guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return sum }
            return sum + Double(status.st_size)
        }
    }
}
