import Bytes
import Glibc

/// What stands at the front of the input.
package enum ScannedLine: Equatable {
    /// A whole line, without its line feed; the next one begins at `next`.
    case line(Range<Int>, next: Int)
    /// The line is not complete yet.
    case incomplete
    /// More than the limit without a line feed: the rest of the line is to be thrown away.
    case tooLong
}

/// Finds lines in bytes.
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
        // The C library looks at 32 bytes at a time, which the compiler makes of no loop that it may leave early.
        bytes.withUnsafeBytes { all in
            guard start < all.count, let base = all.baseAddress else { return nil }
            return memchr(base + start, 0x0A, all.count - start).map { UnsafeRawPointer($0) - base }
        }
    }

    /// Whether the bytes are valid UTF-8. Most lines are ASCII, which 32 bytes at a time prove.
    package static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        let raw = bytes.bytes
        func isASCII(from offset: Int) -> Bool {
            func word(_ place: Int) -> UInt64 {
                raw.unsafeLoadUnaligned(fromByteOffset: offset + place * 8, as: UInt64.self)
            }
            return (word(0) | word(1) | word(2) | word(3)) & 0x8080_8080_8080_8080 == 0
        }
        let last = bytes.count - 32
        var index = 0
        while index < last, isASCII(from: index) { index += 32 }
        // The last 32 may overlap those before.
        if last >= 0, index >= last, isASCII(from: last) { return true }
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
