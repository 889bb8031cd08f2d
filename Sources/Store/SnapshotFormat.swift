import Bytes

// A snapshot on disk, version 1.
//
// `snapshot-<sequence number, 20 digits>.lz4` holds the state after that event. It is made of the same blocks as the
// journal (see JournalFormat): a 64-byte header in a skippable frame, for some kinds followed by an LZ4 frame. Every
// header carries the checksum of the one before it, so the last one stands for every byte of the file.
//
//   kind                 count            first             second               frame
//   16 snapshotBegin     0                sequence number   created at, ms 1970  none
//   17 sectionBegin      section's kind   caller's word     caller's word        none
//   18 chunk             chunk number     section number    bytes before it      up to 1 MiB of content
//   19 sectionEnd        chunks           section number    bytes of content     none
//   20 snapshotEnd       sections         bytes of content  sequence number      none
//
// A file is one snapshotBegin, any number of sections (sectionBegin, chunks, sectionEnd), one snapshotEnd and nothing
// after it. Section and chunk numbers count from 0; "bytes before it" counts inside the section. It is written under
// another name, synced, read back, and only then renamed, so a snapshot is never torn: what is not valid is damage.
//
// `manifest.json` lists the kept snapshots, newest first. It is written last, and read to notice that one is missing.

/// One section of a snapshot, as its writer named it.
package struct SnapshotSection: Hashable, Sendable {
    /// Position in the file, from 0.
    package let index: Int
    /// What kind of data: the engine's numbers.
    package let kind: UInt32
    /// Two words of the engine's choice, for instance shard and table.
    package let first: UInt64
    package let second: UInt64

    package init(index: Int, kind: UInt32, first: UInt64, second: UInt64) {
        self.index = index
        self.kind = kind
        self.first = first
        self.second = second
    }
}

/// A finished snapshot, as the manifest lists it.
package struct SnapshotEntry: Equatable, Sendable {
    /// It holds the state after this event.
    package let sequence: UInt64
    /// Milliseconds since 1970, as the caller gave them.
    package let createdAt: UInt64
    /// Size of the file.
    package let bytes: Int
    /// Header checksum of the last block; through the chain it stands for every byte of the file.
    package let checksum: UInt64

    /// The file's name in the data folder.
    package var file: String { FileName.snapshot(sequence) }
}

/// The list of kept snapshots, newest first.
struct SnapshotManifest: Equatable {
    var entries: [SnapshotEntry] = []

    /// The manifest, nil if there is none. Throws `.damaged` if it is not what was written.
    static func read(_ folder: DataFolder, names: [String]) throws(StoreError) -> SnapshotManifest? {
        guard names.contains(FileName.manifest) else { return nil }
        let bytes = try fileOperation { () throws(FileError) in
            try folder.fileSystem.contents(of: folder.path + "/" + FileName.manifest, limit: 1 << 20)
        }
        guard isSealed(bytes), let manifest = parse(bytes) else {
            throw .damaged([Damage(.unreadable, file: FileName.manifest, offset: 0)])
        }
        return manifest
    }

    func write(_ folder: DataFolder) throws(FileError) {
        var json = ByteWriter()
        json.openObject()
        json.key("format")
        json.number(1)
        json.key("snapshots")
        json.openArray()
        for entry in entries {
            json.openObject()
            json.key("file")
            json.string(entry.file)
            json.key("sequence")
            json.number(entry.sequence)
            json.key("createdAt")
            json.number(entry.createdAt)
            json.key("bytes")
            json.number(entry.bytes)
            json.key("checksum")
            json.hex(entry.checksum)
            json.closeObject()
        }
        json.closeArray()
        json.seal()
        try folder.fileSystem.replace(folder.path + "/" + FileName.manifest, in: folder.path, with: json.span)
    }

    private static func parse(_ bytes: [UInt8]) -> SnapshotManifest? {
        var manifest = SnapshotManifest()
        do throws(JSONError) {
            var reader = JSONReader(bytes.span)
            try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&isFirst) {
                guard reader.text(key) == "snapshots" else {
                    _ = try reader.skipValue()
                    continue
                }
                try reader.beginArray()
                var isFirstEntry = true
                while try reader.nextElement(&isFirstEntry) { manifest.entries.append(try entry(&reader)) }
            }
        } catch { return nil }
        return manifest
    }

    private static func entry(_ reader: inout JSONReader) throws(JSONError) -> SnapshotEntry {
        var sequence = UInt64(0)
        var createdAt = UInt64(0)
        var bytes = 0
        var checksum = UInt64(0)
        try reader.beginObject()
        var isFirst = true
        while let key = try reader.nextKey(&isFirst) {
            switch reader.text(key) {
            case "sequence": sequence = try reader.unsigned()
            case "createdAt": createdAt = try reader.unsigned()
            case "bytes": bytes = try reader.unsigned()
            case "checksum": checksum = try reader.hex()
            default: _ = try reader.skipValue()
            }
        }
        return SnapshotEntry(sequence: sequence, createdAt: createdAt, bytes: bytes, checksum: checksum)
    }
}
