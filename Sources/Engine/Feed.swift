import Bytes
import Commerce
import Store

/// Where a reader of the journal begins.
package struct FeedOpening: Sendable {
    package var request: FeedRequest
    /// The last event that may be shown.
    package let end: UInt64
    /// The living number of the customer asked about.
    package let customer: UInt32?
}

/// A page of the feed.
package struct FeedPage: Sendable {
    /// Whole lines, `ROW {…}`.
    package let rows: [UInt8]
    package let count: Int
    /// The event to go on with.
    package let next: UInt64
    /// Nothing that is wanted is left for now.
    package let isLast: Bool
}

extension Engine {
    /// Opens the shop's part of the journal for reading from an event on. Refuses what is not kept any more, and what has
    /// not happened yet. `completion` runs on `lane`.
    /// - Parameters:
    ///   - from: nil for the oldest event that is kept.
    ///   - customer: whose acts are wanted; nil for all events of the shop.
    package func openFeed(
        ofShopNamed name: String, from: UInt64?, to: UInt64, rows: Int, of customer: CustomerSelector?,
        from lane: any EngineLane, _ completion: @escaping @Sendable (Result<FeedOpening, Refusal>) -> Void
    ) {
        let hasher = hasher(shop: name)
        let directory = directory
        directory.lane.run {
            let place = directory.assumeIsolated { $0.feedPlace(ofShopNamed: name, customer) }
            guard case .success(let place) = place else {
                return lane.run { completion(place.map { _ in preconditionFailure("a refusal") }) }
            }
            self.onFeedLane { reader, live in
                let result: Result<FeedOpening, Refusal>
                do throws(StoreError) {
                    let oldest = try reader.history(live: live).get().oldest
                    let request = FeedRequest(
                        shop: place.shop, from: from ?? oldest, to: to, rows: rows, scope: place.scope, hasher: hasher)
                    let opening = FeedOpening(request: request, end: live.sequence, customer: place.customer)
                    result = opening.refusal(oldest: oldest).map { .failure($0) } ?? .success(opening)
                } catch {
                    result = .failure(Refusal(.internal, "the journal cannot be read: \(error)"))
                }
                lane.run { completion(result) }
            }
        }
    }

    /// Reads the next page. `completion` runs on `lane`.
    package func feedPage(
        _ request: FeedRequest, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<FeedPage, Refusal>) -> Void
    ) {
        onFeedLane { reader, live in
            switch reader.page(request, live: live) {
            case .failure(let error):
                let refusal = Refusal(.internal, "the journal cannot be read: \(error); VERIFY says more")
                lane.run { completion(.failure(refusal)) }
            case .success(let found):
                self.names(of: found.events, request) { names in
                    let page = FeedPage(found, names, request)
                    lane.run { completion(.success(page)) }
                }
            }
        }
    }

    /// Runs `completion` on `lane` when an event behind `sequence` may be shown, or when the time is over.
    package func whenNew(
        beyond sequence: UInt64, seconds: Int, from lane: any EngineLane, _ completion: @escaping @Sendable () -> Void
    ) {
        let reader = feedReader
        let status = status
        reader.lane.run {
            reader.assumeIsolated {
                $0.wait(beyond: sequence, quarters: seconds * 4, status) { lane.run(completion) }
            }
        }
    }

    /// What is kept of the journal. `completion` runs on `lane`.
    package func history(
        from lane: any EngineLane, _ completion: @escaping @Sendable (Result<JournalHistory, StoreError>) -> Void
    ) {
        onFeedLane { reader, live in
            let history = reader.history(live: live)
            lane.run { completion(history) }
        }
    }

    /// Runs `body` on the feed's lane with what of the journal may be shown.
    private func onFeedLane(_ body: @escaping @Sendable (isolated FeedReader, LiveSegment) -> Void) {
        let reader = feedReader
        let journal = journal
        journal.lane.run {
            let live = journal.assumeIsolated { $0.shownSegment() }
            reader.lane.run { reader.assumeIsolated { body($0, live) } }
        }
    }

    /// Asks directory and shards what events call by numbers. `completion` runs on the feed's lane.
    private func names(
        of events: [StoredEvent], _ request: FeedRequest, _ completion: @escaping @Sendable (EventNames) -> Void
    ) {
        let directory = directory
        let lane = feedReader.lane
        @Sendable func askShards(_ names: EventNames) {
            let questions = names.questions(about: events)
            guard !questions.isEmpty else { return lane.run { completion(names) } }
            answers(to: questions, hasher: request.hasher, from: lane) { answers in
                var names = names
                names.answers = answers
                completion(names)
            }
        }
        let unnamed = events.filter { $0.event.kind.hasNames }
        guard !unnamed.isEmpty else { return askShards(EventNames()) }
        directory.lane.run { askShards(directory.assumeIsolated { $0.names(of: unnamed) }) }
    }
}

extension FeedPage {
    fileprivate init(_ found: FeedEvents, _ names: EventNames, _ request: FeedRequest) {
        var output = ByteWriter(capacity: 64 << 10)
        for stored in found.events {
            output.append("ROW ")
            if let scope = request.scope {
                output.act(stored, names, scope)
            } else {
                output.event(stored, names)
            }
            output.append(UInt8(ascii: "\n"))
        }
        self.init(
            rows: output.copyBytes(), count: found.events.count, next: found.next, isLast: found.next > found.end)
    }
}

extension FeedOpening {
    fileprivate func refusal(oldest: UInt64) -> Refusal? {
        if request.from < oldest {
            return Refusal(
                .refused, "from: events before \(oldest) are not kept any more; from=\(oldest) is the oldest")
        }
        if request.from > end + 1 {
            return Refusal(.refused, "from: the last event is \(end); from=\(end + 1) waits for the next")
        }
        return nil
    }
}

extension Directory {
    /// The shop's number, and whose events are wanted.
    fileprivate func feedPlace(
        ofShopNamed name: String, _ selector: CustomerSelector?
    ) -> Result<(shop: UInt16, scope: HistoryScope?, customer: UInt32?), Refusal> {
        do throws(Refusal) {
            guard let shop = state.shop(named: name) else { throw Self.empty(name) }
            guard let selector else { return .success((shop, nil, nil)) }
            let profile = try profile(selector, shop)
            let scope = state.historyScope(of: state.members(of: profile), outbox: outbox)
            return .success((shop, scope, state.customerNumber(of: profile)))
        } catch {
            return .failure(error)
        }
    }

    fileprivate func names(of events: [StoredEvent]) -> EventNames { state.names(of: events, outbox: outbox) }
}
