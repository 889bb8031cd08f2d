// The engine's rules once more, as naively as they can be said: dictionaries, text keys, nothing incremental. It is fed
// with what was decided, in the order of sequence numbers, and says who is who and what must be there.

/// What the model expects of one write that made an event.
package struct ModelOutcome: Equatable, Sendable {
    package let profile: Int
    package let customer: Int
    /// `created`, `matched` or `merged`; empty for documents and notes.
    package let resolution: String
}

package struct ReferenceModel: Sendable {
    /// The model and what was decided do not agree.
    package struct Disagreement: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Order: Equatable, Sendable {
        package var mark: Int
        package var cents: Int
        package var currency: String
        package var updatedAt: Int64?
        package var versions = 1
        package var lastSequence: UInt64
        fileprivate(set) package var profile: Int
    }

    package struct Document: Equatable, Sendable {
        package var mark: Int
        package var updatedAt: Int64?
        fileprivate(set) package var profile: Int
    }

    fileprivate struct Profile: Sendable {
        var shop: String
        var variants: [Int] = []
        /// The last variant that came without an order, and when.
        var imported: (variant: Int, at: Int64)?
        var notes: [Int] = []
    }

    private struct VariantName: Hashable, Sendable {
        let shop: String
        let buyer: Int
        /// Set when the buyer brings no key at all: then only the order tells who it is.
        let order: String?
    }

    fileprivate var profiles: [Profile] = []
    /// The customer of each profile, named by its lowest profile.
    private var customers: [Int] = []
    private var lastSequences: [Int: UInt64] = [:]
    private var variants: [VariantName: (profile: Int, number: Int)] = [:]
    private var variantCount = 0
    private var keys: [String: Int] = [:]
    /// By shop and `channel/store:number`.
    package private(set) var orders: [String: Order] = [:]
    /// By shop and number.
    package private(set) var documents: [String: Document] = [:]

    package init() {}

    // MARK: What is there

    package var profileCount: Int { profiles.count }
    package func shop(of profile: Int) -> String { profiles[profile].shop }
    /// Number of the customer that a profile belongs to.
    package func customer(of profile: Int) -> Int { customers[profile] + 1 }
    package func members(of customer: Int) -> [Int] { customers.indices.filter { customers[$0] == customer - 1 } }
    package func lastSequence(of customer: Int) -> UInt64 { lastSequences[customer - 1] ?? 0 }
    package func notes(of customer: Int) -> [Int] { members(of: customer).flatMap { profiles[$0].notes } }
    package func variants(of customer: Int) -> [Int] { members(of: customer).flatMap { profiles[$0].variants } }

    package func orders(of customer: Int) -> [String: Order] {
        orders.filter { customers[$0.value.profile] == customer - 1 }
    }

    package func documents(of customer: Int) -> [String: Document] {
        documents.filter { customers[$0.value.profile] == customer - 1 }
    }

    package static func orderKey(_ shop: String, _ buyer: SimulatedBuyer, _ number: Int) -> String {
        "\(shop) \(buyer.channel)/\(buyer.store):S-\(number)"
    }

    // MARK: What happens

    /// Applies a write that made event `sequence`.
    package mutating func apply(
        _ write: SimulatedWrite, by buyer: SimulatedBuyer, updatedAt: Int64?, seenAt: Int64, sequence: UInt64
    ) throws(Disagreement) -> ModelOutcome {
        switch write.subject {
        case .order(let number, let cents, let currency):
            let key = Self.orderKey(write.shop, buyer, number)
            if let known = orders[key] {
                return try revise(key, known, write, (cents, currency), buyer, updatedAt, sequence)
            }
            let (profile, resolution) = place(buyer, write.shop, order: key, guest: nil)
            orders[key] = Order(
                mark: write.mark, cents: cents, currency: currency, updatedAt: updatedAt, lastSequence: sequence,
                profile: profile)
            return touch(profile, resolution, sequence)
        case .profile:
            let (profile, resolution) = place(buyer, write.shop, order: nil, guest: nil)
            let variant = variants[VariantName(shop: write.shop, buyer: buyer.mark, order: nil)]?.number ?? -1
            if let imported = profiles[profile].imported {
                let isRepeat = imported.variant == variant && updatedAt.map { $0 <= imported.at } ?? true
                if isRepeat { throw Disagreement(description: "event \(sequence) repeats a profile") }
                if let updatedAt, updatedAt < imported.at {
                    throw Disagreement(description: "event \(sequence) is an older profile than the one known")
                }
            }
            profiles[profile].imported = (variant, seenAt)
            return touch(profile, resolution, sequence)
        case .document(let number, let order, let customer, _):
            let owner =
                order.flatMap { orders[Self.orderKey(write.shop, buyer, $0)]?.profile } ?? customer.map { $0 - 1 }
            guard let owner, profiles.indices.contains(owner), profiles[owner].shop == write.shop else {
                throw Disagreement(description: "event \(sequence) files a document for nobody")
            }
            let key = "\(write.shop) INV-\(number)"
            if let known = documents[key] {
                try checkNewer(updatedAt, known.updatedAt, isSame: known.mark == write.mark, sequence)
                guard known.profile == owner else {
                    throw Disagreement(description: "event \(sequence) moves a document to somebody else")
                }
            }
            documents[key] = Document(mark: write.mark, updatedAt: updatedAt, profile: owner)
            return touch(owner, "", sequence)
        case .note(let customer):
            guard profiles.indices.contains(customer - 1), profiles[customer - 1].shop == write.shop else {
                throw Disagreement(description: "event \(sequence) is a note about nobody")
            }
            profiles[customer - 1].notes.append(write.mark)
            return touch(customer - 1, "", sequence)
        }
    }

    private mutating func revise(
        _ key: String, _ known: Order, _ write: SimulatedWrite, _ amount: (cents: Int, currency: String),
        _ buyer: SimulatedBuyer, _ updatedAt: Int64?, _ sequence: UInt64
    ) throws(Disagreement) -> ModelOutcome {
        try checkNewer(updatedAt, known.updatedAt, isSame: known.mark == write.mark, sequence)
        let (_, resolution) = place(buyer, write.shop, order: key, guest: known.profile)
        orders[key] = Order(
            mark: write.mark, cents: amount.cents, currency: amount.currency, updatedAt: updatedAt,
            versions: known.versions + 1, lastSequence: sequence, profile: known.profile)
        return touch(known.profile, resolution == "created" ? "matched" : resolution, sequence)
    }

    /// Only a newer `updatedAt` may replace a version.
    private func checkNewer(
        _ updatedAt: Int64?, _ known: Int64?, isSame: Bool, _ sequence: UInt64
    ) throws(Disagreement) {
        guard let updatedAt, known.map({ updatedAt > $0 }) ?? true else {
            throw Disagreement(
                description: "event \(sequence) replaces a version without being newer (same: \(isSame))")
        }
    }

    private mutating func touch(_ profile: Int, _ resolution: String, _ sequence: UInt64) -> ModelOutcome {
        lastSequences[customers[profile]] = sequence
        return ModelOutcome(profile: profile, customer: customers[profile] + 1, resolution: resolution)
    }

    // MARK: Who is who

    /// Finds or makes the profile that a buyer belongs to, and ties it to whoever shares a key. `guest` is the profile
    /// that the order has already.
    private mutating func place(
        _ buyer: SimulatedBuyer, _ shop: String, order: String?, guest: Int?
    ) -> (profile: Int, resolution: String) {
        let name = VariantName(shop: shop, buyer: buyer.mark, order: buyer.keys.isEmpty ? order : nil)
        let known = variants[name]
        let referenceOwner = buyer.referenceKey.flatMap { keys["\(shop) \($0)"] }
        if let known, guest == nil || guest == known.profile { return (known.profile, "matched") }
        let isNew = guest == nil && known == nil && referenceOwner == nil
        if isNew {
            profiles.append(Profile(shop: shop))
            customers.append(profiles.count - 1)
        }
        let profile = guest ?? known?.profile ?? referenceOwner ?? profiles.count - 1

        variantCount += 1
        profiles[profile].variants.append(buyer.mark)
        if known == nil { variants[name] = (profile, variantCount) }
        var tied = isNew ? [] : [customers[profile]]
        var others = buyer.keys.compactMap { keys["\(shop) \($0)"] }
        if let account = known?.profile ?? referenceOwner { others.append(account) }
        for other in others where other != profile { tied.append(customers[other]) }
        for key in buyer.keys where keys["\(shop) \(key)"] == nil { keys["\(shop) \(key)"] = profile }
        unite(Set(tied + [customers[profile]]))
        let touched = Set(tied).count
        return (profile, touched == 0 ? "created" : touched == 1 ? "matched" : "merged")
    }

    private mutating func unite(_ joined: Set<Int>) {
        guard let lowest = joined.min() else { return }
        for profile in customers.indices where joined.contains(customers[profile]) { customers[profile] = lowest }
        lastSequences[lowest] = joined.compactMap { lastSequences[$0] }.max()
    }
}
