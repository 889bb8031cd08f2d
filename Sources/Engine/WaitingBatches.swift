import Commerce

// Batches wait where what comes before them is not done: rules that an earlier batch has set off, and at a start what matching
// needs. They go on in the order in which they came.
extension Directory {
    /// Whether a batch has to wait, whatever it is.
    private var isBusy: Bool { isAutomating || state.isMatchingAway }

    /// Processes the batch when everything is done that those before it have set off, and matching is there if it needs
    /// that. `completion` runs on this lane.
    func process(_ batch: CommandBatch, _ completion: @escaping @Sendable (BatchOutcome) -> Void) {
        guard !isBusy && waitingBatches.isEmpty || mayPass(batch) else {
            return waitingBatches.append((batch, completion))
        }
        completion(process(batch))
    }

    /// While matching is being made, questions pass the writes that wait for it, except those of their own session.
    private func mayPass(_ batch: CommandBatch) -> Bool {
        state.isMatchingAway && batch.needsNoMatching
            && !waitingBatches.contains { $0.batch.session == batch.session }
    }

    /// Processes what has waited, until something makes the rest wait again. A batch a turn: a start may have left hundreds, and
    /// what else the lane has to do must not wait for all of them.
    func resumeBatches() {
        guard !isBusy, !waitingBatches.isEmpty else { return }
        let (batch, completion) = waitingBatches.removeFirst()
        completion(process(batch))
        guard !waitingBatches.isEmpty else { return }
        lane.post { self.assumeIsolated { $0.resumeBatches() } }
    }
}

extension CommandBatch {
    /// Whether all that is asked can be answered while matching is still being made: what stands in the tables.
    fileprivate var needsNoMatching: Bool {
        commands.allSatisfy { command in
            guard case .query(let query) = command else { return false }
            return switch query {
            case .dossier, .find, .why, .order, .life, .orders, .ledger: true
            case .explain, .history, .doubtfulPairs, .watchedValues, .identityStatus, .rules, .settings, .holdPreview:
                false
            }
        }
    }
}
