import Bytes

// Decide: how a shop decides who is who.
extension DirectoryState {
    mutating func configure(
        _ changes: [SettingChange], _ desk: DecisionDesk, _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        var news: [(SettingChange, subject: Int)] = []
        for change in changes {
            var subject = 0
            if let source = change.source {
                guard let number = sources.number(desk.shop, channel: source.channel, store: source.store) else {
                    throw Refusal(
                        .notFound,
                        "source: nothing came from \(source.text) yet in this shop; SHOP.SETTINGS lists its sources")
                }
                subject = Int(number)
            }
            if !isSet(change, subject, shop: Int(desk.shop)) { news.append((change, subject)) }
        }
        for (change, subject) in news {
            events.shopConfigured(
                change.setting, change.value, subject: subject, shop: desk.shop, actor: desk.actor, now: desk.now)
            record(events)
        }
        return .configured(isDuplicate: news.isEmpty)
    }

    private func isSet(_ change: SettingChange, _ subject: Int, shop: Int) -> Bool {
        let identity = identities[shop]
        return switch change.setting {
        case .matchMode: Int(identity.mode.rawValue) == change.value
        case .protectsBookings: identity.protectsBookings == (change.value != 0)
        case .knowsBuyersOnce: identity.declaredSources[UInt16(subject)] == (change.value != 0)
        }
    }
}
