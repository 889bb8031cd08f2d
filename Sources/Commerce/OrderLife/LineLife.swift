import Bytes

/// What became of one line of an order, in units of its quantity.
struct LineLife {
    let line: OrderLine
    var shipped = Decimal64.zero
    var cancelled = Decimal64.zero
    /// Announced as coming back or received already.
    var returned = Decimal64.zero
    var received = Decimal64.zero

    init(_ line: OrderLine) { self.line = line }

    /// Neither shipped nor cancelled.
    var open: Decimal64 { (line.quantity - shipped - cancelled).orZero }
    /// Ordered and not cancelled: what was sold.
    var sold: Decimal64 { (line.quantity - cancelled).orZero }
}

extension Decimal64 {
    fileprivate var orZero: Decimal64 { units < 0 ? .zero : self }
}

/// All lines of an order while facts are laid out over them.
struct LineLives {
    private(set) var all: [LineLife]
    /// Articles of facts that the order does not have, or not so many of.
    private(set) var unmatched = 0

    /// - Parameters:
    ///   - facts: sorted, so that the same facts always fill the same lines.
    ///   - isCancelled: the channel says so of the whole order.
    init(_ lines: [OrderLine], _ facts: [OrderFact], isCancelled: Bool) {
        all = lines.map { LineLife($0) }
        let alive = facts.filter { !$0.isVoid }
        func each(_ kind: FactKind, whole: Bool, _ body: (OrderFact) -> Void) {
            for fact in alive where fact.kind == kind && fact.lines.isEmpty == whole { body(fact) }
        }
        // What names its articles comes first; what means "the rest" takes what is left then.
        each(.shipment, whole: false) { fact in fill(fact.lines, \.shipped) { $0.open } }
        each(.cancellation, whole: false) { fact in fill(fact.lines, \.cancelled) { $0.open } }
        each(.shipment, whole: true) { _ in fillRest(\.shipped) { $0.open } }
        each(.cancellation, whole: true) { _ in fillRest(\.cancelled) { $0.open } }
        if isCancelled { fillRest(\.cancelled) { $0.open } }
        each(.return, whole: false) { fact in
            fill(fact.lines.filter { $0.state != .cancelled }, \.returned) { $0.sold - $0.returned }
            fill(fact.receivedLines, \.received) { $0.sold - $0.received }
        }
        each(.return, whole: true) { fact in
            fillRest(\.returned) { $0.sold - $0.returned }
            if fact.state == "received" { fillRest(\.received) { $0.sold - $0.received } }
        }
        each(.receipt, whole: false) { fact in fill(fact.lines, \.received) { $0.sold - $0.received } }
        each(.receipt, whole: true) { fact in
            let announced = alive.first { $0.kind == .return && $0.id == fact.returnId }
            guard let announced, !announced.lines.isEmpty else { return fillRest(\.received) { $0.sold - $0.received } }
            fill(announced.lines.filter { $0.state == .announced }, \.received) { $0.sold - $0.received }
        }
        // What arrived came back, announced or not.
        for place in all.indices where all[place].returned < all[place].received {
            all[place].returned = all[place].received
        }
    }

    /// Lays the articles of a fact over the lines that they mean, no line beyond its room.
    private mutating func fill(
        _ lines: [FactLine], _ amount: WritableKeyPath<LineLife, Decimal64>, room: (LineLife) -> Decimal64
    ) {
        for line in lines {
            var isKnown = false
            var rest = line.quantity
            for place in all.indices where all[place].line.isMeant(by: line) {
                isKnown = true
                let free = room(all[place])
                let taken = (rest ?? free).limited(to: free)
                guard taken.isPositive else { continue }
                all[place][keyPath: amount] = all[place][keyPath: amount] + taken
                if let left = rest { rest = left - taken }
            }
            if !isKnown || rest?.isPositive == true { unmatched += 1 }
        }
    }

    private mutating func fillRest(
        _ amount: WritableKeyPath<LineLife, Decimal64>, room: (LineLife) -> Decimal64
    ) {
        for place in all.indices {
            let free = room(all[place])
            if free.isPositive { all[place][keyPath: amount] = all[place][keyPath: amount] + free }
        }
    }

    func sum(_ amount: (LineLife) -> Decimal64) -> Decimal64 { all.reduce(.zero) { $0 + amount($1) } }
}

extension OrderFact {
    /// The articles of a return that have arrived by its own telling.
    fileprivate var receivedLines: [FactLine] {
        state == "received" ? lines.filter { $0.state != .cancelled } : lines.filter { $0.state == .received }
    }
}
