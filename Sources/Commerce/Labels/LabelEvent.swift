import Bytes

// Events about tags and blocks. Behind the head that all events have (kind, time, shop) stands:
//
//   customerTagged     profile (varint) tag actor cause
//   customerUntagged   tag actor count profiles (varint each): all through which the customer had it
//   customerBlocked    profile (varint) reason actor
//   customerUnblocked  actor count profiles (varint each)
//
// Texts are counted. A label is attached to a profile, so that it follows it through merges and splits.

/// A fact about what stands on a customer.
package enum LabelEvent: Sendable, Equatable {
    case tagged(profile: UInt32, CustomerTag, actor: String, cause: String)
    case untagged([UInt32], CustomerTag, actor: String)
    case blocked(profile: UInt32, reason: String, actor: String)
    case unblocked([UInt32], actor: String)

    package var kind: EventKind {
        switch self {
        case .tagged: .customerTagged
        case .untagged: .customerUntagged
        case .blocked: .customerBlocked
        case .unblocked: .customerUnblocked
        }
    }

    package var profiles: [UInt32] {
        switch self {
        case .tagged(let profile, _, _, _), .blocked(let profile, _, _): [profile]
        case .untagged(let profiles, _, _), .unblocked(let profiles, _): profiles
        }
    }
}

extension EventKind {
    /// Whether it is about tags or blocks.
    package var isOfLabels: Bool { (128...131).contains(rawValue) }
}

extension EventWriter {
    package mutating func label(_ event: LabelEvent, shop: UInt16, now: Timestamp) {
        begin(event.kind, now, shop: shop)
        switch event {
        case .tagged(let profile, let tag, let actor, let cause):
            self.profile(profile)
            text(tag.text)
            text(actor)
            text(cause)
        case .untagged(let profiles, let tag, let actor):
            text(tag.text)
            text(actor)
            list(profiles)
        case .blocked(let profile, let reason, let actor):
            self.profile(profile)
            text(reason)
            text(actor)
        case .unblocked(let profiles, let actor):
            text(actor)
            list(profiles)
        }
        end()
    }

    private mutating func list(_ profiles: [UInt32]) {
        varint(UInt64(profiles.count))
        for profile in profiles { self.profile(profile) }
    }
}

extension LabelEvent {
    /// The event behind its head. Throws `.inconsistent` where bytes mean nothing.
    package init(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let read: LabelEvent?
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes, at: event.record.range.lowerBound)
            read = try reader.labelEvent(event.kind)
            guard reader.isAtEnd else { throw ByteReaderError.truncated(offset: reader.position) }
        } catch {
            throw .malformed(error)
        }
        guard let read else { throw .inconsistent("a label that means nothing") }
        self = read
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func labelEvent(_ kind: EventKind) throws(ByteReaderError) -> LabelEvent? {
        switch kind {
        case .customerTagged:
            let profile = try varint32()
            guard let tag = CustomerTag(try string()) else { return nil }
            return .tagged(profile: profile, tag, actor: try string(), cause: try string())
        case .customerUntagged:
            guard let tag = CustomerTag(try string()) else { return nil }
            let actor = try string()
            return .untagged(try profiles(), tag, actor: actor)
        case .customerBlocked:
            let profile = try varint32()
            return .blocked(profile: profile, reason: try string(), actor: try string())
        case .customerUnblocked:
            let actor = try string()
            return .unblocked(try profiles(), actor: actor)
        default: return nil
        }
    }
}
