import Bytes
import Commerce
import Engine
import Lane
import Synchronization
import Wire

/// What the sessions of one lane share: the engine, the release of replies, the list of sessions. Confined to its lane.
final class LaneHost: SessionHost, @unchecked Sendable {
    private let ownLane: Lane
    private let administrator: Administrator
    private let serverLog: ServerLog
    let limits: SessionLimits
    let answers = AnswerCache()
    let replyMemory = ReplyMemory()

    private(set) var engine: Result<Engine, Refusal>
    private let releases = ReleaseList()
    private var sessions: [ObjectIdentifier: ConnectionSession] = [:]
    private var isClosing = false
    private var whenClosed: (@Sendable () -> Void)?

    init(_ lane: Lane, limits: SessionLimits, administrator: Administrator, log: ServerLog) {
        ownLane = lane
        self.limits = limits
        self.administrator = administrator
        serverLog = log
        engine = .failure(Refusal(.loading, "the data folder is being read"))
    }

    var lane: any EngineLane { ownLane }

    var journalFailure: String? { releases.journalFailure }

    var releasedSequence: UInt64 {
        guard case .success(let engine) = engine else { return 0 }
        return engine.status.releasedSequence.load(ordering: .acquiring)
    }

    // MARK: Sessions

    func open(_ connection: Connection) -> any ConnectionHandler {
        let session = ConnectionSession(connection, host: self)
        sessions[ObjectIdentifier(session)] = session
        if isClosing { session.session.stop() }
        return session
    }

    func close(_ session: ConnectionSession) {
        sessions[ObjectIdentifier(session)] = nil
        if isClosing, sessions.isEmpty { finishClosing() }
    }

    func awaitRelease(_ session: Session) { releases.add(session) }

    func administer(
        _ command: CommandName, session: Session, tag: [UInt8]?, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        administrator.run(command, engine: engine, tag: tag, from: ownLane, completion)
    }

    func log(_ event: String, _ fields: KeyValuePairs<String, String>) { serverLog.log(.info, event, fields) }

    // MARK: The engine's news

    func setEngine(_ engine: Result<Engine, Refusal>) { self.engine = engine }

    func journalChanged(_ change: JournalChange) { releases.journalChanged(change) }

    // MARK: Shutdown

    /// Takes no more requests, lets what was accepted be answered, then closes; `completion` runs on the lane.
    func closeAll(_ completion: @escaping @Sendable () -> Void) {
        isClosing = true
        whenClosed = completion
        if sessions.isEmpty { return finishClosing() }
        for session in sessions.values { session.session.stop() }
    }

    private func finishClosing() {
        let completion = whenClosed
        whenClosed = nil
        completion?()
    }
}

/// A session on a real connection. Confined to the connection's lane.
final class ConnectionSession: ConnectionHandler, SessionOutput, @unchecked Sendable {
    private let connection: Connection
    private let host: LaneHost
    private(set) lazy var session = Session(host: host, output: self)

    init(_ connection: Connection, host: LaneHost) {
        self.connection = connection
        self.host = host
    }

    // MARK: ConnectionHandler

    func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int { session.received(bytes) }

    func outputDrained(on connection: Connection) { session.outputDrained() }

    func peerClosedWriting(on connection: Connection) { session.endOfInput() }

    func closed(_ reason: CloseReason, on connection: Connection) {
        session.closed()
        host.close(self)
    }

    // MARK: SessionOutput

    func write(_ body: (inout ByteWriter) -> Void) { connection.withOutput(body) }

    var isFull: Bool { connection.isOutputFull }

    func pauseReading() { connection.pauseReading() }

    func resumeReading() { connection.resumeReading() }

    func closeAfterFlush() { connection.closeAfterFlush() }
}
