import CLinux

/// Packed records, appended and never moved, in pages of 64 KiB that are copied only when shared.
///
/// A record is found by its reference: page number and offset. A new version of a record is a new record; the
/// reference in its owner's row changes. Copying the struct retains the pages (see `PagedArray`). This file
/// owns the unsafe code of packed records.
///
/// Invariants: a record never crosses a page; a record larger than a page has a page of its own.
package struct ByteArena: Sendable {
    package static let pageSize = 65_536

    /// Where a record lies: page number in the upper 40 bits, offset in the lower 24.
    package struct Reference: BitwiseCopyable, Sendable, Equatable {
        package let rawValue: UInt64

        package init(rawValue: UInt64) { self.rawValue = rawValue }

        fileprivate init(page: Int, offset: Int) { rawValue = UInt64(page) << 24 | UInt64(offset) }

        fileprivate var page: Int { Int(rawValue >> 24) }
        fileprivate var offset: Int { Int(rawValue & 0xFF_FFFF) }
    }

    private var pages = PageTable()
    /// Used bytes of each page.
    private var used: [Int32] = []

    package init() {}

    /// Bytes held by the pages.
    package private(set) var allocatedBytes = 0

    /// Stores the record behind its length and returns where it lies.
    package mutating func append(_ record: Span<UInt8>) -> Reference {
        let needed = record.count + 4
        let (page, base) = pageWithRoom(for: needed)
        let offset = Int(used[page])
        base.storeBytes(of: UInt32(record.count), toByteOffset: offset, as: UInt32.self)
        record.withUnsafeBytes { source in
            if let start = source.baseAddress { (base + offset + 4).copyMemory(from: start, byteCount: source.count) }
        }
        used[page] += Int32(needed)
        return Reference(page: page, offset: offset)
    }

    private mutating func pageWithRoom(for needed: Int) -> (page: Int, base: UnsafeMutableRawPointer) {
        if let last = used.indices.last, Int(used[last]) + needed <= pages.capacity(last) {
            return (last, pages.own(last, used: Int(used[last])))
        }
        return (used.count, addPage(max(needed, Self.pageSize)))
    }

    private mutating func addPage(_ capacity: Int) -> UnsafeMutableRawPointer {
        allocatedBytes += capacity
        used.append(0)
        return pages.append(capacity: capacity)
    }

    /// The record's bytes, valid while the arena is not changed.
    package subscript(reference: Reference) -> Span<UInt8> {
        @_lifetime(borrow self) get {
            let page = reference.page
            let offset = reference.offset
            precondition(page < used.count && offset + 4 <= Int(used[page]))
            let base = pages.base(page)
            let count = Int(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            precondition(offset + 4 + count <= Int(used[page]))
            let raw = UnsafeRawBufferPointer(start: base + offset + 4, count: count)
            return _overrideLifetime(Span(_unsafeBytes: raw), borrowing: self)
        }
    }

    /// Asks memory for the beginning of a record that is read soon: as much as most records take.
    @inline(__always) package func prefetch(_ reference: Reference) {
        let start = pages.base(reference.page) + reference.offset
        for line in 0..<Self.prefetchedLines { prefetch_line(start + line * 64) }
    }

    private static let prefetchedLines = 4

    // MARK: Whole pages, for snapshots

    /// Calls `body` with the used bytes of each page, in order.
    package func forEachPage<E: Error>(_ body: (Span<UInt8>) throws(E) -> Void) throws(E) {
        for page in used.indices {
            try body(Span(_unsafeBytes: UnsafeRawBufferPointer(start: pages.base(page), count: Int(used[page]))))
        }
    }

    /// Appends one page that `forEachPage` gave; references to it stay what they were.
    package mutating func append(page bytes: Span<UInt8>) {
        let base = addPage(max(bytes.count, Self.pageSize))
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { base.copyMemory(from: start, byteCount: source.count) }
        }
        used[used.count - 1] = Int32(bytes.count)
    }

    /// Bytes that appending has copied or added since an earlier copy of the arena was made. For tests.
    package func bytesApart(from earlier: ByteArena) -> Int { pages.bytesApart(from: earlier.pages) }

    /// Whether a record lies whole at `reference`; for data that came from disk.
    package func contains(_ reference: Reference) -> Bool {
        let page = reference.page
        let offset = reference.offset
        guard page < used.count, offset + 4 <= Int(used[page]) else { return false }
        let count = Int(pages.base(page).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return offset + 4 + count <= Int(used[page])
    }
}
