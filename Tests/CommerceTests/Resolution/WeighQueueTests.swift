import Testing

@testable import Commerce

@Suite struct WeighQueueTests {
    /// What new data touched is weighed before a sweep over everybody goes on.
    @Test func aSweepComesBehindWhatWaits() {
        var queue = WeighQueue()
        var taken: [UInt32?] = []
        queue.sweepAll(3)
        taken.append(queue.next())
        queue.append(7)
        #expect(queue.count == 3)
        for _ in 0..<4 { taken.append(queue.next()) }
        #expect(taken == [0, 7, 1, 2, nil])
        #expect(queue.isEmpty)
    }

    /// A queue that is never empty hands out everything once, in order, and forgets what it has handed out.
    @Test func whatIsTakenIsForgottenThoughTheQueueIsNeverEmpty() {
        var queue = WeighQueue()
        var next: UInt32 = 0
        queue.append(next)
        for expected: UInt32 in 0..<500_000 {
            next += 1
            queue.append(next)
            #expect(queue.next() == expected)
        }
        #expect(queue.count == 1)
        #expect(queue.keptEntries <= 2 * 65_536 + 2)
    }
}
