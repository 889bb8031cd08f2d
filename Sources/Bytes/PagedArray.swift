import CLinux

/// A table of small fixed-size entries in pages of at most 16 KiB that are copied only when shared.
///
/// Copying the struct shares the pages: that is how a snapshot gets a consistent cut without stopping anybody. A
/// writer that then touches a page copies that page alone (see `PageTable`), so pages are small. This file owns the unsafe
/// code of paged tables.
///
/// Invariants: every page but the last is full; entries are never removed.
@usableFromInline
package struct PagedArray<Entry: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline var pages = PageTable()
    /// Entries in the table.
    @usableFromInline package internal(set) var count = 0

    @inlinable static var shift: Int {
        // The largest power of two of entries that fits in 16 KiB.
        (16_384 / MemoryLayout<Entry>.stride).bitWidth - 1 - (16_384 / MemoryLayout<Entry>.stride).leadingZeroBitCount
    }

    @inlinable package static var entriesPerPage: Int { 1 << shift }

    @inlinable static var pageBytes: Int { entriesPerPage * MemoryLayout<Entry>.stride }

    @inlinable package init() {}

    /// Bytes held by the pages.
    package var allocatedBytes: Int { pages.count * Self.pageBytes }

    @inlinable package subscript(index: Int) -> Entry {
        @inline(__always) _read {
            precondition(index >= 0 && index < count)
            yield entries(pages.base(index >> Self.shift))[index & (Self.entriesPerPage - 1)]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            let (page, count) = (index >> Self.shift, count)
            let base = pages.own(page, used: Self.usedBytes(page, of: count))
            entries(base)[index & (Self.entriesPerPage - 1)] = newValue
        }
    }

    /// Asks memory for an entry that will be looked at soon; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ index: Int) {
        precondition(index >= 0 && index < count)
        let entry = UnsafeRawPointer(
            entries(pages.base(index >> Self.shift)) + (index & (Self.entriesPerPage - 1)))
        for line in 0...(MemoryLayout<Entry>.stride - 1) / 64 { prefetch_line(entry + line * 64) }
    }

    @inlinable @inline(__always) func entries(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Entry> {
        base.assumingMemoryBound(to: Entry.self)
    }

    @inlinable static func usedBytes(_ page: Int, of count: Int) -> Int {
        min(entriesPerPage, count - page << shift) * MemoryLayout<Entry>.stride
    }

    /// Appends an entry and returns its index.
    @discardableResult
    @inlinable package mutating func append(_ entry: Entry) -> Int {
        let index = count
        entries(pageWithRoom())[index & (Self.entriesPerPage - 1)] = entry
        count += 1
        return index
    }

    /// Where the page begins that the next entry goes to.
    @inlinable @inline(__always) mutating func pageWithRoom() -> UnsafeMutableRawPointer {
        let (page, count) = (count >> Self.shift, count)
        if page == pages.count { return pages.append(capacity: Self.pageBytes) }
        return pages.own(page, used: Self.usedBytes(page, of: count))
    }

    /// Bytes that writing has copied or added since an earlier copy of the table was made. For tests.
    package func bytesApart(from earlier: PagedArray) -> Int { pages.bytesApart(from: earlier.pages) }

    // MARK: Whole pages, for snapshots

    /// Calls `body` with the raw bytes of each page's used part, in order.
    package func forEachPage<E: Error>(_ body: (Span<UInt8>) throws(E) -> Void) throws(E) {
        for page in 0..<pages.count {
            let raw = UnsafeRawBufferPointer(start: pages.base(page), count: Self.usedBytes(page, of: count))
            try body(Span(_unsafeBytes: raw))
        }
    }

    /// Appends entries from raw bytes that `forEachPage` gave; false if they are not a whole number of entries.
    package mutating func append(rawBytes: Span<UInt8>) -> Bool {
        let stride = MemoryLayout<Entry>.stride
        guard rawBytes.count % stride == 0 else { return false }
        rawBytes.withUnsafeBytes { source in
            var rest = source[...]
            while !rest.isEmpty {
                let used = count & (Self.entriesPerPage - 1)
                let taken = min(Self.entriesPerPage - used, rest.count / stride)
                let room = UnsafeMutableRawBufferPointer(
                    start: pageWithRoom() + used * stride, count: taken * stride)
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(taken * stride)))
                rest = rest.dropFirst(taken * stride)
                count += taken
            }
        }
        return true
    }
}
