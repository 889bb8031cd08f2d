import Bytes
import Commerce
import Engine
import Wire

/// One connection's conversation: bytes in, batches to the engine, replies out in request order. Knows no socket.
/// Confined to its lane.
package final class Session: @unchecked Sendable {
    let host: any SessionHost
    let output: any SessionOutput
    private(set) var shop = "main"
    private var hasher: KeyHasher?
    /// Names this connection to the keeper of files, once it uploads.
    var fileOwner: UInt64?
    var builder = BatchBuilder()
    private var replies: ReplyQueue
    private var batchesInFlight = 0
    /// Batches with questions, and server commands, that are not answered yet. Nothing later is looked at meanwhile:
    /// a question sees what was sent before it and nothing that was sent after.
    private var questionsInFlight = 0
    /// What is brought about when the batches in flight are decided.
    private var next: (() -> Void)?
    /// Questions that a batch takes at most, by how large the answers of late were.
    private var batchQuestions: Int
    var exportLog = ExportLog()
    /// The reply in hand that leaves page by page.
    private var stream: (feed: FeedStream, place: ReplyQueue.Place)?

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
        batchQuestions = host.limits.batchQuestions.lowerBound
        replies = ReplyQueue(host.replyMemory)
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
        var mayGoOn = !mustPause
        while position < bytes.count, !isEnding, mayGoOn {
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
                let isCollected = handle(bytes.extracting(range))
                position = next
                let limit = builder.hasQuestions ? batchQuestions : host.limits.batchRequests
                let isFull = builder.count >= limit
                if isFull { submit() }
                if isFull || !isCollected { mayGoOn = !mustPause }
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
        stream?.feed.stop()
        closeIfDone()
    }

    /// The connection is gone: nothing is read or written any more. Batches on their way are decided all the same.
    package func closed() {
        isEnding = true
        exportLog.end(host.log)
        abandonUploads()
        stream?.feed.abandon()
        stream = nil
    }

    // MARK: Lines

    /// Deals with a line. Returns whether it was only collected for the batch in hand.
    private func handle(_ line: Span<UInt8>) -> Bool {
        if isFirstLine, isForeignProtocol(line) {
            end()
            return false
        }
        isFirstLine = false
        // The commonest line by far is recognised before anything else is asked.
        if line.count > 10, line[9] == UInt8(ascii: " "), line[10] == UInt8(ascii: "{"),
            CommandTable.isOrderPut(line.extracting(0..<9))
        {
            let isAlone = builder.hasQuestions
            if isAlone { submit() }
            order(line)
            return !isAlone
        }
        request(line)
        return false
    }

    /// A line that is no plain order.
    private func request(_ line: Span<UInt8>) {
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

    /// What was sent before belongs to the shop before.
    func bind(to shop: String) {
        submit()
        self.shop = shop
        hasher = nil
    }

    // MARK: Batches

    /// Sends what has been collected to the engine; behind a question only when that is answered.
    func submit() {
        guard !builder.isEmpty, questionsInFlight == 0 else { return }
        guard case .success(let engine) = host.engine, !builder.commands.isEmpty else { return answerLocally() }
        let built = builder.build(
            shop: shop, actor: "anonymous", session: ObjectIdentifier(self), hasher: engine.hasher(shop: shop))
        let replyCount = built.items.count { $0.endsReply }
        let tags = built.items.contains { $0.tag != nil } ? built.items.filter(\.endsReply).map(\.tag) : []
        let place = replies.reserve()
        let questions = built.hasQuestions ? 1 : 0
        batchesInFlight += 1
        questionsInFlight += questions
        let lane = host.lane
        engine.submit(built.batch, from: lane) { outcome in
            let renderer = ReplyRenderer(
                built, outcome, engine: engine, lane: lane, answers: self.host.answers,
                memory: self.host.replyMemory.lend()
            ) { renderer, releaseSequence in
                self.batchesInFlight -= 1
                self.startNext()
                self.questionsInFlight -= questions
                if questions > 0 {
                    self.batchQuestions = self.host.limits.questions(
                        answerBytesEach: renderer.output.count / max(1, replyCount))
                }
                self.replies.fill(
                    place, taking: &renderer.output, releaseSequence: releaseSequence, replyCount: replyCount,
                    tags: tags)
                renderer.output.removeAll()
                self.host.replyMemory.takeBack(&renderer.output)
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
            case .channelEnd(let tag): bytes.channelEnd(ChannelCounts(), tag: tag)
            case .written, .channelRow, .note, .assertion, .decision, .query, .message, .ledger, .labels, .rule,
                .silent:
                preconditionFailure("a reply of the engine without a command")
            }
        }
        let count = builder.items.count { $0.endsReply }
        builder.discard()
        replies.fill(replies.reserve(), bytes.copyBytes(), releaseSequence: 0, replyCount: count)
        release()
    }

    /// Sends what came before, and when that is decided has `start` bring the answer about; looks at nothing that comes after
    /// until then.
    func wait(
        _ tag: [UInt8]?, _ start: @escaping (@escaping @Sendable ([UInt8], _ releaseSequence: UInt64) -> Void) -> Void
    ) {
        submit()
        let place = replies.reserve()
        questionsInFlight += 1
        next = {
            start { bytes, releaseSequence in
                self.questionsInFlight -= 1
                self.replies.fill(place, bytes, releaseSequence: releaseSequence, replyCount: 1, tags: [tag])
                self.submit()
                self.release()
            }
        }
        startNext()
    }

    private func startNext() {
        guard batchesInFlight == 0, let next else { return }
        self.next = nil
        next()
    }

    // MARK: Streams

    /// Sends what came before, lets the reply leave page by page once that has left, and looks at nothing that comes after
    /// until it has ended.
    func send(_ feed: FeedStream) {
        submit()
        stream = (feed, replies.reserve())
        questionsInFlight += 1
        release()
    }

    /// The stream's pages have been written; its last line ends it.
    func streamEnded(_ reply: [UInt8]) {
        guard let place = stream?.place else { return }
        stream = nil
        questionsInFlight -= 1
        replies.fill(place, reply, releaseSequence: 0, replyCount: 1)
        submit()
        release()
    }

    /// Pages leave only behind everything that was asked for before.
    private func advanceStream() {
        guard let stream, replies.isFirst(stream.place) else { return }
        stream.feed.advance()
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
        advanceStream()
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
}
