import Simulation
import Testing

/// Rules that write to customers while updates come in any order and power fails at any step (X01, X02, X05, W16).
@Suite struct Automation {
    @Test(arguments: seeds(60))
    func everyChangeMakesOneMessage(seed: UInt64) {
        uphold("Automation", seed: seed) { try AutomationWorkload(seed: seed).run() }
    }

    /// The law above is about something.
    @Test func messagesAreMade() throws {
        var messages = 0
        for seed in seeds(10) {
            let workload = AutomationWorkload(seed: seed)
            try workload.run()
            messages += workload.messageCount
        }
        #expect(messages > 50, "\(messages) messages")
    }
}
