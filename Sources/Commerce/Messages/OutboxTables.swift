import Bytes

// The outbox in a snapshot: four tables of rows, pages of records, and one record of what each shop has set up:
//
//   format (1) shop count; each: sender (1: there is one; address name language actor, at (zigzag)),
//     template count; each: event (1) language channel, removed by (empty: it stands), at (zigzag),
//       version count; each: number (varint) subject body actor, at (zigzag)

/// The outbox's tables at one moment. Sharing their pages costs nothing.
package struct OutboxCapture: Sendable {
    fileprivate let shops: [ShopCorrespondence]
    fileprivate let messages: PagedArray<MessageRow>
    fileprivate let history: PagedArray<HistoryRow>
    fileprivate let choices: PagedArray<ChoiceRow>
    fileprivate let records: ByteArena

    /// Writes all tables; none for an outbox that was never used.
    package func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        guard !shops.isEmpty || choices.count > 0 else { return }
        try sink.begin(.outboxShops, shard: 0, entries: shops.count)
        try sink.write(ShopTable.bytes(of: shops).span)
        try sink.end()
        try sink.table(.messages, 0, messages)
        try sink.table(.messageHistory, 0, history)
        try sink.table(.choices, 0, choices)
        try sink.begin(.outboxRecords, shard: 0, entries: 0)
        var framed = ByteWriter(capacity: ByteArena.pageSize + 4)
        try records.forEachPage { page throws(Sink.Failure) in
            framed.removeAll()
            framed.appendLittleEndian(UInt32(page.count))
            framed.append(page)
            try sink.write(framed.span)
        }
        try sink.end()
    }
}

extension OutboxState {
    package func capture() -> OutboxCapture {
        OutboxCapture(shops: shops, messages: messages, history: history, choices: choices, records: records)
    }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    package mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .outboxShops:
            loadedShops += bytes.array
            return true
        case .messages: return messages.append(rawBytes: bytes)
        case .messageHistory: return history.append(rawBytes: bytes)
        case .choices: return choices.append(rawBytes: bytes)
        case .outboxRecords:
            partialPage.append(bytes)
            return loadPages()
        default: return false
        }
    }

    /// Takes the whole pages that have come; the beginning of one waits for its rest.
    private mutating func loadPages() -> Bool {
        let bytes = partialPage.copyBytes()
        guard let taken = Self.takePages(bytes.span, into: &records) else { return false }
        partialPage.removeFirst(taken)
        return true
    }

    /// Returns how many bytes the whole pages were; nil if they are none.
    private static func takePages(_ bytes: Span<UInt8>, into records: inout ByteArena) -> Int? {
        var taken = 0
        while bytes.count - taken >= 4 {
            let count = Int(bytes.bytes.unsafeLoadUnaligned(fromByteOffset: taken, as: UInt32.self))
            guard count <= 1 << 24 else { return nil }
            guard bytes.count - taken - 4 >= count else { break }
            records.append(page: bytes.extracting((taken + 4)..<(taken + 4 + count)))
            taken += 4 + count
        }
        return taken
    }

    /// Builds what is derived once all tables are loaded; false if they do not fit together.
    package mutating func finishLoading(profiles: Int, orders: Int, shopCount: Int) -> Bool {
        guard partialPage.count == 0, let shops = ShopTable.read(loadedShops), shops.count <= shopCount else {
            return false
        }
        self.shops = shops
        loadedShops = []
        guard isConsistent(profiles: profiles, orders: orders, shopCount: shopCount) else { return false }
        for number in 0..<messages.count {
            identifierIndex.insert(messages[number].identifierHash, number)
            Self.set(&newestMessages, messages[number].profile, UInt32(number + 1))
            count(UInt32(number), by: 1)
            place(UInt32(number))
        }
        for number in 0..<choices.count { Self.set(&newestChoices, choices[number].profile, UInt32(number + 1)) }
        return true
    }

    private func isConsistent(profiles: Int, orders: Int, shopCount: Int) -> Bool {
        for number in 0..<history.count {
            guard records.contains(history[number].detail), Int(history[number].previous) <= number else {
                return false
            }
        }
        for number in 0..<choices.count {
            let row = choices[number]
            guard records.contains(row.detail), Int(row.next) <= number, Int(row.profile) < profiles,
                reads(choice: row)
            else { return false }
        }
        for number in 0..<messages.count {
            let row = messages[number]
            guard records.contains(row.record), Int(row.next) <= number, Int(row.profile) < profiles,
                Int(row.order) <= orders, Int(row.history) <= history.count, Int(row.shop) < shopCount,
                MessageState(rawValue: row.state) != nil, MessageEvent(rawValue: row.event) != nil, reads(message: row)
            else { return false }
        }
        return true
    }

    private func reads(message row: MessageRow) -> Bool {
        do throws(ByteReaderError) {
            _ = try MessageRecord(records[row.record])
            return true
        } catch {
            return false
        }
    }

    private func reads(choice row: ChoiceRow) -> Bool {
        do throws(ByteReaderError) {
            var reader = ByteReader(records[row.detail])
            _ = try reader.countedRange()
            return true
        } catch {
            return false
        }
    }
}

/// What the shops have set up, as one record.
private enum ShopTable {
    private static let format: UInt8 = 1

    static func bytes(of shops: [ShopCorrespondence]) -> [UInt8] {
        var output = ByteWriter(capacity: 4_096)
        output.append(format)
        output.appendVarint(UInt64(shops.count))
        for shop in shops {
            output.append(shop.sender == nil ? 0 : 1)
            if let sender = shop.sender {
                for text in [sender.value.address, sender.value.name, sender.value.language.text, sender.actor] {
                    output.countedText(text)
                }
                output.appendZigzag(sender.at)
            }
            output.appendVarint(UInt64(shop.templates.count))
            for (key, template) in shop.templates.sorted(by: { TemplateKey.isBefore($0.key, $1.key) }) {
                write(key, template, into: &output)
            }
        }
        return output.copyBytes()
    }

    private static func write(_ key: TemplateKey, _ template: Template, into output: inout ByteWriter) {
        output.append(key.event.rawValue)
        output.countedText(key.language.text)
        output.countedText(key.channel)
        output.countedText(template.removal?.actor ?? "")
        output.appendZigzag(template.removal?.at ?? 0)
        output.appendVarint(UInt64(template.versions.count))
        for version in template.versions {
            output.appendVarint(UInt64(version.number))
            for text in [version.subject, version.body, version.actor] { output.countedText(text) }
            output.appendZigzag(version.at)
        }
    }

    /// Nil if the bytes are no such table; no bytes are no shops.
    static func read(_ bytes: [UInt8]) -> [ShopCorrespondence]? {
        guard !bytes.isEmpty else { return [] }
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes.span)
            guard try reader.byte() == format else { return nil }
            var shops: [ShopCorrespondence] = []
            for _ in 0..<(try reader.varint32()) {
                guard let shop = try reader.correspondence() else { return nil }
                shops.append(shop)
            }
            return reader.isAtEnd ? shops : nil
        } catch {
            return nil
        }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func correspondence() throws(ByteReaderError) -> ShopCorrespondence? {
        var shop = ShopCorrespondence()
        if try byte() == 1 {
            let (address, name, language) = (try string(), try string(), try string())
            guard let language = LanguageTag(language) else { return nil }
            let sender = Sender(address: address, name: name, language: language)
            shop.sender = Stated(value: sender, actor: try string(), at: try zigzag())
        }
        for _ in 0..<(try varint32()) {
            guard let event = MessageEvent(rawValue: try byte()), let language = LanguageTag(try string()) else {
                return nil
            }
            let key = TemplateKey(event: event, language: language, channel: try string())
            shop.templates[key] = try template()
        }
        return shop
    }

    @_lifetime(self: copy self)
    private mutating func template() throws(ByteReaderError) -> Template {
        let (remover, removedAt) = (try string(), try zigzag())
        var template = Template(versions: [])
        for _ in 0..<(try varint32()) {
            template.versions.append(
                TemplateVersion(
                    number: Int(try varint32()), subject: try string(), body: try string(), actor: try string(),
                    at: try zigzag()))
        }
        if !remover.isEmpty { template.removal = Stated(value: true, actor: remover, at: removedAt) }
        return template
    }
}
