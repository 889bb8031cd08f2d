import Bytes

/// Makes blocks (a header and its LZ4 frame) that are chained to each other; keeps its buffers.
struct BlockEncoder: ~Copyable {
    private let compressor = LZ4FrameEncoder()
    private var header = ByteWriter(capacity: BlockHeader.size)
    private(set) var output = ByteWriter(capacity: 1 << 16)
    /// Checksum of the header made last; goes into the next one.
    private(set) var chain: UInt64

    init(chain: UInt64) { self.chain = chain }

    /// Replaces `output` by one block. It counts only after `accept`, so that a block that could not be written can be
    /// made again.
    /// - Returns: the header, as encoded.
    mutating func encode(
        _ kind: BlockKind, count: UInt32 = 0, first: UInt64, second: UInt64, content: Span<UInt8> = Span()
    ) -> BlockHeader {
        precondition(content.count <= BlockHeader.maximumContent)
        output.removeAll()
        header.removeAll()
        for _ in 0..<BlockHeader.size { output.append(0) }
        if content.count > 0 { compressor.compress(content, into: &output) }
        let frameLength = output.count - BlockHeader.size
        let frameChecksum = Checksum.of(output.span.extracting(BlockHeader.size..<output.count))
        var block = BlockHeader(
            kind: kind, frameLength: frameLength, contentLength: content.count, count: count, first: first,
            second: second, previous: chain, frameChecksum: frameChecksum)
        block.encode(into: &header)
        for offset in stride(from: 0, to: BlockHeader.size, by: 4) {
            let word = header.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            output.overwriteUInt32(UInt32(littleEndian: word), at: offset)
        }
        return block
    }

    /// Chains the next block to this one.
    mutating func accept(_ block: BlockHeader) { chain = block.checksum }

    /// Writes the block made last, however the system splits it.
    func write(to file: any File, at offset: Int) throws(FileError) { try file.writeAll(output.span, at: offset) }
}
