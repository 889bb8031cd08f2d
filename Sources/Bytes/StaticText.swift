// Tables that are written as text in the program are read byte by byte: going through Strings and Substrings cost the first
// order, and so each start, a hundred thousand instructions for every page of such a table.

extension StaticString {
    /// The text's UTF-8 bytes, which are there as long as the program.
    package var bytes: Span<UInt8> {
        @_lifetime(immortal) get {
            let bytes = Span(_unsafeStart: utf8Start, count: utf8CodeUnitCount)
            return _overrideLifetime(bytes, copying: ())
        }
    }
}

extension Span where Element == UInt8 {
    /// Calls `body` with what stands between separators, in order; where nothing stands, nothing is called.
    package func forEachPart(separatedBy separator: UInt8, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        for index in 0...count where index == count || self[index] == separator {
            if index > start { body(extracting(start..<index)) }
            start = index + 1
        }
    }
}
