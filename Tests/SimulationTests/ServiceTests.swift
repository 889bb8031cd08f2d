import Simulation
import Testing

/// Price terms, brochures and log-ins through merges, splits and crashes: E26, T08, T09, T10, T18.
@Suite struct ServiceUnderCrashes {
    @Test(arguments: seeds(20))
    func everythingCountsOnce(seed: UInt64) {
        uphold("ServiceUnderCrashes", seed: seed) {
            let workload = ServiceWorkload(seed: seed)
            try workload.run(lives: 8)
            #expect(workload.told > 0)
        }
    }

    @Test func muchIsToldAgainAndMoved() {
        uphold("ServiceUnderCrashes", seed: 3_000) {
            let workload = ServiceWorkload(seed: 3_000)
            try workload.run(lives: 60)
            #expect(workload.told > 300 && workload.repeated > 20 && workload.moved > 20)
            print("\(workload.told) things told, \(workload.repeated) again, \(workload.moved) merges and splits")
        }
    }
}
