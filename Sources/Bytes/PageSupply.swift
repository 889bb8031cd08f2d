import Dispatch
import Synchronization

/// Has memory for pages ready while tables are filled faster than the kernel gives it: whoever touches a page first waits until
/// it is cleared, which was a sixth of a start from the journal. With a supply somebody else has done that before.
///
/// Pieces that nobody has taken at the end are the next that pages are cut off.
package final class PageSupply: Sendable {
    /// Pieces that lie ready, 4 MiB.
    private static let mostReady = 4

    private let room = DispatchSemaphore(value: 0)
    private let isClosed = Atomic(false)

    /// Of several the last one hears of what is taken.
    package init() {
        for _ in 0..<PageSupply.mostReady { room.signal() }
        PageMemory.setSupply(self)
    }

    /// Makes pieces ready until `close`, on a thread of its own.
    package func run() {
        while true {
            room.wait()
            if isClosed.load(ordering: .acquiring) { return }
            PageMemory.addReadyPiece()
        }
    }

    /// No more pieces are needed.
    package func close() {
        PageMemory.setSupply(nil)
        isClosed.store(true, ordering: .releasing)
        room.signal()
    }

    /// A piece was taken.
    func noteTaken() { room.signal() }
}
