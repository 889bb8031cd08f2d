import Bytes
import Glibc

/// Files by the hash of their content, in a folder of their own inside the data folder. It knows bytes only: who refers to
/// which file is said elsewhere. All calls block; confined to the lane of whoever owns it.
package final class ContentStore {
    private let folder: DataFolder
    private var path: String { folder.path + "/" + ContentName.folder }
    private var nextUpload: UInt32 = 1

    package init(_ folder: DataFolder) { self.folder = folder }

    /// The hashes of all kept files; none where nothing was ever kept.
    package func list() throws(StoreError) -> [ContentHash] { try names().compactMap(ContentName.hash) }

    /// Removes what a crash has left of unfinished uploads.
    package func removeLeftovers() throws(StoreError) {
        let leftovers = try names().filter { $0.hasSuffix(".tmp") }
        guard !leftovers.isEmpty else { return }
        try fileOperation { () throws(FileError) in
            for name in leftovers { try folder.fileSystem.remove(path + "/" + name) }
            try folder.fileSystem.synchronizeFolder(path)
        }
    }

    private func names() throws(StoreError) -> [String] {
        do throws(FileError) { return try folder.fileSystem.list(path) } catch {
            if error.isMissing { return [] }
            throw .file(error)
        }
    }

    /// Begins to write a file whose hash is not known yet.
    package func begin() throws(StoreError) -> ContentWriter {
        let number = nextUpload
        nextUpload += 1
        let temporary = folder.path + "/" + ContentName.temporary(number)
        let file = try fileOperation { () throws(FileError) in
            try folder.fileSystem.makeFolder(path)
            let file = try folder.fileSystem.open(temporary, .write)
            try file.truncate(to: 0)
            return file
        }
        return ContentWriter(file, temporary, in: folder)
    }

    /// The content of a file, checked against its name. Throws `.damaged` if it is not what was kept, or not there.
    package func read(_ hash: ContentHash) throws(StoreError) -> [UInt8] {
        let name = ContentName.file(hash)
        do throws(StoreError) { return try Self.read(hash, name, in: folder) } catch {
            if case .file(let failure) = error, failure.isMissing {
                throw .damaged([Damage(.missing, file: name, offset: 0)])
            }
            throw error
        }
    }

    /// Reads one file of a data folder that nobody needs to own.
    static func read(_ hash: ContentHash, _ name: String, in folder: DataFolder) throws(StoreError) -> [UInt8] {
        var reader = try BlockReader(folder, name)
        var content: [UInt8] = []
        var chain: UInt64 = 0
        var chunks: UInt32 = 0
        while true {
            let offset = reader.offset
            func damaged(_ reason: Damage.Reason) -> StoreError {
                .damaged([Damage(reason, file: name, offset: offset)])
            }
            switch try reader.next(unpacking: { _ in true }) {
            case .end: throw damaged(.endsEarly)
            case .damage(let reason): throw damaged(reason)
            case .block(let header):
                guard header.previous == chain else { throw damaged(.chain) }
                guard header.count == chunks, header.second == UInt64(content.count) else { throw damaged(.counts) }
                chain = header.checksum
                if header.kind == .fileEnd {
                    guard reader.offset == reader.size else { throw damaged(.goesOn) }
                    guard ContentHash(SHA256.digest(content)) == hash else { throw damaged(.frame) }
                    return content
                }
                guard header.kind == .fileChunk else { throw damaged(.order) }
                content += reader.content.copyBytes()
                chunks += 1
            }
        }
    }

    /// Removes a file that nothing refers to; one that is not there is removed already. Durable after `synchronize`.
    package func remove(_ hash: ContentHash) throws(StoreError) {
        do throws(FileError) { try folder.fileSystem.remove(folder.path + "/" + ContentName.file(hash)) } catch {
            if !error.isMissing { throw .file(error) }
        }
    }

    /// Makes removals durable.
    package func synchronize() throws(StoreError) {
        try fileOperation { () throws(FileError) in try folder.fileSystem.synchronizeFolder(path) }
    }
}

/// One file on its way to the disk: pieces are packed and written as they come, so memory holds a chunk at most.
package final class ContentWriter {
    /// Bytes of content so far.
    package private(set) var bytes = 0
    private let folder: DataFolder
    private let temporary: String
    private let file: any File
    private var encoder = BlockEncoder(chain: 0)
    private var pending = ByteWriter()
    private var hash = SHA256()
    private var written = 0
    private var chunks: UInt32 = 0

    fileprivate init(_ file: any File, _ temporary: String, in folder: DataFolder) {
        self.file = file
        self.temporary = temporary
        self.folder = folder
    }

    private static let chunkBytes = 256 << 10

    /// Adds a piece. After an error the file can only be abandoned.
    package func append(_ piece: Span<UInt8>) throws(StoreError) {
        hash.update(piece)
        pending.append(piece)
        bytes += piece.count
        while pending.count >= Self.chunkBytes { try writeChunk(Self.chunkBytes) }
    }

    private func writeChunk(_ count: Int) throws(StoreError) {
        let start = bytes - pending.count
        let chunk = Array(pending.copyBytes().prefix(count))
        try write(.fileChunk, second: start, content: chunk.span)
        pending.removeFirst(count)
        chunks += 1
    }

    private func write(_ kind: BlockKind, second: Int, content: Span<UInt8> = Span()) throws(StoreError) {
        let block = encoder.encode(kind, count: chunks, first: 0, second: UInt64(second), content: content)
        try fileOperation { () throws(FileError) in try encoder.write(to: file, at: written) }
        encoder.accept(block)
        written += block.blockLength
    }

    /// The hash of what has come. The file is durable under its name when this returns; the same content is kept once.
    /// - Parameter expected: throws `.rejected` before anything is kept if the hash is another.
    package func finish(expecting expected: ContentHash?) throws(StoreError) -> ContentHash {
        if pending.count > 0 { try writeChunk(pending.count) }
        try write(.fileEnd, second: bytes)
        var finished = SHA256()
        swap(&finished, &hash)
        let hash = ContentHash(finishing: finished)
        if let expected, expected != hash {
            throw .rejected(sequence: nil, reason: "sha256: the content that came has \(hash)")
        }
        let final = folder.path + "/" + ContentName.file(hash)
        try fileOperation { () throws(FileError) in
            try file.synchronizeData()
            try file.close()
            // Over the same content, or over what has become of it.
            try folder.fileSystem.rename(temporary, to: final)
            try folder.fileSystem.synchronizeFolder(folder.path + "/" + ContentName.folder)
        }
        return hash
    }

    /// Throws away what was written. What cannot be removed now is a leftover for the next start.
    package func abandon() {
        do throws(FileError) {
            try file.close()
            try folder.fileSystem.remove(temporary)
        } catch {
            return
        }
    }
}

extension FileError {
    var isMissing: Bool { code == ENOENT }
}
