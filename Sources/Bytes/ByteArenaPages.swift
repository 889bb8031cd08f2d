// Pages of an arena in a snapshot: each behind its length (four bytes).
extension ByteArena {
    /// Calls `body` with the bytes of each page, framed.
    package func forEachFramedPage<E: Error>(_ body: (Span<UInt8>) throws(E) -> Void) throws(E) {
        var framed = ByteWriter(capacity: Self.pageSize + 4)
        try forEachPage { page throws(E) in
            framed.removeAll()
            framed.appendLittleEndian(UInt32(page.count))
            framed.append(page)
            try body(framed.span)
        }
    }

    /// Takes in framed pages, all of them whole; false if they are not.
    package mutating func append(framedPages bytes: Span<UInt8>) -> Bool {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            while !reader.isAtEnd {
                let count = try reader.littleEndian(UInt32.self)
                append(page: bytes.extracting(try reader.range(count: Int(count))))
            }
            return true
        } catch {
            return false
        }
    }
}
