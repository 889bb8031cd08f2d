import Bytes

/// The state of one article of a return.
enum ReturnState: Equatable {
    case announced, received, cancelled

    static func named(_ text: Span<UInt8>) -> ReturnState? {
        if text.count == 0 || text.equals("announced") { return .announced }
        if text.equals("received") { return .received }
        return text.equals("cancelled") ? .cancelled : nil
    }
}

/// A fact opened for the fold: what it computes with as values, everything else in the record.
struct OrderFact {
    let kind: FactKind
    let id: String
    /// The packed record without its kind.
    let record: [UInt8]
    /// When it happened, else when it was last told, in milliseconds; the earliest moment if neither is known.
    let at: Int64
    /// When it was last told, else when it happened.
    let toldAt: Int64
    /// The word for where it stands; empty if there is none.
    let state: String
    /// The return that it is about, or the cancellation; empty if it names none.
    let returnId: String
    let cancellationId: String
    /// Nil where the order's currency goes without saying.
    let currency: String?
    let amount: Decimal64
    /// When it will arrive by its own telling.
    let arrivesAt: Timestamp?
    let deliveredAt: Timestamp?
    let hasTrackingCode: Bool
    let lines: [FactLine]

    /// - Parameter bytes: kind (1), then the packed record.
    init(_ bytes: Span<UInt8>) {
        guard let kind = FactKind(rawValue: bytes[0]) else { preconditionFailure("a fact of an unknown kind") }
        self.kind = kind
        let shape = kind.shape
        let record = bytes.extracting(1..<bytes.count)
        self.record = record.array
        let members = PackedRecord(record, shape.members)
        id = members.text(FactShape.id)
        let told = members.moment(shape.updatedAt)
        let happened = members.moment(shape.at)
        at = (happened ?? told)?.milliseconds ?? .min
        toldAt = (told ?? happened)?.milliseconds ?? .min
        state = (shape.state ?? shape.status).map { members.text($0) } ?? ""
        returnId = shape.returned.map { members.text($0) } ?? ""
        cancellationId = shape.cancelled.map { members.text($0) } ?? ""
        currency = shape.currency.flatMap { members.has($0) ? members.text($0) : nil }
        amount = shape.amount.flatMap { members.decimal($0) } ?? .zero
        arrivesAt = shape.arrival.flatMap { members.moment($0) }
        deliveredAt = shape.deliveredAt.flatMap { members.moment($0) }
        hasTrackingCode = shape.trackingCode.map { members.has($0) } ?? false
        var lines: [FactLine] = []
        if let place = shape.lines { members.forEachElement(place) { lines.append(FactLine($0)) } }
        self.lines = lines
    }

    var members: PackedRecord { @_lifetime(borrow self) get { PackedRecord(record.span, kind.members) } }

    func moment(_ name: StaticString) -> Timestamp? { kind.shape.place(name).flatMap { members.moment($0) } }

    /// Whether the word for its state says that it came to nothing.
    var isVoid: Bool {
        guard kind == .shipment || kind == .return, !state.isEmpty else { return false }
        return ["cancelled", "canceled", "failure", "failed", "error", "voided"].contains(state.lowercased())
    }

    /// Facts in an order that does not depend on when they were told.
    static func isBefore(_ left: OrderFact, _ right: OrderFact) -> Bool {
        (left.at, left.id, left.kind.rawValue) < (right.at, right.id, right.kind.rawValue)
    }

    /// Whether bytes from a disk are a fact.
    static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 1, let kind = FactKind(rawValue: bytes[0]) else { return false }
        return PackedRecord.length(of: bytes.extracting(1..<bytes.count), kind.members) == bytes.count - 1
    }
}

/// An article of a fact.
struct FactLine {
    let line: String
    let sku: String
    /// Nil for all of the line.
    let quantity: Decimal64?
    let state: ReturnState

    init(_ bytes: Span<UInt8>) {
        let members = PackedRecord(bytes, FactLineShape.members)
        line = members.text(FactLineShape.line)
        sku = members.text(FactLineShape.sku)
        quantity = members.decimal(FactLineShape.quantity)
        state = ReturnState.named(members[FactLineShape.state]) ?? .announced
    }
}
