import Bytes
import Commerce

/// Sorts customers by the names that show. Names lie on the shards, so they are gathered a few hundred at a time, between
/// which others get their turns; the sorting itself runs on the feed's lane. One list at a time, so that memory is bounded:
/// some 50 bytes for each customer of it. Confined to the directory's lane.
final class NameSorter: @unchecked Sendable {
    /// Some hundred microseconds of names.
    private static let customersPerTurn = 64

    private struct Job: Sendable {
        let customers: ProfileSet
        let completion: @Sendable (isolated Directory, [UInt32]) -> Void
    }

    private var waiting: [Job] = []

    /// `completion` runs on the directory's lane with the leaders by name, then by number.
    func sort(
        _ customers: ProfileSet, of engine: Engine, in directory: isolated Directory,
        _ completion: @escaping @Sendable (isolated Directory, [UInt32]) -> Void
    ) {
        waiting.append(Job(customers: customers, completion: completion))
        if waiting.count == 1 { begin(engine, directory) }
    }

    private func begin(_ engine: Engine, _ directory: isolated Directory) {
        guard let job = waiting.first else { return }
        gather(job, from: ProfileSet.Place(), NameList(), engine, directory)
    }

    private func gather(
        _ job: Job, from place: ProfileSet.Place, _ names: NameList, _ engine: Engine, _ directory: isolated Directory
    ) {
        var place = place
        let leaders = job.customers.members(Self.customersPerTurn, from: &place)
        guard !leaders.isEmpty else { return finish(job, names, engine) }
        let next = place
        engine.parts(of: directory.members(ofLeaders: leaders), forLists: true, from: directory.lane) { parts in
            for (leader, parts) in zip(leaders, parts) { names.append(DossierWriter.sortName(parts), leader) }
            let directory = engine.directory
            directory.lane.post { directory.assumeIsolated { self.gather(job, from: next, names, engine, $0) } }
        }
    }

    private func finish(_ job: Job, _ names: NameList, _ engine: Engine) {
        let directory = engine.directory
        engine.feedReader.lane.post {
            let sorted = names.sorted()
            directory.lane.post {
                directory.assumeIsolated { directory in
                    self.waiting.removeFirst()
                    job.completion(directory, sorted)
                    self.begin(engine, directory)
                }
            }
        }
    }
}

/// Names, and whose they are. Handed from lane to lane; one at a time has it.
private final class NameList: @unchecked Sendable {
    private struct Entry: BitwiseCopyable {
        /// The first eight bytes, the first one highest: most comparisons end here.
        let prefix: UInt64
        let start: Int
        let count: UInt32
        let leader: UInt32
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    func append(_ name: [UInt8], _ leader: UInt32) {
        let prefix = name.span.word(at: 0, count: min(8, name.count)).byteSwapped
        entries.append(Entry(prefix: prefix, start: bytes.count, count: UInt32(name.count), leader: leader))
        bytes += name
    }

    func sorted() -> [UInt32] {
        entries.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let (one, other) = (name(left), name(right))
            return one.elementsEqual(other) ? left.leader < right.leader : one.lexicographicallyPrecedes(other)
        }
        return entries.map(\.leader)
    }

    private func name(_ entry: Entry) -> ArraySlice<UInt8> { bytes[entry.start..<(entry.start + Int(entry.count))] }
}
