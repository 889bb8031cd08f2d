import Client
import Load

/// dossierd in the comparison.
final class DossierServer: ServerUnderTest {
    private let folder: TemporaryFolder
    private let durability: MeasuredDurability
    private let options: [String]
    private var process: ServerProcess

    /// - Parameter matchMode: what dossierd's option `--match` takes.
    init(matchMode: String, durability: MeasuredDurability) throws(BenchmarkError) {
        folder = try TemporaryFolder()
        self.durability = durability
        options = ["--match", matchMode]
        process = try ServerProcess(folder.path, durability: durability, options: options)
    }

    /// Before its folder goes.
    deinit { process.crash() }

    var endpoint: Endpoint { process.endpoint }
    var processorSeconds: Double { process.processorSeconds }
    func memoryBytes() -> Double { process.residentBytes }
    func diskBytes() -> Double { folder.byteCount }

    func writeSnapshot() throws(BenchmarkError) -> Bool {
        guard try process.client().ask("SNAPSHOT").isOK else { throw .server("SNAPSHOT is refused") }
        return true
    }

    func settle() throws(BenchmarkError) { try process.settle() }

    func crash() { process.crash() }

    func startAgain() throws(BenchmarkError) {
        process = try ServerProcess(folder.path, durability: durability, options: options)
    }

    func stop() throws(BenchmarkError) { try process.stop() }
}
