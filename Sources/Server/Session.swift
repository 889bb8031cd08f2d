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
    /// The last event whose acknowledgement may leave.
    var releasedSequence: UInt64 { get }
    /// Why nothing can be written at the moment.
    var journalFailure: String? { get }
    /// Asks to be told (`Session.released`) when more may leave.
    func awaitRelease(_ session: Session)
    /// Answers a command that concerns the server as a whole (INFO, SNAPSHOT, VERIFY); `completion` runs on the lane.
    func administer(
        _ command: CommandName, session: Session, tag: [UInt8]?, _ completion: @escaping @Sendable ([UInt8]) -> Void)
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
    /// Reading pauses while more bytes of replies than this wait for durability or for other lanes.
    package var waitingBytes = 4 << 20
    /// Reading pauses while more batches than this are on their way.
    package var batches = 64

    package init() {}
}

/// One connection's conversation: bytes in, batches to the engine, replies out in request order. Knows no socket.
/// Confined to its lane.
package final class Session: @unchecked Sendable {
    let host: any SessionHost
    private let output: any SessionOutput
    private(set) var shop = "main"
    private var hasher: KeyHasher?
    private var builder = BatchBuilder()
    private var replies = ReplyQueue()
    private var batchesInFlight = 0
    /// Batches with questions, and server commands, that are not answered yet. Nothing later is looked at meanwhile:
    /// a question sees what was sent before it and nothing that was sent after.
    private var questionsInFlight = 0

    /// Bytes of an incomplete line that were searched for a line feed already.
    private var scanned = 0
    private var isSkippingLine = false
    private var isFirstLine = true
    private var isPaused = false
    private var isAwaitingRelease = false
    /// Lines were left unread because replies have to catch up; they are offered again.
    private var hasUnreadLines = false
    private var hasInputEnded = false
    private var isEnding = false

    package init(host: any SessionHost, output: any SessionOutput) {
        self.host = host
        self.output = output
    }

    // MARK: Bytes in

    /// Takes what has arrived and returns how many bytes are dealt with; the rest is offered again.
    package func received(_ bytes: Span<UInt8>) -> Int {
        var position = 0
        hasUnreadLines = false
        // Once more when sending a batch has made room: nothing else would bring the rest back.
        repeat {
            position = readLines(bytes, from: position)
            submit()
        } while position < bytes.count && scanned == 0 && !isEnding && !mustPause
        if isEnding { return bytes.count }
        hasUnreadLines = position < bytes.count && scanned == 0
        if mustPause { pause() }
        if hasInputEnded { endOfInput() }
        return position
    }

    /// Works through lines until there is no whole one any more, or until the replies have to catch up. Returns where
    /// it stopped; `scanned` is not zero then if what follows is a part of a line.
    private func readLines(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < bytes.count, !isEnding, !mustPause {
            if isSkippingLine {
                guard let end = LineScanner.lineFeed(bytes, from: position) else { return bytes.count }
                isSkippingLine = false
                position = end + 1
                continue
            }
            let from = max(position, scanned)
            let found = LineScanner.next(bytes, from: position, scannedTo: from, limit: host.limits.lineBytes)
            scanned = 0
            switch found {
            case .line(let range, let next):
                handle(bytes.extracting(range))
                position = next
                if builder.count >= host.limits.batchRequests { submit() }
            case .incomplete:
                scanned = bytes.count - position
                return position
            case .tooLong:
                builder.refuse(
                    Refusal(.tooLarge, "a line may have \(host.limits.lineBytes) bytes at most"), tag: nil)
                isSkippingLine = true
            }
        }
        return position
    }

    /// The client sends no more; what it has sent is answered, then the connection closes. Half a line is no request.
    package func endOfInput() {
        hasInputEnded = true
        guard !hasUnreadLines else { return }
        isEnding = true
        closeIfDone()
    }

    /// The server stops: no more requests are taken, replies to those taken still go out, then the connection closes.
    package func stop() {
        isEnding = true
        closeIfDone()
    }

    /// The connection is gone: nothing is read or written any more. Batches on their way are decided all the same.
    package func closed() {
        isEnding = true
    }

    // MARK: Lines

    private func handle(_ line: Span<UInt8>) {
        if isFirstLine, isForeignProtocol(line) { return end() }
        isFirstLine = false
        // The commonest line by far is recognised before anything else is asked.
        if line.count > 10, line[9] == UInt8(ascii: " "), line[10] == UInt8(ascii: "{"),
            CommandTable.isOrderPut(line.extracting(0..<9))
        {
            if builder.hasQuestions { submit() }
            return order(line)
        }
        guard line.count > 0, !(line.count == 1 && line[0] == UInt8(ascii: "\r")) else { return }
        guard LineScanner.isUTF8(line) else {
            return builder.refuse(Refusal(.syntax, "the line is not UTF-8"), tag: nil)
        }
        do throws(Refusal) {
            let request = try RequestLine(line)
            let tag = request.argument(named: "tag")
            do throws(Refusal) { try dispatch(request, tag: tag) } catch { builder.refuse(error, tag: tag) }
        } catch {
            builder.refuse(error, tag: nil)
        }
    }

    private func order(_ line: Span<UInt8>) {
        do throws(Refusal) {
            guard LineScanner.isUTF8(line) else { throw Refusal(.syntax, "the line is not UTF-8") }
            try builder.order(line.extracting(10..<line.count), try currentHasher(), tag: nil)
        } catch {
            builder.refuse(error, tag: nil)
        }
    }

    /// Somebody speaks HTTP or TLS to us: a browser, or a page that a browser was lured to.
    private func isForeignProtocol(_ line: Span<UInt8>) -> Bool {
        if line.count >= 2, line[0] == 0x16, line[1] == 0x03 { return true }
        let methods: [StaticString] = [
            "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ", "PATCH ", "PRI ",
        ]
        return methods.contains { method in
            let length = method.utf8CodeUnitCount
            return line.count > length && line.extracting(0..<length).equals(method)
        }
    }

    private func end() {
        isEnding = true
        output.closeAfterFlush()
    }

    func currentHasher() throws(Refusal) -> KeyHasher {
        if let hasher { return hasher }
        let made: KeyHasher
        switch host.engine {
        case .success(let engine): made = engine.hasher(shop: shop)
        case .failure(let refusal): throw refusal
        }
        hasher = made
        return made
    }

    // MARK: Batches

    /// Sends what has been collected to the engine; behind a question only when that is answered.
    private func submit() {
        guard !builder.isEmpty, questionsInFlight == 0 else { return }
        guard case .success(let engine) = host.engine, !builder.commands.isEmpty else { return answerLocally() }
        let built = builder.build(shop: shop, actor: "anonymous", hasher: engine.hasher(shop: shop))
        let replyCount = built.items.count { $0.endsReply }
        let tags = built.items.contains { $0.tag != nil } ? built.items.filter(\.endsReply).map(\.tag) : []
        let place = replies.reserve()
        let questions = built.hasQuestions ? 1 : 0
        batchesInFlight += 1
        questionsInFlight += questions
        let lane = host.lane
        engine.submit(built.batch, from: lane) { outcome in
            let renderer = ReplyRenderer(built, outcome, engine: engine, lane: lane) { bytes, releaseSequence in
                self.batchesInFlight -= 1
                self.questionsInFlight -= questions
                self.replies.fill(
                    place, bytes, releaseSequence: releaseSequence, replyCount: replyCount, tags: tags)
                self.submit()
                self.release()
            }
            renderer.run()
        }
    }

    /// A batch without a command for the engine: everything in it is answered already.
    private func answerLocally() {
        var bytes = ByteWriter()
        for item in builder.items {
            switch item {
            case .local(let reply), .channelRefusal(let reply): bytes.append(reply)
            case .channelEnd(let tag): bytes.channelEnd(orders: 0, customers: 0, tag: tag)
            case .written, .channelRow, .note, .assertion, .decision, .query:
                preconditionFailure("a reply of the engine without a command")
            }
        }
        let count = builder.items.count { $0.endsReply }
        builder.discard()
        replies.fill(replies.reserve(), bytes.copyBytes(), releaseSequence: 0, replyCount: count)
        release()
    }

    // MARK: Replies out

    /// More may leave now; called by the host.
    package func released() {
        isAwaitingRelease = false
        release()
    }

    /// The journal failed: what waits is answered by an error; called by the host.
    package func journalFailed(_ reason: String) {
        isAwaitingRelease = false
        let refusal = Refusal(.readOnly, "not acknowledged: \(reason); it may be saved later, put it again then")
        output.write { replies.fail(refusal, released: host.releasedSequence, into: &$0) }
        goOn()
    }

    private func release() {
        output.write { replies.release(upTo: host.releasedSequence, into: &$0) }
        if !replies.isEmpty {
            if let reason = host.journalFailure, !replies.hasReserved { return journalFailed(reason) }
            if !isAwaitingRelease, replies.hasMarks {
                isAwaitingRelease = true
                host.awaitRelease(self)
            }
        }
        goOn()
    }

    private func goOn() {
        if isPaused, !mustPause {
            isPaused = false
            output.resumeReading()
        }
        closeIfDone()
    }

    private func closeIfDone() {
        if isEnding, replies.isEmpty, builder.isEmpty { output.closeAfterFlush() }
    }

    private var mustPause: Bool {
        output.isFull || questionsInFlight > 0 || replies.waitingBytes > host.limits.waitingBytes
            || batchesInFlight > host.limits.batches
    }

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        output.pauseReading()
    }

    /// The client has read what had piled up; called by the connection.
    package func outputDrained() { goOn() }

    // MARK: Commands

    private func dispatch(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard let description = CommandTable.find(request.bytes.extracting(request.command)) else {
            let name = request.bytes.text(request.command)
            throw Refusal(.unknown, "no command \(String(name.prefix(64))); HELP lists all")
        }
        try RequestReader.check(request, description)
        if builder.hasQuestions, description.name.isWrite { submit() }
        switch description.name {
        case .ping:
            builder.local {
                $0.beginOK(tag: tag)
                $0.key("pong")
                $0.bool(true)
                $0.endReply()
            }
        case .auth: throw Refusal(.refused, "no credentials are configured on this server; everybody may ask")
        case .shop: try bindShop(request, tag: tag)
        case .help: try help(request, tag: tag)
        case .quit:
            builder.local { $0.plainOK(tag: tag) }
            submit()
            isEnding = true
            closeIfDone()
        case .info, .snapshot, .verify: administer(description.name, tag: tag)
        case .orderPut: try builder.order(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .customerPut: try builder.profile(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .documentPut: try builder.document(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .channelPut: try channel(request, tag: tag)
        case .noteAdd:
            _ = try currentHasher()
            let note = try RequestReader.note(request)
            builder.note(customer: note.customer, text: note.text, tag: tag)
        case .customerPin, .customerUnpin, .customerVerify:
            _ = try currentHasher()
            builder.assertion(
                try RequestReader.assertion(request, description.name), actor: try RequestReader.actor(request),
                tag: tag)
        case .identityLearn: try learn(request, tag: tag)
        case .identitySettle, .identityCheck, .identityExport, .identitySimulate:
            try identityTask(description.name, request, tag: tag)
        case let name where name.isDecision: try decision(name, request, tag: tag)
        default:
            builder.query(try RequestReader.query(request, description.name, try currentHasher()), tag: tag)
        }
    }

    private func channel(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard let channel = request.plainArguments.first else {
            throw .invalid("channel", "is required: CHANNEL.PUT shopify {…}")
        }
        let store = request.argument(named: "store").map { String(decoding: $0, as: UTF8.self) } ?? "main"
        let hasher = try currentHasher()
        let payload = try RequestReader.payload(request)
        do throws(ChannelError) {
            try builder.channel(
                String(decoding: channel, as: UTF8.self), store: store, payload, hasher, tag: tag)
        } catch {
            throw Refusal(.invalid, error.sentence)
        }
    }

    private func bindShop(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        if let name = request.plainArguments.first {
            let checked = try RequestReader.shopName(name)
            // What was sent before belongs to the shop before.
            submit()
            shop = checked
            hasher = nil
        }
        let shop = shop
        builder.local {
            $0.beginOK(tag: tag)
            $0.key("shop")
            $0.string(shop)
            $0.endReply()
        }
        // Alone, so that its reply never shares the fate of a write that the journal could not take.
        submit()
    }

    private func help(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let wanted = request.plainArguments.first
        let rows = try HelpText.rows(for: wanted)
        builder.local {
            $0.append(rows)
            $0.plainOK(tag: tag)
        }
    }

    /// What concerns the server as a whole is answered also while nothing can be written.
    private func administer(_ command: CommandName, tag: [UInt8]?) {
        wait(tag) { completion in host.administer(command, session: self, tag: tag) { completion($0, 0) } }
    }

    /// Asks the engine something that takes its time. The answer leaves when every event is durable that was decided
    /// before it was ready: it shows nothing that a crash could take back.
    private func ask(
        _ engine: Engine, tag: [UInt8]?, _ start: (@escaping @Sendable ([UInt8]) -> Void) -> Void
    ) {
        let lane = host.lane
        wait(tag) { completion in
            start { bytes in engine.lastSequence(from: lane) { completion(bytes, $0) } }
        }
    }

    /// Sends what came before, and looks at nothing that comes after until `start` has brought the answer about.
    private func wait(
        _ tag: [UInt8]?, _ start: (@escaping @Sendable ([UInt8], _ releaseSequence: UInt64) -> Void) -> Void
    ) {
        submit()
        let place = replies.reserve()
        questionsInFlight += 1
        start { bytes, releaseSequence in
            self.questionsInFlight -= 1
            self.replies.fill(place, bytes, releaseSequence: releaseSequence, replyCount: 1, tags: [tag])
            self.submit()
            self.release()
        }
    }

    private func decision(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let hasher = try currentHasher()
        let (command, actor) = try RequestReader.decision(request, name, hasher)
        if name == .quarantineHold, let preview = try RequestReader.holdPreview(request, hasher) {
            return builder.query(preview, tag: tag)
        }
        builder.decision(command, actor: actor, tag: tag)
    }

    private func learn(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let activates = try RequestReader.activates(request)
        let actor = try RequestReader.actor(request)
        guard case .success(let engine) = host.engine else {
            _ = try currentHasher()
            return
        }
        let shop = shop
        let lane = host.lane
        ask(engine, tag: tag) {
            LearningTask.learn(
                engine, shop: shop, askedBy: actor, activates: activates, tag: tag, from: lane, $0)
        }
    }

    private func identityTask(_ command: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard case .success(let engine) = host.engine else {
            _ = try currentHasher()
            return
        }
        let shop = shop
        let lane = host.lane
        let offset = try RequestReader.natural(request, "offset") ?? 0
        let limit = try RequestReader.natural(request, "limit") ?? .max
        let version = command == .identitySimulate ? try RequestReader.version(request) : 0
        ask(engine, tag: tag) { completion in
            switch command {
            case .identityCheck: IdentityTasks.check(engine, shop: shop, tag: tag, from: lane, completion)
            case .identityExport:
                IdentityTasks.export(
                    engine, shop: shop, offset: offset, limit: limit, tag: tag, from: lane, completion)
            case .identitySimulate:
                IdentityTasks.simulate(engine, shop: shop, version: version, tag: tag, from: lane, completion)
            default: IdentityTasks.settle(engine, tag: tag, from: lane, completion)
            }
        }
    }
}
