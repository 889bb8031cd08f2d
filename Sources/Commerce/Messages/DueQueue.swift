/// The open messages of a shop by the moment from which they may be taken: a binary heap in which every message knows its
/// place, so that a lease or a report moves it in logarithmic time.
struct DueQueue: Sendable {
    struct Entry: Sendable, Equatable {
        let at: Int64
        let message: UInt32

        /// The earlier; of one moment the older message.
        func isBefore(_ other: Entry) -> Bool { at == other.at ? message < other.message : at < other.at }
    }

    private var heap: [Entry] = []
    private var places: [UInt32: Int] = [:]

    var count: Int { heap.count }

    /// Puts the message in, or moves it to another moment.
    mutating func set(_ message: UInt32, at: Int64) {
        let entry = Entry(at: at, message: message)
        if let place = places[message] {
            heap[place] = entry
        } else {
            places[message] = heap.count
            heap.append(entry)
        }
        settle(places[message] ?? 0)
    }

    mutating func remove(_ message: UInt32) {
        guard let place = places.removeValue(forKey: message) else { return }
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        places[last.message] = place
        settle(place)
    }

    /// Calls `body` with the messages that may be taken at `now`, the longest due first, until it answers false.
    func forEachDue(at now: Int64, _ body: (UInt32) -> Bool) {
        // The next smallest is always a child of one that was looked at: a small heap of candidates finds it.
        var candidates = DuePlaces()
        if !heap.isEmpty { candidates.insert(0, heap) }
        while let place = candidates.takeFirst() {
            guard heap[place].at <= now, body(heap[place].message) else { return }
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count { candidates.insert(child, heap) }
        }
    }

    private mutating func settle(_ start: Int) {
        var place = start
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        places[heap[one].message] = one
        places[heap[other].message] = other
    }
}

/// Places of the heap that were reached and not looked at yet, sorted from the latest to the earliest.
private struct DuePlaces {
    private var places: [Int] = []

    mutating func insert(_ place: Int, _ heap: [DueQueue.Entry]) {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if heap[place].isBefore(heap[places[middle]]) { low = middle + 1 } else { high = middle }
        }
        places.insert(place, at: low)
    }

    mutating func takeFirst() -> Int? { places.popLast() }
}
