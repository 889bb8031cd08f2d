import Bytes

/// A chunk of a snapshot as it stands in the file. Its checksum holds; unpacking it is left to whoever has the time.
package struct PackedChunk: Sendable {
    package let section: SnapshotSection
    let frame: [UInt8]
    let contentLength: Int
    /// What is wrong if it does not unpack.
    let damage: StoreError

    /// Puts the content in place of what is in `content`.
    package func unpack(with decoder: LZ4FrameDecoder, into content: inout ByteWriter) throws(StoreError) {
        content.removeAll()
        do throws(LZ4FrameError) {
            try decoder.decompress(frame.span, count: contentLength, into: &content)
        } catch {
            throw damage
        }
    }
}

/// Reads one snapshot from front to back and judges every byte on the way.
struct SnapshotReader: ~Copyable {
    /// What a whole snapshot said about itself.
    struct Summary: Equatable {
        var entry: SnapshotEntry
        var sections = 0
        var contentBytes = 0
    }

    private var blocks: BlockReader
    private let name: String
    /// The sequence number in the name; a file under a wrong name is damage too.
    private let sequence: UInt64
    private var chain: UInt64 = 0
    private var sections = 0
    private var contentBytes = 0
    private var section: SnapshotSection?
    private var chunks = 0
    private var sectionBytes = 0

    /// - Parameters:
    ///   - name: file in the folder.
    ///   - sequence: the state that it must hold.
    init(_ folder: DataFolder, _ name: String, sequence: UInt64) throws(StoreError) {
        self.name = name
        self.sequence = sequence
        blocks = try BlockReader(folder, name)
    }

    /// Reads the whole file.
    /// - Parameters:
    ///   - unpacking: false = compare checksums only and deliver nothing: for a first look.
    ///   - wantsPacked: asked before each chunk, whether it is to come packed.
    ///   - onPacked: gets those chunks that come packed.
    ///   - onChunk: gets all others; a section without content comes as one empty chunk.
    mutating func read(
        unpacking: Bool, wantsPacked: () -> Bool = { false },
        onPacked: (PackedChunk) throws(StoreError) -> Void = { _ throws(StoreError) in },
        onChunk: (SnapshotSection, Span<UInt8>) throws(StoreError) -> Void,
        onProgress: (_ bytesRead: Int) -> Void = { _ in }
    ) throws(StoreError) -> Summary {
        let begin = try nextBlock(unpacking: false)
        guard begin.kind == .snapshotBegin else { throw damage(.order, at: 0) }
        guard begin.second <= UInt64(Int64.max) else { throw damage(.counts, at: 0) }
        guard begin.first == sequence else { throw damage(.sequence, at: 0) }
        while true {
            let start = blocks.offset
            let isPacked = unpacking && wantsPacked()
            let header = try nextBlock(unpacking: unpacking && !isPacked)
            switch header.kind {
            case .sectionBegin: try beginSection(header, at: start)
            case .chunk:
                let section = try checkChunk(header, at: start)
                if isPacked && header.frameLength > 0 {
                    try onPacked(
                        PackedChunk(
                            section: section, frame: blocks.frame(of: header),
                            contentLength: header.contentLength, damage: damage(.frame, at: start)))
                } else if unpacking {
                    try onChunk(section, blocks.content.span)
                }
                onProgress(blocks.offset)
            case .sectionEnd:
                let section = try checkSectionEnd(header, at: start)
                if unpacking && chunks == 0 { try onChunk(section, Span()) }
            case .snapshotEnd:
                return try end(header, at: start, createdAt: begin.second)
            case .events, .cleanStop, .snapshotBegin, .fileChunk, .fileEnd: throw damage(.order, at: start)
            }
        }
    }

    /// When a snapshot was made, in milliseconds since 1970, by its first block alone; nil if that does not read.
    static func createdAt(_ folder: DataFolder, _ name: String) throws(StoreError) -> UInt64? {
        var blocks = try BlockReader(folder, name)
        guard case .block(let begin) = try blocks.next(unpacking: { _ in false }), begin.kind == .snapshotBegin else {
            return nil
        }
        return begin.second
    }

    private mutating func nextBlock(unpacking: Bool) throws(StoreError) -> BlockHeader {
        let start = blocks.offset
        switch try blocks.next(unpacking: { _ in unpacking }) {
        case .end: throw damage(.shortFrame, at: start)
        case .damage(let reason): throw damage(reason, at: start)
        case .block(let header):
            guard header.previous == chain else { throw damage(.chain, at: start) }
            guard header.kind == .chunk || header.frameLength == 0 else { throw damage(.order, at: start) }
            chain = header.checksum
            return header
        }
    }

    private mutating func beginSection(_ header: BlockHeader, at start: Int) throws(StoreError) {
        guard section == nil else { throw damage(.order, at: start) }
        section = SnapshotSection(index: sections, kind: header.count, first: header.first, second: header.second)
        sections += 1
        chunks = 0
        sectionBytes = 0
    }

    private mutating func checkChunk(_ header: BlockHeader, at start: Int) throws(StoreError) -> SnapshotSection {
        guard let section else { throw damage(.order, at: start) }
        guard header.first == UInt64(section.index), header.count == UInt32(truncatingIfNeeded: chunks),
            header.second == UInt64(sectionBytes)
        else { throw damage(.counts, at: start) }
        chunks += 1
        sectionBytes += header.contentLength
        contentBytes += header.contentLength
        return section
    }

    private mutating func checkSectionEnd(_ header: BlockHeader, at start: Int) throws(StoreError) -> SnapshotSection {
        guard let section else { throw damage(.order, at: start) }
        guard header.first == UInt64(section.index), header.count == UInt32(truncatingIfNeeded: chunks),
            header.second == UInt64(sectionBytes)
        else { throw damage(.counts, at: start) }
        self.section = nil
        return section
    }

    private func end(_ header: BlockHeader, at start: Int, createdAt: UInt64) throws(StoreError) -> Summary {
        guard section == nil else { throw damage(.order, at: start) }
        guard header.count == UInt32(truncatingIfNeeded: sections), header.first == UInt64(contentBytes),
            header.second == sequence
        else { throw damage(.counts, at: start) }
        guard blocks.offset == blocks.size else { throw damage(.goesOn, at: blocks.offset) }
        let entry = SnapshotEntry(
            sequence: sequence, createdAt: createdAt, bytes: blocks.size, checksum: header.checksum)
        return Summary(entry: entry, sections: sections, contentBytes: contentBytes)
    }

    private func damage(_ reason: Damage.Reason, at offset: Int) -> StoreError {
        .damaged([Damage(reason, file: name, offset: offset, firstSequence: 1, lastSequence: sequence)])
    }
}
