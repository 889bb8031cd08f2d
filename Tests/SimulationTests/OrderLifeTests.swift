import Simulation
import Testing

/// Facts before, after and without their orders, doubled and shuffled, power lost at any step.
@Suite struct OrderLives {
    @Test(arguments: seeds(80))
    func everyDeliveryEndsInTheSameLife(seed: UInt64) {
        uphold("OrderLives", seed: seed) { try OrderLifeWorkload(seed: seed).run() }
    }
}
