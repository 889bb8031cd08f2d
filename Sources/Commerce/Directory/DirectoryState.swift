import Bytes

// The state of the directory: who is this, have we seen this. Hashes and small integers only; what people and orders
// are called lives on the shards.
//
// Profiles are numbered from 0 in the order of their arrival; profile p lives on shard p % shards at row p / shards. A
// customer is a cluster of profiles: a tree by `parent` for finding its root and a ring by `next` for walking it.
//
// Invariants
// 1. Every profile is in exactly one ring; all profiles of a ring have the same root; the root knows the ring's size
//    and its lowest profile, which gives the customer's number.
// 2. A key, order, variant or document hash stands in its index exactly once.
// 3. Row counters equal the number of rows on each shard.

package struct ProfileEntry: BitwiseCopyable, Sendable {
    var parent: UInt32
    var next: UInt32
    /// Lowest profile of the cluster; true at the root only.
    var lowest: UInt32
    /// Profiles in the cluster; true at the root only.
    var size: UInt32
    /// Number of the newest edge plus one.
    var newestEdge: UInt32
    var shop: UInt16
    /// What has to be heeded when the customer changes (`ClusterFlags`); true at the root only.
    var flags: UInt16 = 0
    /// The last event that touched the customer; true at the root only.
    package var lastSequence: UInt64
}

struct VariantEntry: BitwiseCopyable, Sendable {
    var hash: UInt64
    var profile: UInt32
    var row: UInt32
}

struct KeyEntry: BitwiseCopyable, Sendable {
    let packedHash: PackedWord64
    /// The first profile that brought this key.
    let profile: UInt32

    init(hash: UInt64, profile: UInt32) {
        packedHash = PackedWord64(hash)
        self.profile = profile
    }

    @inline(__always) var hash: UInt64 { packedHash.value }
}

/// An order or a document, as far as the directory needs to know it.
package struct SubjectEntry: BitwiseCopyable, Sendable {
    package var keyHash: UInt64
    package var contentHash: UInt64
    package var updatedAt: Int64
    /// The event that recorded its current version.
    package var sequence: UInt64
    package var profile: UInt32
    package var row: UInt32
}

/// What has to be heeded when a customer changes.
enum ClusterFlags {
    /// Something keeps profiles apart that evidence would put together, or a person decided here.
    static let restricted: UInt16 = 1
    /// A finding that hardly suffices ties it, so that it may turn out to be a bridge.
    static let weak: UInt16 = 2
}

extension ProfileEntry {
    var isRestricted: Bool { flags & ClusterFlags.restricted != 0 }
    var isWeak: Bool { flags & ClusterFlags.weak != 0 }
}

package struct DirectoryState: ~Copyable, Sendable {
    private let inPlace = InPlace()
    package internal(set) var shardCount: Int
    /// Seed of every hash; random per data folder.
    package internal(set) var seed: UInt64 = 0
    package internal(set) var shops: [String] = []
    var shopNumbers: [String: UInt16] = [:]
    /// The last event applied.
    package internal(set) var sequence: UInt64 = 0

    package internal(set) var profiles = PagedArray<ProfileEntry>()
    var imports = ImportTable()
    var variants = PagedArray<VariantEntry>()
    var keys = PagedArray<KeyEntry>()
    package internal(set) var orders = PagedArray<SubjectEntry>()
    package internal(set) var documents = PagedArray<SubjectEntry>()
    package internal(set) var edges = PagedArray<EdgeEntry>()
    /// What was last said of each field and VAT id of each profile: pins and verdicts.
    var assertions = PagedArray<AssertionEntry>()
    package internal(set) var customerCount = 0
    /// Rows in use on each shard.
    var rows: [ShardRows]

    var variantIndex = HashIndex()
    var keyIndex = HashIndex()
    /// The channels and stores that were heard of.
    var sources = SourceTable()

    var orderIndex = HashIndex()
    var documentIndex = HashIndex()
    var assertionIndex = HashIndex()

    /// Who shares what with whom; derived, never written to disk.
    var index = MatchIndex()
    /// Whether a start has left it out, to be made of the records later: see MatchRebuild.swift.
    package internal(set) var isMatchingAway = false
    /// Whether orders, variants and edges stand in the tables alone, until a start indexes them at once.
    var isIndexBehind = false
    /// Orders that are indexed while the index is behind.
    var indexedOrders = 0
    /// How each shop decides, by its number.
    package internal(set) var identities: [ShopIdentity] = []
    /// What people decided.
    var decisions = DecisionTable()
    /// Variants (by number) below this one have been weighed, and so has everything that followed from them.
    var settledVariants: UInt32 = 0
    /// The event that said so.
    var settledSequence: UInt64 = 0
    /// The last event that has everything weighed again: rules, match mode, a person's word about a value.
    var sweepSequence: UInt64 = 0
    /// Values that people hold or have released.
    var watches: [ValueWatch] = []
    /// The snapshot's table of identity while it is read.
    var loadedIdentity: [UInt8] = []
    /// Edges that were once doubtful, oldest first; derived.
    var doubtfulEdges: [UInt32] = []
    var links = LinkTable()
    /// Orders of kind `booking`, and invoices with the order they belong to: what T17 asks for. Derived.
    var bookings = BookingTable()
    /// What happened to orders.
    var facts = FactTable()
    /// Documents with numbers, and money: a state machine of its own.
    package internal(set) var ledger = LedgerState()
    /// Tags and blocks: what people and rules put on customers.
    package internal(set) var labels = LabelState()
    /// Files in dossiers, and what is said of documents: a state machine of its own.
    package internal(set) var archive = ArchiveState()
    /// Price terms, brochures and log-ins: a state machine of its own.
    package internal(set) var service = ServiceState()
    var extractor = FeatureExtractor()
    /// For searches; derived.
    var customerMap = CustomerMap()

    /// An empty state; `engineInitialised` fills in shard count and seed.
    package init() {
        shardCount = 1
        rows = [ShardRows()]
    }

    package var isInitialised: Bool { sequence > 0 }

    /// Bytes held by tables and indexes.
    package var allocatedBytes: Int {
        profiles.allocatedBytes + imports.allocatedBytes + variants.allocatedBytes + keys.allocatedBytes
            + orders.allocatedBytes
            + documents.allocatedBytes + edges.allocatedBytes + variantIndex.allocatedBytes + keyIndex.allocatedBytes
            + orderIndex.allocatedBytes + documentIndex.allocatedBytes + index.allocatedBytes + links.allocatedBytes
            + assertions.allocatedBytes + assertionIndex.allocatedBytes + facts.allocatedBytes + ledger.allocatedBytes
            + labels.allocatedBytes + customerMap.allocatedBytes
            + archive.allocatedBytes + service.allocatedBytes
    }
}

/// How many rows of each table a shard holds.
package struct ShardRows: Equatable, Sendable {
    package var variants: UInt32 = 0
    package var orders: UInt32 = 0
    package var documents: UInt32 = 0
    package var notes: UInt32 = 0
    package var assertions: UInt32 = 0
    package var facts: UInt32 = 0
    /// Contents of the ledger's documents.
    package var contents: UInt32 = 0

    package init() {}
}

// MARK: - Look-ups

extension DirectoryState {
    /// The shop's number, if it was ever written to.
    package func shop(named name: String) -> UInt16? { shopNumbers[name] }

    @inline(__always) package func shard(of profile: UInt32) -> Int { Int(profile) % shardCount }

    @inline(__always) func findOrder(_ hash: UInt64) -> Int? {
        precondition(!isIndexBehind || indexedOrders == orders.count, "orders are looked for that are not indexed yet")
        return orderIndex.find(hash) { orders[$0].keyHash == hash }
    }

    @inline(__always) func findVariant(_ hash: UInt64) -> Int? {
        variantIndex.find(hash) { variants[$0].hash == hash }
    }

    @inline(__always) func findKey(_ hash: UInt64) -> Int? {
        keyIndex.find(hash) { keys[$0].hash == hash }
    }

    func findDocument(_ hash: UInt64) -> Int? {
        documentIndex.find(hash) { documents[$0].keyHash == hash }
    }

    // MARK: Clusters

    @inline(__always) package func root(of profile: UInt32) -> UInt32 { profiles.root(of: profile) }

    /// The living number of the customer that the profile belongs to.
    @inline(__always) package func customerNumber(of profile: UInt32) -> UInt32 {
        profiles[Int(root(of: profile))].lowest + 1
    }

    /// The last event that touched the customer that the profile belongs to.
    package func lastSequence(ofCustomerOf profile: UInt32) -> UInt64 {
        profiles[Int(root(of: profile))].lastSequence
    }

    /// All profiles of the customer, oldest first.
    package func members(of profile: UInt32) -> [UInt32] {
        var members: [UInt32] = []
        members.reserveCapacity(Int(profiles[Int(root(of: profile))].size))
        members.append(profile)
        var current = profiles[Int(profile)].next
        while current != profile {
            members.append(current)
            current = profiles[Int(current)].next
        }
        members.sort()
        return members
    }

    /// Every finding that ties profiles of one customer, oldest first.
    package func evidence(of members: [UInt32]) -> [EdgeEntry] {
        var numbers = Set<Int>()
        for member in members {
            forEachEdge(of: member) { number, edge in if edge.isMerge { numbers.insert(number) } }
        }
        return numbers.sorted().map { edges[$0] }
    }

    /// A page of the shop's customers in the order of their numbers, each by its lowest profile, and how many there are.
    package func customers(of shop: UInt16, offset: Int, limit: Int) -> (lowest: [UInt32], total: Int) {
        var page: [UInt32] = []
        var total = 0
        for number in 0..<profiles.count {
            let entry = profiles[number]
            guard entry.shop == shop else { continue }
            guard profiles[Int(root(of: UInt32(number)))].lowest == UInt32(number) else { continue }
            if total >= offset, page.count < limit { page.append(UInt32(number)) }
            total += 1
        }
        return (page, total)
    }

    /// Calls `body` with the edges of one profile, newest first.
    @inline(__always) func forEachEdge(of profile: UInt32, _ body: (Int, EdgeEntry) -> Void) {
        var next = profiles[Int(profile)].newestEdge
        while next != 0 {
            let edge = edges[Int(next - 1)]
            body(Int(next - 1), edge)
            next = edge.next(of: profile)
        }
    }

    /// The edge between two profiles, whatever it says.
    func edgeNumber(_ one: UInt32, _ two: UInt32) -> Int? {
        var next = profiles[Int(one)].newestEdge
        while next != 0 {
            let edge = edges[Int(next - 1)]
            if edge.newer == two || edge.older == two { return Int(next - 1) }
            next = edge.next(of: one)
        }
        return nil
    }

    /// A profile of the customer that the selector names, within the shop.
    package func profile(_ selector: CustomerSelector, shop: UInt16) -> UInt32? {
        switch selector {
        case .number(let number):
            guard number > 0, Int(number) <= profiles.count, profiles[Int(number) - 1].shop == shop else {
                return nil
            }
            return number - 1
        case .key(let key): return findKey(key.hash).map { keys[$0].profile }
        case .keys(let candidates):
            for key in candidates {
                if let entry = findKey(key.hash) { return keys[entry].profile }
            }
            return nil
        case .order(let name): return order(named: name, shop: shop).map { orders[$0].profile }
        case .reference(let name): return reference(name, shop: shop)
        case .document(let hashes):
            for hash in hashes {
                if let document = findDocument(hash),
                    !archive.isRemoved(DocumentReference(.elsewhere, UInt32(document)))
                {
                    return documents[document].profile
                }
                if let profile = ledger.profile(ofDocument: hash) { return profile }
            }
            return nil
        }
    }

}

/// What a directory holds, in numbers.
package struct DirectoryCounts: Sendable, Equatable {
    package let shops: Int
    package let customers: Int
    package let profiles: Int
    package let orders: Int
    package let documents: Int
    package let edges: Int
    package let messages: Int
    /// Facts about orders; those that wait for their order are among them.
    package let facts: Int
    package let waitingFacts: Int
    package let sequence: UInt64
    package let allocatedBytes: Int
    /// Whether what matching needs is still being made, and writes wait.
    package let isMatchingAway: Bool
}

extension DirectoryState {
    package func counts(with outbox: borrowing OutboxState = OutboxState()) -> DirectoryCounts {
        DirectoryCounts(
            shops: shops.count, customers: customerCount, profiles: profiles.count, orders: orders.count,
            documents: documents.count + ledger.documents.count + archive.filedCount, edges: edges.count,
            messages: outbox.messageCount,
            facts: facts.entries.count, waitingFacts: facts.heldCount, sequence: sequence,
            allocatedBytes: allocatedBytes + outbox.allocatedBytes, isMatchingAway: isMatchingAway)
    }
}

extension PagedArray where Entry == ProfileEntry {
    /// The root of the tree of profiles that are one customer.
    @inline(__always) func root(of profile: UInt32) -> UInt32 {
        var current = profile
        while true {
            let parent = self[Int(current)].parent
            if parent == current { return current }
            current = parent
        }
    }
}

extension CustomerSelector {
    /// What was asked by, for an error message.
    package var text: String {
        switch self {
        case .number: "number"
        case .key(let key): "\(key.kind.text)"
        case .keys(let keys): keys.first.map { "\($0.kind.text)" } ?? "value"
        case .order: "order"
        case .reference: "ref"
        case .document: "document"
        }
    }
}
