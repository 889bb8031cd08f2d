import Bytes

/// Learns the living number of each customer number that replies have named: merged ones redirect.
package struct LivingNumbers: ReplyHandler, ~Copyable {
    private let peer: Peer
    /// All numbers seen, in replies to orders and in answers here.
    package private(set) var numbers: NumberTable
    /// The living number per token that was asked about; nil while unknown.
    package private(set) var living: [UInt32?]
    package private(set) var errors = ErrorTally()

    package init(peer: Peer, numbers: consuming NumberTable) {
        self.peer = peer
        living = [UInt32?](repeating: nil, count: numbers.count)
        self.numbers = numbers
    }

    /// The number that a token stands for now; itself where no answer came.
    package func resolve(_ token: UInt32) -> UInt32 { living[Int(token)] ?? token }

    /// How many of those asked about got no answer.
    package var unknownCount: Int { living.reduce(0) { $0 + ($1 == nil ? 1 : 0) } }

    package consuming func takeNumbers() -> NumberTable { numbers }

    package mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {
        learn(request, from: line.extracting(4..<line.count))
    }

    package mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool {
        if peer.hasProcedures, line.count > 1, line[0] != UInt8(ascii: "-") {
            let fields = ReplyFields(procedureReply: line)
            living[Int(request.subject)] = numbers.token(of: line.extracting(fields.customer))
        } else if line.count > 3, line.extracting(0..<3).equals("OK ") {
            learn(request, from: line.extracting(3..<line.count))
        } else if !(line.count == 2 && line.equals("OK")) {
            errors.add(line)
        }
        return true
    }

    package mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { errors.add(text) }

    private mutating func learn(_ request: RequestChunk.Request, from json: Span<UInt8>) {
        guard let range = Self.livingNumber(in: json) else { return }
        living[Int(request.subject)] = numbers.token(of: json.extracting(range))
    }

    package mutating func flush() {}
    package mutating func tick(sinceStart: UInt64) {}

    /// Finds `number` at the top (a row of `CUSTOMER.FIND`) or in the member `customer` (`CUSTOMER.360`).
    static func livingNumber(in json: Span<UInt8>) -> Range<Int>? {
        var reader = JSONReader(json)
        do throws(JSONError) {
            try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&isFirst) {
                let name = json.extracting(key.range)
                if name.equals("number"), try reader.peek() == .string { return try reader.string().range }
                let value = try reader.skipValue()
                guard name.equals("customer") else { continue }
                guard let inner = livingNumber(in: json.extracting(value)) else { return nil }
                return (inner.lowerBound + value.lowerBound)..<(inner.upperBound + value.lowerBound)
            }
        } catch {
            return nil
        }
        return nil
    }
}
