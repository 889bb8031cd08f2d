import Foundation

/// A folder of its own that goes when the last reference goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws(BenchmarkError) {
        path = FileManager.default.temporaryDirectory.appending(path: "dossier-bench-\(UUID().uuidString)").path
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .broken("\(path) cannot be made: \(error)")
        }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(path) stays behind: \(error)\n".utf8))
        }
    }
}
