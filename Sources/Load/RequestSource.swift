import Bytes

/// Where the driver's requests come from.
package protocol RequestSource: ~Copyable {
    /// The next chunk, without blocking. All chunks but the last are full.
    mutating func next() -> Supply
}

package enum Supply: Sendable {
    case chunk(RequestChunk)
    /// The producer is behind; ask again.
    case notYet
    case end
}

/// Requests made one by one, each when its chunk is wanted: for the small jobs after a load.
package struct RequestList: RequestSource, ~Copyable {
    private let count: Int
    private let kind: RequestKind
    private let render: (Int, inout ByteWriter) -> Void
    private var position = 0
    private var builder = ChunkBuilder()

    /// - Parameter render: appends request `0..<count`, with its line end; the index becomes the subject.
    package init(count: Int, kind: RequestKind, render: @escaping (Int, inout ByteWriter) -> Void) {
        self.count = count
        self.kind = kind
        self.render = render
    }

    package mutating func next() -> Supply {
        while position < count && !builder.isFull {
            render(position, &builder.writer)
            builder.finish(kind, subject: position)
            position += 1
        }
        return builder.isEmpty ? .end : .chunk(builder.take())
    }
}
