import Foundation
import Simulation
import Testing

/// Seeds to run: `DOSSIER_SEED` runs that one alone, `DOSSIER_SEEDS` so many instead of the usual count.
func seeds(_ usualCount: Int) -> [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["DOSSIER_SEED"].flatMap(UInt64.init) { return [one] }
    let count = environment["DOSSIER_SEEDS"].flatMap(UInt64.init) ?? UInt64(usualCount)
    return Array(0..<count)
}

/// Runs a workload; when its law is broken, says how to see that again.
func uphold(_ suite: String, seed: UInt64, _ body: () throws -> Void) {
    do { try body() } catch {
        Issue.record("\(error)\nreplay: DOSSIER_SEED=\(seed) swift test --filter \(suite)")
    }
}
