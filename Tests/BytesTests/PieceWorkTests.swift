import Bytes
import Synchronization
import Testing

@Suite struct PieceWorkTests {
    private struct Stop: Error, Equatable { let piece: Int }

    @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 500])
    func piecesAreTakenInTheirOrder(threads: Int, count: Int) {
        let made = Mutex<[Int: Int]>([:])
        var taken: [Int] = []
        PieceWork.run(count, threads: threads) { number in
            made.withLock { $0[number, default: 0] += 1 }
            return number * 3
        } take: {
            #expect($0 == taken.count)
            taken.append($1)
        }
        #expect(taken == (0..<count).map { $0 * 3 })
        #expect(made.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, 1) }))
    }

    /// What is ahead takes memory.
    @Test func onlySomePiecesAreMadeAhead() {
        let made = Atomic<Int>(0)
        var mostAhead = 0
        PieceWork.run(2_000, threads: 3) { _ in
            made.add(1, ordering: .relaxed)
        } take: { number, _ in
            mostAhead = max(mostAhead, made.load(ordering: .relaxed) - number)
        }
        #expect(mostAhead <= 2 * 4 + 1, "\(mostAhead) ahead")
    }

    @Test(arguments: [1, 2, 4])
    func anErrorEndsTheWorkAndNothingGoesOnBehindIt(threads: Int) {
        let running = Atomic<Int>(0)
        #expect(throws: Stop(piece: 40)) {
            try PieceWork.run(1_000, threads: threads) { _ in
                running.add(1, ordering: .relaxed)
                running.subtract(1, ordering: .relaxed)
            } take: { (number, _) throws(Stop) in
                if number == 40 { throw Stop(piece: number) }
            }
        }
        #expect(running.load(ordering: .relaxed) == 0)
    }
}

@Suite struct BoundedQueueTests {
    @Test(arguments: [1, 3, 100])
    func everythingComesInItsOrderAndNoMoreThanFitsWaits(capacity: Int) {
        let queue = BoundedQueue<Int>(capacity: capacity)
        let sent = Atomic<Int>(0)
        let thread = WorkerThread {
            for number in 0..<10_000 {
                _ = queue.append(number)
                sent.add(1, ordering: .relaxed)
            }
            queue.close()
        }
        var expected = 0
        var mostWaiting = 0
        while let number = queue.next() {
            #expect(number == expected)
            expected += 1
            mostWaiting = max(mostWaiting, sent.load(ordering: .relaxed) - expected)
        }
        thread.join()
        #expect(expected == 10_000 && mostWaiting <= capacity + 1, "\(expected), \(mostWaiting) waited")
        #expect(queue.next() == nil && !queue.append(1))
    }

    /// Whoever takes leaves early: the other must not wait for ever.
    @Test func closingLetsWaitingSendersGo() {
        let queue = BoundedQueue<Int>(capacity: 2)
        let refused = Atomic<Int>(0)
        let thread = WorkerThread {
            for number in 0..<100 where !queue.append(number) { refused.add(1, ordering: .relaxed) }
        }
        #expect(queue.next() == 0)
        queue.close()
        thread.join()
        #expect(refused.load(ordering: .relaxed) > 90)
    }
}
