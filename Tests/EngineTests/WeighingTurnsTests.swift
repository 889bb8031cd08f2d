import Bytes
import Commerce
import Simulation
import Synchronization
import Testing

@testable import Engine

/// Weighing behind the replies: a slice for each turn of the lane, longer ones the more there is to weigh.
@Suite struct WeighingTurnsTests {
    private let lane = HandLane()
    private let journalLane = HandLane()

    private func open() throws -> Engine {
        try lane.entered {
            try Engine.open(
                EngineConfiguration(folder: "data"), on: SimulatedDisk(), clock: FixedClock(),
                lanes: EngineLanes(directory: lane, shards: [lane], journal: journalLane, snapshot: journalLane),
                holder: "test")
        }
    }

    private func put(_ numbers: Range<Int>, into engine: Engine) throws {
        var decoder = CommandDecoder()
        var bytes = ByteWriter()
        let commands = try numbers.map { number in
            let json = Array(#"{"channel":"crm","ref":"r-\#(number)","email":"buyer\#(number)@example.com"}"#.utf8)
            return PreparedCommand.profile(try decoder.profile(json.span, engine.hasher(shop: "main"), into: &bytes))
        }
        let batch = CommandBatch(shop: "main", actor: "test", bytes: bytes.copyBytes(), commands: commands)
        lane.post { engine.submit(batch, from: lane) { _ in } }
        lane.run(endsWaits: false)
    }

    private func waiting(in engine: Engine) -> Int {
        lane.entered { engine.directory.assumeIsolated { $0.state.listedProfiles } }
    }

    @Test func whatComesInGoesFirst() throws {
        let engine = try open()
        lane.run()
        let slice = Directory.profilesPerTurn(listed: 0)
        for batch in 0..<5 { try put(batch * slice..<(batch + 1) * slice, into: engine) }
        #expect(waiting(in: engine) == 5 * slice, "weighed before what came in the same turn")
        #expect(lane.waitCount == 1, "several slices at once")
        for left in (0..<5).reversed() {
            lane.endOneWait()
            #expect(waiting(in: engine) == left * slice)
        }
        lane.run()
        #expect(waiting(in: engine) == 0 && lane.waitCount == 0)
    }

    @Test(arguments: [(0, 64), (65_536, 64), (100_000, 97), (262_144, 256), (10_000_000, 9_765)])
    func aLongQueueIsWeighedInLongerSlices(listed: Int, profiles: Int) {
        #expect(Directory.profilesPerTurn(listed: listed) == profiles)
    }
}
