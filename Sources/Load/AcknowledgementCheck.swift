import Bytes

/// Compares what was acknowledged before with what the server has now.
package struct AcknowledgementCheck: ReplyHandler, ~Copyable {
    /// How to ask for an order.
    package enum Question: String, Sendable, CaseIterable {
        /// `CUSTOMER.360 order=…`: also finds orders that are there twice.
        case dossier = "360"
        /// `ORDER.GET …`: cheap, but finds only lost ones.
        case order = "get"
    }

    private let orders: [String]
    private let question: Question
    package private(set) var found = 0
    /// Orders whose dossier is there but too long to list them.
    package private(set) var unlisted = 0
    package private(set) var lost: [String] = []
    package private(set) var doubled: [String] = []
    package private(set) var errors = ErrorTally()

    package init(orders: [String], question: Question) {
        self.orders = orders
        self.question = question
    }

    package static func append(_ order: String, question: Question, to writer: inout ByteWriter) {
        writer.append(question == .dossier ? "CUSTOMER.360 order=\(order)\n" : "ORDER.GET \(order)\n")
    }

    package mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {}

    package mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool {
        let order = orders[Int(request.subject)]
        if line.count >= 12 && line.extracting(0..<12).equals("ERR NOTFOUND") {
            lost.append(order)
        } else if line.count < 2 || !line.extracting(0..<2).equals("OK") {
            errors.add(line)
        } else if question == .order {
            found += 1
        } else {
            judge(order, line.extracting(min(3, line.count)..<line.count), line)
        }
        return true
    }

    package mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { errors.add(text) }

    private mutating func judge(_ order: String, _ json: Span<UInt8>, _ line: Span<UInt8>) {
        guard let listing = Self.count(order, in: json) else { return errors.add(line) }
        switch listing.matches {
        case 1: found += 1
        case 0 where listing.isCut: unlisted += 1
        case 0: lost.append(order)
        default: doubled.append(order)
        }
    }

    package mutating func flush() {}
    package mutating func tick(sinceStart: UInt64) {}

    /// How often a dossier lists an order, and whether it lists fewer orders than it counts; nil if it is no dossier.
    static func count(_ order: String, in json: Span<UInt8>) -> (matches: Int, isCut: Bool)? {
        var matches = 0
        var listed: Int?
        var total = 0
        do throws(JSONError) {
            var reader = JSONReader(json)
            try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&isFirst) {
                let name = json.extracting(key.range)
                if name.equals("orders") {
                    let counted = try countOrders(order, &reader)
                    matches = counted.matches
                    listed = counted.listed
                } else if name.equals("totals") {
                    total = try orderTotal(&reader)
                } else {
                    _ = try reader.skipValue()
                }
            }
        } catch {
            return nil
        }
        return listed.map { (matches, total > $0) }
    }

    private static func countOrders(
        _ order: String, _ reader: inout JSONReader
    ) throws(JSONError) -> (matches: Int, listed: Int) {
        var matches = 0
        var listed = 0
        try reader.beginArray()
        var isFirst = true
        while try reader.nextElement(&isFirst) {
            listed += 1
            let (channel, store, number) = try orderName(&reader)
            if order == "\(channel)/\(store):\(number)" || (store == "main" && order == "\(channel):\(number)") {
                matches += 1
            }
        }
        return (matches, listed)
    }

    private static func orderName(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (channel: String, store: String, number: String) {
        var name = (channel: "", store: "main", number: "")
        try reader.beginObject()
        var isFirst = true
        while let key = try reader.nextKey(&isFirst) {
            let member = reader.text(key)
            guard ["channel", "store", "number"].contains(member), try reader.peek() == .string else {
                _ = try reader.skipValue()
                continue
            }
            let value = reader.text(try reader.string())
            switch member {
            case "channel": name.channel = value
            case "store": name.store = value
            default: name.number = value
            }
        }
        return name
    }

    private static func orderTotal(_ reader: inout JSONReader) throws(JSONError) -> Int {
        var total = 0
        try reader.beginObject()
        var isFirst = true
        while let key = try reader.nextKey(&isFirst) {
            if reader.text(key) == "orders", try reader.peek() == .number {
                total = Int(reader.bytes.text(try reader.number())) ?? 0
            } else {
                _ = try reader.skipValue()
            }
        }
        return total
    }
}

/// Times questions for dossiers.
package struct LookupHandler: ReplyHandler, ~Copyable {
    private let peer: Peer
    package private(set) var answered = 0
    package private(set) var latency = LatencyHistogram()
    package private(set) var errors = ErrorTally()

    /// Bytes of all answers, framing left out.
    package private(set) var byteCount = 0

    package init(peer: Peer = .dossier) { self.peer = peer }

    package mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { errors.add(text) }
    package mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {}

    package mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool {
        guard peer.accepts(line) else {
            errors.add(line)
            return true
        }
        answered += 1
        byteCount += line.count
        self.latency.record(nanoseconds: latency)
        return true
    }

    package mutating func flush() {}
    package mutating func tick(sinceStart: UInt64) {}
}
