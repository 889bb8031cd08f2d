import Bytes
import Commerce
import Engine
import Synchronization
import Wire

// What a session does with each command: some it answers itself, most go into the batch, and some take their time.
extension Session {
    func dispatch(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard let description = CommandTable.find(request.bytes.extracting(request.command)) else {
            let name = request.bytes.text(request.command)
            throw Refusal(.unknown, "no command \(String(name.prefix(64))); HELP lists all")
        }
        try RequestReader.check(request, description)
        if builder.hasQuestions, description.name.isWrite { submit() }
        if !description.name.isIngest, hasRules { submit() }
        switch description.name {
        case .ping:
            builder.local {
                $0.beginOK(tag: tag)
                $0.key("pong")
                $0.bool(true)
                $0.endReply()
            }
        case .auth: throw Refusal(.refused, "no credentials are configured on this server; everybody may ask")
        case .shop: try bindShop(request, tag: tag)
        case .help: try help(request, tag: tag)
        case .quit:
            builder.local { $0.plainOK(tag: tag) }
            submit()
            stop()
        case .info, .snapshot, .verify: administer(description.name, tag: tag)
        case .orderPut: try builder.order(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .customerPut: try builder.profile(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .documentPut: try builder.document(try RequestReader.json(request), try currentHasher(), tag: tag)
        case .channelPut: try channel(request, tag: tag)
        case .noteAdd:
            _ = try currentHasher()
            let note = try RequestReader.note(request)
            builder.note(
                customer: note.customer, text: note.text, actor: try RequestReader.actor(request), tag: tag)
        case .customerPin, .customerUnpin, .customerVerify:
            _ = try currentHasher()
            builder.assertion(
                try RequestReader.assertion(request, description.name), actor: try RequestReader.actor(request),
                tag: tag)
        case .identityLearn: try learn(request, tag: tag)
        case .factPut: try factPut(request, tag: tag)
        case let name where name.isExport: try export(name, request, tag: tag)
        case .identitySettle, .identityCheck, .identityExport, .identitySimulate:
            try identityTask(description.name, request, tag: tag)
        case .feed, .customerHistory: try feed(description.name, request, tag: tag)
        case let name where name.factKind != nil: try fact(name, request, tag: tag)
        case let name where name.isOfService: try service(name, request, tag: tag)
        case let name where name.isOfArchive: try archive(name, request, tag: tag)
        case let name where name.isOfLedger: try ledger(name, request, tag: tag)
        case let name where name.isDecision: try decision(name, request, tag: tag)
        case .customerSearch: try search(request, tag: tag)
        case .customerBulk: try bulk(request, tag: tag)
        case let name where name.isOfLabels:
            _ = try currentHasher()
            builder.label(
                try RequestReader.label(request, name), actor: try RequestReader.actor(request), tag: tag)
        case let name where name.isOfRules: try rule(name, request, tag: tag)
        case let name where name.concernsMessages: try message(name, request, tag: tag)
        default:
            let query = try RequestReader.query(request, description.name, try currentHasher())
            if let point = try RequestReader.pastPoint(request) { return past(query, at: point, tag: tag) }
            builder.query(query, tag: tag)
        }
    }

    /// Whether any rule is on. What is asked must then go behind the batch before it: rules run between batches.
    private var hasRules: Bool {
        guard case .success(let engine) = host.engine else { return false }
        return engine.directory.hasRules.load(ordering: .relaxed)
    }

    private func channel(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard let channel = request.plainArguments.first else {
            throw .invalid("channel", "is required: CHANNEL.PUT shopify {…}")
        }
        let store = request.argument(named: "store").map { String(decoding: $0, as: UTF8.self) } ?? "main"
        let hasher = try currentHasher()
        let payload = try RequestReader.payload(request)
        do throws(ChannelError) {
            try builder.channel(
                String(decoding: channel, as: UTF8.self), store: store, payload, hasher, tag: tag)
        } catch {
            throw Refusal(.invalid, error.sentence)
        }
    }

    private func fact(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard let kind = name.factKind else { preconditionFailure("\(name) records no fact") }
        _ = try currentHasher()
        try builder.fact(
            kind, of: try RequestReader.factOrder(request), try RequestReader.json(request), tag: tag)
    }

    private func factPut(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        _ = try currentHasher()
        try builder.fact(
            try RequestReader.factKind(request), of: try RequestReader.factOrder(request),
            try RequestReader.json(request), tag: tag)
    }

    private func bindShop(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        if let name = request.plainArguments.first {
            let checked = try RequestReader.shopName(name)
            bind(to: checked)
        }
        let shop = shop
        builder.local {
            $0.beginOK(tag: tag)
            $0.key("shop")
            $0.string(shop)
            $0.endReply()
        }
        // Alone, so that its reply never shares the fate of a write that the journal could not take.
        submit()
    }

    private func help(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let wanted = request.plainArguments.first
        let rows = try HelpText.rows(for: wanted)
        builder.local {
            $0.append(rows)
            $0.plainOK(tag: tag)
        }
    }

    /// What concerns the server as a whole is answered also while nothing can be written.
    private func administer(_ command: CommandName, tag: [UInt8]?) {
        wait(tag) { completion in
            self.host.administer(command, session: self, tag: tag) { completion($0, 0) }
        }
    }

    /// Asks the engine something that takes its time. The answer leaves when every event is durable that was decided
    /// before it was ready: it shows nothing that a crash could take back.
    func ask(
        _ engine: Engine, tag: [UInt8]?, _ start: @escaping (@escaping @Sendable ([UInt8]) -> Void) -> Void
    ) {
        let lane = host.lane
        wait(tag) { completion in
            start { bytes in engine.lastSequence(from: lane) { completion(bytes, $0) } }
        }
    }

    private func decision(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let hasher = try currentHasher()
        let (command, actor) = try RequestReader.decision(request, name, hasher)
        if name == .quarantineHold, let preview = try RequestReader.holdPreview(request, hasher) {
            return builder.query(preview, tag: tag)
        }
        builder.decision(command, actor: actor, tag: tag)
    }

    private func learn(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let activates = try RequestReader.activates(request)
        let actor = try RequestReader.actor(request)
        guard case .success(let engine) = host.engine else {
            _ = try currentHasher()
            return
        }
        let shop = shop
        let lane = host.lane
        ask(engine, tag: tag) {
            LearningTask.learn(
                engine, shop: shop, askedBy: actor, activates: activates, tag: tag, from: lane, $0)
        }
    }

    private func identityTask(_ command: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        guard case .success(let engine) = host.engine else {
            _ = try currentHasher()
            return
        }
        let shop = shop
        let lane = host.lane
        let offset = try RequestReader.natural(request, "offset") ?? 0
        let limit = try RequestReader.natural(request, "limit") ?? .max
        let version = command == .identitySimulate ? try RequestReader.version(request) : 0
        ask(engine, tag: tag) { completion in
            switch command {
            case .identityCheck: IdentityTasks.check(engine, shop: shop, tag: tag, from: lane, completion)
            case .identityExport:
                IdentityTasks.export(
                    engine, shop: shop, offset: offset, limit: limit, tag: tag, from: lane, completion)
            case .identitySimulate:
                IdentityTasks.simulate(engine, shop: shop, version: version, tag: tag, from: lane, completion)
            default: IdentityTasks.settle(engine, tag: tag, from: lane, completion)
            }
        }
    }

    /// Taking data out is said in the server's log: who, which shop, how much.
    private func export(_ command: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let question = try RequestReader.export(request, command)
        let actor = try RequestReader.actor(request)
        guard case .success(let engine) = host.engine else {
            _ = try currentHasher()
            return
        }
        let shop = shop
        let lane = host.lane
        exportLog.begin(question, shop: shop, actor: actor, host.log)
        ask(engine, tag: tag) { completion in
            ExportTask.run(engine, question, shop: shop, tag: tag, from: lane) { bytes, answer in
                self.exportLog.answered(answer, self.host.log)
                completion(bytes)
            }
        }
    }
}
