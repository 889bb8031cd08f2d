import Commerce

// Weighing, just behind the replies: a slice at a time, so that nobody waits for it.
extension Directory {
    /// Profiles that one turn of the lane weighs before others get theirs.
    private static let profilesPerTurn = 64

    func postWeighing() {
        guard !isWeighingPosted, !state.isAtRest || state.owesRestMark || !waitingForRest.isEmpty else { return }
        isWeighingPosted = true
        lane.post { self.assumeIsolated { $0.weighSome() } }
    }

    /// Weighs what new data, new rules or people's decisions have touched, a slice at a time.
    private func weighSome() {
        isWeighingPosted = false
        guard isWritable else { return }
        let first = state.sequence + 1
        let now = clock.now()
        for _ in 0..<Self.profilesPerTurn {
            guard let profile = state.takeDirty() else { break }
            resolve(state.plan(for: profile, &scratch), cause: profile, now)
        }
        if state.isAtRest { rest(now) }
        handOver(firstSequence: first)
        postWeighing()
    }

    /// Writes and applies what a plan says.
    private func resolve(_ plan: ResolutionPlan, cause profile: UInt32, _ now: Timestamp) {
        guard !plan.isEmpty else { return }
        state.write(plan, cause: profile, at: now, into: &events)
        evolveLast()
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

    /// Goes on with what a restart has left to weigh.
    func start() {
        attachLeftFacts()
        postWeighing()
    }
}
