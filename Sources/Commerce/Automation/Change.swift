import Bytes

/// One change that came from outside: what rules run on, once.
///
/// Changes are derived from events when these are applied, live and after a restart alike, so none is lost between the
/// event and its messages and none is told twice. No event that an action of a rule writes (`RuleEffect.kinds`) makes a
/// change (`EventKind.makesChanges` names all that do): a rule can set off neither itself nor another.
package struct Change: Sendable, Equatable {
    /// The event that brought it, and its place among those of the same event: its name for ever.
    package let sequence: UInt64
    package let place: UInt32
    package let kind: ChangeKind
    package let shop: UInt16
    package let profile: UInt32
    /// Number of the order plus one; zero where it is about a customer alone.
    package let order: UInt32
    /// Of a document or voucher: its place among those of the ledger or the archive. Zero for the others.
    package var thing: UInt32 = 0
    /// When the engine heard of it, in milliseconds.
    package let at: Int64
    /// When it happened, in milliseconds, by whoever told; `at` where nobody said.
    package let happenedAt: Int64
    /// The fact that was told: kind (1), then the packed record. Empty for the others.
    package let fact: [UInt8]

    /// How a message names the change that it tells of.
    var name: String { place == 0 ? "\(sequence)" : "\(sequence).\(place)" }

    func write(into output: inout ByteWriter) {
        output.appendVarint(sequence)
        output.appendVarint(UInt64(place))
        output.append(kind.rawValue)
        output.appendVarint(UInt64(shop))
        output.appendVarint(UInt64(profile))
        output.appendVarint(UInt64(order))
        output.appendZigzag(at)
        output.appendZigzag(happenedAt)
        output.appendCounted(fact.span)
        if kind.hasThing { output.appendVarint(UInt64(thing)) }
    }
}

extension ByteReader {
    /// A change as a snapshot keeps it; nil where the bytes mean nothing.
    @_lifetime(self: copy self)
    mutating func change() throws(ByteReaderError) -> Change? {
        let sequence = try varint()
        let place = try varint32()
        let kind = ChangeKind(rawValue: try byte())
        let shop = UInt16(truncatingIfNeeded: try varint())
        let (profile, order) = (try varint32(), try varint32())
        let (at, happenedAt) = (try zigzag(), try zigzag())
        let fact = bytes.extracting(try countedRange()).array
        guard let kind, fact.isEmpty || OrderFact.isWellFormed(fact.span) else { return nil }
        let thing = kind.hasThing ? try varint32() : 0
        return Change(
            sequence: sequence, place: place, kind: kind, shop: shop, profile: profile, order: order, thing: thing,
            at: at, happenedAt: happenedAt, fact: fact)
    }
}

/// What one telling of a fact says has changed, with a hash of what it says about that: told again it is no news.
struct Telling: Equatable {
    let kind: ChangeKind
    let essence: UInt64
    /// Milliseconds; nil where the fact does not say.
    let happenedAt: Int64?

    /// - Parameter fact: kind (1), then the packed record.
    static func all(in fact: Span<UInt8>) -> [Telling] {
        let opened = OrderFact(fact)
        let at = opened.at == .min ? nil : opened.at
        func telling(_ kind: ChangeKind, _ members: [StaticString], at moment: Int64?) -> Telling {
            Telling(kind: kind, essence: essence(of: opened, members), happenedAt: moment)
        }
        switch opened.kind {
        case .shipment:
            guard !opened.isVoid else { return [telling(.orderChanged, ["state"], at: at)] }
            var tellings: [Telling] = []
            if opened.hasTrackingCode {
                tellings.append(telling(.orderShipped, ["trackingCode", "carrier"], at: at))
            } else {
                tellings.append(telling(.orderChanged, ["carrier", "expectedAt", "lines"], at: at))
            }
            if let delivered = opened.deliveredAt {
                tellings.append(telling(.orderDelivered, ["deliveredAt"], at: delivered.milliseconds))
            }
            return tellings
        case .delay: return [telling(.orderDelayed, ["until", "reason"], at: at)]
        case .return:
            guard !opened.isVoid else { return [telling(.orderChanged, ["state"], at: at)] }
            let isReceived = opened.state == "received" || opened.lines.contains { $0.state == .received }
            let announced = telling(.returnAnnounced, ["reason", "quantities"], at: at)
            return isReceived
                ? [announced, telling(.returnReceived, ["state", "lines"], at: opened.toldTime)] : [announced]
        case .receipt: return [telling(.returnReceived, ["return", "lines"], at: at)]
        case .cancellation: return [telling(.orderCancelled, ["reason", "lines"], at: at)]
        case .refund: return [telling(.orderRefunded, ["amount", "currency"], at: at)]
        case .payment: return [telling(.orderPaid, ["amount", "currency"], at: at)]
        case .booking: return [telling(.bookingChanged, ["part", "status", "tripStart", "tripEnd"], at: at)]
        case .status: return [telling(.statusChanged, ["status"], at: at)]
        }
    }

    private static let hash = Hash64(seed: 0x7E11_1006)

    private static func essence(of fact: OrderFact, _ names: [StaticString]) -> UInt64 {
        var content = ByteWriter(capacity: 128)
        for name in names {
            if let place = fact.kind.shape.place(name) {
                content.appendCounted(fact.members[place])
            } else {
                // Of the articles only which and how many: their states have a change of their own.
                for line in fact.lines {
                    content.countedText(line.line)
                    content.countedText(line.sku)
                    if let quantity = line.quantity { content.appendPacked(quantity) }
                }
            }
        }
        return hash.hash(content.span)
    }
}

extension OrderFact {
    fileprivate var toldTime: Int64? { toldAt == .min ? nil : toldAt }
}

/// Which telling of a fact was the last one about each kind of change: what is told again is no change.
struct FactStage: Sendable, Equatable {
    private var told: [(kind: ChangeKind, essence: UInt64)] = []

    static func == (left: FactStage, right: FactStage) -> Bool {
        left.told.elementsEqual(right.told) { $0 == $1 }
    }

    /// Notes the tellings of one event and returns those that are news.
    ///
    /// Something first heard of when it was delivered already has been shipped before: nobody is told of that any more.
    mutating func news(in tellings: [Telling]) -> [Telling] {
        let isFirst = told.isEmpty
        let isDelivered = tellings.contains { $0.kind == .orderDelivered }
        var news: [Telling] = []
        for telling in tellings {
            let known = told.firstIndex { $0.kind == telling.kind }
            let isKnown = known.map { told[$0].essence == telling.essence } ?? false
            if let known { told[known].essence = telling.essence } else { told.append((telling.kind, telling.essence)) }
            let isOutrun = isFirst && isDelivered && telling.kind != .orderDelivered
            if !isKnown, !isOutrun { news.append(telling) }
        }
        return news
    }

    func write(into output: inout ByteWriter) {
        output.append(UInt8(truncatingIfNeeded: told.count))
        for (kind, essence) in told {
            output.append(kind.rawValue)
            output.appendLittleEndian(essence)
        }
    }

    init() {}

    init?(_ reader: inout ByteReader) throws(ByteReaderError) {
        for _ in 0..<(try reader.byte()) {
            let kind = ChangeKind(rawValue: try reader.byte())
            let essence: UInt64 = try reader.littleEndian()
            guard let kind else { return nil }
            told.append((kind, essence))
        }
    }
}
