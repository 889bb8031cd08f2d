import Bytes

/// The channels of each shop and the stores on them: so that an order is found by `channel:number` where only one store
/// of the channel has it, and replies name the store only where several share the channel. A handful of entries.
struct SourceTable: Sendable {
    private struct Source: Sendable {
        let shop: UInt16
        let channel: [UInt8]
        let store: [UInt8]
    }

    private static let hash = Hash64(seed: 0)
    private var sources: [Source] = []
    /// Hashes of shop, channel and store.
    private var known: [UInt64: UInt16] = [:]
    /// Stores by the hash of shop and channel.
    private var storeCounts: [UInt64: Int] = [:]

    init() {}

    /// Takes note of the channel and store that a party record begins with, and returns their number.
    mutating func note(_ origin: PartyOrigin, shop: UInt16) -> UInt16 { add(shop, origin.channel, origin.store) }

    @discardableResult
    private mutating func add(_ shop: UInt16, _ channel: Span<UInt8>, _ store: Span<UInt8>) -> UInt16 {
        let channelHash = Self.hash.hash(channel, salt: UInt64(shop))
        let hash = Self.hash.hash(store, salt: channelHash)
        if let number = known[hash] { return number }
        // Beyond 65,535 sources the last number is shared; nobody has a thousandth of that.
        let number = UInt16(clamping: sources.count)
        known[hash] = number
        sources.append(Source(shop: shop, channel: channel.array, store: store.array))
        storeCounts[channelHash, default: 0] += 1
        return number
    }

    /// Platforms on which an e-mail address, and so a buyer, has one account: Shopify ("customers cannot share an e-mail
    /// address or telephone number") and WooCommerce (WordPress users). Files and other systems hold duplicates.
    func knowsBuyersOnce(_ number: UInt16) -> Bool {
        let channel = sources[Int(number)].channel
        return channel == Array("shopify".utf8) || channel == Array("woocommerce".utf8)
    }

    /// The source with this channel and store; nil if nothing came from there yet.
    func number(_ shop: UInt16, channel: [UInt8], store: [UInt8]) -> UInt16? {
        let channelHash = Self.hash.hash(channel.span, salt: UInt64(shop))
        return known[Self.hash.hash(store.span, salt: channelHash)]
    }

    /// Sources of a shop with their names, `channel/store`.
    func all(of shop: UInt16) -> [(number: UInt16, name: String)] {
        sources.enumerated().filter { $0.element.shop == shop }.map { place, source in
            let name = source.channel + [UInt8(ascii: "/")] + source.store
            return (UInt16(clamping: place), String(decoding: name, as: UTF8.self))
        }
    }

    func storeCount(_ shop: UInt16, _ channel: Span<UInt8>) -> Int {
        storeCounts[Self.hash.hash(channel, salt: UInt64(shop))] ?? 0
    }

    /// The stores of a channel, `main` first.
    func stores(_ shop: UInt16, _ channel: [UInt8]) -> [[UInt8]] {
        let main = Array("main".utf8)
        return [main] + sources.filter { $0.shop == shop && $0.channel == channel && $0.store != main }.map(\.store)
    }

    // MARK: Snapshots

    func write(into header: inout ByteWriter) {
        header.appendVarint(UInt64(sources.count))
        for source in sources {
            header.appendVarint(UInt64(source.shop))
            header.appendCounted(source.channel.span)
            header.appendCounted(source.store.span)
        }
    }

    mutating func read(_ reader: inout ByteReader) throws(ByteReaderError) {
        for _ in 0..<(try reader.varint()) {
            let shop = UInt16(truncatingIfNeeded: try reader.varint())
            let channel = try reader.countedRange()
            let store = try reader.countedRange()
            add(shop, reader.bytes.extracting(channel), reader.bytes.extracting(store))
        }
    }
}

extension DirectoryState {
    /// How many stores of the shop were heard of on a channel.
    package func storeCount(ofChannel channel: Span<UInt8>, shop: UInt16) -> Int { sources.storeCount(shop, channel) }

    func hasher(_ shop: UInt16) -> KeyHasher {
        KeyHasher(hash: Hash64(seed: seed), shopName: shops[Int(shop)])
    }

    /// The number of the order in `orders`. A name without a store means the one on `main`, else the first other store of
    /// the channel that has it.
    package func order(named name: OrderName, shop: UInt16) -> Int? {
        let hasher = hasher(shop)
        for store in name.store.map({ [$0] }) ?? sources.stores(shop, name.channel) {
            let hash = hasher.order(name.number.span, channel: name.channel.span, store: store.span)
            if let order = findOrder(hash) { return order }
        }
        return nil
    }

    /// The profile with the channel's own number; stores as for orders.
    func reference(_ name: OrderName, shop: UInt16) -> UInt32? {
        let hasher = hasher(shop)
        for store in name.store.map({ [$0] }) ?? sources.stores(shop, name.channel) {
            let key = hasher.key(
                .channelReference, name.number.span, channel: name.channel.span, store: store.span)
            if let entry = findKey(key.hash) { return keys[entry].profile }
        }
        return nil
    }
}
