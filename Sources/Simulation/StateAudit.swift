import Bytes

/// Asks a running server for everything and compares it with the model, customer by customer.
package struct StateAudit {
    private let process: SimulatedProcess
    private let model: ReferenceModel
    private let world: CommerceWorld

    package init(_ process: SimulatedProcess, against model: ReferenceModel, of world: CommerceWorld) {
        self.process = process
        self.model = model
        self.world = world
    }

    package func run() throws {
        for shop in CommerceWorld.allShops { try audit(shop) }
    }

    private func audit(_ shop: String) throws {
        let numbers = Array(1...(model.profileCount + 1))
        var lines = ["SHOP \(shop)", "CUSTOMER.FIND limit=1000"]
        lines += numbers.map { "CUSTOMER.360 C\($0)" }
        let replies = try process.converse(lines, world)
        let profiles = (0..<model.profileCount).filter { model.shop(of: $0) == shop }
        let customers = Set(profiles.map { model.customer(of: $0) })
        if profiles.isEmpty {
            let isEmptyList = replies[1].line == "OK {\"total\":0,\"from\":0,\"to\":0}"
            guard isEmptyList, replies.dropFirst(2).allSatisfy({ $0.line.hasPrefix("ERR NOTFOUND") }) else {
                throw BrokenLaw("shop \(shop) knows somebody, but nothing was written there")
            }
            return
        }
        guard try replies[1].json()["total"]?.exactText == "\(customers.count)",
            replies[1].rows.count == customers.count
        else { throw BrokenLaw("shop \(shop) lists \(replies[1].line), not \(customers.count) customers") }
        for number in numbers {
            let reply = replies[number + 1]
            guard profiles.contains(number - 1) else {
                guard reply.line.hasPrefix("ERR NOTFOUND") else {
                    throw BrokenLaw("C\(number) is not of shop \(shop), but it answers \(reply.line)")
                }
                continue
            }
            guard reply.isOK else { throw BrokenLaw("C\(number) was given, but it answers \(reply.line)") }
            try compare(try reply.json(), with: model.customer(of: number - 1))
        }
    }

    /// One dossier, whole: profiles, orders, documents, notes, totals.
    private func compare(_ dossier: JSONValue, with customer: Int) throws {
        func law(_ what: String, _ seen: some Equatable & Sendable, _ expected: some Equatable & Sendable) throws {
            guard "\(seen)" == "\(expected)" else {
                throw BrokenLaw("C\(customer): \(what) \(seen), the model says \(expected): \(dossier.text)")
            }
        }
        try law("number", dossier["customer"]?.customerNumber ?? 0, customer)
        try law("seq", dossier.sequence ?? 0, model.lastSequence(of: customer))
        let profiles = dossier["profiles"]?.array ?? []
        try law(
            "profiles", profiles.map { $0["profile"]?.string ?? "" },
            model.members(of: customer).map { "C\($0 + 1)" })
        try law("variants", profiles.flatMap(\.buyerMarks).sorted(), model.variants(of: customer).sorted())

        let orders = model.orders(of: customer)
        let shown = dossier["orders"]?.array ?? []
        try law(
            "orders",
            shown.map {
                "\($0.orderName ?? "") m\($0.mark ?? -1) \($0["total"]?.exactText ?? "") \($0["versions"]?.exactText ?? "1")"
            }
            .sorted(),
            orders.map { key, order in
                "\(key.split(separator: " ")[1]) m\(order.mark) \(SimulatedWrite.money(order.cents)) \(order.versions)"
            }.sorted())
        try law("totals.orders", dossier.member("totals", "orders")?.exactText ?? "", "\(orders.count)")
        try law("notes", dossier.noteMarks.sorted(), model.notes(of: customer).sorted())
        try law(
            "documents", (dossier["documents"]?.array ?? []).map { $0.mark ?? -1 }.sorted(),
            model.documents(of: customer).values.map(\.mark).sorted())
        var sums: [String: Int] = [:]
        for order in orders.values { sums[order.currency, default: 0] += order.cents }
        let amounts = dossier.member("totals", "amounts")?.members ?? []
        try law(
            "amounts", amounts.map { "\($0.name) \($0.value.exactText ?? "")" },
            sums.sorted { $0.key < $1.key }.map { "\($0.key) \(SimulatedWrite.money($0.value))" })
    }
}

extension JSONValue {
    fileprivate var noteMarks: [Int] { (self["notes"]?.array ?? []).compactMap { $0["text"]?.string?.noteMark } }
}

extension SimulatedProcess {
    /// Asks lines on a connection of its own and waits for all replies.
    package func converse(_ lines: [String], _ world: CommerceWorld) throws -> [SimulatedReply] {
        var limits = SimulatedConnection.Limits()
        limits.kernelBytes = 1 << 20
        limits.highWaterBytes = 1 << 20
        let client = SimulatedClient(connect(limits))
        for line in lines { client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line)) }
        var replies: [SimulatedReply] = []
        for _ in 0..<200_000 {
            if replies.count == lines.count { break }
            client.send(&world.generator)
            machine.scheduler.step()
            replies += try client.receive(&world.generator)
        }
        guard replies.count == lines.count else {
            throw BrokenLaw("\(lines.count) requests got \(replies.count) replies; next: \(lines[replies.count])")
        }
        client.connection.clientHangUp()
        return replies
    }
}
