import Bytes

/// What stands at the front of the input.
package enum ScannedLine: Equatable {
    /// A whole line, without its line feed; the next one begins at `next`.
    case line(Range<Int>, next: Int)
    /// The line is not complete yet.
    case incomplete
    /// More than the limit without a line feed: the rest of the line is to be thrown away.
    case tooLong
}

/// Finds lines in bytes. Looks at eight bytes at a time.
package enum LineScanner {
    /// The line that begins at `start`, of at most `limit` bytes.
    @inline(__always)
    package static func next(_ bytes: Span<UInt8>, from start: Int, scannedTo: Int, limit: Int) -> ScannedLine {
        if let end = lineFeed(bytes, from: scannedTo) {
            return end - start > limit ? .tooLong : .line(start..<end, next: end + 1)
        }
        return bytes.count - start > limit ? .tooLong : .incomplete
    }

    /// Offset of the first line feed at or behind `start`.
    package static func lineFeed(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        let raw = bytes.bytes
        var index = start
        while index + 8 <= bytes.count {
            let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
            // A byte of `word` is zero exactly if its highest bit is set here (lowest such byte first).
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[unchecked: index] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }

    /// Whether the bytes are valid UTF-8. Most lines are ASCII, which eight bytes at a time prove.
    package static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        let raw = bytes.bytes
        var index = 0
        while index + 8 <= bytes.count {
            if raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        guard index < bytes.count else { return true }
        return bytes.extracting(index..<bytes.count).withUnsafeBufferPointer { rest in
            if rest.allSatisfy({ $0 < 0x80 }) { return true }
            do {
                _ = try UTF8Span(validating: Span(_unsafeElements: rest))
                return true
            } catch {
                return false
            }
        }
    }
}
