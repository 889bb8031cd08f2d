import Dispatch
import Glibc
import Synchronization

/// Work in numbered pieces: made on several threads in any order, taken by the caller one after the other.
///
/// What comes out is what a plain loop over the pieces would give, whatever the threads do: `make` sees nothing that changes
/// meanwhile, and `take` has the pieces in their order. The caller makes pieces too while the next one is not there, so that
/// no core waits as long as there is something to make.
package enum PieceWork {
    /// Threads that can run at once on this machine.
    package static var coreCount: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// Calls `take` with each of the pieces 0 to `count` - 1, on the caller's thread.
    /// - Parameters:
    ///   - threads: the caller's among them; with one it is a plain loop.
    ///   - make: runs on any thread, a few pieces ahead at most.
    ///   - take: what it throws ends the work; pieces that are being made are waited for.
    package static func run<Piece: Sendable, Failure: Error>(
        _ count: Int, threads: Int, make: @escaping @Sendable (Int) -> Piece,
        take: (Int, Piece) throws(Failure) -> Void
    ) throws(Failure) {
        let helpers = min(threads, count) - 1
        guard helpers > 0 else {
            for number in 0..<count { try take(number, make(number)) }
            return
        }
        let board = PieceBoard(count, ahead: 4 * helpers, make)
        // One helps, and has the next one help: so each has somebody who joins it.
        let helper = WorkerThread { board.help(with: helpers - 1) }
        let result: Result<Void, Failure>
        do throws(Failure) {
            for number in 0..<count {
                try take(number, board.piece(number))
                board.taken()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        board.cancel(helpers: helpers)
        helper.join()
        try result.get()
    }
}

/// Which pieces are claimed, and those that are made and not taken yet.
private final class PieceBoard<Piece: Sendable>: Sendable {
    private struct Standing {
        var next = 0
        var end: Int
        var made: [Int: Piece] = [:]
    }

    private let standing: Mutex<Standing>
    private let make: @Sendable (Int) -> Piece
    /// Counts pieces that may be made before one more is taken: what is ahead takes memory.
    private let room = DispatchSemaphore(value: 0)
    /// Counts pieces that helpers have made.
    private let arrivals = DispatchSemaphore(value: 0)

    init(_ count: Int, ahead: Int, _ make: @escaping @Sendable (Int) -> Piece) {
        standing = Mutex(Standing(end: count))
        self.make = make
        // Counted up from zero: a semaphore may not end below the value that it was made with.
        for _ in 0..<ahead { room.signal() }
    }

    /// Makes pieces until all are claimed, with so many others.
    func help(with others: Int) {
        if others > 0 {
            let next = WorkerThread { self.help(with: others - 1) }
            makeAll()
            next.join()
        } else {
            makeAll()
        }
    }

    private func makeAll() {
        while true {
            room.wait()
            guard makeNext() else { return }
            arrivals.signal()
        }
    }

    private func makeNext() -> Bool {
        let claimed: Int? = standing.withLock { standing in
            guard standing.next < standing.end else { return nil }
            standing.next += 1
            return standing.next - 1
        }
        guard let claimed else { return false }
        let piece = make(claimed)
        standing.withLock { $0.made[claimed] = piece }
        return true
    }

    /// The piece, made here if nobody has begun it.
    func piece(_ number: Int) -> Piece {
        while true {
            if let piece = standing.withLock({ $0.made.removeValue(forKey: number) }) { return piece }
            // Without room, and with everything claimed, a helper is making the piece.
            if room.wait(timeout: .now()) == .success, makeNext() { continue }
            arrivals.wait()
        }
    }

    /// A piece is done with: one more may be made.
    func taken() { room.signal() }

    /// Nothing more is to be made; whoever waits for room leaves.
    func cancel(helpers: Int) {
        standing.withLock { $0.end = 0 }
        for _ in 0..<helpers { room.signal() }
    }
}
