import Bytes
import Commerce
import Engine
import Wire

/// What `FEED` or `CUSTOMER.HISTORY` asks for.
package struct FeedQuestion: Sendable {
    var from: UInt64?
    var to = UInt64.max
    /// Most rows.
    var rows = Int.max
    /// Seconds to wait for something new where there is nothing yet.
    var waitSeconds = 0
    /// Whose acts; nil for all events of the shop.
    var customer: CustomerSelector?
}

/// A reply that is longer than memory should hold: rows of the journal, page by page, each asked for when the client has
/// read enough of those before. Nothing is kept for a client that does not read but one page and what its connection
/// buffers. Confined to the session's lane.
final class FeedStream: @unchecked Sendable {
    private enum Phase {
        /// Replies that were asked for earlier have not left yet.
        case queued
        /// The engine is looking.
        case asking
        /// There is nothing yet, and the client wants to wait for it.
        case waiting
        /// The client has to read first.
        case blocked
        case ended
    }

    private let session: Session
    private let engine: Engine
    private let question: FeedQuestion
    private let tag: [UInt8]?
    private var phase = Phase.queued
    /// The client is gone, or the server is going: to be ended at the next border of pages.
    private var isEnding = false
    private var request: FeedRequest?
    private var customer: UInt32?
    private var first: UInt64 = 0
    /// The last event when the reply began: where it ends, so that it does end while others write.
    private var end: UInt64 = 0
    private var hasWaited = false

    init(_ question: FeedQuestion, engine: Engine, session: Session, tag: [UInt8]?) {
        self.question = question
        self.engine = engine
        self.session = session
        self.tag = tag
    }

    /// Goes on if it can: called when earlier replies have left, and when the client has read.
    func advance() {
        switch phase {
        case .queued: open()
        case .blocked: readOn()
        case .asking, .waiting, .ended: break
        }
    }

    /// Ends at the border of a page, with the event to go on with.
    func stop() {
        isEnding = true
        if phase == .waiting || phase == .blocked { finish() }
    }

    /// Forgets everything: nobody reads any more.
    func abandon() {
        isEnding = true
        phase = .ended
    }

    // MARK: Steps

    private func open() {
        phase = .asking
        engine.openFeed(
            ofShopNamed: session.shop, from: question.from, to: question.to, rows: question.rows,
            of: question.customer, from: session.host.lane
        ) { result in
            guard self.phase == .asking else { return }
            switch result {
            case .failure(let refusal): self.end(refusal)
            case .success(let opening):
                self.request = opening.request
                self.customer = opening.customer
                self.first = opening.request.from
                self.end = opening.end
                self.readOn()
            }
        }
    }

    private func readOn() {
        guard var request, !isEnding, request.rows > 0 else { return finish() }
        guard !session.output.isFull else {
            phase = .blocked
            return
        }
        request.to = min(question.to, end)
        guard request.from <= request.to else { return waitOrFinish() }
        phase = .asking
        engine.feedPage(request, from: session.host.lane) { result in
            guard self.phase == .asking else { return }
            switch result {
            case .failure(let refusal): self.end(refusal)
            case .success(let page): self.take(page)
            }
        }
    }

    private func take(_ page: FeedPage) {
        request?.from = page.next
        request?.rows -= page.count
        // Something was found: what came in the meantime is for the next question.
        if page.count > 0 { hasWaited = true }
        session.output.write { $0.append(page.rows) }
        readOn()
    }

    private func waitOrFinish() {
        guard let request, question.waitSeconds > 0, !hasWaited, request.from <= question.to else { return finish() }
        phase = .waiting
        engine.whenNew(beyond: request.from - 1, seconds: question.waitSeconds, from: session.host.lane) {
            guard self.phase == .waiting else { return }
            let newEnd = self.session.host.releasedSequence
            // Nothing came in time.
            guard newEnd > self.end else { return self.finish() }
            self.end = newEnd
            self.readOn()
        }
    }

    // MARK: The end

    private func finish() {
        var output = ByteWriter(capacity: 128)
        output.beginOK(tag: tag)
        if let customer {
            output.key("customer")
            output.customerNumber(customer)
        }
        output.key("from")
        output.number(first)
        output.key("next")
        output.number(request?.from ?? first)
        output.endReply()
        end(output.copyBytes())
    }

    private func end(_ refusal: Refusal) {
        var output = ByteWriter(capacity: 128)
        output.error(refusal, tag: tag)
        end(output.copyBytes())
    }

    private func end(_ reply: [UInt8]) {
        phase = .ended
        session.streamEnded(reply)
    }
}
