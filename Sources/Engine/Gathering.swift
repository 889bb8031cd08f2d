import Synchronization

/// Collects answers from several lanes and hands them over on one, in no particular order.
final class Gathering<Item: Sendable>: Sendable {
    private let state: Mutex<(missing: Int, items: [Item])>
    private let lane: any EngineLane
    private let completion: @Sendable ([Item]) -> Void

    /// - Parameter count: how often `add` will be called.
    init(_ count: Int, from lane: any EngineLane, _ completion: @escaping @Sendable ([Item]) -> Void) {
        state = Mutex((count, []))
        self.lane = lane
        self.completion = completion
        if count == 0 { lane.run { completion([]) } }
    }

    /// Adds one lane's answer; the last one completes.
    func add(_ items: [Item]) {
        let complete: [Item]? = state.withLock { state in
            state.items += items
            state.missing -= 1
            return state.missing == 0 ? state.items : nil
        }
        guard let complete else { return }
        let completion = completion
        lane.run { completion(complete) }
    }
}
