import Bytes

extension EventKind {
    /// As it stands in rows of the feed. A new kind of event has to be given its word here and its shape in `EventRow`.
    package var word: StaticString {
        switch self {
        case .engineInitialised: "engineInitialised"
        case .shopOpened: "shopOpened"
        case .profileRecorded: "profileRecorded"
        case .orderRecorded: "orderRecorded"
        case .orderRevised: "orderRevised"
        case .documentRecorded: "documentRecorded"
        case .documentRevised: "documentRevised"
        case .noteAdded: "noteAdded"
        case .customersResolved: "customersResolved"
        case .identitySettled: "identitySettled"
        case .decisionMade: "decisionMade"
        case .decisionWithdrawn: "decisionWithdrawn"
        case .rulesProposed: "rulesProposed"
        case .rulesActivated: "rulesActivated"
        case .shopConfigured: "shopConfigured"
        case .valueWatched: "valueWatched"
        case .fieldPinned: "fieldPinned"
        case .fieldUnpinned: "fieldUnpinned"
        case .valueVerified: "valueVerified"
        case .orderFactRecorded: "orderFactRecorded"
        case .orderFactHeld: "orderFactHeld"
        case .templateStored: "templateStored"
        case .templateRemoved: "templateRemoved"
        case .senderConfigured: "senderConfigured"
        case .wishExpressed: "wishExpressed"
        case .languageChosen: "languageChosen"
        case .messageQueued: "messageQueued"
        case .messagesLeased: "messagesLeased"
        case .messageReported: "messageReported"
        case .messageWithheld: "messageWithheld"
        case .messageNotQueued: "messageNotQueued"
        case .sellerDescribed: "sellerDescribed"
        case .seriesConfigured: "seriesConfigured"
        case .documentDrafted: "documentDrafted"
        case .documentRedrafted: "documentRedrafted"
        case .documentPosted: "documentPosted"
        case .documentDiscarded: "documentDiscarded"
        case .voucherIssued: "voucherIssued"
        case .voucherRedeemed: "voucherRedeemed"
        case .redemptionReversed: "redemptionReversed"
        case .chequeTaken: "chequeTaken"
        case .chequePaid: "chequePaid"
        case .customerTagged: "customerTagged"
        case .customerUntagged: "customerUntagged"
        case .customerBlocked: "customerBlocked"
        case .customerUnblocked: "customerUnblocked"
        case .voucherRenewed: "voucherRenewed"
        case .voucherExpired: "voucherExpired"
        case .documentAttached: "documentAttached"
        case .documentLabelled: "documentLabelled"
        case .documentShared: "documentShared"
        case .documentsSent: "documentsSent"
        case .documentRemoved: "documentRemoved"
        case .retentionChanged: "retentionChanged"
        case .rulePut: "rulePut"
        case .ruleSwitched: "ruleSwitched"
        case .ruleMoved: "ruleMoved"
        case .ruleRemoved: "ruleRemoved"
        case .ruleTested: "ruleTested"
        case .automationConfigured: "automationConfigured"
        case .changesHandled: "changesHandled"
        case .termsPut: "termsPut"
        case .termsRemoved: "termsRemoved"
        case .brochureRequested: "brochureRequested"
        case .brochuresPrinted: "brochuresPrinted"
        case .brochuresWithdrawn: "brochuresWithdrawn"
        case .customerLoggedIn: "customerLoggedIn"
        case .reportAsked: "reportAsked"
        }
    }

    /// Whether it belongs to a shop. The others are about the engine as a whole, and are shown to nobody.
    package var isOfShop: Bool { self != .engineInitialised && self != .identitySettled }
}

/// An event as the journal has it.
package struct StoredEvent: Sendable {
    package let sequence: UInt64
    package let event: Event
    package let bytes: [UInt8]

    /// `bytes` are those that `event` was opened from.
    package init(sequence: UInt64, _ event: Event, _ bytes: Span<UInt8>) {
        self.sequence = sequence
        self.event = event
        self.bytes = bytes.array
    }
}
