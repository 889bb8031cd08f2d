import Bytes

// What the events of the service say, field by field as `FieldCoder` packs them: price terms of groups, brochures by post,
// log-ins, and reports that somebody asked for. Moments are milliseconds.

extension EventKind {
    /// Whether it is the service's.
    package var isOfService: Bool { (160...166).contains(rawValue) }
}

extension EventWriter {
    package mutating func service(_ event: LedgerEvent, shop: UInt16, now: Timestamp) {
        ofLedger(event.kind, event, row: 0, shop: shop, now: now)
    }
}

/// Of terms that were put, or removed.
struct TermsFacts: FieldCoded {
    /// Of removed ones the id alone.
    var terms = PriceTerms()
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try terms.code(&coder)
        try coder.text(&actor)
    }
}

/// Of a brochure that a customer wants to have.
struct BrochureFacts: FieldCoded {
    /// The request's place in the table.
    var number: UInt32 = 0
    /// As the shop calls it.
    var brochure = ""
    var note = ""
    /// The sender's own name for the request, so that a repeat is known; empty for none.
    var id = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&number)
        try coder.text(&brochure)
        try coder.text(&note)
        try coder.text(&id)
        try coder.text(&actor)
    }
}

/// Of requests that were printed, or withdrawn.
struct BrochureMarkFacts: FieldCoded {
    struct Request: Equatable {
        var number: UInt32 = 0
        var profile: UInt32 = 0
    }

    var requests: [Request] = []
    /// The print date; of withdrawn ones when that was said.
    var at: Int64 = 0
    var reason = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.list(&requests, Request()) { request, coder throws(ByteReaderError) in
            try coder.number(&request.number)
            try coder.number(&request.profile)
        }
        try coder.integer(&at)
        try coder.text(&reason)
        try coder.text(&actor)
    }
}

/// Of a customer who logged in at the shop's web front.
struct LogInFacts: FieldCoded {
    var at: Int64 = 0
    /// Where: the front's own words, such as an address or a device. May be empty.
    var from = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.integer(&at)
        try coder.text(&from)
        try coder.text(&actor)
    }
}

/// Of a report that somebody asked for.
struct ReportFacts: FieldCoded {
    var report = ""
    var isFiled = false
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&report)
        try coder.flag(&isFiled)
        try coder.text(&actor)
    }
}
