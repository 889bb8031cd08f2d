/// What was measured on one set.
struct SetReport: Encodable, Sendable {
    let set: String
    let records: Int
    let entities: Int
    let dossier: ResolutionAccuracy
    /// From the first record sent to the last reply received, every reply after fdatasync.
    let recordsPerSecond: Double
    /// From the last reply until the background had weighed everything.
    let settleSeconds: Double
    /// Processor time of the server, background included.
    let processorMicrosecondsPerRecord: Double
    var splink: SplinkFigures?
}

/// A report for people: each figure beside those of others on the same set.
struct SetTable {
    private struct Line {
        let label: String
        var precision: Double?
        var recall: Double?
        var f1: Double?
        var remark = ""
    }

    private var lines: [Line] = []
    private let report: SetReport

    init(_ report: SetReport) {
        self.report = report
        addDossier()
        if let splink = report.splink { add(splink) }
        for figure in PublishedFigure.of(report.set) {
            lines.append(Line(label: figure.source, precision: figure.precision, recall: figure.recall, f1: figure.f1))
        }
    }

    private mutating func addDossier() {
        let dossier = report.dossier
        let customers = "\(dossier.customers) customers, \(dossier.overMerges) of them over-merged"
        add("Dossier, merged by itself", dossier.merged, customers)
        let accepted = "with \(dossier.accepted) of \(dossier.doubtfulPairs) doubtful pairs accepted"
        add("Dossier, merged and queued, best", dossier.best, accepted)
        let reaches = dossier.recallAtPrecision999
        lines.append(
            Line(
                label: "Dossier, at precision 0.999", recall: reaches,
                remark: reaches == nil ? "never that precise" : ""))
    }

    private mutating func add(_ label: String, _ accuracy: PairwiseAccuracy, _ remark: String) {
        lines.append(
            Line(
                label: label, precision: accuracy.precision, recall: accuracy.recall, f1: accuracy.f1, remark: remark))
    }

    private mutating func add(_ splink: SplinkFigures) {
        let name = "Splink \(splink.version)"
        for (label, figures) in [
            ("\(name) here, clusters at 0.995", splink.strictClusters),
            ("\(name) here, best clusters", splink.clusters),
            ("\(name) here, best pairs", splink.pairs),
        ] {
            lines.append(
                Line(label: label, precision: figures.precision, recall: figures.recall, f1: figures.f1))
        }
    }

    var text: String {
        let width = (lines.map(\.label.count).max() ?? 0) + 2
        var text = "  " + Table.padded("", width) + "precision  recall      F1\n"
        for line in lines {
            let figures = [line.precision, line.recall, line.f1].map { $0.map(Self.four) ?? "      " }
            let row =
                "  " + Table.padded(line.label, width) + "   " + figures.joined(separator: "  ") + "  " + line.remark
            text += String(row.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        text += "  \(Table.number(report.recordsPerSecond)) records/s with fdatasync, settled "
        text += "\(Table.number(report.settleSeconds)) s later, "
        text += "\(Table.number(report.processorMicrosecondsPerRecord)) us of CPU a record"
        if let splink = report.splink {
            text += "; Splink took \(Table.number(splink.seconds)) s\n" + goals(against: splink)
        }
        return text
    }

    /// What the project asks of itself.
    private func goals(against splink: SplinkFigures) -> String {
        let dossier = report.dossier
        // Splink's figures have four digits.
        let rounding = 0.00005
        let goals = [
            ("merged with precision 0.995", dossier.merged.precision >= 0.995),
            ("as much found as Splink at 0.995", dossier.merged.recall >= splink.strictClusters.recall - rounding),
            ("best F1 no lower", dossier.best.f1 >= max(splink.clusters.f1, splink.pairs.f1) - rounding),
        ]
        return "  goals: " + goals.map { "\($0.0): \($0.1 ? "yes" : "NO")" }.joined(separator: ", ")
    }

    /// Four decimals; only what is perfect shows as 1.0000.
    static func four(_ value: Double) -> String {
        let scaled = value < 1 ? min(9_999, Int((value * 10_000).rounded())) : 10_000
        let digits = "\(scaled % 10_000)"
        return "\(scaled / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
