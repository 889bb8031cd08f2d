import Bytes
import Commerce
import Testing
import Wire

@testable import Server

/// Replies in the order of their requests; a place without bytes is still reserved.
private struct ReplyQueueModel {
    struct Entry {
        let place: Int?
        var text: String?
        var sequence: UInt64
        var replies: Int
    }

    var entries: [Entry] = []

    mutating func release(upTo released: UInt64) -> String {
        var text = ""
        while let first = entries.first, let bytes = first.text, first.sequence <= released {
            text += bytes
            entries.removeFirst()
        }
        return text
    }

    mutating func fail(released: UInt64) -> String {
        var text = release(upTo: released)
        // What is settled stands, also behind a write that failed.
        while let first = entries.first, let bytes = first.text {
            text +=
                first.sequence <= released ? bytes : String(repeating: "ERR READONLY broken\n", count: first.replies)
            entries.removeFirst()
        }
        return text
    }
}

@Suite struct ReplyQueueTests {
    private static func text(_ writer: inout ByteWriter) -> String {
        let text = String(decoding: writer.copyBytes(), as: UTF8.self)
        writer.removeAll()
        return text
    }

    @Test func releasesInOrderAndOnlyWhatIsDurable() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var queue = ReplyQueue(ReplyMemory())
            var model = ReplyQueueModel()
            var places: [(number: Int, place: ReplyQueue.Place)] = []
            var output = ByteWriter()
            var released: UInt64 = 0
            for step in 0..<80 {
                let sequence = UInt64.random(in: 0..<40, using: &random)
                let replies = Int.random(in: 1..<4, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<3:
                    places.append((step, queue.reserve()))
                    model.entries.append(.init(place: step, text: nil, sequence: 0, replies: 0))
                case 3..<6 where !places.isEmpty:
                    let chosen = places.remove(at: Int.random(in: places.indices, using: &random))
                    queue.fill(
                        chosen.place, [UInt8]("place \(chosen.number)\n".utf8), releaseSequence: sequence,
                        replyCount: replies)
                    if let index = model.entries.firstIndex(where: { $0.place == chosen.number }) {
                        model.entries[index] = .init(
                            place: chosen.number, text: "place \(chosen.number)\n", sequence: sequence, replies: replies
                        )
                    }
                case 6..<8 where !queue.hasReserved:
                    queue.append(releaseSequence: sequence, replyCount: replies) { $0.append("step \(step)\n") }
                    model.entries.append(
                        .init(place: nil, text: "step \(step)\n", sequence: sequence, replies: replies))
                case 8:
                    queue.fail(Refusal(.readOnly, "broken"), released: released, into: &output)
                    #expect(Self.text(&output) == model.fail(released: released), "seed \(seed)")
                default:
                    released += UInt64.random(in: 0..<6, using: &random)
                    queue.release(upTo: released, into: &output)
                    #expect(Self.text(&output) == model.release(upTo: released), "seed \(seed)")
                }
                let isEmpty = queue.isEmpty
                let hasReserved = queue.hasReserved
                #expect(
                    isEmpty == model.entries.isEmpty && hasReserved == model.entries.contains { $0.text == nil },
                    "seed \(seed)")
            }
        }
    }

    @Test func aFailureEchoesTheTagsOfWhatItAnswers() {
        var queue = ReplyQueue(ReplyMemory())
        var output = ByteWriter()
        queue.append(releaseSequence: 5, replyCount: 2, tags: [[0x31], nil]) { $0.append("x") }
        let waiting = queue.waitingBytes
        #expect(waiting == 1)
        queue.fail(Refusal(.readOnly, "broken"), released: 4, into: &output)
        #expect(Self.text(&output) == "ERR READONLY tag=1 broken\nERR READONLY broken\n")
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
    }
}
