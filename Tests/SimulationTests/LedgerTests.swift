import Simulation
import Testing

/// Numbers and vouchers through crashes.
@Suite struct LedgerUnderCrashes {
    @Test(arguments: seeds(20))
    func moneyAddsUpAndNumbersHaveNoGap(seed: UInt64) {
        uphold("LedgerUnderCrashes", seed: seed) { try LedgerWorkload(seed: seed).run(lives: 6) }
    }

    /// The one that issue 4 asks for.
    @Test func aSeriesSurvivesAHundredCrashes() {
        uphold("LedgerUnderCrashes", seed: 1_000) {
            let workload = LedgerWorkload(seed: 1_000)
            try workload.run(lives: 100)
            #expect(workload.postings > 100 && workload.redemptions > 20 && workload.latecomers > 500)
            print("\(workload.postings) postings, \(workload.redemptions) redemptions, \(workload.latecomers) too late")
        }
    }
}
