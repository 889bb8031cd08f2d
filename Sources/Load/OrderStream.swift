import Bytes
import Dispatch
import Foundation
import Synchronization

/// Renders deliveries on a thread of its own, so that the driver only writes bytes: up to a limit of memory ahead,
/// then as fast as the driver takes them.
package final class OrderStream: Sendable {
    private struct State {
        var chunks: [RequestChunk] = []
        var isFinished = false
        var isCancelled = false
    }

    private let state = Mutex(State())
    /// Starts at zero: Dispatch takes a semaphore for broken that ends below the value it was made with.
    private let freeSlots = DispatchSemaphore(value: 0)
    /// Signalled once: the slots are full for the first time, or everything is rendered.
    private let primed = DispatchSemaphore(value: 0)
    private let slots: Int

    /// - Parameter aheadBytes: memory for rendered requests, about; at least two chunks.
    package init(book: OrderBook, peer: Peer, lookupPerMille: Int, aheadBytes: Int) {
        slots = max(2, aheadBytes / (RequestChunk.size * 800))
        for _ in 0..<slots { freeSlots.signal() }
        let thread = Thread { [self] in
            produce(OrderDeliveries(book: book, peer: peer, lookupPerMille: lookupPerMille))
        }
        thread.start()
    }

    /// Blocks until as much is rendered as may be, so that a short run measures the server alone.
    package func waitUntilPrimed() { primed.wait() }

    /// Lets the producer end early.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        freeSlots.signal()
    }

    package func next() -> Supply {
        let supply: Supply = state.withLock { state in
            guard !state.chunks.isEmpty else { return state.isFinished ? .end : .notYet }
            return .chunk(state.chunks.removeFirst())
        }
        if case .chunk = supply { freeSlots.signal() }
        return supply
    }

    private func produce(_ deliveries: consuming OrderDeliveries) {
        var builder = ChunkBuilder()
        var produced = 0
        var hasMore = true
        while hasMore {
            freeSlots.wait()
            while !builder.isFull && hasMore { hasMore = deliveries.renderNext(into: &builder) }
            let chunk = builder.isEmpty ? nil : builder.take()
            produced += 1
            let isCancelled = state.withLock { state in
                if let chunk { state.chunks.append(chunk) }
                return state.isCancelled
            }
            if isCancelled { break }
            if produced == slots { primed.signal() }
        }
        state.withLock { $0.isFinished = true }
        primed.signal()
    }
}

/// An order stream as the driver's source.
package struct StreamSource: RequestSource {
    private let stream: OrderStream

    package init(_ stream: OrderStream) { self.stream = stream }

    package mutating func next() -> Supply { stream.next() }
}
