/// How well records were joined, counted by pairs.
struct PairwiseAccuracy: Equatable, Sendable, Encodable {
    /// Pairs of records joined; those of them that are of one entity; all pairs that are of one entity.
    let joinedPairs: Int
    let rightPairs: Int
    let truePairs: Int

    /// Nothing joined is nothing wrong.
    var precision: Double { joinedPairs == 0 ? 1 : Double(rightPairs) / Double(joinedPairs) }
    var recall: Double { truePairs == 0 ? 1 : Double(rightPairs) / Double(truePairs) }
    var f1: Double { joinedPairs + truePairs == 0 ? 1 : 2 * Double(rightPairs) / Double(joinedPairs + truePairs) }

    private enum Key: String, CodingKey { case joinedPairs, rightPairs, truePairs, precision, recall, f1 }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(joinedPairs, forKey: .joinedPairs)
        try container.encode(rightPairs, forKey: .rightPairs)
        try container.encode(truePairs, forKey: .truePairs)
        try container.encode(precision, forKey: .precision)
        try container.encode(recall, forKey: .recall)
        try container.encode(f1, forKey: .f1)
    }
}

/// Records that are joined step by step, with the count of right and wrong pairs at hand after each.
struct JoinedRecords {
    private let truePairs: Int
    private var parents: [Int]
    /// Records per entity below each root; empty elsewhere.
    private var entities: [[Int: Int]]
    private var sizes: [Int]
    private var joinedPairs = 0
    private var rightPairs = 0

    /// Every record for itself.
    /// - Parameter clusters: the places of the records of each entity; each place from 0 on once.
    init(truth clusters: [[Int]]) {
        let count = clusters.reduce(0) { $0 + $1.count }
        truePairs = clusters.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
        parents = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        entities = Array(repeating: [:], count: count)
        for (entity, places) in clusters.enumerated() {
            for place in places { entities[place] = [entity: 1] }
        }
    }

    var accuracy: PairwiseAccuracy {
        PairwiseAccuracy(joinedPairs: joinedPairs, rightPairs: rightPairs, truePairs: truePairs)
    }

    /// How many groups of joined records hold more than one entity.
    var mixedGroupCount: Int { entities.count { $0.count > 1 } }

    /// Joins the groups of two records.
    mutating func join(_ first: Int, _ second: Int) {
        var (large, small) = (root(of: first), root(of: second))
        guard large != small else { return }
        if entities[large].count < entities[small].count { swap(&large, &small) }
        joinedPairs += sizes[large] * sizes[small]
        for (entity, count) in entities[small] {
            rightPairs += count * entities[large, default: entity]
            entities[large][entity, default: 0] += count
        }
        sizes[large] += sizes[small]
        entities[small] = [:]
        parents[small] = large
    }

    private mutating func root(of record: Int) -> Int {
        var record = record
        while parents[record] != record {
            parents[record] = parents[parents[record]]
            record = parents[record]
        }
        return record
    }
}

extension [[Int: Int]] {
    /// How many records of an entity a group holds.
    fileprivate subscript(group: Int, default entity: Int) -> Int { self[group][entity] ?? 0 }
}
