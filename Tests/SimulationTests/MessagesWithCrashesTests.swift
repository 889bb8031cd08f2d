import Simulation
import Testing

/// Workers that take and report, power lost at any step.
@Suite struct MessagesWithCrashes {
    @Test(arguments: seeds(60))
    func noAttemptIsGivenTwiceAndNothingAcknowledgedIsLost(seed: UInt64) {
        uphold("MessagesWithCrashes", seed: seed) { try MessageWorkload(seed: seed).run() }
    }

    /// The law above is about something.
    @Test func messagesAreTakenAndReported() throws {
        var taken = 0
        var reported = 0
        for seed in seeds(10) {
            let workload = MessageWorkload(seed: seed)
            try workload.run()
            taken += workload.takenCount
            reported += workload.reportedCount
        }
        #expect(taken > 20 && reported > 20, "\(taken) taken, \(reported) reported")
    }
}
