import Commerce

// Weighing, behind the replies: one slice in each turn of the lane, so that nobody waits for it. While more comes in than a
// lane can both take in and weigh, taking in goes first, and weighing catches up when there is room; the longer the queue
// the longer the slices, so that it cannot grow for ever.
extension Directory {
    /// Profiles that one turn of the lane weighs when so many are on the list: a thousandth of them, so that what keeps coming
    /// in flat out ends up some hundred thousand profiles ahead of weighing, a few seconds.
    static func profilesPerTurn(listed: Int) -> Int { max(64, listed / 1_024) }

    func postWeighing() {
        guard !isWeighingPosted, !state.isAtRest || state.owesRestMark || !waitingForRest.isEmpty else { return }
        isWeighingPosted = true
        // Not posted for this turn of the lane but for the next: what came in by then goes first.
        lane.post(after: .zero) { self.assumeIsolated { $0.weighSome() } }
    }

    /// Weighs what new data, new rules or people's decisions have touched, a slice at a time.
    private func weighSome() {
        isWeighingPosted = false
        guard isWritable else { return }
        let first = state.sequence + 1
        let now = clock.now()
        let count = Self.profilesPerTurn(listed: state.listedProfiles)
        state.weigh(count, at: now, &scratch, &events, &automation, &shardWork)
        if state.isAtRest { rest(now) }
        handOver(firstSequence: first)
        postWeighing()
    }

    /// Everything is weighed. The mark in the journal saves a restart from weighing it again.
    private func rest(_ now: Timestamp) {
        if state.owesRestMark {
            events.identitySettled(variants: state.variantCount, now: now)
            evolveLast()
        }
        let waiting = waitingForRest
        waitingForRest = []
        for body in waiting { body() }
        learnWhenQuiet()
    }

    /// Runs `body` on this lane when everything that has arrived by now is weighed.
    func whenAtRest(_ body: @escaping @Sendable () -> Void) {
        if state.isAtRest { return body() }
        waitingForRest.append(body)
        postWeighing()
    }

    /// Goes on with what a restart has left to weigh, and with whatever has waited; once matching is there.
    func start() {
        guard !state.isMatchingAway else { return }
        attachLeftFacts()
        postWeighing()
        runAutomation()
    }
}

extension DirectoryState {
    /// Weighs up to `count` profiles of the list, and writes and applies what comes of it.
    fileprivate mutating func weigh(
        _ count: Int, at now: Timestamp, _ scratch: inout ResolutionScratch, _ events: inout EventWriter,
        _ automation: inout AutomationState, _ shardWork: inout [ShardWork]
    ) {
        for _ in 0..<count {
            guard let profile = takeDirty() else { return }
            let plan = self.plan(for: profile, &scratch)
            guard !plan.isEmpty else { continue }
            write(plan, cause: profile, at: now, into: &events)
            evolveLast(of: events, &automation, &shardWork)
        }
    }
}
