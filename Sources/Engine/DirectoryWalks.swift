import Commerce

// Long looks at who is who: the check, the simulation of other rules, the export. They go over all profiles a slice at a
// time, so that nobody waits for them.

/// What a walk over a shop's profiles has found.
package struct WalkReport: Sendable {
    package let profiles: Int
    package let customers: Int
    package let merges: Int
    package let splits: Int
    /// Customers that would be divided otherwise.
    package let samples: [CustomerSample]
    package let sequence: UInt64
    /// The shop was written to while the walk was under way, so that it speaks of no one moment.
    package let isMoving: Bool
}

extension Directory {
    private static let profilesPerSlice = 256
    /// A check that finds differences while others write is begun again so often.
    private static let mostAttempts = 5

    /// Recomputes who is who in a shop and compares; with rules, tells what those would change. `completion` runs on
    /// this lane.
    func walk(
        shop: UInt16, rules: MatchRules?, attempt: Int = 1, _ completion: @escaping @Sendable (WalkReport) -> Void
    ) {
        whenAtRest {
            self.assumeIsolated { directory in
                let walk = IdentityWalk(shop: shop, rules: rules, of: directory.state)
                directory.advance(walk, attempt: attempt, completion)
            }
        }
    }

    private func advance(
        _ walk: IdentityWalk, attempt: Int, _ completion: @escaping @Sendable (WalkReport) -> Void
    ) {
        var walk = walk
        walk.advance(Self.profilesPerSlice, in: state, &scratch)
        guard walk.isDone else {
            let next = walk
            lane.post { self.assumeIsolated { $0.advance(next, attempt: attempt, completion) } }
            return
        }
        let isMoving = state.sequence != walk.sequence
        if isMoving, walk.rules == nil, walk.merges + walk.splits > 0, attempt < Self.mostAttempts {
            return self.walk(shop: walk.shop, rules: nil, attempt: attempt + 1, completion)
        }
        completion(
            WalkReport(
                profiles: walk.profiles, customers: walk.customers, merges: walk.merges, splits: walk.splits,
                samples: walk.samples.map(sample), sequence: walk.sequence, isMoving: isMoving))
    }

    /// The customers of a division with the numbers that they have or would have.
    func sample(_ division: CustomerDivision) -> CustomerSample {
        func customer(_ group: [UInt32]) -> CustomerMembers {
            let profiles = group.sorted()
            return CustomerMembers(
                number: state.number(of: profiles) + 1, profiles: profiles,
                sequence: state.lastSequence(ofCustomerOf: profiles[0]))
        }
        return CustomerSample(before: division.before.map(customer), after: division.after.map(customer))
    }

    /// The shop's number and, when asked for, a version of its rules.
    func shopAndRules(_ name: String, version: Int?) throws(Refusal) -> (UInt16, MatchRules?) {
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        guard let version else { return (shop, nil) }
        return (shop, try state.identities[Int(shop)].rules(ofVersion: version))
    }

    /// A page of a shop's customers, each with its profiles.
    func customers(ofShopNamed name: String, offset: Int, limit: Int) -> (customers: [CustomerMembers], total: Int) {
        guard let shop = state.shop(named: name) else { return ([], 0) }
        let (lowest, total) = state.customers(of: shop, offset: offset, limit: limit)
        return (lowest.map { members($0) }, total)
    }
}

extension Engine {
    /// Runs `completion` on `lane` when everything that has arrived by now is weighed.
    package func whenAtRest(from lane: any EngineLane, _ completion: @escaping @Sendable () -> Void) {
        let directory = directory
        directory.lane.run {
            directory.assumeIsolated { $0.whenAtRest { lane.run(completion) } }
        }
    }

    /// Recomputes who is who in a shop and compares with what stands; with a version of the rules, tells what that would
    /// change. `completion` runs on `lane`.
    package func checkIdentity(
        ofShopNamed name: String, version: Int?, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<WalkReport, Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            directory.assumeIsolated { directory in
                do throws(Refusal) {
                    let (shop, rules) = try directory.shopAndRules(name, version: version)
                    directory.walk(shop: shop, rules: rules) { report in lane.run { completion(.success(report)) } }
                } catch {
                    lane.run { completion(.failure(error)) }
                }
            }
        }
    }

    /// A page of a shop's customers in the order of their numbers, each with the names of its profiles: `channel/store:ref`,
    /// or `channel/store#number` with the lowest number of its orders for a guest. `completion` runs on `lane`.
    package func exportCustomers(
        ofShopNamed name: String, offset: Int, limit: Int, from lane: any EngineLane,
        _ completion: @escaping @Sendable (_ customers: [(number: UInt32, profiles: [String])], _ total: Int) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            let page = directory.assumeIsolated { $0.customers(ofShopNamed: name, offset: offset, limit: limit) }
            self.profileNames(page.customers.flatMap(\.profiles), from: lane) { names in
                completion(
                    page.customers.map { customer in
                        (customer.number, customer.profiles.map { names[$0] ?? "" }.sorted())
                    }, page.total)
            }
        }
    }

    /// How exports name these profiles; `completion` runs on `lane`.
    package func profileNames(
        _ profiles: [UInt32], from lane: any EngineLane, _ completion: @escaping @Sendable ([UInt32: String]) -> Void
    ) {
        let gathering = Gathering<(UInt32, String)>(shards.count, from: lane) { names in
            completion(Dictionary(names) { one, _ in one })
        }
        for (number, shard) in shards.enumerated() {
            let count = shards.count
            let wanted = profiles.filter { Int($0) % count == number }
            shard.lane.run {
                gathering.add(shard.assumeIsolated { shard in wanted.map { ($0, shard.profileName($0)) } })
            }
        }
    }
}
