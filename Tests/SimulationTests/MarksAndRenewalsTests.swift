import Simulation
import Testing

/// Renewed and expired vouchers, tags and blocks, through crashes.
@Suite struct MarksAndRenewalsUnderCrashes {
    @Test(arguments: seeds(20))
    func renewalsMoveNoMoney(seed: UInt64) {
        uphold("RenewalsUnderCrashes", seed: seed) { try RenewalWorkload(seed: seed).run(lives: 5) }
    }

    @Test func manyAreRenewedAndExpire() {
        uphold("RenewalsUnderCrashes", seed: 3_000) {
            let workload = RenewalWorkload(seed: 3_000)
            try workload.run(lives: 24)
            #expect(workload.renewals > 100 && workload.expiries > 5 && workload.askedAgain > 50)
            print(
                "\(workload.renewals) renewals, \(workload.expiries) ends, \(workload.askedAgain) asked again after a crash"
            )
        }
    }

    @Test(arguments: seeds(20))
    func marksStayWhereTheyWerePut(seed: UInt64) {
        uphold("MarksUnderCrashes", seed: seed) { try MarksWorkload(seed: seed).run(lives: 5) }
    }

    @Test func manyAreTaggedAndBlocked() {
        uphold("MarksUnderCrashes", seed: 4_000) {
            let workload = MarksWorkload(seed: 4_000)
            try workload.run(lives: 30)
            #expect(workload.changes > 500 && workload.merges > 20 && workload.splits > 10)
            print("\(workload.changes) marks, \(workload.merges) ties, \(workload.splits) let go")
        }
    }
}
