import Testing

@testable import Commerce

/// What new data touched is weighed before a sweep goes on; a sweep alone is what lets others in between two slices.
@Suite struct WeighQueueTests {
    @Test func aSweepComesBehindWhatWaits() {
        var queue = WeighQueue()
        var taken: [UInt32?] = []
        var sweeping: [Bool] = [queue.isSweeping]
        func take() {
            taken.append(queue.next())
            sweeping.append(queue.isSweeping)
        }
        queue.sweepAll(3)
        take()
        queue.append(7)
        #expect(!queue.isSweeping && queue.count == 3)
        for _ in 0..<4 { take() }
        #expect(taken == [0, 7, 1, 2, nil])
        #expect(sweeping == [false, true, true, true, false, false])
        #expect(queue.isEmpty)
    }
}
