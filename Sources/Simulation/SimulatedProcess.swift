import Bytes
import Commerce
import Engine
import Server
import Store
import Synchronization

/// Which actors share a lane.
package enum LaneLayout: CaseIterable, Sendable {
    /// Everything on one lane, the blocking ones too.
    case single
    /// As a server with one lane is wired.
    case oneLane
    /// Sessions and shards on both, the directory on one of them.
    case twoLanes
    /// As a server with two lanes is wired: one for the directory alone.
    case directoryApart
    /// Every role apart.
    case apart
}

/// The lanes of a simulated machine; they outlive its processes.
package struct SimulatedMachine {
    package let scheduler: SimulatedScheduler
    package let disk: SimulatedDisk
    package let layout: LaneLayout
    let lanes: EngineLanes
    /// Lanes that sessions live on.
    package let sessionLanes: [SimulatedLane]
    let openingLane: SimulatedLane

    package init(seed: UInt64, layout: LaneLayout, disk: SimulatedDisk = SimulatedDisk()) {
        let scheduler = SimulatedScheduler(seed: seed)
        self.scheduler = scheduler
        self.disk = disk
        self.layout = layout
        let first = scheduler.makeLane("lane-0")
        func another(_ name: String) -> SimulatedLane { layout == .single ? first : scheduler.makeLane(name) }
        let journal = another("journal")
        let snapshot = another("snapshot")
        openingLane = snapshot
        switch layout {
        case .single, .oneLane:
            sessionLanes = [first]
            lanes = EngineLanes(directory: first, shards: [first], journal: journal, snapshot: snapshot)
        case .twoLanes:
            let second = scheduler.makeLane("lane-1")
            sessionLanes = [first, second]
            lanes = EngineLanes(directory: first, shards: [first, second], journal: journal, snapshot: snapshot)
        case .directoryApart:
            let second = scheduler.makeLane("lane-1")
            sessionLanes = [second]
            lanes = EngineLanes(directory: first, shards: [second], journal: journal, snapshot: snapshot)
        case .apart:
            sessionLanes = [scheduler.makeLane("session-0"), scheduler.makeLane("session-1")]
            lanes = EngineLanes(
                directory: first, shards: [scheduler.makeLane("shard-0"), scheduler.makeLane("shard-1")],
                journal: journal, snapshot: snapshot)
        }
    }

    /// Loses power: everything in memory is gone, and what the disk had not synced is in danger.
    package func crash() {
        scheduler.discardAll()
        disk.crash(seed: scheduler.generator.next())
    }
}

/// One life of a server on a simulated machine: engine, hosts and connections. Drop it to kill it.
package final class SimulatedProcess {
    package let machine: SimulatedMachine
    package let engine: Engine
    private let hosts: [SimulatedHost]
    private var connectionCount = 0

    /// Opens the data folder and recovers what it holds.
    package init(
        _ machine: SimulatedMachine, _ configuration: EngineConfiguration, limits: SessionLimits
    ) throws(StoreError) {
        self.machine = machine
        let opening = Opening()
        machine.openingLane.post {
            do throws(StoreError) {
                opening.result = .success(
                    try Engine.open(
                        configuration, on: machine.disk, clock: SimulatedClock(machine.scheduler),
                        lanes: machine.lanes, holder: "simulated"))
            } catch { opening.result = .failure(error) }
        }
        _ = machine.scheduler.run { opening.result != nil }
        guard let result = opening.result else { preconditionFailure("the opening job did not run") }
        let engine = try result.get()
        self.engine = engine
        let hosts = machine.sessionLanes.map { SimulatedHost(on: $0, limits: limits) }
        self.hosts = hosts
        let journal = engine.journal
        journal.lane.post {
            journal.assumeIsolated {
                $0.subscribe { change in
                    for host in hosts { host.lane.post { host.journalChanged(change) } }
                }
                let released = JournalChange.released($0.status.releasedSequence.load(ordering: .acquiring))
                for host in hosts { host.lane.post { host.journalChanged(released) } }
            }
        }
        for host in hosts { host.lane.post { host.setEngine(engine) } }
    }

    private final class Opening: @unchecked Sendable { var result: Result<Engine, StoreError>? }

    /// A new connection; the session lanes take turns.
    package func connect(_ limits: SimulatedConnection.Limits = .init()) -> SimulatedConnection {
        let number = connectionCount % hosts.count
        connectionCount += 1
        let connection = SimulatedConnection(
            on: machine.sessionLanes[number], of: machine.scheduler, limits: limits)
        let host = hosts[number]
        host.lane.post { connection.open(host) }
        return connection
    }

    /// The last event that may be acknowledged.
    package var releasedSequence: UInt64 { engine.status.releasedSequence.load(ordering: .acquiring) }
}
