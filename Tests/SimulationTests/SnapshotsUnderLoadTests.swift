import Simulation
import Testing

/// Snapshots while clients write, power lost anywhere (also inside a snapshot, or while old files are removed), and the
/// newest snapshot damaged.
@Suite struct SnapshotsUnderLoad {
    @Test(arguments: seeds(120))
    func aSnapshotNeverChangesWhatIsThere(seed: UInt64) {
        uphold("SnapshotsUnderLoad", seed: seed) { try IngestWorkload(.withSnapshots(seed: seed)).run() }
    }

    @Test func snapshotsAreTakenAndDamaged() throws {
        var (taken, damaged) = (0, 0)
        for seed in UInt64(0)..<12 {
            let workload = IngestWorkload(.withSnapshots(seed: seed))
            try workload.run()
            taken += workload.snapshotCount
            damaged += workload.damageCount
        }
        #expect(taken > 3 && damaged > 1, "\(taken) lives with snapshots, \(damaged) damaged ones")
    }
}
