import Dispatch
import Synchronization

/// A queue between two threads that holds a few elements at most: whoever is faster waits for the other.
package final class BoundedQueue<Element: Sendable>: Sendable {
    private struct Contents {
        var elements: [Element] = []
        var isClosed = false
    }

    private let contents = Mutex(Contents())
    /// Counted up from zero: a semaphore may not end below the value that it was made with.
    private let room = DispatchSemaphore(value: 0)
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Parameter capacity: elements that wait at most.
    package init(capacity: Int) { for _ in 0..<capacity { room.signal() } }

    /// Elements that wait at this moment: few of them, and whoever takes them is the faster one.
    package var waitingCount: Int { contents.withLock { $0.elements.count } }

    /// Adds an element, when there is room.
    /// - Returns: false if the queue is closed; the element goes nowhere then.
    package func append(_ element: Element) -> Bool {
        room.wait()
        let isOpen = contents.withLock { contents in
            if !contents.isClosed { contents.elements.append(element) }
            return !contents.isClosed
        }
        // Closed for the next one too, who must not wait for room.
        if isOpen { arrivals.signal() } else { room.signal() }
        return isOpen
    }

    /// The next element, when it is there; nil if the queue is closed and all have been taken.
    package func next() -> Element? {
        arrivals.wait()
        let element = contents.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
        // Closed and empty for whoever asks again, too.
        if element == nil { arrivals.signal() } else { room.signal() }
        return element
    }

    /// Nothing is added any more: what waits may still be taken, and nobody waits for room.
    package func close() {
        contents.withLock { $0.isClosed = true }
        room.signal()
        arrivals.signal()
    }
}
