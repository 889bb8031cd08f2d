import Commerce

/// Where actors of the engine run: a serial executor that also takes plain work.
///
/// In production a lane is one thread with an epoll loop; in the simulation it is a queue from which a seeded scheduler
/// picks. Work from one caller runs in the order it was posted. Any thread may call any of this.
package protocol EngineLane: SerialExecutor {
    /// Whether the caller runs on this lane, and so may enter its actors directly.
    var isCurrent: Bool { get }
    /// Runs `work` on the lane later; false if the lane has ended and will never run it.
    @discardableResult func post(_ work: @escaping @Sendable () -> Void) -> Bool
    /// Runs `work` on the lane after at least `delay`.
    func post(after delay: Duration, _ work: @escaping @Sendable () -> Void)
}

extension EngineLane {
    /// Runs `work` on the lane: at once if the caller is on it, else posted.
    package func run(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { post(work) }
    }
}

/// Tells the time. The simulation has one of its own.
package protocol WallClock: Sendable {
    func now() -> Timestamp
}
