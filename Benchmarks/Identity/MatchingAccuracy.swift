import Bytes
import Commerce

/// How well the default rules find who is who in the labelled sets, in this process: what to run after each change of
/// the rules. The product's own figures come from the server, record by record.
struct MatchingAccuracy: Benchmark {
    let name = "matching"
    let measures = "features, blocks, pairs and clusters of the labelled sets, default rules, in this process"
    /// Where the sets lie.
    var folder = LabelledSets.defaultFolder

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let entries = try LabelledSets.find(in: folder)
        var rows: [Row] = []
        for entry in scale == .tiny ? Array(entries.prefix(1)) : entries {
            let set = try entry.read()
            let trial = try MatchingTrial(set)
            rows += Self.rows(trial, named: set.name)
        }
        return rows
    }

    private static func rows(_ trial: MatchingTrial, named name: String) -> [Row] {
        let (merged, best, _) = trial.outcome()
        let count = Double(trial.records.count)
        let weighing = trial.weighingSeconds / Double(max(trial.weighedCount, 1))
        let found = Double(trial.trueCandidateCount) / Double(max(merged.all, 1))
        return [
            Row("\(name): merged, precision", merged.precision * 100, "%", .none),
            Row("\(name): merged, recall", merged.recall * 100, "%", .none),
            Row("\(name): with the queue, best F1", best.balance * 100, "%", .none),
            Row("\(name): true pairs in a block", found * 100, "%", .none),
            Row("\(name): pairs weighed", Double(trial.candidateCount) / count, "a record", .none),
            Row("\(name): features", trial.extractionSeconds / count * 1e9, "ns/record", .none),
            Row("\(name): weighing", weighing * 1e9, "ns/pair", .none),
        ]
    }
}
