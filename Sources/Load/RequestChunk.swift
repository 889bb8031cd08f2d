import Bytes

/// What a request is, for whoever reads its reply.
package enum RequestKind: UInt8, Sendable, CaseIterable {
    /// The first delivery of an order.
    case order
    /// The same order again, byte for byte.
    case redelivery
    /// A newer version of an order.
    case revision
    /// A question for a dossier.
    case lookup
    /// A question for the living number of a customer.
    case living
    /// A question whether an acknowledged order is there.
    case check
}

/// A run of rendered requests: the driver writes ranges of its bytes and never looks into them.
package final class RequestChunk: Sendable {
    package struct Request: Sendable {
        package let kind: RequestKind
        /// The order's ordinal, or the index of what is asked about.
        package let subject: UInt32
    }

    /// Requests per chunk; only the last chunk of a source has fewer.
    package static let size = 1024

    package let bytes: [UInt8]
    /// Where each request's bytes end.
    package let ends: [Int]
    package let requests: [Request]
    /// Index of a request that may be sent only when all before it are answered.
    package let barrier: Int?

    package init(bytes: [UInt8], ends: [Int], requests: [Request], barrier: Int? = nil) {
        precondition(ends.count == requests.count && requests.count <= Self.size)
        self.bytes = bytes
        self.ends = ends
        self.requests = requests
        self.barrier = barrier
    }

    package var count: Int { requests.count }

    /// The bytes of some consecutive requests.
    package func byteRange(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1])..<(range.isEmpty ? 0 : ends[range.upperBound - 1])
    }
}

/// Collects requests into chunks.
package struct ChunkBuilder: ~Copyable {
    /// Write a request's bytes here, then call `finish`.
    package var writer = ByteWriter(capacity: 1 << 20)
    /// Which request of all is written next, from 0.
    package private(set) var position = 0
    private var ends: [Int] = []
    private var requests: [RequestChunk.Request] = []
    private var barrier: Int?

    package init() {}

    package var isFull: Bool { requests.count == RequestChunk.size }
    package var isEmpty: Bool { requests.isEmpty }

    /// Ends the request that was just written.
    package mutating func finish(_ kind: RequestKind, subject: Int) {
        requests.append(RequestChunk.Request(kind: kind, subject: UInt32(subject)))
        ends.append(writer.count)
        position += 1
    }

    /// Lets the next request wait until all before it are answered; once a chunk at most.
    package mutating func markBarrier() {
        precondition(barrier == nil)
        barrier = requests.count
    }

    /// The chunk so far; the builder is empty afterwards.
    package mutating func take() -> RequestChunk {
        let chunk = RequestChunk(bytes: writer.copyBytes(), ends: ends, requests: requests, barrier: barrier)
        barrier = nil
        writer.removeAll()
        ends.removeAll(keepingCapacity: true)
        requests.removeAll(keepingCapacity: true)
        return chunk
    }
}
