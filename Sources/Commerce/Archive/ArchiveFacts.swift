import Bytes

// What the events of the archive say, field by field as `FieldCoder` packs them. Moments are milliseconds.

/// A document, by origin and number.
struct ReferenceFacts: FieldCoded, Equatable {
    var origin: DocumentReference.Origin = .ledger
    var number: UInt32 = 0

    init() {}

    init(_ reference: DocumentReference) {
        origin = reference.origin
        number = reference.number
    }

    var reference: DocumentReference { DocumentReference(origin, number) }

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.choice(&origin)
        try coder.number(&number)
    }
}

/// Of a file that was put into a dossier.
struct AttachFacts: FieldCoded {
    /// The document that it belongs to; nil where it belongs to the customer or an order.
    var owner: ReferenceFacts?
    /// How people named that document, or the order.
    var ownerName = ""
    /// Number of the order in the directory; nil for none.
    var order: UInt32?
    var kind = FiledKind.upload
    var name = ""
    /// Media type, such as `application/pdf`.
    var type = ""
    var bytes: Int64 = 0
    /// SHA-256 of the content, 32 bytes.
    var hash: [UInt8] = []
    var visibility = Visibility.internal
    /// Empty for none.
    var label = ""
    /// BCP 47.
    var language = ""
    /// Whose law says how long it stays; empty for the shop's rule.
    var country = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.optional(&owner, ReferenceFacts()) { owner, coder throws(ByteReaderError) in
            try owner.code(&coder)
        }
        try coder.text(&ownerName)
        try coder.optional(&order, 0) { order, coder throws(ByteReaderError) in try coder.number(&order) }
        try coder.choice(&kind)
        try coder.text(&name)
        try coder.text(&type)
        try coder.integer(&bytes)
        try coder.bytes(&hash)
        try coder.choice(&visibility)
        try coder.text(&label)
        try coder.text(&language)
        try coder.text(&country)
        try coder.text(&actor)
    }
}

/// Of documents that were labelled, shared, sent or removed.
struct MarkFacts: FieldCoded {
    struct Document: FieldCoded {
        var reference = ReferenceFacts()
        var profile: UInt32 = 0
        /// How people name it: what a document from elsewhere is called only its record knows.
        var name = ""

        mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
            try reference.code(&coder)
            try coder.number(&profile)
            try coder.text(&name)
        }
    }

    var documents: [Document] = []
    /// The label, the visibility, or why it was removed.
    var words = ""
    /// Whether the label was put on rather than taken off; whether the engine removed by the clock.
    var flag = true
    /// The message by which they were sent.
    var message: UInt32 = 0
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.list(&documents, Document()) { document, coder throws(ByteReaderError) in try document.code(&coder) }
        try coder.text(&words)
        try coder.flag(&flag)
        try coder.number(&message)
        try coder.text(&actor)
    }
}

/// Of a rule about how long documents stay.
struct RetentionFacts: FieldCoded {
    /// As documents are called: `invoice`, `upload`.
    var kind = ""
    /// Empty for every country without a rule of its own.
    var country = ""
    var years: Int32 = 0
    /// The law that asks for it.
    var source = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&kind)
        try coder.text(&country)
        try coder.number(&years)
        try coder.text(&source)
        try coder.text(&actor)
    }
}
