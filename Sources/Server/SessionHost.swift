import Bytes
import Commerce
import Engine
import Wire

/// What a session needs of the house around it. All of it is confined to the session's lane.
package protocol SessionHost: AnyObject {
    /// The lane that the session lives on.
    var lane: any EngineLane { get }
    /// The engine, or why there is none yet (LOADING) or any more.
    var engine: Result<Engine, Refusal> { get }
    var limits: SessionLimits { get }
    /// Answers that the lane's sessions keep.
    var answers: AnswerCache { get }
    /// Memory that the lane's sessions write replies into.
    var replyMemory: ReplyMemory { get }
    /// The last event whose acknowledgement may leave.
    var releasedSequence: UInt64 { get }
    /// Why nothing can be written at the moment.
    var journalFailure: String? { get }
    /// Asks to be told (`Session.released`) when more may leave.
    func awaitRelease(_ session: Session)
    /// Answers a command that concerns the server as a whole (INFO, SNAPSHOT, VERIFY); `completion` runs on the lane.
    func administer(
        _ command: CommandName, session: Session, tag: [UInt8]?, _ completion: @escaping @Sendable ([UInt8]) -> Void)
    /// Tells the operator's log something worth knowing; nobody need listen.
    func log(_ event: String, _ fields: KeyValuePairs<String, String>)
}

extension SessionHost {
    package func log(_ event: String, _ fields: KeyValuePairs<String, String>) {}
}

/// The bytes' way out of a session; a connection in production, a buffer in the simulation.
package protocol SessionOutput: AnyObject {
    func write(_ body: (inout ByteWriter) -> Void)
    /// Whether more output has to wait for the client to read.
    var isFull: Bool { get }
    func pauseReading()
    func resumeReading()
    /// Closes when everything written has left.
    func closeAfterFlush()
}

/// What one session may use.
package struct SessionLimits: Sendable {
    /// Longest request line in bytes, without its line feed.
    package var lineBytes = 8 << 20
    /// Most requests in one batch.
    package var batchRequests = 512
    /// Most in one that asks something: as many as have answers of `answerBytes` together, going by the answers before, so that
    /// nobody waits long and the memory for them is still near the processor when they leave.
    package var batchQuestions = 16...64
    /// What the answers of a batch are to take about.
    package var answerBytes = 1 << 20
    /// Reading pauses while more bytes of replies than this wait for durability or for other lanes.
    package var waitingBytes = 4 << 20
    /// Reading pauses while more batches than this are on their way.
    package var batches = 64

    package init() {}

    /// How many questions a batch may ask where answers take so many bytes each.
    func questions(answerBytesEach count: Int) -> Int {
        min(max(answerBytes / (count + 1), batchQuestions.lowerBound), batchQuestions.upperBound)
    }
}
