import Simulation
import Testing

/// A full disk and a failing sync.
@Suite struct DiskTrouble {
    @Test(arguments: seeds(50))
    func aFullDiskOnlyRefusesWrites(seed: UInt64) {
        uphold("DiskTrouble", seed: seed) { try TroubleWorkload(.fullDisk, seed: seed).run() }
    }

    @Test(arguments: seeds(50))
    func aFailedSyncIsFinal(seed: UInt64) {
        uphold("DiskTrouble", seed: seed) { try TroubleWorkload(.failedSync, seed: seed).run() }
    }
}

/// One reply per request, in order, whatever the cuts and the pace.
@Suite struct RepliesInOrder {
    @Test(arguments: seeds(100))
    func everyRequestHasItsReply(seed: UInt64) {
        uphold("RepliesInOrder", seed: seed) { try ReplyWorkload(seed: seed).run() }
    }
}
