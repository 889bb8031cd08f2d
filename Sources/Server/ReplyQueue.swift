import Bytes
import Commerce
import Wire

/// Replies of one connection on their way out: in request order, and each only when what it shows is durable.
///
/// A reply that is ready goes into one buffer with a mark that says which event must be durable first. Replies that
/// have to wait for another lane keep a place (`Place`) until they are filled. Confined to the session's lane.
struct ReplyQueue: ~Copyable {
    /// Names a place that was kept.
    struct Place: Equatable, Sendable { fileprivate let number: Int }

    private struct Mark {
        let end: Int
        let releaseSequence: UInt64
        let replyCount: Int
        let tags: [[UInt8]?]
    }

    private struct Reserved {
        var bytes: [UInt8]?
        var releaseSequence: UInt64 = 0
        var replyCount = 0
        var tags: [[UInt8]?] = []
    }

    private let memory: ReplyMemory
    private var ready = ByteWriter(capacity: 1_024)
    private var marks: [Mark] = []
    private var reserved: [Reserved] = []
    /// Number of the first reserved place.
    private var firstReserved = 0

    init(_ memory: ReplyMemory) { self.memory = memory }

    var isEmpty: Bool { marks.isEmpty && reserved.isEmpty }
    /// Whether a reply added now would have to wait for a reserved place.
    var hasReserved: Bool { !reserved.isEmpty }
    /// Whether replies wait for durability alone.
    var hasMarks: Bool { !marks.isEmpty }
    /// Whether everything before this place has left.
    func isFirst(_ place: Place) -> Bool { marks.isEmpty && place.number == firstReserved }
    /// Bytes that wait for durability.
    var waitingBytes: Int { ready.count }

    /// Keeps a place for a reply that comes later.
    mutating func reserve() -> Place {
        reserved.append(Reserved())
        return Place(number: firstReserved + reserved.count - 1)
    }

    /// Fills a place; it and those behind it that are filled already become ready.
    mutating func fill(
        _ place: Place, _ bytes: [UInt8], releaseSequence: UInt64, replyCount: Int, tags: [[UInt8]?] = []
    ) {
        var replies = ByteWriter(capacity: bytes.count)
        replies.append(bytes)
        fill(place, taking: &replies, releaseSequence: releaseSequence, replyCount: replyCount, tags: tags)
    }

    /// The same with a writer, which is left with other memory: most often its bytes are the next to leave, and are not
    /// copied.
    mutating func fill(
        _ place: Place, taking replies: inout ByteWriter, releaseSequence: UInt64, replyCount: Int, tags: [[UInt8]?]
    ) {
        let index = place.number - firstReserved
        guard index == 0 else {
            reserved[index] = Reserved(
                bytes: replies.copyBytes(), releaseSequence: releaseSequence, replyCount: replyCount, tags: tags)
            return
        }
        if ready.count == 0 { swap(&ready, &replies) } else { ready.append(contentsOf: replies) }
        mark(releaseSequence, replyCount, tags)
        dropFirstReserved()
        while let first = reserved.first, let bytes = first.bytes {
            ready.append(bytes)
            mark(first.releaseSequence, first.replyCount, first.tags)
            dropFirstReserved()
        }
    }

    private mutating func dropFirstReserved() {
        reserved.removeFirst()
        firstReserved += 1
    }

    /// Adds replies that are ready, written by `body`.
    /// - Precondition: no place is reserved.
    mutating func append(
        releaseSequence: UInt64, replyCount: Int, tags: [[UInt8]?] = [], _ body: (inout ByteWriter) -> Void
    ) {
        precondition(reserved.isEmpty, "replies leave in request order")
        body(&ready)
        mark(releaseSequence, replyCount, tags)
    }

    private mutating func mark(_ sequence: UInt64, _ replyCount: Int, _ tags: [[UInt8]?]) {
        marks.append(Mark(end: ready.count, releaseSequence: sequence, replyCount: replyCount, tags: tags))
    }

    /// Moves to `output` what may leave now that events up to `released` are durable.
    mutating func release(upTo released: UInt64, into output: inout ByteWriter) {
        var count = 0
        while count < marks.count, marks[count].releaseSequence <= released { count += 1 }
        guard count > 0 else { return }
        let end = marks[count - 1].end
        if count == marks.count, output.count == 0 {
            // All of it leaves, and nothing stands before it: the buffers change places.
            swap(&ready, &output)
        } else {
            output.append(ready.span.extracting(0..<end))
        }
        drop(count, end)
    }

    /// The journal failed: what waits for it is answered by an error instead; it may be saved later all the same. What
    /// stands behind that and shows only what is durable leaves as it is.
    mutating func fail(_ refusal: Refusal, released: UInt64, into output: inout ByteWriter) {
        release(upTo: released, into: &output)
        var start = 0
        for mark in marks {
            defer { start = mark.end }
            if mark.releaseSequence <= released {
                output.append(ready.span.extracting(start..<mark.end))
                continue
            }
            for number in 0..<mark.replyCount {
                output.error(refusal, tag: number < mark.tags.count ? mark.tags[number] : nil)
            }
        }
        drop(marks.count, ready.count)
    }

    private mutating func drop(_ count: Int, _ end: Int) {
        if count == marks.count {
            marks.removeAll(keepingCapacity: true)
            ready.removeAll()
            memory.takeBack(&ready)
            return
        }
        ready.removeFirst(end)
        marks.removeFirst(count)
        for index in marks.indices {
            let mark = marks[index]
            marks[index] = Mark(
                end: mark.end - end, releaseSequence: mark.releaseSequence, replyCount: mark.replyCount,
                tags: mark.tags)
        }
    }
}
