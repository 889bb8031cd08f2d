import Simulation
import Testing

/// Files in dossiers through crashes.
@Suite struct ArchiveUnderCrashes {
    @Test(arguments: seeds(20))
    func whatIsAttachedIsKeptAndTheRestGoes(seed: UInt64) {
        uphold("ArchiveUnderCrashes", seed: seed) {
            let workload = ArchiveWorkload(seed: seed)
            try workload.run(lives: 9)
            #expect(workload.attachments > 0)
        }
    }

    @Test func manyAreAttachedAndRemoved() {
        uphold("ArchiveUnderCrashes", seed: 2_000) {
            let workload = ArchiveWorkload(seed: 2_000)
            try workload.run(lives: 40)
            #expect(workload.attachments > 100 && workload.removals > 20)
            print("\(workload.attachments) files attached, \(workload.removals) removed")
        }
    }
}
