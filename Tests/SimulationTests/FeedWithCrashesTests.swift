import Simulation
import Testing

/// Followers of the feed and questions about the past, power lost at any step.
@Suite struct FeedWithCrashes {
    @Test(arguments: seeds(60))
    func whatWasToldIsNeverTakenBackAndNothingIsLeftOut(seed: UInt64) {
        uphold("FeedWithCrashes", seed: seed) { try FeedWorkload(seed: seed).run() }
    }

    /// The law above is about something.
    @Test func eventsAreToldAndThePastIsAsked() throws {
        var told = 0
        var past = 0
        for seed in seeds(10) {
            let workload = FeedWorkload(seed: seed)
            try workload.run()
            told += workload.toldCount
            past += workload.pastCount
        }
        #expect(told > 100 && past > 10, "\(told) told, \(past) asked about the past")
    }
}
