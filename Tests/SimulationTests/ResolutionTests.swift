import Simulation
import Testing

/// Who is who by evidence, weighed behind the replies, with crashes in the midst.
@Suite struct ResolutionWithCrashes {
    @Test(arguments: seeds(60))
    func crashesLeaveNoTraceInWhoIsWho(seed: UInt64) {
        uphold("ResolutionWithCrashes", seed: seed) {
            let workload = ResolutionWorkload(seed: seed, decides: false)
            try workload.run()
            #expect(workload.customerCount > 1 && workload.customerCount < workload.profileCount)
        }
    }

    @Test(arguments: seeds(60))
    func decisionsSurvive(seed: UInt64) {
        uphold("ResolutionWithCrashes", seed: seed) { try ResolutionWorkload(seed: seed, decides: true).run() }
    }

    @Test func peopleDecideAtAll() throws {
        var count = 0
        for seed in UInt64(0)..<5 {
            let workload = ResolutionWorkload(seed: seed, decides: true)
            try workload.run()
            count += workload.decisionCount
        }
        #expect(count > 5)
    }
}
