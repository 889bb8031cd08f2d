import Bytes

/// Reads the blocks of one file one after the other, in memory that grows only with the largest block.
///
/// It knows headers, checksums and frames, not what the blocks mean.
struct BlockReader: ~Copyable {
    enum Step: Equatable {
        /// The block is intact; its content is in `content` if it was asked for. The reader stands after it.
        case block(BlockHeader)
        /// The file ends here, after a whole block.
        case end
        /// What stands at `offset` is no intact block. The reader stays there.
        case damage(Damage.Reason)
    }

    let name: String
    /// Bytes that may be read: the file's, or fewer of a file still being written.
    var size: Int { window.size }
    /// Where the next block begins.
    private(set) var offset = 0
    /// The content of the last block that was unpacked.
    private(set) var content = ByteWriter(capacity: 1 << 16)

    private let decompressor = LZ4FrameDecoder()
    private var window: FileWindow

    /// - Parameter limit: bytes to read at most; nil = the whole file.
    init(_ folder: DataFolder, _ name: String, limit: Int? = nil) throws(StoreError) {
        self.name = name
        window = try FileWindow(folder, name, limit: limit)
    }

    /// Judges the block at `offset` and steps over it if it is intact.
    /// - Parameter wanted: whether the block's content is to be unpacked (and so checked).
    mutating func next(unpacking wanted: (BlockHeader) -> Bool) throws(StoreError) -> Step {
        guard offset < size else { return .end }
        let available = min(BlockHeader.size, size - offset)
        try window.load(available, at: offset)
        guard available == BlockHeader.size else {
            return .damage(try restIsZero(from: offset) ? .zeroFilled : .shortHeader)
        }
        switch BlockHeader.decode(window.bytes(at: offset, count: available)) {
        case .notAHeader: return .damage(try restIsZero(from: offset) ? .zeroFilled : .notAHeader)
        case .impossible: return .damage(.headerFields)
        case .otherVersion(let version): throw .unsupportedVersion(file: name, version: version)
        case .valid(let header): return try frame(of: header, unpacking: wanted(header))
        }
    }

    private mutating func frame(of header: BlockHeader, unpacking: Bool) throws(StoreError) -> Step {
        guard header.blockLength <= size - offset else { return .damage(.shortFrame) }
        try window.load(header.blockLength, at: offset)
        let frame = window.bytes(at: offset + BlockHeader.size, count: header.frameLength)
        guard Checksum.of(frame) == header.frameChecksum else { return .damage(.frame) }
        content.removeAll()
        if unpacking && header.frameLength > 0 {
            do throws(LZ4FrameError) {
                try decompressor.decompress(frame, count: header.contentLength, into: &content)
            } catch { return .damage(.frame) }
        }
        offset += header.blockLength
        return .block(header)
    }

    /// The frame of the block that was read last, packed as it is.
    func frame(of header: BlockHeader) -> [UInt8] {
        window.bytes(at: offset - header.frameLength, count: header.frameLength).array
    }

    /// Moves on to `newOffset`, past damage.
    mutating func skip(to newOffset: Int) {
        precondition(newOffset >= offset && newOffset <= size)
        offset = newOffset
    }

    /// The first intact header at `start` or later, byte by byte; its frame is not looked at.
    mutating func findHeader(from start: Int) throws(StoreError) -> (offset: Int, header: BlockHeader)? {
        var candidate = start
        while candidate + BlockHeader.size <= size {
            let count = min(FileWindow.readAhead, size - candidate)
            try window.load(count, at: candidate)
            let loaded = window.bytes(at: candidate, count: count)
            for index in 0...(count - BlockHeader.size) where loaded[unchecked: index] == 0x5D {
                if case .valid(let header) = BlockHeader.decode(loaded.extracting(index..<count)) {
                    return (candidate + index, header)
                }
            }
            candidate += count - BlockHeader.size + 1
        }
        return nil
    }

    private mutating func restIsZero(from start: Int) throws(StoreError) -> Bool {
        var position = start
        while position < size {
            let count = min(FileWindow.readAhead, size - position)
            try window.load(count, at: position)
            let loaded = window.bytes(at: position, count: count)
            for index in 0..<count where loaded[unchecked: index] != 0 { return false }
            position += count
        }
        return true
    }
}

/// A moving window over a file: bytes are asked for by offset, disk reads come in large pieces.
struct FileWindow: ~Copyable {
    static let readAhead = 1 << 20

    /// Bytes that may be read.
    let size: Int
    private let name: String
    private let file: any File
    private var loaded: ByteWriter
    private var start = 0

    init(_ folder: DataFolder, _ name: String, limit: Int?) throws(StoreError) {
        self.name = name
        let opened = try fileOperation { () throws(FileError) in
            let file = try folder.fileSystem.open(folder.path + "/" + name, .read)
            return (file: file, size: try file.size())
        }
        file = opened.file
        size = min(opened.size, limit ?? opened.size)
        loaded = ByteWriter(capacity: min(size, Self.readAhead))
    }

    /// Makes sure that `count` bytes at `position` are loaded; reads ahead, since the next ones follow.
    mutating func load(_ count: Int, at position: Int) throws(StoreError) {
        if position >= start && position + count <= start + loaded.count { return }
        let isAhead = position >= start && position < start + loaded.count
        loaded.removeFirst(isAhead ? position - start : loaded.count)
        start = position
        let missing = min(max(count, Self.readAhead), size - position) - loaded.count
        let end = position + loaded.count
        do throws(FileError) { try file.read(at: end, count: missing, into: &loaded) } catch { throw .file(error) }
        // The file was measured when it was opened: less than that means that somebody is cutting it.
        guard loaded.count >= count else { throw .damaged([Damage(.shortFrame, file: name, offset: position)]) }
    }

    /// Bytes that were loaded, valid until the next `load`.
    @_lifetime(borrow self)
    func bytes(at position: Int, count: Int) -> Span<UInt8> {
        loaded.span.extracting((position - start)..<(position - start + count))
    }
}
