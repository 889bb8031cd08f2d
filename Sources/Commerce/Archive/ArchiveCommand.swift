import Bytes

/// A file that is to be put into a dossier; its content is kept already.
package struct AttachRequest: Sendable {
    package enum Owner: Sendable {
        case document(DocumentName)
        case customer(UInt32)
        case order(OrderName, text: String)
    }

    package var owner: Owner
    package var kind = FiledKind.upload
    package var name = ""
    /// Media type.
    package var type = ""
    package var bytes = 0
    package var hash: ContentHash?
    /// Nil for the kind's own: an itinerary is the customer's, the others are internal.
    package var visibility: Visibility?
    package var label = ""
    /// Staff's word for this one document; nil for the rule.
    package var language: LanguageTag?
    package var country = ""

    package init(owner: Owner) { self.owner = owner }
}

/// What a document's clock runs by.
package struct DocumentClock: Sendable {
    /// As documents are called.
    package let kind: String
    /// Empty where it is not known.
    package let country: String
    /// Milliseconds.
    package let start: Int64

    package init(kind: String, country: String, start: Int64) {
        self.kind = kind
        self.country = country
        self.start = start
    }
}

package enum ArchiveCommand: Sendable {
    case attach(AttachRequest)
    /// Puts a label on documents, or takes it off.
    case label([DocumentName], String, isOn: Bool)
    case share(DocumentName, Visibility)
    /// - Parameter clock: of a document from elsewhere, whose record only its shard knows.
    case remove(DocumentName, reason: String, clock: DocumentClock?)
    /// - Parameter country: empty for every country without a rule of its own.
    case retain(kind: String, country: String, years: Int, source: String)
    /// Queues one message that names documents of one customer.
    case send(SendRequest)
}

package struct SendRequest: Sendable {
    package let documents: [DocumentReference]
    /// By which they were chosen; empty if they were named.
    package let label: String
    package let message: MessageRequest
    package let facts: MessageFacts

    package init(documents: [DocumentReference], label: String, message: MessageRequest, facts: MessageFacts) {
        self.documents = documents
        self.label = label
        self.message = message
        self.facts = facts
    }
}

package enum ArchiveQuery: Sendable {
    case show(DocumentName)
    /// Whose a file would be, as a recipient without documents.
    case owner(AttachRequest.Owner)
    case retention
    /// Where the content of a document lies.
    case content(DocumentName)
    /// Where the record lies that tells what the clock runs by.
    case record(DocumentName)
    /// Documents to be sent, by customer.
    case recipients([DocumentName], label: String, customer: UInt32?)
    /// What is known of the documents of an order.
    case order(OrderName)
}

package enum ArchiveAnswer: Sendable {
    case content(FileTicket)
    /// Row on the profile's shard, of a document from elsewhere; nil for every other document.
    case record(profile: UInt32, row: UInt32?)
    case recipients([Recipient])
    case order(OrderDocuments)
}

/// A file as it is fetched.
package struct FileTicket: Sendable {
    package let document: String
    package let name: String
    package let type: String
    package let hash: ContentHash
}

/// One customer's documents that are to be sent together.
package struct Recipient: Sendable {
    package let customer: UInt32
    package let documents: [DocumentReference]
    /// As the message names them.
    package let names: [String]
    /// The order that all of them belong to, as commands name orders; nil where there is none, or several.
    package let order: String?
}

/// Documents of an order, as far as the directory knows them.
package struct OrderDocuments: Sendable {
    package let profile: UInt32
    /// Rows on the profile's shard of documents from elsewhere that were removed.
    package let removedRows: Set<UInt32>
    /// JSON objects, oldest first.
    package let rows: [[UInt8]]
}
