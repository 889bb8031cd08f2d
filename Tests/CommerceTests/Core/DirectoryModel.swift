@testable import Commerce

/// Who is who, with dictionaries: the rules once more, written from the design and not from the code.
struct DirectoryModel {
    struct Party: Hashable {
        var channel: String
        var ref: Int?
        var email: Int?
        var phone: Int?
        var relay: Int?

        /// What ties it to others, in the order in which the engine looks.
        var keys: [String] {
            var keys: [String] = []
            if let ref { keys.append("ref \(channel) \(ref)") }
            if let email { keys.append("email \(email)") }
            if let relay { keys.append("relay-email \(channel) \(relay)") }
            if let phone { keys.append("phone \(phone)") }
            return keys
        }

        /// Its members as JSON, without braces.
        var json: String {
            var members: [String] = []
            if let ref { members.append("\"ref\":\"\(ref)\"") }
            if let email { members.append("\"email\":\"anna\(email)@example.nl\"") }
            if let relay { members.append("\"email\":\"anna\(relay)@marketplace.amazon.nl\"") }
            if let phone { members.append("\"phone\":\"+3161234567\(phone)\"") }
            return members.joined(separator: ",")
        }
    }

    struct Subject {
        var content: String
        var updatedAt: Int?
        var profile: Int
    }

    struct Edge: Hashable {
        let key: String
        let newer: Int
        let older: Int
    }

    /// Everything of one shop is under its name; profiles are numbered through all shops.
    private var variants: [String: Int] = [:]
    private(set) var keyOwners: [String: Int] = [:]
    private(set) var relayOwners: [String: Int] = [:]
    private(set) var orders: [String: Subject] = [:]
    private(set) var documents: [String: Subject] = [:]
    private var imports: [Int: (content: String, at: Int)] = [:]
    /// The customer of each profile: the lowest of its profiles.
    private(set) var clusters: [Int] = []
    private(set) var shopOf: [String] = []
    private(set) var edges: Set<Edge> = []

    var customerCount: Int { Set(clusters).count }

    func members(of profile: Int) -> [Int] { clusters.indices.filter { clusters[$0] == clusters[profile] } }

    mutating func order(_ name: String, _ party: Party, total: Int, updatedAt: Int?, shop: String) -> (Verdict, Int) {
        let identity = party.keys.isEmpty ? "\(party) of \(name)" : "\(party)"
        let content = "\(identity) \(total)"
        guard let known = orders[shop + name] else {
            let (profile, resolution) = settle(identity, party, shop: shop)
            orders[shop + name] = Subject(content: content, updatedAt: updatedAt, profile: profile)
            return (.recorded(resolution), profile)
        }
        if let verdict = Self.verdict(known, content, updatedAt) { return (verdict, known.profile) }
        orders[shop + name] = Subject(content: content, updatedAt: updatedAt, profile: known.profile)
        return (.revised(settle(identity, party, shop: shop, at: known.profile).1), known.profile)
    }

    mutating func profile(_ party: Party, updatedAt: Int?, now: Int, shop: String) -> (Verdict, Int) {
        let content = "\(party)"
        let known = variants[shop + content] ?? party.ref.flatMap { keyOwners["\(shop)ref \(party.channel) \($0)"] }
        if let known, let last = imports[known] {
            let isSame = last.content == content && variants[shop + content] != nil
            if isSame, updatedAt.map({ $0 <= last.at }) ?? true { return (.duplicate, known) }
            if let updatedAt, updatedAt < last.at { return (.stale, known) }
        }
        let (profile, resolution) = settle(content, party, shop: shop)
        imports[profile] = (content, updatedAt ?? now)
        return (known == nil ? .recorded(resolution) : .revised(resolution), profile)
    }

    /// nil if the order is not known, or the document belongs to another one (then with `isConflict`).
    mutating func document(
        _ number: String, order: String, total: Int, updatedAt: Int?, shop: String
    ) -> Result<(Verdict, Int), Refusal> {
        let content = "\(order) \(total)"
        let known = documents[shop + number]
        if let known, let verdict = Self.verdict(known, content, updatedAt) {
            return .success((verdict, known.profile))
        }
        guard let owner = orders[shop + order]?.profile else { return .failure(Refusal(.notFound, "")) }
        if let known, known.profile != owner { return .failure(Refusal(.conflict, "")) }
        documents[shop + number] = Subject(content: content, updatedAt: updatedAt, profile: owner)
        return .success((known == nil ? .recorded(.matched) : .revised(.matched), owner))
    }

    /// What becomes of a known order or document; nil if it is a newer version.
    private static func verdict(_ known: Subject, _ content: String, _ updatedAt: Int?) -> Verdict? {
        switch (known.updatedAt, updatedAt) {
        case (let old?, let new?) where new > old: return nil
        case (nil, _?): return nil
        case (let old?, let new?) where new < old: return known.content == content ? .duplicate : .stale
        default: return known.content == content ? .duplicate : .conflict
        }
    }

    /// Finds or makes the party's profile and ties it; `guest` is the profile of the order that is sent again.
    private mutating func settle(
        _ identity: String, _ party: Party, shop: String, at guest: Int? = nil
    ) -> (Int, Resolution) {
        let known = variants[shop + identity] ?? party.ref.flatMap { keyOwners["\(shop)ref \(party.channel) \($0)"] }
        let isNew = known == nil && guest == nil
        let profile = guest ?? known ?? clusters.count
        if isNew {
            clusters.append(profile)
            shopOf.append(shop)
        }
        if variants[shop + identity] == profile { return (profile, .matched) }
        variants[shop + identity] = variants[shop + identity] ?? profile

        var touched: Set<Int> = isNew ? [] : [clusters[profile]]
        var others: [(key: String, profile: Int)] = []
        for key in party.keys {
            if let owner = keyOwners[shop + key] {
                others.append((key, owner))
            } else {
                keyOwners[shop + key] = profile
            }
        }
        if let relay = party.relay { relayOwners["\(shop)\(relay)"] = relayOwners["\(shop)\(relay)"] ?? profile }
        if let guest, let known, known != guest { others.append(("order \(known)", known)) }
        for (key, other) in others where other != profile {
            touched.insert(clusters[other])
            if !edges.contains(Edge(key: key, newer: other, older: profile)) {
                edges.insert(Edge(key: key, newer: profile, older: other))
            }
        }
        for (_, other) in others { unite(profile, other) }
        return (profile, touched.isEmpty ? .created : touched.count == 1 ? .matched : .merged)
    }

    private mutating func unite(_ left: Int, _ right: Int) {
        let (low, high) = (min(clusters[left], clusters[right]), max(clusters[left], clusters[right]))
        for index in clusters.indices where clusters[index] == high { clusters[index] = low }
    }
}
