import Bytes

/// What is to be read into the index because it came after it was built.
package struct SearchArrival: Sendable, BitwiseCopyable {
    fileprivate let profile: UInt32
    /// Rows plus one; zero where the event brought none.
    fileprivate let variant: UInt32
    fileprivate let order: UInt32
    fileprivate let document: UInt32

    /// Nil for events that bring no text to search in.
    package init?(_ event: Event) {
        profile = event.party.profile
        switch event.kind {
        case .profileRecorded, .orderRecorded, .orderRevised:
            variant = event.party.isNewVariant ? event.party.variantRow + 1 : 0
            order = event.kind == .orderRecorded ? event.row + 1 : 0
            document = 0
            if variant == 0, order == 0 { return nil }
        case .documentRecorded:
            variant = 0
            order = 0
            document = event.row + 1
        default: return nil
        }
    }
}

/// The index of one shard's texts: built when somebody searches for the first time, and kept up from then on. Derived, never
/// written to disk.
package struct ShardSearch: ~Copyable, Sendable {
    private var index = WordIndex()
    private var words = SearchWords()
    /// Profiles below this row have been read as they were when it was their turn.
    private var builtRows = 0
    private var arrivals: [SearchArrival] = []
    private var firstArrival = 0

    package init() {}

    package var allocatedBytes: Int { index.allocatedBytes + arrivals.capacity * MemoryLayout<SearchArrival>.stride }

    /// Things that came and are not read yet.
    package var waitingCount: Int { arrivals.count - firstArrival }

    /// Notes what an event brought; a profile whose turn is still to come is read whole then.
    package mutating func note(_ event: Event, in shard: borrowing ShardState) {
        guard let arrival = SearchArrival(event), shard.row(of: arrival.profile) < builtRows else { return }
        arrivals.append(arrival)
    }

    /// Reads up to `limit` profiles or arrivals; whether anything is left.
    package mutating func catchUp(with shard: borrowing ShardState, limit: Int) -> Bool {
        var left = limit
        while left > 0, firstArrival < arrivals.count {
            read(arrivals[firstArrival], shard)
            firstArrival += 1
            left -= 1
        }
        if firstArrival == arrivals.count {
            arrivals.removeAll(keepingCapacity: arrivals.capacity <= 4_096)
            firstArrival = 0
        }
        while left > 0, builtRows < shard.profiles.count {
            read(profileRow: builtRows, shard)
            builtRows += 1
            left -= 1
        }
        return waitingCount > 0 || builtRows < shard.profiles.count
    }

    /// The rows that have what is looked for, term by term.
    package func rows(matching terms: [SearchTerm]) -> [BitRow] { terms.map { index.rows(matching: $0) } }

    // MARK: Reading

    private mutating func read(profileRow row: Int, _ shard: borrowing ShardState) {
        let profile = shard.profiles[row]
        var next = profile.newestVariant
        while next != 0 {
            let variant = shard.variants[Int(next - 1)]
            add(party: shard.records[variant.record], row)
            next = variant.next
        }
        next = profile.newestOrder
        while next != 0 {
            let order = shard.orders[Int(next - 1)]
            add(shard.number(of: order.record), row)
            next = order.next
        }
        next = profile.newestDocument
        while next != 0 {
            let document = shard.documents[Int(next - 1)]
            add(PackedRecord(shard.records[document.record], DocumentShape.members)[DocumentShape.number], row)
            next = document.next
        }
    }

    private mutating func read(_ arrival: SearchArrival, _ shard: borrowing ShardState) {
        let row = shard.row(of: arrival.profile)
        if arrival.variant > 0 {
            add(party: shard.records[shard.variants[Int(arrival.variant - 1)].record], row)
        }
        if arrival.order > 0 {
            let order = shard.orders[Int(arrival.order - 1)]
            add(shard.number(of: order.record), row)
        }
        if arrival.document > 0 {
            let record = shard.records[shard.documents[Int(arrival.document - 1)].record]
            add(PackedRecord(record, DocumentShape.members)[DocumentShape.number], row)
        }
    }

    private mutating func add(_ text: Span<UInt8>, _ row: Int) { index.add(text, row, &words) }

    private mutating func add(party record: Span<UInt8>, _ row: Int) { index.add(party: record, row, &words) }
}

// MARK: - Which texts

extension WordIndex {
    fileprivate mutating func add(_ text: Span<UInt8>, _ row: Int, _ words: inout SearchWords) {
        guard text.count > 0 else { return }
        words.forEach(in: text) { add($0, row: row) }
    }

    fileprivate mutating func add(party record: Span<UInt8>, _ row: Int, _ words: inout SearchWords) {
        let party = PartyRecord(record).members
        for member in [
            PartyShape.ref, PartyShape.email, PartyShape.firstName, PartyShape.lastName, PartyShape.name,
            PartyShape.company, PartyShape.vatId,
        ] {
            add(party[member], row, &words)
        }
        mark(.channel, party[PartyShape.channel], row)
        var home = CountryCode.unknown
        for member in [PartyShape.billing, PartyShape.shipping] where party.has(member) {
            add(address: PackedRecord(party[member], AddressShape.kinds), row, &words, &home)
        }
        party.forEachElement(PartyShape.addresses) {
            add(address: PackedRecord($0, AddressShape.kinds), row, &words, &home)
        }
        words.phone(party[PartyShape.phone], country: home) { add($0, row: row) }
    }

    /// - Parameter home: the country of the first address that has one; a national telephone number is read there.
    private mutating func add(
        address: borrowing PackedRecord, _ row: Int, _ words: inout SearchWords, _ home: inout CountryCode
    ) {
        for member in [
            AddressShape.name, AddressShape.company, AddressShape.street, AddressShape.houseNumber,
            AddressShape.addition, AddressShape.postalCode, AddressShape.city, AddressShape.state,
            AddressShape.firstName, AddressShape.lastName, AddressShape.email, AddressShape.vatId,
        ] {
            add(address[member], row, &words)
        }
        // "1015 KD" is looked for as two words and as one.
        words.whole(address[AddressShape.postalCode]) { add($0, row: row) }
        mark(.country, address[AddressShape.country], row)
        let country = CountryCode(address[AddressShape.country]) ?? .unknown
        words.phone(address[AddressShape.phone], country: country) { add($0, row: row) }
        if home == .unknown { home = country }
    }

    private mutating func mark(_ mark: SearchMark, _ value: Span<UInt8>, _ row: Int) {
        guard value.count > 0, value.count <= SearchWords.maximumBytes else { return }
        var word: [UInt8] = [mark.rawValue]
        for place in 0..<value.count { word.append(ASCII.lowercased(value[place])) }
        add(word.span, row: row, isMark: true)
    }
}
