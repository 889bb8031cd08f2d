import Bytes

/// All that a run has found out, as text for people and JSON for programs.
package struct LoadReport: Sendable {
    package var peer = Peer.dossier
    package var seed: UInt64 = 0
    package var connections = 0
    package var depth = 0
    package var rate: Double?
    package var orderCount = 0
    package var outcome = DriverOutcome()
    package var tally = LoadTally()
    /// How long after the last reply everything was weighed; nil where nothing goes on behind replies.
    package var settlingNanoseconds: UInt64?
    /// Orders that were sent and never accepted; nil where that was not kept track of.
    package var lost: Int?
    package var truth: TruthCheck?
    /// Numbers of the customers in `truth`'s worst over-merges, in their order.
    package var overMergeNumbers: [String] = []
    package var unresolvedNumbers = 0
    package var livingErrors = ErrorTally()
    /// The naive model on the same orders.
    package var reference: TruthCheck?
    package var lookupsAfter: (answered: Int, latency: LatencyHistogram, errors: ErrorTally)?

    package init() {}

    private var accepted: Int { tally.orders + tally.redeliveries + tally.revisions }

    /// Accepted orders a second, re-deliveries included.
    package var throughput: Double {
        outcome.nanoseconds == 0 ? 0 : Double(accepted) * 1e9 / Double(outcome.nanoseconds)
    }

    /// How many replies must have said `duplicate: true`. A request that was sent twice, because its connection broke,
    /// may or may not have been taken in the first time.
    package var expectedDuplicates: ClosedRange<Int> {
        let expected = peer.hasProcedures ? tally.redeliveries + tally.revisions : tally.redeliveries
        return expected...(expected + outcome.resent)
    }

    package var duplicatesAreRight: Bool {
        !peer.namesCustomers || expectedDuplicates.contains(tally.duplicates)
    }

    /// Whether nothing went wrong that a server may not do.
    package var isSound: Bool {
        tally.errors.total == 0 && livingErrors.total == 0 && (lost ?? 0) == 0 && duplicatesAreRight
            && (lookupsAfter?.errors.total ?? 0) == 0 && unresolvedNumbers == 0
    }

    /// The exit status of the program.
    package var exitStatus: Int32 {
        switch outcome.end {
        case .interrupted: 130
        case .disconnected: 3
        case .timedOut: 1
        case .complete: isSound ? 0 : 1
        }
    }
}

// MARK: Text

extension LoadReport {
    package var text: String {
        var lines = [
            "orders      \(Format.grouped(accepted)) accepted in \(Format.duration(outcome.nanoseconds)), "
                + "\(Format.grouped(Int(throughput)))/s over \(connections) connections, \(depth) deep"
                + (rate.map { ", at \(Format.fixed($0, digits: 0))/s" } ?? ", flat out"),
            "            \(Format.grouped(tally.redeliveries)) re-deliveries, \(Format.grouped(tally.revisions)) newer "
                + "versions; answered: \(Format.grouped(tally.duplicates)) duplicate, \(tally.stale) stale"
                + (duplicatesAreRight ? "" : "  WRONG: expected \(expectedDuplicates)"),
            "customers   \(Format.grouped(tally.created)) created, \(Format.grouped(tally.matched)) matched, "
                + "\(Format.grouped(tally.merged)) merged",
            "latency     " + Self.latencyText(tally.orderLatency),
        ]
        if outcome.resent + outcome.reconnects > 0 {
            lines.append("broken      \(outcome.reconnects) reconnects, \(Format.grouped(outcome.resent)) sent again")
        }
        if outcome.end != .complete {
            lines.append("ended early \(outcome.end), \(Format.grouped(outcome.sent - outcome.answered)) unanswered")
        }
        if let settlingNanoseconds {
            let rate = Double(accepted) * 1e9 / Double(max(1, outcome.nanoseconds + settlingNanoseconds))
            lines.append(
                "settled     \(Format.duration(settlingNanoseconds)) later; "
                    + "\(Format.grouped(Int(rate)))/s until everything was weighed")
        }
        if tally.lookups > 0 { lines.append("lookups     " + Self.latencyText(tally.lookupLatency)) }
        if let lookupsAfter { lines.append("lookups     after the load: " + Self.latencyText(lookupsAfter.latency)) }
        if let lost { lines.append("lost        \(Format.grouped(lost))") }
        lines += errorLines(tally.errors) + errorLines(livingErrors)
        if let lookupsAfter { lines += errorLines(lookupsAfter.errors) }
        if let truth { lines += truthLines(truth, name: "truth") + overMergeLines(truth) }
        if unresolvedNumbers > 0 { lines.append("            \(unresolvedNumbers) customer numbers got no answer") }
        if let reference { lines += truthLines(reference, name: "naive") }
        return lines.joined(separator: "\n")
    }

    private static func latencyText(_ histogram: LatencyHistogram) -> String {
        let points = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)]
        let parts = points.map { "\($0.0) \(Format.duration(histogram.percentile($0.1)))" }
        return parts.joined(separator: "  ") + "  max \(Format.duration(histogram.maximum))  (\(histogram.count))"
    }

    private func errorLines(_ errors: ErrorTally) -> [String] {
        errors.entries.sorted { $0.key < $1.key }.flatMap { code, entry in
            ["error       \(code): \(Format.grouped(entry.count))"] + entry.samples.map { "              \($0)" }
        }
    }

    private func truthLines(_ check: TruthCheck, name: String) -> [String] {
        func line(_ what: String, _ score: PairScore) -> String {
            "\(what) precision \(Format.fixed(score.precision, digits: 5))  recall \(Format.fixed(score.recall, digits: 5))"
                + "  F1 \(Format.fixed(score.f1, digits: 5))"
        }
        let head = name + String(repeating: " ", count: 12 - name.count)
        return [
            head + line("orders:  ", check.orders),
            "            " + line("profiles:", check.profiles),
            "            \(Format.grouped(check.customerCount)) customers for \(Format.grouped(check.buyerCount)) buyers; "
                + "\(Format.grouped(check.overMergeCount)) over-merged, \(Format.grouped(check.splitCount)) buyers split",
        ]
    }

    private func overMergeLines(_ check: TruthCheck) -> [String] {
        zip(check.worstOverMerges, overMergeNumbers).map { merge, number in
            let buyers = merge.buyers.prefix(6).map { "buyer \($0.buyer) (\($0.orders))" }
            return "              \(number): \(merge.buyers.count) buyers: \(buyers.joined(separator: ", "))"
        }
    }
}

// MARK: JSON

extension LoadReport {
    /// One JSON object; times in nanoseconds.
    package var json: [UInt8] {
        var writer = ByteWriter(capacity: 4096)
        writer.openObject()
        writer.key("peer")
        writer.string(peer.rawValue)
        writer.member("seed", seed)
        writer.member("orders", orderCount)
        writer.member("connections", connections)
        writer.member("depth", depth)
        if let rate { writer.member("rate", rate) }
        writer.key("end")
        writer.string("\(outcome.end)")
        writer.member("sent", outcome.sent)
        writer.member("answered", outcome.answered)
        writer.member("resent", outcome.resent)
        writer.member("reconnects", outcome.reconnects)
        writer.member("nanoseconds", outcome.nanoseconds)
        writer.member("ordersPerSecond", throughput)
        if let settlingNanoseconds { writer.member("settlingNanoseconds", settlingNanoseconds) }
        writer.member("accepted", accepted)
        writer.member("redeliveries", tally.redeliveries)
        writer.member("revisions", tally.revisions)
        writer.member("duplicates", tally.duplicates)
        writer.member("stale", tally.stale)
        writer.member("created", tally.created)
        writer.member("matched", tally.matched)
        writer.member("merged", tally.merged)
        if let lost { writer.member("lost", lost) }
        writer.member("latency", tally.orderLatency)
        if tally.lookups > 0 { writer.member("lookupLatency", tally.lookupLatency) }
        if let lookupsAfter { writer.member("lookupAfterLatency", lookupsAfter.latency) }
        writer.key("errors")
        writer.openObject()
        for (code, entry) in tally.errors.entries.sorted(by: { $0.key < $1.key }) {
            writer.key(code)
            writer.number(entry.count)
        }
        writer.closeObject()
        if let truth { writer.member("truth", truth) }
        if let reference { writer.member("naive", reference) }
        writer.key("sound")
        writer.bool(isSound)
        writer.closeObject()
        return writer.copyBytes()
    }
}

extension ByteWriter {
    fileprivate mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        key(name)
        number(value)
    }

    fileprivate mutating func member(_ name: StaticString, _ value: Double) {
        key(name)
        rawJSON(Array(Format.fixed(value, digits: 6).utf8).span)
    }

    fileprivate mutating func member(_ name: StaticString, _ histogram: LatencyHistogram) {
        key(name)
        openObject()
        member("count", histogram.count)
        member("mean", histogram.mean)
        member("p50", histogram.percentile(0.5))
        member("p90", histogram.percentile(0.9))
        member("p99", histogram.percentile(0.99))
        member("p999", histogram.percentile(0.999))
        member("max", histogram.maximum)
        closeObject()
    }

    fileprivate mutating func member(_ name: StaticString, _ check: TruthCheck) {
        key(name)
        openObject()
        member("precision", check.orders.precision)
        member("recall", check.orders.recall)
        member("f1", check.orders.f1)
        member("profilePrecision", check.profiles.precision)
        member("profileRecall", check.profiles.recall)
        member("profileF1", check.profiles.f1)
        member("customers", check.customerCount)
        member("buyers", check.buyerCount)
        member("overMerges", check.overMergeCount)
        member("splits", check.splitCount)
        closeObject()
    }
}
