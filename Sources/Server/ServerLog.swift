import Engine
import Foundation
import Store
import Synchronization

/// One line per notable thing on standard error: `2026-03-01T10:22:31Z level event key=value …`. Any thread may log.
package final class ServerLog: Sendable {
    package enum Level: String, Sendable { case info, warning, error }

    private let write: @Sendable (String) -> Void
    /// Whether the last thing heard of the journal was a failure, so that a lasting one is logged once.
    private let isFailing = Atomic<Bool>(false)

    package init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// A log on standard error.
    package static func standardError() -> ServerLog {
        ServerLog { line in
            do { try FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) } catch {
                // Nobody listens any more; the server's work does not depend on it.
                return
            }
        }
    }

    /// Logs one line; values with blanks or quotes are quoted.
    package func log(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
        let time = Date().formatted(.iso8601)
        let text = fields.map { "\($0)=\(Self.quoted($1))" }.joined(separator: " ")
        write(text.isEmpty ? "\(time) \(level.rawValue) \(event)" : "\(time) \(level.rawValue) \(event) \(text)")
    }

    private static func quoted(_ value: String) -> String {
        guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) else { return value }
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"" + escaped.split(whereSeparator: \.isNewline).joined(separator: " ") + "\""
    }

    func journalChanged(_ change: JournalChange) {
        switch change {
        case .released: break
        case .failed(let reason):
            if !isFailing.exchange(true, ordering: .relaxed) { log(.error, "journal-failed", ["reason": reason]) }
        case .recovered:
            isFailing.store(false, ordering: .relaxed)
            log(.info, "journal-recovered")
        }
    }

    func snapshot(_ result: Result<SnapshotEntry, StoreError>) {
        switch result {
        case .success(let entry): log(.info, "snapshot", ["file": entry.file, "bytes": "\(entry.bytes)"])
        case .failure(let error): log(.error, "snapshot-failed", ["reason": error.description])
        }
    }

    package func recovered(_ report: RecoveryReport) {
        let snapshot = report.snapshot.map { "\($0.sequence)" } ?? "none"
        log(
            .info, "recovered",
            [
                "seq": "\(report.lastSequence)", "snapshot": snapshot, "replayed": "\(report.eventsReplayed)",
                "stop": report.wasCleanStop ? "clean" : "crash-or-new",
            ])
        if let cut = report.tornCut { log(.warning, "torn-end-cut", ["detail": cut.description]) }
        for damage in report.damage { log(.warning, "damage", ["detail": damage.description]) }
    }
}
