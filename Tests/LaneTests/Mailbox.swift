import Dispatch
import Synchronization

/// What another thread has to tell the test, which waits for it instead of sleeping.
final class Mailbox<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        arrived.signal()
    }

    /// The oldest value not taken yet; nil when none comes within 30 seconds.
    func take() -> Value? {
        guard arrived.wait(timeout: .now() + 30) == .success else { return nil }
        return values.withLock { $0.removeFirst() }
    }
}
