import Simulation
import Testing

/// Several clients, several shops, power lost at any step.
@Suite struct IngestWithCrashes {
    @Test(arguments: seeds(150))
    func everyAcknowledgedWriteIsThereOnce(seed: UInt64) {
        uphold("IngestWithCrashes", seed: seed) { try IngestWorkload(IngestPlan(seed: seed)).run() }
    }
}
