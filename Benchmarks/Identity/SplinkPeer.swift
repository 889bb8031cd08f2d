import Client
import Foundation

/// What Splink makes of a set on this machine: the peer's script runs it and tells the figures.
struct SplinkFigures: Encodable, Equatable, Sendable {
    struct Figures: Encodable, Equatable, Sendable {
        let precision: Double
        let recall: Double
        let f1: Double
    }

    let set: String
    let version: String
    /// At the threshold with the best F1: of the pairs as they are scored.
    let pairs: Figures
    /// At the threshold with the best F1: of the clusters that the pairs make.
    let clusters: Figures
    /// The clusters with the largest recall among those of a precision of at least 0.995.
    let strictClusters: Figures
    /// To train and to score.
    let seconds: Double

    /// Reads one line of the script; nil if it is none.
    init?(_ line: String) {
        guard let json = JSONValue(ifParsing: line), let set = json["set"]?.text, let version = json["version"]?.text,
            let pairs = Self.figures(json["pairs"]), let clusters = Self.figures(json["clusters"]),
            let strict = Self.figures(json["clustersAtPrecision995"]),
            let seconds = json["seconds"]?.text.flatMap(Double.init)
        else { return nil }
        self.set = set
        self.version = version
        self.pairs = pairs
        self.clusters = clusters
        strictClusters = strict
        self.seconds = seconds
    }

    private static func figures(_ json: JSONValue?) -> Figures? {
        guard let precision = json?["precision"]?.text.flatMap(Double.init),
            let recall = json?["recall"]?.text.flatMap(Double.init), let f1 = json?["f1"]?.text.flatMap(Double.init)
        else { return nil }
        return Figures(precision: precision, recall: recall, f1: f1)
    }

    /// Runs Splink over one set; the first time it is installed, which takes a minute. Blocks.
    /// - Throws: `missing` if the script does not end well; it has said why on standard error.
    static func measure(_ set: String, in folder: String) throws(BenchmarkError) -> SplinkFigures {
        let benchmarks = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = benchmarks.appending(path: "Peers/splink/run.sh").path
        let output = Pipe()
        let process = try startProcess(script, ["--sets", folder, "--set", set], standardOutput: output)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw .missing("Splink could not run: see above, and \(script)") }
        let lines = text.split(separator: "\n").compactMap { SplinkFigures(String($0)) }
        guard let figures = lines.first(where: { $0.set == set }) else {
            throw .broken("Splink tells nothing of \(set)")
        }
        return figures
    }
}
