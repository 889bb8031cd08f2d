import Commerce

extension [Shard] {
    /// Gathers what the shards know about profiles of one or more customers, one list of parts per customer.
    /// `completion` runs on `lane`, at once where all shards live on it.
    /// - Parameters:
    ///   - forLists: what a row of a list shows, and no more.
    ///   - mostOrders: of each shard's orders only so many are told, the newest.
    func parts(
        of customers: [CustomerMembers], forLists: Bool = false, mostOrders: Int = .max, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([[DossierPart]]) -> Void
    ) {
        if lane.isCurrent, allSatisfy({ $0.lane.isCurrent }) {
            return completion(customers.map { partsHere(of: $0, forLists: forLists, mostOrders: mostOrders) })
        }
        var byShard: [Int: [(customer: Int, profiles: [UInt32])]] = [:]
        for (number, customer) in customers.enumerated() {
            for (shard, profiles) in Dictionary(grouping: customer.profiles, by: { Int($0) % count }) {
                byShard[shard, default: []].append((number, profiles))
            }
        }
        let gathering = Gathering<(shard: Int, customer: Int, part: DossierPart)>(byShard.count, from: lane) { parts in
            var result = [[DossierPart]](repeating: [], count: customers.count)
            // Of two values that are equally new the same one shows, whichever shard was quicker.
            for item in parts.sorted(by: { $0.shard < $1.shard }) { result[item.customer].append(item.part) }
            for (number, customer) in customers.enumerated() { result[number] += customer.labelParts }
            completion(result)
        }
        for (number, wanted) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = self[number]
            shard.lane.run {
                gathering.add(
                    shard.assumeIsolated { shard in
                        wanted.map { wanted in
                            let part =
                                forLists
                                ? shard.listPart(of: wanted.profiles)
                                : shard.dossierPart(of: wanted.profiles, mostOrders: mostOrders)
                            return (number, wanted.customer, part)
                        }
                    })
            }
        }
    }

    /// The same without a way to go: every shard lives on the lane that asks, and adds what it knows to one part.
    private func partsHere(of customer: CustomerMembers, forLists: Bool, mostOrders: Int) -> [DossierPart] {
        var builder = DossierPartBuilder(capacity: forLists ? 1_024 : 32_768)
        for (number, shard) in enumerated() {
            let isAll = customer.profiles.allSatisfy { Int($0) % count == number }
            let profiles = isAll ? customer.profiles : customer.profiles.filter { Int($0) % count == number }
            guard !profiles.isEmpty else { continue }
            shard.assumeIsolated { shard in
                if forLists {
                    shard.state.addList(of: profiles, to: &builder)
                } else {
                    shard.state.addDossier(of: profiles, mostOrders: mostOrders, to: &builder)
                }
            }
            if isAll { break }
        }
        return [builder.finish()] + customer.labelParts
    }
}
