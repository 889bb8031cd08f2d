import Bytes

extension DirectoryState {
    /// Asks memory for what the orders of a batch will be looked up in. One order after the other would wait for each of
    /// some thirty places by itself; asked for together, most of that waiting overlaps. Changes nothing.
    package mutating func lookAhead(_ commands: [PreparedCommand], in bytes: Span<UInt8>, shop name: String) {
        guard let shop = shop(named: name) else { return }
        var touched: UInt64 = 0
        for case .order(let order) in commands {
            touched &+= orderIndex.touch(order.keyHash) &+ variantIndex.touch(order.party.contentHash)
            touched &+= keyIndex.touch(order.party.referenceHash)
        }
        for case .order(let order) in commands where findVariant(order.party.contentHash) == nil {
            PartyRecord.forEachKey(of: bytes.extracting(order.party.record.range)) { key in
                touched &+= keyIndex.touch(key.hash)
                guard key.kind.isNoted else { return }
                touched &+= index.touch(MatchIndex.scoped(key.hash, ValueKind(key.kind), shop: shop))
            }
        }
        self.touched &+= touched
    }
}
