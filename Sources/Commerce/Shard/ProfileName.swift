import Bytes

extension ShardState {
    /// How exports name a profile, whenever it arrived: `channel/store:ref`, or for a guest `channel/store#number` with the
    /// lowest number of its orders.
    package func profileName(_ profile: UInt32) -> String {
        var first: ByteArena.Reference?
        forEachVariant(of: profile) { _, variant in first = variant.record }
        guard let first else { return "" }
        let party = PartyRecord(records[first]).members
        let source = "\(party.text(PartyShape.channel))/\(party.text(PartyShape.store))"
        if party.has(PartyShape.ref) { return "\(source):\(party.text(PartyShape.ref))" }
        var lowest: String?
        forEachOrder(of: profile) { _, order in
            let number = number(of: order.record).text
            lowest = lowest.map { min($0, number) } ?? number
        }
        return "\(source)#\(lowest ?? "")"
    }
}
