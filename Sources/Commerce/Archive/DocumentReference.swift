import Bytes

/// Any document of a dossier: made here, made elsewhere, or a file that was kept.
package struct DocumentReference: Hashable, Sendable {
    /// The raw values are written to disk.
    package enum Origin: UInt8, Sendable {
        /// Drafted and posted here; its number is its place in the ledger.
        case ledger = 1
        /// Came by `DOCUMENT.PUT`; its number is the directory's.
        case elsewhere = 2
        /// Came with a file by `DOCUMENT.ATTACH`, or was filed by a report; its number is its place in the archive.
        case filed = 3
    }

    package let origin: Origin
    package let number: UInt32

    package init(_ origin: Origin, _ number: UInt32) {
        self.origin = origin
        self.number = number
    }
}

/// How a command names any document.
package enum DocumentName: Sendable, Equatable {
    /// `D17` or the legal number of a document made here, or the number of one made elsewhere.
    case document(DocumentSelector)
    /// `F17`.
    case filed(UInt32)

    package init(_ text: [UInt8]) throws(Refusal) {
        if let place = DocumentSelector.place(text, letter: "F") {
            self = .filed(place)
        } else {
            self = .document(try DocumentSelector(text))
        }
    }
}

/// What a file is in a dossier. The raw values are written to disk.
package enum FiledKind: UInt8, Sendable, CaseIterable {
    case upload = 1
    case report = 2
    /// Read only, and gone by itself after 30 days.
    case itinerary = 3

    package var text: String { "\(self)" }
}

/// Who may see a document. The raw values are written to disk.
package enum Visibility: UInt8, Sendable, CaseIterable {
    case `internal` = 1
    case customer = 2

    package var text: String { self == .internal ? "internal" : "customer" }
}
