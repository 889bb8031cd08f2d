import Bytes

/// The kinds of documents, in the spelling of replies. Other spellings of the same kind are understood.
package enum DocumentKind {
    package static let all: [StaticString] = ["invoice", "credit-note", "voucher", "report", "upload", "itinerary"]

    /// The kind that `text` means: case, blanks, `_` and `-` do not matter.
    static func named(_ text: Span<UInt8>) -> StaticString? {
        all.first { kind in
            var position = 0
            let length = kind.utf8CodeUnitCount
            var matched = 0
            while position < text.count {
                let byte = text[position]
                position += 1
                if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: " ") { continue }
                if matched < length, kind.utf8Start[matched] == UInt8(ascii: "-") { matched += 1 }
                guard matched < length, kind.utf8Start[matched] == byte | 0x20 else { return false }
                matched += 1
            }
            return matched == length
        }
    }
}

// DOCUMENT.PUT: an invoice, credit note or other document that was made elsewhere.
extension CommandDecoder {
    /// Packs a document. Appends its record to `output`.
    package mutating func document(
        _ json: Span<UInt8>, _ hasher: KeyHasher, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedDocument {
        try keeping(&output) { scratch, output throws(Refusal) in
            var reader = JSONReader(json)
            scratch.extra.removeAll()
            var members = MemberTable()
            try members.read(&reader, DocumentShape.names, path: "document", extra: &scratch.extra)
            try Self.expectEnd(&reader)
            return try DocumentPacker(json, hasher, members).pack(&scratch, into: &output)
        }
    }
}

private struct DocumentPacker: ~Copyable, ~Escapable {
    let json: Span<UInt8>
    let hasher: KeyHasher
    let members: MemberTable

    @_lifetime(copy json)
    init(_ json: Span<UInt8>, _ hasher: KeyHasher, _ members: consuming MemberTable) {
        self.json = json
        self.hasher = hasher
        self.members = members
    }

    func pack(_ scratch: inout PackingScratch, into output: inout ByteWriter) throws(Refusal) -> PreparedDocument {
        var document = PreparedDocument()
        guard members.has(DocumentShape.number) else { throw .invalid("number", "is required") }
        guard members.has(DocumentShape.kind), members[DocumentShape.kind].form == .text,
            let kind = DocumentKind.named(json.extracting(members[DocumentShape.kind].range))
        else {
            let kinds = DocumentKind.all.map { "\($0)" }.joined(separator: ", ")
            throw .invalid("kind", "is required, one of \(kinds)")
        }
        try owner(&document, into: &output)
        scratch.normalised.removeAll()
        try RecordPacker(json).plainText(members[DocumentShape.number], "number", into: &scratch.normalised)
        try NameRule.check(number: scratch.normalised.span, "number")
        document.keyHash = DocumentPacker.keyHash(kind, scratch.normalised.span, hasher)
        try record(kind, &scratch, &document, into: &output)
        return document
    }

    static func keyHash(_ kind: StaticString, _ number: Span<UInt8>, _ hasher: KeyHasher) -> UInt64 {
        var name = ByteWriter(capacity: 16)
        name.append(kind)
        return hasher.document(number, kind: name.span)
    }

    /// A document belongs to an order, or straight to a customer.
    private func owner(_ document: inout PreparedDocument, into output: inout ByteWriter) throws(Refusal) {
        if members.has(DocumentShape.order) {
            let start = output.count
            try RecordPacker(json).plainText(members[DocumentShape.order], "order", into: &output)
            document.orderName = ByteRange(start, output.count)
            _ = try OrderName(output.span.extracting(document.orderName.range))
        } else if members.has(DocumentShape.customer) {
            guard let number = CustomerNumber.parse(json.extracting(members[DocumentShape.customer].range)) else {
                throw .invalid("customer", "must be a customer number such as \"C17\"")
            }
            document.customerNumber = number
        } else {
            throw .invalid("order", "is required (or customer): whom does the document belong to?")
        }
    }

    private func record(
        _ kind: StaticString, _ scratch: inout PackingScratch, _ document: inout PreparedDocument,
        into output: inout ByteWriter
    ) throws(Refusal) {
        let packer = RecordPacker(json)
        let start = output.count
        var bitmap: UInt64 = scratch.extra.count > 0 ? 1 << UInt64(DocumentShape.extra) : 0
        for place in 0...DocumentShape.updatedAt where members.has(place) { bitmap |= 1 << UInt64(place) }
        output.appendVarint(bitmap)
        let contentStart = output.count
        output.appendVarint(UInt64(kind.utf8CodeUnitCount))
        output.append(kind)
        for place in DocumentShape.number...DocumentShape.customer where members.has(place) {
            try packer.text(members[place], DocumentShape.members[place].name, into: &output)
        }
        if members.has(DocumentShape.issuedAt) {
            output.appendZigzag(try packer.moment(members[DocumentShape.issuedAt], "issuedAt").milliseconds)
        }
        if members.has(DocumentShape.currency) {
            try packer.text(members[DocumentShape.currency], "currency", into: &output)
        }
        if members.has(DocumentShape.total) { output.appendPacked(try total()) }
        if members.has(DocumentShape.recipient) {
            try PartyPacker(json, hasher).address(
                members[DocumentShape.recipient], "recipient", &scratch.nested, into: &output)
        }
        if scratch.extra.count > 0 { output.appendCounted(scratch.extra.span) }
        let presence = bitmap & ~(1 << UInt64(DocumentShape.updatedAt))
        document.contentHash = hasher.content(output.span.extracting(contentStart..<output.count), salt: presence)
        if members.has(DocumentShape.updatedAt) {
            let updated = try packer.moment(members[DocumentShape.updatedAt], "updatedAt")
            document.updatedAt = updated.milliseconds
            output.appendZigzag(updated.milliseconds)
        }
        document.record = ByteRange(start, output.count)
    }

    private func total() throws(Refusal) -> Decimal64 {
        let value = try RecordPacker(json).decimal(members[DocumentShape.total], "total").shortest
        let currency = json.extracting(members[DocumentShape.currency].range)
        guard let scaled = value.scaled(to: Decimal64.minorUnitDigits(of: currency)) else {
            throw .invalid("total", "is too large")
        }
        return scaled
    }
}

extension CustomerSelector {
    /// Every hash under which a document with this number may be known: a number alone does not say its kind.
    package static func document(number: Span<UInt8>, _ hasher: KeyHasher) -> CustomerSelector {
        .document(DocumentKind.all.map { DocumentPacker.keyHash($0, number, hasher) })
    }
}
