/// Why the store cannot go on. One type for the whole module: its callers decide by case, people read `description`.
package enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file operation failed and nothing was half changed by it.
    case file(FileError)
    /// No room: what was half written is cut away again, the same call may be tried later.
    case diskFull(FileError)
    /// Final: what reached the disk is unknown (a failed sync). Every later call on the same writer throws it again.
    case failed(FileError)
    /// Data that must be there is not, or is not what was written. Never empty; the first one is what stopped it.
    case damaged([Damage])
    /// Written by a newer Dossier.
    case unsupportedVersion(file: String, version: UInt16)
    /// Another process owns the folder; `holder` is what it wrote into the lock file.
    case locked(path: String, holder: String)
    /// A recovery callback did not accept what was in the journal (`sequence`) or snapshot (nil).
    case rejected(sequence: UInt64?, reason: String)

    package var description: String {
        switch self {
        case .file(let error): error.description
        case .diskFull(let error): "disk full: \(error)"
        case .failed(let error): "stopped for good: \(error)"
        case .damaged(let damages): damages.map(\.description).joined(separator: "; ")
        case .unsupportedVersion(let file, let version):
            "\(file) has format version \(version), which is not known here"
        case .locked(let path, let holder): "\(path) is held by \(holder)"
        case .rejected(let sequence, let reason):
            sequence.map { "event \($0) was not accepted: \(reason)" } ?? "the snapshot was not accepted: \(reason)"
        }
    }
}

/// One place where a file is not what was written.
package struct Damage: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Equatable, Sendable {
        case shortHeader = "the file ends inside a header"
        case shortFrame = "the file ends inside a frame"
        case zeroFilled = "zeros up to the end of the file"
        case notAHeader = "no header where one must be"
        case headerFields = "a header with impossible fields"
        case sequence = "a group with other sequence numbers than come next"
        case chain = "a group that does not follow the one before it"
        case frame = "a frame that does not match its checksum"
        case events = "a group whose events do not add up"
        case order = "a block that may not stand here"
        case counts = "totals that do not add up"
        case missing = "a file that must be there is missing"
        case gap = "a gap between two files"
        case endsEarly = "the data ends before the sequence that is known to be durable"
        case unreadable = "content that cannot be read"
        case version = "a format version that is not known here"
        case goesOn = "bytes after the end"
    }

    /// Name of the file inside the data folder.
    package let file: String
    /// Byte offset in the file where the damage begins.
    package let offset: Int
    package let reason: Reason
    /// First sequence number that it affects; 0 where the file holds none.
    package let firstSequence: UInt64
    /// Last sequence number that it affects; nil if nothing intact after it tells.
    package let lastSequence: UInt64?

    package init(
        _ reason: Reason, file: String, offset: Int, firstSequence: UInt64 = 0, lastSequence: UInt64? = nil
    ) {
        self.file = file
        self.offset = offset
        self.reason = reason
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
    }

    package var description: String {
        let sequences = lastSequence.map { "\(firstSequence) to \($0)" } ?? "\(firstSequence) on"
        let affected = firstSequence == 0 ? "" : ", affects sequence numbers \(sequences)"
        return "\(file) is damaged at offset \(offset): \(reason.rawValue)\(affected)"
    }
}
