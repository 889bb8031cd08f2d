import Bytes

// The archive: files in dossiers, and what people say of any document: labels, who may see it, when it was sent, whether it
// was removed. A state machine of its own inside the directory's order of events. What it keeps is the row of its events;
// everything else is worked out of them, live and after a restart alike, so that history and state cannot differ.
//
// It knows a file by the hash of its content. How the bytes lie on a disk is said in the store; when the last document that
// refers to a content is removed, the content is no longer in `contents`, and the engine's sweep removes the file.

/// One event of the archive.
struct ArchiveEntry: BitwiseCopyable, Sendable {
    /// `AttachFacts`, `MarkFacts` or `RetentionFacts`, by the kind.
    var facts: ByteArena.Reference
    var recordedAt: Int64
    var sequence: UInt64
    /// Plus one; zero for none.
    var profile: UInt32
    var shop: UInt16
    /// The event's.
    var kind: UInt8
    var unused: UInt8 = 0
}

/// What stands of a document that was filed, or spoken of.
struct DocumentMarks: Sendable {
    var name = ""
    var profile: UInt32
    var shop: UInt16
    /// What somebody said; nil for the rule of its origin.
    var visibility: Visibility?
    /// In the order in which they were put on.
    var labels: [String] = []
    /// Places of the entries about it, oldest first.
    var entries: [UInt32] = []
    /// Milliseconds; nil while it is there.
    var removedAt: Int64?
}

/// A file in a dossier.
struct FiledDocument: Sendable {
    let hash: ContentHash
    let kind: FiledKind
    let profile: UInt32
    /// Number of the order; nil for none.
    let order: UInt32?
    let filedAt: Int64
    /// The event that filed it.
    let sequence: UInt64
}

/// A document that goes by itself.
struct Lapse: Sendable {
    let reference: DocumentReference
    let name: String
    let profile: UInt32
    let shop: UInt16
}

package struct ArchiveState: ~Copyable, Sendable {
    var entries = PagedArray<ArchiveEntry>()
    var facts = ByteArena()

    // Derived.
    var filed: [FiledDocument] = []
    var marks: [DocumentReference: DocumentMarks] = [:]
    /// Documents that were filed or spoken of, oldest first.
    var byProfile: [UInt32: [DocumentReference]] = [:]
    /// By shop.
    var labelled: [UInt16: [String: [DocumentReference]]] = [:]
    var retention: [UInt16: RetentionRules] = [:]
    /// How many documents refer to each content.
    var contents: [ContentHash: Int] = [:]
    /// Saved itineraries by the moment at which they go, each by its place in `lapsing`.
    var due = DueQueue()
    var lapsing: [Lapse] = []
    var lapsePlaces: [DocumentReference: UInt32] = [:]
    /// Contents may have lost their last document since the engine looked.
    var owesSweep = true

    var loadedFacts: [UInt8] = []

    package init() {}

    package var allocatedBytes: Int {
        // What is derived is objects; their size is estimated.
        entries.allocatedBytes + facts.allocatedBytes + marks.count * 240 + filed.count * 96 + contents.count * 96
    }
}

extension ArchiveState {
    func open<Facts: FieldCoded>(_ entry: ArchiveEntry, _ blank: Facts) -> Facts {
        do throws(ByteReaderError) { return try blank.reading(facts[entry.facts]) } catch {
            preconditionFailure("facts of the archive do not read: \(error)")
        }
    }

    /// What was said when the file was attached.
    func attachment(_ filed: UInt32) -> AttachFacts {
        guard let first = marks[DocumentReference(.filed, filed)]?.entries.first else {
            preconditionFailure("a filed document has an entry that filed it")
        }
        return open(entries[Int(first)], AttachFacts())
    }

    func isRemoved(_ reference: DocumentReference) -> Bool { marks[reference]?.removedAt != nil }

    func visibility(of reference: DocumentReference) -> Visibility { marks[reference]?.visibility ?? .customer }

    func rules(of shop: UInt16) -> RetentionRules { retention[shop] ?? RetentionRules() }

    /// Whether contents may have lost their last document since this was asked the last time.
    mutating func takeSweep() -> Bool {
        defer { owesSweep = false }
        return owesSweep
    }

    /// Contents that documents refer to.
    package var referredContents: Set<ContentHash> { Set(contents.keys) }

    package var filedCount: Int { filed.count }

    /// The document that an event filed.
    func filed(by sequence: UInt64) -> UInt32? {
        var (low, high) = (0, filed.count)
        while low < high {
            let middle = (low + high) / 2
            if filed[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < filed.count && filed[low].sequence == sequence ? UInt32(low) : nil
    }
}
