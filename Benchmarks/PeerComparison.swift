import Foundation
import Load

/// Dossier and Redis side by side, on the same orders, in turns: both acknowledge only what fsync has put on the disk.
struct PeerComparison: Benchmark {
    let name = "peers"
    let measures = "the same orders, 8 connections 64 deep: dossierd, Redis doing the same job in Lua, plain SET"

    private struct Contestant {
        let label: String
        let peer: Peer
    }

    private static let contestants = [
        Contestant(label: "dossierd", peer: .dossier), Contestant(label: "Redis Lua", peer: .redis),
        Contestant(label: "Redis SET", peer: .redisSet),
    ]

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        try RedisProcess.installIfPossible()
        let orders = scale.pick(tiny: 200, small: 60_000, full: 200_000)
        let book = OrderBook(seed: OrderLines.seed, orders: orders, buyers: orders / 5)
        var samples = Samples()
        for _ in 0..<scale.rounds {
            for contestant in Self.contestants {
                let chunks = RecordedRequests.render(book, for: contestant.peer)
                let (load, seconds) = try measure(contestant.peer, chunks, book)
                samples.add(contestant.label, load.rate, "orders/s", .always)
                samples.add(contestant.label, seconds * 1e6 / Double(load.answered), "us CPU/order", .always)
                samples.add(contestant.label, Double(load.latency.percentile(0.99)) / 1e6, "ms p99", .always)
            }
        }
        return samples.rows + ratios(samples)
    }

    private func measure(
        _ peer: Peer, _ chunks: [RequestChunk], _ book: OrderBook
    ) throws(BenchmarkError) -> (LoadMeasurement, processorSeconds: Double) {
        guard peer.isRedis else {
            let folder = try TemporaryFolder()
            let server = try ServerProcess(folder.path, durability: .always)
            let before = server.processorSeconds
            let load = try LoadMeasurement(chunks, of: book, to: server.endpoint, depth: 64)
            let used = server.processorSeconds - before
            try server.stop()
            return (load, used)
        }
        let server = try RedisProcess(library: peer == .redis ? Self.library : nil)
        let before = server.processorSeconds
        let load = try LoadMeasurement(chunks, of: book, to: server.endpoint, peer: peer, depth: 64)
        let used = server.processorSeconds - before
        server.stop()
        return (load, used)
    }

    /// The peers' side lies beside this file.
    private static var library: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peers/redis/dossier.lua").path
    }

    private func ratios(_ samples: Samples) -> [Row] {
        let own = Self.contestants[0].label
        return Self.contestants.dropFirst().flatMap { other in
            [("orders/s", "x its rate"), ("us CPU/order", "x its CPU")].compactMap { unit, name in
                guard let ours = samples.median(own, unit), let theirs = samples.median(other.label, unit) else {
                    return nil
                }
                return Row("\(own) against \(other.label)", ours / theirs, name, .always)
            }
        }
    }
}
