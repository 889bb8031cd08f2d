import Bytes
import Commerce

extension CommandName {
    /// Whether it is about files in dossiers, or says something of any document.
    package var isOfArchive: Bool {
        switch self {
        case .documentFetch, .orderDocuments: true
        default: isArchiveWrite
        }
    }

    /// A report may be filed, and the rules of retention asked for by the command that sets them.
    var isArchiveWrite: Bool {
        switch self {
        case .fileBegin, .filePart, .fileEnd, .documentAttach, .documentLabel, .documentUnlabel, .documentShare,
            .documentSend, .documentRemove, .shopRetention, .reportCustomer:
            true
        default: false
        }
    }
}

/// The commands of files, and of what is said of documents.
extension CommandTable {
    static let archive: [CommandDescription] = files + marks + retention

    private static let files: [CommandDescription] = [
        CommandDescription(
            name: .fileBegin, text: "FILE.BEGIN", arguments: "name= [type=] [bytes=]",
            summary: "begins to upload a file; answers the name of the upload",
            details:
                "type is a media type, application/octet-stream unless given. An upload belongs to its connection; it is thrown away when that closes, or when nobody goes on with it for ten minutes.",
            options: ["name", "type", "bytes"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .filePart, text: "FILE.PART", arguments: "id=U1 {\"data\":\"base64\"}",
            summary: "adds a part to an upload; answers how many bytes there are",
            details:
                "Parts come in order, each as large as a line may be. After an error of the disk the upload is gone.",
            options: ["id"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .fileEnd, text: "FILE.END", arguments: "id=U1 [sha256=]",
            summary: "ends an upload: its content is on the disk when this is answered",
            details:
                "CONFLICT if the content has another hash, or other bytes than FILE.BEGIN said; then the upload is gone. DOCUMENT.ATTACH comes next.",
            options: ["id", "sha256"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentAttach, text: "DOCUMENT.ATTACH",
            arguments:
                "document=|order=|customer= file=U1 [kind=upload|report|itinerary] [name=] [visibility=internal|customer] [label=] [language=] [country=] [actor=]",
            summary: "puts an uploaded file into a dossier: with a document, an order or the customer",
            details:
                "Answers the document's id (F17). Internal unless said; an itinerary is the customer's, read only, and gone after 30 days. The language follows the customer's, the order's, the country's, the shop's, unless given. The same content under the same name at the same place answers duplicate:true.",
            options: [
                "document", "order", "customer", "file", "kind", "name", "visibility", "label", "language", "country",
                "actor",
            ], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentFetch, text: "DOCUMENT.FETCH", arguments: "F17|document [offset=] [bytes=]",
            summary: "the content of a file: ROWs {\"data\":base64}, then OK with name, type and hash",
            details:
                "Of a document made here or elsewhere, the file that was attached last. The content is checked against its hash before anything is sent.",
            options: ["offset", "bytes"], plainArguments: 1, takesJSON: false),
    ]

    private static let marks: [CommandDescription] = [
        CommandDescription(
            name: .documentLabel, text: "DOCUMENT.LABEL", arguments: "label= documents=D1,F2,… [actor=]",
            summary: "puts a label on documents of any kind",
            details: "Documents by id (D17, F17) or number, separated by commas.",
            options: ["label", "documents", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentUnlabel, text: "DOCUMENT.UNLABEL", arguments: "label= documents=D1,F2,… [actor=]",
            summary: "takes a label off documents", details: "Without the label it answers duplicate:true.",
            options: ["label", "documents", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentShare, text: "DOCUMENT.SHARE",
            arguments: "document visibility=internal|customer [actor=]",
            summary: "says who may see a document",
            details: "Documents made here or elsewhere are the customer's unless said otherwise, files internal.",
            options: ["visibility", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .documentSend, text: "DOCUMENT.SEND",
            arguments:
                "documents=D1,F2,…|label= [customer=] [template=documents.sent|document.issued] [language=] [id=] [actor=]",
            summary: "queues a message to each customer whose documents were chosen, naming them",
            details:
                "One ROW per customer: the message, or the error that kept it from being queued (gate, sender, template). Internal documents and drafts refuse it all. The same again answers duplicate:true; another id sends again.",
            options: ["documents", "label", "customer", "template", "language", "id", "actor"], plainArguments: 0,
            takesJSON: false),
        CommandDescription(
            name: .reportCustomer, text: "REPORT.CUSTOMER", arguments: "customer [file=yes] [actor=]",
            summary: "the dossier as a readable text: ROWs {\"text\":part}; filed with its documents if wished",
            details: "With file=yes OK names the document (F17) that the report was filed as.",
            options: ["file", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .orderDocuments, text: "ORDER.DOCUMENTS", arguments: "channel:number",
            summary: "the history of an order's documents: who made, posted, filed, sent or removed what, and when",
            details: "One ROW per act, oldest first; documents made elsewhere come first.", options: [],
            plainArguments: 1, takesJSON: false),
    ]

    private static let retention: [CommandDescription] = [
        CommandDescription(
            name: .shopRetention, text: "SHOP.RETENTION",
            arguments: "[kind= years= [country=] [source=] [actor=]]",
            summary: "tells how long documents stay, or sets it for a kind, or a kind in a country",
            details:
                "Seven years unless said otherwise (Netherlands, AWR art. 52(4)). A longer time holds for all documents, a shorter one for those issued after it. A clock that began on 29 February ends on 1 March. source names the law.",
            options: ["kind", "years", "country", "source", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .documentRemove, text: "DOCUMENT.REMOVE", arguments: "document [reason=] [actor=]",
            summary: "removes a document whose time is over; its file goes when nothing else refers to it",
            details:
                "REFUSED while the clock runs, saying until when. Numbers of removed invoices are not used again.",
            options: ["reason", "actor"], plainArguments: 1, takesJSON: false),
    ]
}
