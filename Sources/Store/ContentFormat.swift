import Bytes

// A kept file on disk, version 1.
//
// `files/<SHA-256 of the content, 64 hexadecimal digits>.lz4` holds the content of one file. It is made of the same
// blocks as the journal (see JournalFormat): a 64-byte header in a skippable frame, behind those of kind 32 an LZ4 frame.
// So `lz4 -t` tests it and `lz4 -dc` unpacks it.
//
//   kind                 count          first          second               frame
//   32 fileChunk         chunk number   0              bytes before it      up to 256 KiB of content
//   33 fileEnd           chunks         0              bytes of content     none
//
// Chunk numbers count from 0; every header carries the checksum of the one before it. A file is written as
// `files/upload-<number>.tmp`, synced, renamed, and the folder is synced: one with its final name is whole, so what is not
// valid, or hashes to anything but its name, is damage. Files under another name are leftovers, removed by the next start.

/// Names inside the folder of kept files.
package enum ContentName {
    package static let folder = "files"

    /// As a path inside the data folder.
    package static func file(_ hash: ContentHash) -> String { "\(folder)/\(hash).lz4" }

    /// What an unfinished upload is written to.
    static func temporary(_ number: UInt32) -> String { "\(folder)/upload-\(number).tmp" }

    /// The hash in a name of the folder; nil for other names.
    package static func hash(_ name: String) -> ContentHash? {
        guard name.hasSuffix(".lz4"), name.utf8.count == 68 else { return nil }
        return ContentHash(hexadecimal: Array(name.utf8.prefix(64)))
    }
}
