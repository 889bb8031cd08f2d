import Bytes
import Testing

@testable import Commerce

/// Random facts in random order, doubled, with restarts, their orders coming at any point: the end is always the same.
@Suite struct OrderLifeLaws {
    private struct SnapshotRefused: Error {}

    private enum Delivery {
        case order(Int)
        case fact(Told)
    }

    @Test func everyDeliveryEndsInTheSameBytes() throws {
        let seed = testSeed()
        print("OrderLifeLaws: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            let deliveries: [Delivery] =
                (0..<3).map { .order($0) } + (0..<40).map { _ in .fact(Self.fact(&random)) }
            let expected = try Self.deliver(deliveries, restarts: false, &random)
            for _ in 0..<3 {
                let found = try Self.deliver(
                    (deliveries + deliveries).shuffled(using: &random), restarts: true, &random)
                #expect(found == expected, "seed \(seed)")
            }
        }
    }

    /// Tells everything, with a restart from a snapshot or the journal now and then; the lives and orders at the end.
    private static func deliver(
        _ deliveries: [Delivery], restarts: Bool, _ random: inout SeededGenerator
    ) throws -> [String] {
        var world = DirectoryWorld(shards: Int.random(in: 1...4, using: &random))
        for delivery in deliveries {
            switch delivery {
            case .order(let number): _ = try world.order(teaOrder("\(number)"), shop: "main", now: 5)
            case .fact(let told): _ = try world.fact(told.kind, of: told.order, told.json)
            }
            if restarts, Int.random(in: 0..<15, using: &random) == 0 {
                world = try restart(world, fromSnapshot: Bool.random(using: &random))
            }
        }
        let counts = world.directory.counts()
        #expect(counts.waitingFacts == 0)
        #expect(world.shards.allSatisfy { $0.rows == world.directory.rows(ofShard: $0.number) })
        return try (0..<3).flatMap { number in
            let order = try world.number(of: "web:\(number)")
            return [world.lifeText(order), world.orderText(order)]
        }
    }

    private static func restart(
        _ world: consuming DirectoryWorld, fromSnapshot: Bool
    ) throws -> DirectoryWorld {
        if fromSnapshot {
            guard let loaded = DirectoryWorld.load(DirectoryWorld.sections(world.capture())) else {
                throw SnapshotRefused()
            }
            return loaded
        }
        // A world that was loaded holds the journal behind its snapshot only.
        guard world.journal.count == Int(world.directory.sequence) else { return world }
        var replayed = DirectoryWorld()
        for event in world.journal { try replayed.apply(event) }
        return replayed
    }

    private static func fact(_ random: inout SeededGenerator) -> Told {
        let kind = FactKind.allCases.randomElement(using: &random) ?? .shipment
        let order = "web:\(Int.random(in: 0..<3, using: &random))"
        let id = Int.random(in: 0..<3, using: &random)
        let day = Int.random(in: 1...3, using: &random)
        let quantity = Int.random(in: 1...3, using: &random)
        let sku = ["A", "B", "Z"].randomElement(using: &random) ?? "A"
        let hasLines = [.shipment, .return, .receipt, .cancellation, .refund].contains(kind) && day != 3
        let required: String =
            switch kind {
            case .delay: #","until":"2026-04-0\#(quantity)""#
            case .receipt: #","return":"\#(id)","warehouse":"W\#(quantity)""#
            case .refund: #","amount":"\#(quantity).5","return":"\#(quantity)""#
            case .payment: #","amount":"\#(quantity)""#
            case .booking: #","status":"s\#(quantity)""#
            case .status: #","status":"\#(["open", "shipped", "cancelled"][quantity - 1])""#
            case .shipment: #","trackingCode":"3S\#(quantity)","deliveredAt":"2026-03-0\#(day)""#
            case .return, .cancellation: #","reason":"r\#(quantity)""#
            }
        let lines = hasLines ? #","lines":[{"sku":"\#(sku)","quantity":\#(quantity)}]"# : ""
        return Told(kind, #"{"id":"\#(id)","updatedAt":"2026-03-0\#(day)"\#(required)\#(lines)}"#, order: order)
    }
}
