import Bytes

// Decide and evolve: what stands on customers.

/// A command about tags or blocks. It changes customers and opens no shop.
package enum LabelCommand: Sendable {
    /// `cause`: what led to it, for people; empty where nothing is to be said.
    case tag(CustomerSelector, [CustomerTag], cause: String)
    case untag(CustomerSelector, [CustomerTag])
    case block(CustomerSelector, reason: String)
    case unblock(CustomerSelector)
    /// Puts the customer into a group and out of every other; nil: out of all.
    case group(CustomerSelector, PriceGroup?)

    package var selector: CustomerSelector {
        switch self {
        case .tag(let selector, _, _), .untag(let selector, _), .block(let selector, _), .unblock(let selector),
            .group(let selector, _):
            selector
        }
    }
}

extension LabelState {
    /// The most tags that one customer may have.
    package static let maximumTags = 200

    static var tooMany: Refusal {
        Refusal(.refused, "tag: a customer may have \(maximumTags) at most; CUSTOMER.UNTAG makes room")
    }

    /// Puts a tag on the customer that `members` are; nil if it is there. This is how rules set tags too: `actor` is who or
    /// what does it, `cause` what led to it.
    /// - Parameter profile: one of the members; the tag follows it through merges and splits.
    package func decideTag(
        _ tag: CustomerTag, profile: UInt32, members: [UInt32], shop: UInt16, actor: String, cause: String
    ) throws(Refusal) -> LabelEvent? {
        guard carriers(of: tag, among: members, shop: shop).isEmpty else { return nil }
        guard labels(of: members).tags.count < Self.maximumTags else {
            throw Self.tooMany
        }
        return .tagged(profile: profile, tag, actor: actor, cause: cause)
    }

    /// Takes a tag off all profiles of the customer; nil if it is on none.
    package func decideUntag(_ tag: CustomerTag, members: [UInt32], shop: UInt16, actor: String) -> LabelEvent? {
        let profiles = carriers(of: tag, among: members, shop: shop)
        return profiles.isEmpty ? nil : .untagged(profiles, tag, actor: actor)
    }

    /// Blocks the customer; nil if it is blocked for that reason already.
    package func decideBlock(
        profile: UInt32, members: [UInt32], shop: UInt16, reason: String, actor: String
    ) -> LabelEvent? {
        if let block = labels(of: members).block, block.reason == reason { return nil }
        return .blocked(profile: profile, reason: reason, actor: actor)
    }

    package func decideUnblock(members: [UInt32], shop: UInt16, actor: String) -> LabelEvent? {
        let profiles = carriers(of: nil, among: members, shop: shop)
        return profiles.isEmpty ? nil : .unblocked(profiles, actor: actor)
    }

    // MARK: Evolve

    mutating func evolve(_ event: LabelEvent, shop: UInt16, at: Int64) {
        switch event {
        case .tagged(let profile, let tag, let actor, let cause):
            set(profile, number(of: tag, shop) + 1, true, actor, cause, shop, at)
        case .untagged(let profiles, let tag, let actor):
            let number = number(of: tag, shop)
            for profile in profiles { set(profile, number + 1, false, actor, "", shop, at) }
        case .blocked(let profile, let reason, let actor): set(profile, 0, true, actor, reason, shop, at)
        case .unblocked(let profiles, let actor):
            for profile in profiles { set(profile, 0, false, actor, "", shop, at) }
        }
    }

    /// The tag's number; it gets one the first time.
    private mutating func number(of tag: CustomerTag, _ shop: UInt16) -> UInt32 {
        let key = ShopTag(shop: shop, tag: tag)
        if let number = tagNumbers[key] { return number }
        let number = UInt32(tags.append(TagRow(text: records.append(Array(tag.text.utf8).span), shop: UInt32(shop))))
        tagNumbers[key] = number
        carriers.append([])
        return number
    }

    private mutating func set(
        _ profile: UInt32, _ tag: UInt32, _ isOn: Bool, _ actor: String, _ text: String, _ shop: UInt16, _ at: Int64
    ) {
        var detail = ByteWriter(capacity: 32)
        detail.countedText(actor)
        detail.append(text)
        let before = Int(profile) < newest.count ? newest[Int(profile)] : 0
        let row = LabelRow(
            at: at, detail: records.append(detail.span), profile: profile, next: before, tag: tag, shop: shop,
            isOn: isOn ? 1 : 0)
        let number = rows.append(row)
        note(row, UInt32(number))
    }

    /// What is derived from a row.
    mutating func note(_ row: LabelRow, _ number: UInt32) {
        while newest.count <= Int(row.profile) { newest.append(0) }
        newest[Int(row.profile)] = number + 1
        if row.tag == 0 {
            if row.isOn != 0 {
                blocked[row.shop, default: []].insert(row.profile)
            } else {
                blocked[row.shop]?.remove(row.profile)
            }
        } else if row.isOn != 0 {
            carriers[Int(row.tag - 1)].insert(row.profile)
        } else {
            carriers[Int(row.tag - 1)].remove(row.profile)
        }
    }
}

// MARK: - Inside the directory

extension DirectoryState {
    /// What a command changes, as events in the order in which they are to be written; nothing if all is so already.
    package func decide(
        _ command: LabelCommand, profile: UInt32, shop: UInt16, actor: String
    ) throws(Refusal) -> [LabelEvent] {
        let members = members(of: profile)
        switch command {
        case .tag(_, let tags, let cause):
            let room = LabelState.maximumTags - labels.labels(of: members).tags.count
            var events: [LabelEvent] = []
            for tag in Set(tags).sorted(by: { $0.text < $1.text }) {
                if let event = try labels.decideTag(
                    tag, profile: profile, members: members, shop: shop, actor: actor, cause: cause)
                {
                    events.append(event)
                }
            }
            guard events.count <= max(0, room) else { throw LabelState.tooMany }
            return events
        case .untag(_, let tags):
            return Set(tags).sorted { $0.text < $1.text }.compactMap {
                labels.decideUntag($0, members: members, shop: shop, actor: actor)
            }
        case .block(_, let reason):
            return [
                labels.decideBlock(profile: profile, members: members, shop: shop, reason: reason, actor: actor)
            ].compactMap { $0 }
        case .unblock: return [labels.decideUnblock(members: members, shop: shop, actor: actor)].compactMap { $0 }
        case .group(_, let group):
            let others = labels.labels(of: members).tags.map(\.tag).filter {
                PriceGroup($0) != nil && $0 != group?.tag
            }
            var events = others.compactMap { labels.decideUntag($0, members: members, shop: shop, actor: actor) }
            guard let group else { return events }
            let event = try labels.decideTag(
                group.tag, profile: profile, members: members, shop: shop, actor: actor, cause: "")
            if let event { events.append(event) }
            return events
        }
    }

    func validateLabel(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        for profile in try LabelEvent(event, bytes).profiles {
            try Self.check(
                Int(profile) < profiles.count && profiles[Int(profile)].shop == event.shop,
                "a label of an unknown profile")
        }
    }

    mutating func evolveLabel(_ event: Event, _ bytes: Span<UInt8>) {
        do throws(EventError) {
            let fact = try LabelEvent(event, bytes)
            labels.evolve(fact, shop: event.shop, at: event.recordedAt)
            for profile in fact.profiles { touch(profile) }
        } catch {
            preconditionFailure("a label that was validated does not read: \(error)")
        }
    }

    /// Reads the tables of labels of a snapshot, once all are there; false if they do not fit together.
    package mutating func takeLabels() -> Bool {
        labels.finishLoading(profiles: profiles.count, shopCount: shops.count)
    }
}
