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

    /// Whether the bytes are valid UTF-8 (RFC 3629). Most lines are ASCII, and in the others most bytes are.
    package static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while true {
            index = bytes.endOfASCII(from: index)
            guard index < bytes.count else { return true }
            guard let length = sequenceLength(bytes, at: index) else { return false }
            index += length
        }
    }

    /// How many bytes the character at `start` has, which is not ASCII; nil where there is none: what follows its first byte is
    /// missing, or it could be written shorter, or is half of a surrogate pair or beyond Unicode.
    private static func sequenceLength(_ bytes: Span<UInt8>, at start: Int) -> Int? {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[start] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard start + length <= bytes.count, second.contains(bytes[start + 1]) else { return nil }
        for place in (start + 2)..<(start + length) where bytes[place] & 0xC0 != 0x80 { return nil }
        return length
    }
}
