import Engine

/// The sessions of one lane that wait for events to become durable, and whether the journal works. The server's hosts and
/// the simulation's share it, so that what is simulated is what runs. Confined to its lane.
package final class ReleaseList {
    /// Why nothing can be written at the moment; nil when all is well.
    package private(set) var journalFailure: String?
    private var awaiting: [Session] = []

    package init() {}

    /// Has the session told when more may leave, or that the journal failed.
    package func add(_ session: Session) { awaiting.append(session) }

    package func journalChanged(_ change: JournalChange) {
        switch change {
        case .released: release { $0.released() }
        case .failed(let reason):
            journalFailure = reason
            release { $0.journalFailed(reason) }
        case .recovered:
            journalFailure = nil
            release { $0.released() }
        }
    }

    /// Sessions that still have to wait ask again.
    private func release(_ body: (Session) -> Void) {
        let ready = awaiting
        awaiting.removeAll(keepingCapacity: true)
        for session in ready { body(session) }
    }
}
