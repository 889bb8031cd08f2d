import Bytes
import Commerce
import Server
import Wire

/// Lines out of bytes, and the grammar of a request.
struct LineScanning: Benchmark {
    let name = "lines"
    let measures = "finding lines in bytes, checking their UTF-8, taking requests apart"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let orders = OrderLines(scale.pick(tiny: 200, small: 20_000, full: 100_000))
        var input = ByteWriter(capacity: orders.bytes.count * 2)
        for index in 0..<orders.count {
            input.append("ORDER.PUT ")
            input.append(orders.bytes.span.extracting(orders.range(index)))
            input.append("\n")
        }
        var questions = ByteWriter()
        for index in 0..<orders.count { questions.append("CUSTOMER.360 email=buyer.\(index)@example.com limit=20\n") }
        var samples = Samples()
        for _ in 0..<scale.rounds {
            try measure("line feed", input.span, into: &samples) { _ in }
            try measure("line feed + UTF-8", input.span, into: &samples) { line throws(Refusal) in
                consume(LineScanner.isUTF8(line) ? 1 : 0)
            }
            try measure("line feed + grammar, ORDER.PUT", input.span, into: &samples, Self.parse)
            try measure("line feed + grammar, CUSTOMER.360", questions.span, into: &samples, Self.parse)
        }
        return samples.rows
    }

    private static func parse(_ line: Span<UInt8>) throws(Refusal) {
        let request = try RequestLine(line)
        consume(CommandTable.find(line.extracting(request.command)) == nil ? 0 : request.arguments.count)
    }

    private func measure(
        _ label: String, _ bytes: Span<UInt8>, into samples: inout Samples,
        _ body: (Span<UInt8>) throws(Refusal) -> Void
    ) throws(BenchmarkError) {
        let watch = Stopwatch()
        var position = 0
        var lines = 0
        while case .line(let range, let next) = LineScanner.next(
            bytes, from: position, scannedTo: position, limit: 1 << 20)
        {
            do throws(Refusal) { try body(bytes.extracting(range)) } catch {
                throw .broken("a line of our own is refused: \(error)")
            }
            position = next
            lines += 1
        }
        let seconds = watch.seconds
        samples.add(label, seconds * 1e9 / Double(lines), "ns/line")
        samples.add(label, Double(bytes.count) / seconds / 1e6, "MB/s")
    }
}
