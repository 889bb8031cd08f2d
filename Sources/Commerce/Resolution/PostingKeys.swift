/// What a profile shares with others by its features.
struct PostingKey {
    var hash: UInt64
    var kind: ValueKind
}

/// What one row is posted under: its twins, five counted values, and its blocks.
struct PostingKeys: Sendable {
    /// Blocks that a row has at most: five of a birth date, four of each of two addresses, seven besides.
    static let mostBlocks = 20

    private var keys = InlineArray<26, PostingKey>(repeating: PostingKey(hash: 0, kind: .twin))
    private(set) var count = 0

    @inline(__always) subscript(place: Int) -> PostingKey { keys[place] }

    mutating func removeAll() { count = 0 }

    @inline(__always) mutating func append(_ key: PostingKey) {
        keys[count] = key
        count += 1
    }
}
