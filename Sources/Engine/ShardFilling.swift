import Bytes
import Commerce
import Dispatch
import Synchronization

/// The shards, filled by a start on a thread of its own: they decide nothing, so that nobody waits until they have taken in
/// what the directory has.
final class ShardFilling: Sendable {
    private enum Work: Sendable {
        case events(EventBatch)
        case answer(DispatchSemaphore)
    }

    /// Batches that may wait: enough that neither thread waits for the other's every batch.
    private static let mostWaiting = 8

    private let part = Mutex(ShardPart())
    private let work = BoundedQueue<Work>(capacity: ShardFilling.mostWaiting)

    /// Runs on the thread until `close`.
    func run() {
        while let next = work.next() {
            switch next {
            case .events(let batch): part.withLock { $0.evolve(batch) }
            case .answer(let caller): caller.signal()
            }
        }
    }

    /// Has the shards take in a batch that the directory has taken in.
    func take(_ batch: EventBatch) { add(.events(batch)) }

    /// Exchanges the shards when they have taken in all that they were given. Before `close`, and while the thread runs.
    func exchange(_ shards: inout [ShardState]) {
        let caller = DispatchSemaphore(value: 0)
        add(.answer(caller))
        caller.wait()
        part.withLock { swap(&shards, &$0.shards) }
    }

    /// No more batches come.
    func close() { work.close() }

    private func add(_ next: Work) {
        let isOpen = work.append(next)
        precondition(isOpen, "work came behind the end")
    }
}

/// The shards, away from the rest of the state.
private struct ShardPart: ~Copyable, Sendable {
    var shards: [ShardState] = []
    private var scratch = ByteWriter()

    /// Takes in events that the directory has taken in.
    mutating func evolve(_ batch: EventBatch) {
        for number in batch.items.indices {
            shards.evolve(
                batch.knownEvent(number), batch.bytes.span.extracting(batch.range(of: number)),
                sequence: batch.first + UInt64(number), &scratch)
        }
    }
}

extension [ShardState] {
    /// Takes in an event that the directory has taken in.
    mutating func evolve(_ event: Event, _ bytes: Span<UInt8>, sequence: UInt64, _ scratch: inout ByteWriter) {
        if event.kind == .engineInitialised {
            self = (0..<event.shards).map { ShardState(number: $0, of: event.shards) }
        } else if event.kind.concernsShard {
            self[Int(event.party.profile) % count].evolve(event, bytes, sequence: sequence, &scratch)
        }
    }
}

extension EventBatch {
    /// How far ahead memory is asked for what an event will look at.
    static let ahead = 4

    /// Calls `body` with an event, if the batch has it and it is known to read.
    @inline(__always) func withEvent(_ number: Int, _ body: (Event, Span<UInt8>) -> Void) {
        guard number < items.count, items[number].isPrepared else { return }
        body(items[number].event, bytes.span.extracting(range(of: number)))
    }

    /// An event that was applied already.
    fileprivate func knownEvent(_ number: Int) -> Event {
        do throws(EventError) {
            return try event(number)
        } catch {
            preconditionFailure("event \(first + UInt64(number)) was taken in and does not read: \(error)")
        }
    }
}
