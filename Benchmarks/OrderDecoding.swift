import Bytes
import Commerce

/// JSON to packed bytes, with all identity keys normalised and hashed.
struct OrderDecoding: Benchmark {
    let name = "decode"
    let measures = "an order's JSON to packed bytes, identity keys normalised and hashed"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let orders = OrderLines(scale.pick(tiny: 200, small: 20_000, full: 100_000))
        let hasher = KeyHasher(hash: Hash64(seed: OrderLines.seed), shopName: "main")
        var samples = Samples()
        for _ in 0..<scale.rounds {
            var decoder = CommandDecoder()
            var output = ByteWriter(capacity: 1 << 20)
            var packed = 0
            let watch = Stopwatch(.thread)
            do throws(Refusal) {
                for index in 0..<orders.count {
                    // As a session does: a buffer for the commands of one read.
                    if index % 64 == 0 { output.removeAll() }
                    let before = output.count
                    _ = try decoder.order(orders.bytes.span.extracting(orders.range(index)), hasher, into: &output)
                    packed += output.count - before
                }
            } catch {
                throw .broken("an order of our own is refused: \(error)")
            }
            let seconds = watch.seconds
            samples.add("decode", seconds * 1e9 / Double(orders.count), "ns CPU/order")
            samples.add("decode", Double(orders.bytes.count) / seconds / 1e6, "MB/CPU s")
            samples.add("JSON", orders.bytesPerOrder, "bytes/order")
            samples.add("packed", Double(packed) / Double(orders.count), "bytes/order")
        }
        return samples.rows
    }
}
