import Bytes
import Commerce

// Trying a rule on what is known already: what it would have done, without doing it.

/// What a rule would have done.
package struct RuleTestReport: Sendable {
    package var rule = ""
    package var version = 0
    /// Changes that were looked at, of which so many met the conditions.
    package var changes = 0
    package var matched = 0
    package var acted = 0
    package var withheld = 0
    /// Not all that is known was looked at: there is more than the limit.
    package var isCut = false
    /// The first changes that met the conditions, newest orders first.
    package var samples: [(subject: String, kind: ChangeKind, outcomes: [RuleOutcome])] = []

    static let mostSamples = 10
}

extension Directory {
    private static let ordersPerTurn = 64

    /// Tries the newest version of a rule on the newest orders of the shop and on what is known of their lives, and on the
    /// newest documents and vouchers if it waits for such.
    /// `completion` runs on this lane, with the event up to which the answer speaks.
    /// - Parameters:
    ///   - since: milliseconds; older changes are not looked at.
    ///   - limit: the most orders to look at, and the most documents and vouchers of each kind.
    func test(
        _ name: String, shopNamed shopName: String, since: Int64, limit: Int,
        _ completion: @escaping @Sendable (Result<RuleTestReport, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            guard let shop = state.shop(named: shopName) else { throw Self.empty(shopName) }
            let rule = try automation.rule(name, shop: shop)
            var report = RuleTestReport()
            report.rule = name
            report.version = rule.version
            let (orders, isCut) = state.newestOrders(of: shop, limit: limit)
            let documents = state.pastChanges(of: shop, on: rule.definition.changes, limit: limit)
            report.isCut = isCut || documents.isCut
            let test = RuleTest(
                rule: rule, shop: shop, since: since, orders: orders, documents: documents.changes, report: report)
            advance(test, completion)
        } catch {
            completion(.failure(error))
        }
    }

    private func advance(
        _ test: RuleTest, _ completion: @escaping @Sendable (Result<RuleTestReport, Refusal>) -> Void
    ) {
        var test = test
        guard !test.orders.isEmpty else { return advanceDocuments(test, completion) }
        let orders = Array(test.orders.prefix(Self.ordersPerTurn))
        test.orders.removeFirst(orders.count)
        let asked = orders.map { number in
            PastOrder(number: number, profile: state.orders[Int(number)].profile, row: state.orders[Int(number)].row)
        }
        let rest = test
        shards.pastChanges(of: asked, shop: test.shop, sequence: state.sequence, from: lane) { changes in
            self.assumeIsolated { $0.advance(rest, past: changes, completion) }
        }
    }

    /// Documents and vouchers, when all orders have been looked at.
    private func advanceDocuments(
        _ test: RuleTest, _ completion: @escaping @Sendable (Result<RuleTestReport, Refusal>) -> Void
    ) {
        var test = test
        guard !test.documents.isEmpty else { return completion(.success(test.report)) }
        let changes = Array(test.documents.prefix(Self.ordersPerTurn))
        test.documents.removeFirst(changes.count)
        advance(test, past: changes, completion)
    }

    private func advance(
        _ rest: RuleTest, past changes: [Change],
        _ completion: @escaping @Sendable (Result<RuleTestReport, Refusal>) -> Void
    ) {
        let wanted = changes.filter { rest.rule.definition.changes.contains($0.kind) && $0.happenedAt >= rest.since }
        shards.facts(of: wanted.map { subject(of: $0) }, from: lane) { facts in
            self.lane.post {
                self.assumeIsolated { $0.advance(rest.adding($0.tried(rest.rule, facts)), completion) }
            }
        }
    }

    /// What the rule would do about each change: the same decisions as those in earnest.
    private func tried(_ rule: Rule, _ changes: [ChangeFacts]) -> [(facts: ChangeFacts, outcomes: [RuleOutcome]?)] {
        let now = clock.now().milliseconds
        return changes.map { facts in
            let facts = state.completed(facts)
            guard rule.holds(for: facts) else { return (facts, nil) }
            let outcomes = rule.definition.actions.indices.map {
                state.decide($0, of: rule, facts, outbox: outbox, silence: nil, at: now).outcome
            }
            return (facts, outcomes)
        }
    }
}

/// A test under way.
private struct RuleTest: Sendable {
    let rule: Rule
    let shop: UInt16
    let since: Int64
    var orders: [UInt32]
    var documents: [Change]
    var report: RuleTestReport

    func adding(_ tried: [(facts: ChangeFacts, outcomes: [RuleOutcome]?)]) -> RuleTest {
        var next = self
        for (facts, outcomes) in tried {
            next.report.changes += 1
            guard let outcomes else { continue }
            next.report.matched += 1
            next.report.acted += outcomes.count(where: \.hasActed)
            next.report.withheld += outcomes.count { !$0.hasActed }
            guard next.report.samples.count < RuleTestReport.mostSamples else { continue }
            next.report.samples.append((facts.subject, facts.change.kind, outcomes))
        }
        return next
    }
}

/// An order that a test looks at.
struct PastOrder: Sendable {
    let number: UInt32
    let profile: UInt32
    let row: UInt32
}

extension [Shard] {
    /// What has changed of these orders, as far as it is known still. `completion` runs on `lane`.
    fileprivate func pastChanges(
        of orders: [PastOrder], shop: UInt16, sequence: UInt64, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([Change]) -> Void
    ) {
        let byShard = Dictionary(grouping: orders.indices) { Int(orders[$0].profile) % count }
        let gathering = Gathering<(place: Int, changes: [Change])>(byShard.count, from: lane) { items in
            completion(items.sorted { $0.place < $1.place }.flatMap(\.changes))
        }
        for (number, places) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = self[number]
            shard.lane.run {
                gathering.add(
                    shard.assumeIsolated { shard in
                        places.map { ($0, shard.pastChanges(of: orders[$0], shop: shop, sequence: sequence)) }
                    })
            }
        }
    }
}

extension Engine {
    /// Tries a rule on what is known already, and notes that it was tried. `completion` runs on `lane`.
    package func testRule(
        _ name: String, shop: String, since: Int64, limit: Int, actor: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<RuleTestReport, Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            directory.assumeIsolated {
                $0.test(name, shopNamed: shop, since: since, limit: limit) { result in
                    guard case .success(let report) = result else { return lane.run { completion(result) } }
                    let noted = RuleCommand.tested(name: name, version: report.version)
                    let batch = CommandBatch(
                        shop: shop, actor: actor, bytes: [], commands: [.rule(noted, actor: actor)])
                    self.submit(batch, from: directory.lane) { outcome in
                        let refusal: Refusal? =
                            if case .refused(let refusal) = outcome.outcomes[0] { refusal } else { nil }
                        lane.run { completion(refusal.map { .failure($0) } ?? result) }
                    }
                }
            }
        }
    }
}
