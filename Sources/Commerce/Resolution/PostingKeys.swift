/// What a profile shares with others by its features.
struct PostingKey {
    var hash: UInt64
    var kind: ValueKind
}

/// What one row is posted under: its twins, five counted values, and twenty blocks at most.
struct PostingKeys: Sendable {
    private var keys = InlineArray<26, PostingKey>(repeating: PostingKey(hash: 0, kind: .twin))
    private(set) var count = 0

    @inline(__always) subscript(place: Int) -> PostingKey { keys[place] }

    mutating func removeAll() { count = 0 }

    @inline(__always) mutating func append(_ key: PostingKey) {
        keys[count] = key
        count += 1
    }
}
