import Bytes
import Commerce
import Engine
import Glibc
import Store
import Synchronization
import Wire

/// Answers the commands that concern the server as a whole. May be called from any lane.
final class Administrator: Sendable {
    private let options: ServerOptions
    private let fileSystem: any FileSystem
    private let connectionCount: @Sendable () -> Int
    /// Bytes that recovery has read and has to read.
    private let progress = Mutex<(done: Int, total: Int, sequence: UInt64)>((0, 0, 0))

    init(
        _ options: ServerOptions, fileSystem: any FileSystem, connectionCount: @escaping @Sendable () -> Int
    ) {
        self.options = options
        self.fileSystem = fileSystem
        self.connectionCount = connectionCount
    }

    func recovered(_ progress: RecoveryProgress) {
        self.progress.withLock { $0 = (progress.bytesDone, progress.bytesTotal, progress.sequence) }
    }

    /// Runs a command; `completion` runs on `lane` with the reply's lines.
    func run(
        _ command: CommandName, engine: Result<Engine, Refusal>, tag: [UInt8]?, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        switch (command, engine) {
        case (.info, .failure(let refusal)): completion(loadingInfo(refusal, tag: tag))
        case (_, .failure(let refusal)): completion(Self.error(refusal, tag: tag))
        case (.snapshot, .success(let engine)): snapshot(engine, tag: tag, from: lane, completion)
        case (.verify, .success(let engine)): verify(engine, tag: tag, from: lane, completion)
        case (_, .success(let engine)): info(engine, tag: tag, from: lane, completion)
        }
    }

    private static func error(_ refusal: Refusal, tag: [UInt8]?) -> [UInt8] {
        var output = ByteWriter()
        output.error(refusal, tag: tag)
        return output.copyBytes()
    }

    // MARK: SNAPSHOT and VERIFY

    private func snapshot(
        _ engine: Engine, tag: [UInt8]?, from lane: any EngineLane, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        engine.snapshot { result in
            var output = ByteWriter()
            switch result {
            case .success(let entry):
                output.beginOK(tag: tag)
                output.key("snapshot")
                output.string(entry.file)
                output.key("seq")
                output.number(entry.sequence)
                output.key("bytes")
                output.number(entry.bytes)
                output.endReply()
            case .failure(.alreadyRunning):
                output.error(Refusal(.busy, "a snapshot is being written already"), tag: tag)
            case .failure(let failure): output.error(Refusal(.internal, "no snapshot: \(failure)"), tag: tag)
            }
            let reply = output.copyBytes()
            lane.run { completion(reply) }
        }
    }

    private func verify(
        _ engine: Engine, tag: [UInt8]?, from lane: any EngineLane, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let journal = engine.journal
        let path = engine.configuration.folder
        let fileSystem = fileSystem
        engine.referredContents(from: journal.lane) { referred in
            let live = journal.assumeIsolated { $0.liveSegment() }
            engine.snapshotter.lane.post {
                var output = ByteWriter()
                do throws(StoreError) {
                    var report = try Verifier.verify(path, on: fileSystem, live: live)
                    report.expect(referred)
                    VerifyText.write(report, tag: tag, into: &output)
                } catch {
                    output.error(Refusal(.internal, "the data folder cannot be verified: \(error)"), tag: tag)
                }
                let reply = output.copyBytes()
                lane.run { completion(reply) }
            }
        }
    }

    // MARK: INFO

    private func loadingInfo(_ refusal: Refusal, tag: [UInt8]?) -> [UInt8] {
        let progress = progress.withLock { $0 }
        var output = ByteWriter()
        output.beginOK(tag: tag)
        server(into: &output)
        output.key("state")
        output.string("loading" as StaticString)
        output.key("detail")
        output.string(refusal.text)
        output.key("bytesRead")
        output.number(progress.done)
        output.key("bytesToRead")
        output.number(progress.total)
        output.key("seq")
        output.number(progress.sequence)
        output.endReply()
        return output.copyBytes()
    }

    private func server(into output: inout ByteWriter) {
        output.key("server")
        output.string("dossierd" as StaticString)
        output.key("version")
        output.string(Version.text)
        output.key("durability")
        output.string(options.engine.durability.rawValue)
        output.key("connections")
        output.number(connectionCount())
        output.key("lanes")
        output.number(options.lanes)
    }

    private func info(
        _ engine: Engine, tag: [UInt8]?, from lane: any EngineLane, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        engine.history(from: lane) { history in
            self.info(engine, history, tag: tag, from: lane, completion)
        }
    }

    private func info(
        _ engine: Engine, _ history: Result<JournalHistory, StoreError>, tag: [UInt8]?, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        engine.counts(from: lane) { counts, shardBytes in
            var output = ByteWriter(capacity: 1_024)
            output.beginOK(tag: tag)
            self.server(into: &output)
            output.key("state")
            let state = counts.isMatchingAway ? "indexing" : "ready"
            output.string(engine.status.failure == nil ? state : "readonly")
            if let failure = engine.status.failure {
                output.key("failure")
                output.string(failure)
            }
            Self.write(counts, shardBytes, engine, into: &output)
            Self.write(history, engine, into: &output)
            output.endReply()
            completion(output.copyBytes())
        }
    }

    private static func write(
        _ counts: DirectoryCounts, _ shardBytes: Int, _ engine: Engine, into output: inout ByteWriter
    ) {
        let status = engine.status
        let numbers: [(StaticString, Int)] = [
            ("seq", Int(clamping: counts.sequence)),
            ("durableSeq", Int(clamping: status.syncedSequence.load(ordering: .acquiring))),
            ("shards", engine.shards.count), ("shops", counts.shops), ("customers", counts.customers),
            ("profiles", counts.profiles), ("orders", counts.orders), ("documents", counts.documents),
            ("edges", counts.edges), ("facts", counts.facts), ("waitingFacts", counts.waitingFacts),
            ("messages", counts.messages), ("directoryBytes", counts.allocatedBytes), ("shardBytes", shardBytes),
            ("residentBytes", residentBytes()), ("journalBytesWritten", status.bytesWritten.load(ordering: .relaxed)),
            ("journalGroups", status.groups.load(ordering: .relaxed)),
            ("journalBytesSinceSnapshot", engine.journalBytesSinceSnapshot),
        ]
        for (name, value) in numbers {
            output.key(name)
            output.number(value)
        }
        output.key("startedAt")
        output.timestamp(engine.startedAt)
        let snapshot = engine.snapshotter.currentStatus
        output.key("snapshot")
        output.openObject()
        output.key("running")
        output.bool(snapshot.isRunning)
        output.key("seq")
        output.number(snapshot.sequence == 0 ? engine.recovery.snapshot?.sequence ?? 0 : snapshot.sequence)
        output.key("milliseconds")
        output.number(snapshot.milliseconds)
        if let failure = snapshot.failure {
            output.key("failure")
            output.string(failure)
        }
        output.closeObject()
    }

    private static func write(
        _ history: Result<JournalHistory, StoreError>, _ engine: Engine, into output: inout ByteWriter
    ) {
        output.key("history")
        output.openObject()
        output.key("keeps")
        output.string(engine.configuration.history.text)
        switch history {
        case .success(let history):
            output.key("oldestSeq")
            output.number(history.oldest)
            output.key("bytes")
            output.number(history.bytes)
            output.key("segments")
            output.number(history.segments)
        case .failure(let error):
            output.key("failure")
            output.string(error.description)
        }
        output.closeObject()
    }

    /// Memory of this process that is in RAM, as the kernel counts it.
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// The version of the programs.
package enum Version {
    package static let text = "0.1.0"
}
