import Bytes

/// Memory for the replies of batches, which a lane's sessions use in turn: what came back last is lent first, since it is
/// still near the processor, and an idle session keeps next to none. Confined to one lane.
package final class ReplyMemory {
    private final class Spare {
        var writer = ByteWriter(capacity: 16)
    }

    /// A session's own memory is left to it up to so many bytes: replies of writes fit in it.
    static let ownBytes = 64 << 10
    private static let mostSpare = 4

    /// Longest memory that is kept.
    private let limitBytes: Int
    private var spare: [Spare] = []

    package init(limitBytes: Int = 2 << 20) { self.limitBytes = limitBytes }

    /// Empty memory, as large as there is.
    func lend() -> ByteWriter {
        var writer = ByteWriter(capacity: 4_096)
        if let last = spare.popLast() { swap(&writer, &last.writer) }
        return writer
    }

    /// Takes what an empty writer has beyond `ownBytes`, and leaves it with as good as nothing.
    func takeBack(_ writer: inout ByteWriter) {
        guard writer.capacity > Self.ownBytes else { return }
        guard spare.count < Self.mostSpare, writer.capacity <= limitBytes else { return writer.shrink(to: 1_024) }
        let taken = Spare()
        swap(&writer, &taken.writer)
        spare.append(taken)
    }
}
