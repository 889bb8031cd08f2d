import Bytes
import Commerce

// Orders on their way through the directory, and what every event goes through. Each access to a member of the actor is
// checked while the program runs, 17 times for one order: so what the orders of a batch work on is lent once for all that
// stand in a row.
extension Directory {
    /// Decides the orders that stand in a row from `place` on, and returns where they end.
    func decideOrders(
        from place: Int, of batch: CommandBatch, _ now: Timestamp, into result: inout BatchOutcome
    ) -> Int {
        do throws(Refusal) {
            let run = OrderRun(batch: batch, shop: try writableShop(batch.shop, now), now: now)
            return run.decide(from: place, &state, &scratch, &events, &automation, &shardWork, into: &result)
        } catch {
            result.add(.refused(error), releaseSequence: error.code == .readOnly ? 0 : state.sequence)
            return place + 1
        }
    }
}

/// Orders of one batch that are decided one behind another.
private struct OrderRun {
    let batch: CommandBatch
    let shop: UInt16
    let now: Timestamp

    /// So many commands ahead memory is asked for what an order will look at.
    private static let prefetchedCommands = 4
    /// And so many ahead for what telling whose it is will look at.
    private static let prefetchedParties = 2

    func decide(
        from start: Int, _ state: inout DirectoryState, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter, _ automation: inout AutomationState, _ shardWork: inout [ShardWork],
        into result: inout BatchOutcome
    ) -> Int {
        let (bytes, commands) = (batch.bytes.span, batch.commands.span)
        var place = start
        while place < commands.count, case .order(let order) = commands[place] {
            let later = place + Self.prefetchedCommands
            if later < commands.count, case .order(let order) = commands[later] { state.prefetch(order) }
            let soon = place + Self.prefetchedParties
            if soon < commands.count, case .order(let order) = commands[soon] {
                state.prefetchParty(order, in: bytes, shop: shop)
            }
            let decision = state.decide(order, in: bytes, shop: shop, at: now, &scratch, into: &events)
            if decision.verdict.isChange {
                state.evolveLast(
                    of: events, features: scratch.takeFeatures(of: order.party), &automation, &shardWork)
            }
            if decision.verdict == .conflict {
                addConflict(decision, order, state, &shardWork, to: &result)
            } else {
                while state.hasHeldFacts, state.attachNextFact(to: decision.subject, at: now, into: &events) {
                    state.evolveLast(of: events, &automation, &shardWork)
                }
                addWritten(decision, order, state, to: &result)
            }
            place += 1
        }
        return place
    }

    private func addWritten(
        _ decision: Decision, _ order: PreparedOrder, _ state: borrowing DirectoryState, to result: inout BatchOutcome
    ) {
        let entry = state.orders[Int(decision.subject)]
        result.add(
            state.written(decision, entry, isStoreNamed: isStoreNamed(order, state)),
            releaseSequence: max(entry.sequence, state.lastSequence(ofCustomerOf: decision.profile)))
    }

    private func addConflict(
        _ decision: Decision, _ order: PreparedOrder, _ state: borrowing DirectoryState,
        _ shardWork: inout [ShardWork], to result: inout BatchOutcome
    ) {
        let entry = state.orders[Int(decision.subject)]
        let bytes = batch.bytes.span
        let sent = Conflict.Sent.order(
            party: bytes.extracting(order.party.record.range).array,
            record: bytes.extracting(order.record.range).array)
        let conflict = Conflict(sent, profile: decision.profile, row: entry.row)
        state.note(conflict, in: &shardWork)
        result.add(.conflict(conflict, sequence: entry.sequence), releaseSequence: entry.sequence)
    }

    /// Whether the order's channel has several stores, so that its name must say which.
    private func isStoreNamed(_ order: PreparedOrder, _ state: borrowing DirectoryState) -> Bool {
        let store = order.storeInName.range
        guard !store.isEmpty else { return false }
        let channel = batch.bytes.span.extracting(order.name.range.lowerBound..<store.lowerBound)
        return state.storeCount(ofChannel: channel, shop: shop) > 1
    }
}

extension DirectoryState {
    /// Applies the event that was written last, and notes it for rules and shards.
    /// - Parameter features: those of its party, if `decide` had to extract them.
    mutating func evolveLast(
        of events: borrowing EventWriter, features: PartyFeatures? = nil, _ automation: inout AutomationState,
        _ shardWork: inout [ShardWork]
    ) {
        do throws(EventError) {
            let bytes = events.last
            let event = try Event(bytes)
            evolve(event, bytes, features: features)
            if automation.isWatching { automation.note(event, bytes, sequence: sequence, in: self) }
            guard event.kind.concernsShard else { return }
            let end = events.framed.count
            shardWork[shard(of: event.party.profile)].events.append(
                ShardEvent(event: event, range: ByteRange(end - bytes.count, end), sequence: sequence))
        } catch {
            preconditionFailure("an event just written does not read: \(error)")
        }
    }

    /// Has the shard compare in its turn.
    func note(_ conflict: Conflict, in shardWork: inout [ShardWork]) {
        guard let profile = conflict.profile else { return }
        let shard = shard(of: profile)
        shardWork[shard].conflicts.append((shardWork[shard].events.count, conflict))
    }

    func written(_ decision: Decision, _ entry: SubjectEntry, isStoreNamed: Bool = false) -> CommandOutcome {
        .written(
            decision.verdict, profile: decision.profile, customer: customerNumber(of: decision.profile),
            row: entry.row, sequence: entry.sequence, isStoreNamed: isStoreNamed)
    }
}
