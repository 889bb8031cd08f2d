import Bytes
import Commerce
import Engine
import Server
import Synchronization
import Wire

/// What the sessions of one simulated lane share; the counterpart of Sources/Server/LaneHost.swift. Confined to its
/// lane.
package final class SimulatedHost: SessionHost, @unchecked Sendable {
    package let lane: any EngineLane
    package let limits: SessionLimits
    package let answers = AnswerCache()
    package let replyMemory = ReplyMemory()
    package private(set) var engine: Result<Engine, Refusal> = .failure(Refusal(.loading, "the folder is being read"))
    private let releases = ReleaseList()

    package init(on lane: any EngineLane, limits: SessionLimits) {
        self.lane = lane
        self.limits = limits
    }

    package var releasedSequence: UInt64 {
        guard case .success(let engine) = engine else { return 0 }
        return engine.status.releasedSequence.load(ordering: .acquiring)
    }

    package func setEngine(_ engine: Engine) { self.engine = .success(engine) }

    package var journalFailure: String? { releases.journalFailure }

    package func awaitRelease(_ session: Session) { releases.add(session) }

    package func journalChanged(_ change: JournalChange) { releases.journalChanged(change) }

    /// SNAPSHOT as the server answers it; anything else is answered by `OK` after a hop through every lane.
    package func administer(
        _ command: CommandName, session: Session, tag: [UInt8]?, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let lane = lane
        switch (command, engine) {
        case (_, .failure(let refusal)):
            var output = ByteWriter()
            output.error(refusal, tag: tag)
            completion(output.copyBytes())
        case (.snapshot, .success(let engine)):
            engine.snapshot { result in
                var output = ByteWriter()
                switch result {
                case .success: output.plainOK(tag: tag)
                case .failure(let failure): output.error(Refusal(.internal, "no snapshot: \(failure)"), tag: tag)
                }
                let reply = output.copyBytes()
                lane.run { completion(reply) }
            }
        case (_, .success(let engine)):
            engine.counts(from: lane) { _, _ in
                var output = ByteWriter()
                output.plainOK(tag: tag)
                completion(output.copyBytes())
            }
        }
    }
}
