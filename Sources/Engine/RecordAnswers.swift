import Commerce

extension Engine {
    /// Asks the shards what only the records tell; what nobody knows is an empty list. `completion` runs on `lane`, at once
    /// where all shards live on it.
    package func answers(
        to questions: Set<RecordQuestion>, hasher: KeyHasher, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([RecordQuestion: [String]]) -> Void
    ) {
        let byShard = Dictionary(grouping: questions) { Int($0.profile) % shards.count }
        let gathering = Gathering<(RecordQuestion, [String])>(byShard.count, from: lane) { answers in
            completion(Dictionary(answers) { one, _ in one })
        }
        for (number, wanted) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = shards[number]
            shard.lane.run {
                gathering.add(
                    shard.assumeIsolated { shard in wanted.map { ($0, shard.answer($0, hasher: hasher)) } })
            }
        }
    }
}
