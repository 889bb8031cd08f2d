import Bytes

/// The note of a clean stop: how far the journal reaches. A journal cut at a group's border looks whole; this tells.
struct CleanStop: Equatable, Sendable {
    /// The last sequence number; 0 if there was no event yet.
    let sequence: UInt64
    /// Header checksum of the last group; 0 if the writer knew of none.
    let chain: UInt64

    /// The note, or nil if the last run did not stop cleanly.
    static func read(_ folder: DataFolder, names: [String]) throws(StoreError) -> CleanStop? {
        guard names.contains(FileName.cleanStop) else { return nil }
        let bytes = try fileOperation { () throws(FileError) in
            try folder.fileSystem.contents(of: folder.path + "/" + FileName.cleanStop, limit: 2 * BlockHeader.size)
        }
        let damage = StoreError.damaged([Damage(.unreadable, file: FileName.cleanStop, offset: 0)])
        guard bytes.count == BlockHeader.size else { throw damage }
        switch BlockHeader.decode(bytes.span) {
        case .valid(let header):
            guard header.kind == .cleanStop, header.first < FileName.maximumSequence else { throw damage }
            return CleanStop(sequence: header.first, chain: header.previous)
        case .otherVersion(let version): throw .unsupportedVersion(file: FileName.cleanStop, version: version)
        case .notAHeader, .impossible: throw damage
        }
    }

    /// Leaves the note, durably.
    func write(_ folder: DataFolder) throws(FileError) {
        var header = BlockHeader(
            kind: .cleanStop, frameLength: 0, contentLength: 0, count: 0, first: sequence, second: sequence,
            previous: chain, frameChecksum: 0)
        var bytes = ByteWriter()
        header.encode(into: &bytes)
        try folder.fileSystem.replace(folder.path + "/" + FileName.cleanStop, in: folder.path, with: bytes.span)
    }

    /// Takes the note away, durably; nothing happens if there is none.
    static func remove(_ folder: DataFolder) throws(FileError) {
        guard try folder.fileSystem.list(folder.path).contains(FileName.cleanStop) else { return }
        try folder.fileSystem.remove(folder.path + "/" + FileName.cleanStop)
        try folder.fileSystem.synchronizeFolder(folder.path)
    }
}
