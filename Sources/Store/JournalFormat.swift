import Bytes

// The journal on disk, version 1.
//
// A journal is a row of segments, `journal-<first sequence number, 20 digits>.lz4`. A segment is a row of groups; a
// group is what one commit wrote. A group is two standard LZ4 frames, so `lz4 -t` tests a segment and `lz4 -dc`
// unpacks its events: first a skippable frame, which holds our header, then a frame with the events, each preceded by
// its length as a varint. All integers are little-endian.
//
//   offset  size  field
//        0     4  0x184D2A5D, the magic number of a skippable frame
//        4     4  56, the number of header bytes that follow
//        8     2  format version, 1
//       10     2  kind (1 = group of events; the others belong to snapshots and the clean-stop file)
//       12     4  length in bytes of the LZ4 frame after this header; 0 = no frame follows
//       16     4  length in bytes of that frame's content, at most 64 MiB
//       20     4  number of events in the group, at least 1
//       24     8  sequence number of the first event, below 2^63
//       32     8  highest sequence number that the writer knew to be durable when it wrote this; below the first
//       40     8  header checksum (offset 56) of the group before this one, in whichever segment; 0 for the first ever
//                 and for the first of a segment whose writer had recovered from a snapshot without reading a group
//       48     8  XXH64 of the LZ4 frame's bytes
//       56     8  XXH64 of bytes 0 to 55
//       64     …  the LZ4 frame (content size and content checksum present)
//
// A group is valid if its header's checksum and fields are, its first sequence number is the one after the group
// before it, it carries that group's header checksum (or 0, at offset 0 of a segment), its frame matches the checksum and unpacks to the stated length,
// and exactly the stated number of events fills the content. The first group of the oldest kept segment has nothing
// before it to compare with.
//
// Verdict on what is not valid:
//   - in the last segment, if no intact header at or after it says that one of the lost events was durable: torn by a
//     crash. It is cut when the journal is next opened for writing, and the bytes are kept in `<segment>.cut-<offset>`.
//   - anywhere else, or if the `clean-stop` file is there: damage. Nothing is changed and nobody starts on it.
//
// The `clean-stop` file is one header alone (kind 2): the sequence number field holds the journal's last, the chain
// field the last group's header checksum. It is made at a clean stop and removed by the next start.

/// What a header introduces.
package enum BlockKind: UInt16, Equatable, Sendable {
    case events = 1
    case cleanStop = 2
    case snapshotBegin = 16
    case sectionBegin = 17
    case chunk = 18
    case sectionEnd = 19
    case snapshotEnd = 20
    case fileChunk = 32
    case fileEnd = 33
}

/// The 64 bytes before every LZ4 frame in journals and snapshots. A header and its frame together are a block.
package struct BlockHeader: Equatable, Sendable {
    package static let size = 64
    package static let magic: UInt32 = 0x184D_2A5D
    package static let version: UInt16 = 1
    /// The largest content of one block in bytes, so the largest group commit.
    package static let maximumContent = 64 << 20
    /// No LZ4 frame of `maximumContent` bytes is longer: incompressible blocks are stored as they are.
    static let maximumFrame = maximumContent + (1 << 20)

    package var kind: BlockKind
    /// Bytes of the LZ4 frame after the header.
    package var frameLength: Int
    /// Bytes of the frame's content.
    package var contentLength: Int
    /// Events of a group; snapshots use it as `SnapshotFormat` says.
    package var count: UInt32
    /// First sequence number of a group; snapshots use it as `SnapshotFormat` says.
    package var first: UInt64
    /// Durable sequence number known to a group's writer; snapshots use it as `SnapshotFormat` says.
    package var second: UInt64
    /// `checksum` of the block before.
    package var previous: UInt64
    /// XXH64 of the LZ4 frame.
    package var frameChecksum: UInt64
    /// XXH64 of the fields above as they lie on disk; set by `encode` and `decode`.
    package internal(set) var checksum: UInt64 = 0

    /// Bytes of header and frame.
    package var blockLength: Int { Self.size + frameLength }
    /// Last sequence number of a group.
    package var last: UInt64 { first + UInt64(count) - 1 }
}

/// What a run of 64 bytes turned out to be.
enum BlockHeaderVerdict: Equatable {
    case valid(BlockHeader)
    case notAHeader
    /// The checksum is right, but this program does not know the version.
    case otherVersion(UInt16)
    /// The checksum is right, but the fields cannot be.
    case impossible
}

extension BlockHeader {
    /// Appends the header's 64 bytes and sets `checksum`.
    mutating func encode(into output: inout ByteWriter) {
        let start = output.count
        output.appendLittleEndian(Self.magic)
        output.appendLittleEndian(UInt32(Self.size - 8))
        output.appendLittleEndian(Self.version)
        output.appendLittleEndian(kind.rawValue)
        output.appendLittleEndian(UInt32(frameLength))
        output.appendLittleEndian(UInt32(contentLength))
        output.appendLittleEndian(count)
        output.appendLittleEndian(first)
        output.appendLittleEndian(second)
        output.appendLittleEndian(previous)
        output.appendLittleEndian(frameChecksum)
        checksum = Checksum.of(output.span.extracting(start..<output.count))
        output.appendLittleEndian(checksum)
    }

    /// Judges the first 64 of `bytes`, which must be there.
    static func decode(_ bytes: Span<UInt8>) -> BlockHeaderVerdict {
        let raw = bytes.bytes
        func field<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
            T(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
        }
        precondition(bytes.count >= size)
        guard field(0, as: UInt32.self) == magic, field(4, as: UInt32.self) == UInt32(size - 8) else {
            return .notAHeader
        }
        let checksum = field(56, as: UInt64.self)
        guard Checksum.of(bytes.extracting(0..<56)) == checksum else { return .notAHeader }
        let version = field(8, as: UInt16.self)
        guard version == Self.version else { return .otherVersion(version) }
        guard let kind = BlockKind(rawValue: field(10, as: UInt16.self)) else { return .impossible }
        let header = BlockHeader(
            kind: kind, frameLength: Int(field(12, as: UInt32.self)), contentLength: Int(field(16, as: UInt32.self)),
            count: field(20, as: UInt32.self), first: field(24, as: UInt64.self), second: field(32, as: UInt64.self),
            previous: field(40, as: UInt64.self), frameChecksum: field(48, as: UInt64.self), checksum: checksum)
        return header.isPossible ? .valid(header) : .impossible
    }

    private var isPossible: Bool {
        guard frameLength <= Self.maximumFrame, contentLength <= Self.maximumContent else { return false }
        guard frameLength > 0 || contentLength == 0 else { return false }
        guard kind == .events else { return true }
        // Every event takes at least the byte of its length.
        guard count > 0 && Int(count) <= contentLength else { return false }
        return first > 0 && first <= FileName.maximumSequence - UInt64(count) && second < first
    }
}

/// The names of the files in a data folder.
package enum FileName {
    /// No sequence number is higher; so one more or less never overflows.
    static let maximumSequence = UInt64(Int64.max)
    package static let lock = "LOCK"
    package static let folder = "folder.json"
    package static let manifest = "manifest.json"
    package static let cleanStop = "clean-stop"
    /// Ends the name of a segment or snapshot that is being removed: none that a person would give a file set aside.
    static let removingSuffix = ".removing"

    /// The segment that begins with `sequence`.
    package static func segment(_ sequence: UInt64) -> String { "journal-\(digits(sequence)).lz4" }
    /// The snapshot of the state after `sequence`.
    package static func snapshot(_ sequence: UInt64) -> String { "snapshot-\(digits(sequence)).lz4" }
    /// The first sequence number of a segment, by its name; nil for other files.
    package static func segmentSequence(_ name: String) -> UInt64? { sequence(name, after: "journal-") }
    /// The sequence number of a snapshot, by its name; nil for other files.
    package static func snapshotSequence(_ name: String) -> UInt64? { sequence(name, after: "snapshot-") }

    /// Whether it is what a snapshot or a removal that was cut short left over.
    static func isLeftover(_ name: String) -> Bool {
        if name.hasPrefix("snapshot-"), name.hasSuffix(".tmp") { return true }
        return name.hasSuffix(removingSuffix) && (name.hasPrefix("snapshot-") || name.hasPrefix("journal-"))
    }

    private static func digits(_ sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    private static func sequence(_ name: String, after prefix: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(".lz4") else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(4)
        guard digits.count == 20, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return UInt64(digits).flatMap { $0 < maximumSequence ? $0 : nil }
    }
}
