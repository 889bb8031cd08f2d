import Bytes
import Commerce
import Engine
import Simulation
import Store
import Synchronization
import Testing

/// A stop says whether it was in order: whoever reads `stopped` must be able to trust it.
@Suite struct JournalStopTests {
    private static let json = Array(#"{"channel":"crm","ref":"r-17","email":"a.devries@example.com"}"#.utf8)

    enum Fault: CaseIterable { case none, sync, write, full }

    @Test(arguments: Fault.allCases)
    func aFailedJournalIsNoCleanStop(_ fault: Fault) throws {
        let disk = SimulatedDisk()
        let lane = HandLane()
        let engine = try lane.entered {
            try Engine.open(
                EngineConfiguration(folder: "data"), on: disk, clock: FixedClock(),
                lanes: EngineLanes(directory: lane, shards: [lane], journal: lane, snapshot: lane), holder: "test")
        }
        lane.run()
        let isWell = fault == .none
        disk.setFaults {
            switch fault {
            case .none: break
            case .sync: $0.failSyncAfter = 0
            case .write: $0.failWriteAfter = 0
            case .full: $0.capacity = 0
            }
        }
        var decoder = CommandDecoder()
        var bytes = ByteWriter()
        let profile = try decoder.profile(Self.json.span, engine.hasher(shop: "main"), into: &bytes)
        let batch = CommandBatch(shop: "main", actor: "test", bytes: bytes.copyBytes(), commands: [.profile(profile)])
        lane.post { engine.submit(batch, from: lane) { _ in } }
        lane.run()
        #expect((engine.status.failure == nil) == isWell)

        // A disk that is still full stays so; the others would work again.
        if fault != .full { disk.setFaults { $0 = DiskFaults() } }
        let stopped = Mutex<StoreError??>(nil)
        lane.post { engine.stop { error in stopped.withLock { $0 = .some(error) } } }
        lane.run()
        let outcome = try #require(stopped.withLock { $0 }, "the engine did not stop")
        #expect((outcome == nil) == isWell)
        #expect((disk.snapshotImage().files["data/clean-stop"] != nil) == isWell)
    }

    /// More than one group may hold waits for room on the disk, and all of it is written when there is room.
    @Test func aLongQueueOutlastsAFullDisk() throws {
        let disk = SimulatedDisk()
        let lane = HandLane()
        func open() throws -> Engine {
            try lane.entered {
                try Engine.open(
                    EngineConfiguration(folder: "data"), on: disk, clock: FixedClock(),
                    lanes: EngineLanes(directory: lane, shards: [lane], journal: lane, snapshot: lane), holder: "test")
            }
        }
        let engine = try open()
        lane.run()
        disk.setFaults { $0.capacity = 0 }
        let note = String(repeating: "x", count: 3 << 20)
        // All of it is decided before the journal has tried, so nothing is refused yet.
        for number in 0..<24 {
            let json = Array(#"{"channel":"crm","ref":"r-\#(number)","note":"\#(note)"}"#.utf8)
            var decoder = CommandDecoder()
            var bytes = ByteWriter()
            let profile = try decoder.profile(json.span, engine.hasher(shop: "main"), into: &bytes)
            let batch = CommandBatch(
                shop: "main", actor: "test", bytes: bytes.copyBytes(), commands: [.profile(profile)])
            lane.post { engine.submit(batch, from: lane) { _ in } }
        }
        lane.run()
        #expect(engine.status.failure != nil)
        disk.setFaults { $0 = DiskFaults() }
        let stopped = Mutex<StoreError??>(nil)
        lane.post { engine.stop { error in stopped.withLock { $0 = .some(error) } } }
        lane.run()
        #expect(engine.status.syncedSequence.load(ordering: .acquiring) == 26)
        #expect(disk.snapshotImage().files["data/clean-stop"] != nil)
        #expect(try open().recovery.lastSequence == 26)
    }
}
