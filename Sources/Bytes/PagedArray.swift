/// A table of small fixed-size entries in pages of about 64 KiB that are copied only when shared.
///
/// Copying the struct retains the pages: that is how a snapshot gets a consistent cut without stopping anybody. A
/// writer that then touches a page copies that page alone. This file owns the unsafe code of paged tables.
///
/// Invariants: every page but the last is full; entries are never removed.
@usableFromInline
package struct PagedArray<Entry: BitwiseCopyable & Sendable>: Sendable {
    /// Raw memory of one page. Immutable as soon as it has two owners, hence safe to read from any thread.
    @usableFromInline final class Page: @unchecked Sendable {
        @usableFromInline let entries: UnsafeMutablePointer<Entry>

        @usableFromInline init(capacity: Int) { entries = .allocate(capacity: capacity) }

        @usableFromInline deinit { entries.deallocate() }
    }

    @usableFromInline var pages: [Page] = []
    /// Entries in the table.
    @usableFromInline package internal(set) var count = 0

    @inlinable static var shift: Int {
        // The largest power of two of entries that fits in 64 KiB.
        (65_536 / MemoryLayout<Entry>.stride).bitWidth - 1 - (65_536 / MemoryLayout<Entry>.stride).leadingZeroBitCount
    }

    @inlinable package static var entriesPerPage: Int { 1 << shift }

    @inlinable package init() {}

    /// Bytes held by the pages.
    package var allocatedBytes: Int { pages.count * Self.entriesPerPage * MemoryLayout<Entry>.stride }

    @inlinable package subscript(index: Int) -> Entry {
        @inline(__always) _read {
            precondition(index >= 0 && index < count)
            yield pages[index >> Self.shift].entries[index & (Self.entriesPerPage - 1)]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            own(index >> Self.shift)
            pages[index >> Self.shift].entries[index & (Self.entriesPerPage - 1)] = newValue
        }
    }

    /// Appends an entry and returns its index.
    @discardableResult
    @inlinable package mutating func append(_ entry: Entry) -> Int {
        let index = count
        let page = index >> Self.shift
        if page == pages.count { pages.append(Page(capacity: Self.entriesPerPage)) } else { own(page) }
        pages[page].entries[index & (Self.entriesPerPage - 1)] = entry
        count += 1
        return index
    }

    @inlinable mutating func own(_ page: Int) {
        if !isKnownUniquelyReferenced(&pages[page]) { copyPage(page) }
    }

    @inlinable @inline(never) mutating func copyPage(_ page: Int) {
        let copy = Page(capacity: Self.entriesPerPage)
        let used = min(Self.entriesPerPage, count - page << Self.shift)
        copy.entries.initialize(from: pages[page].entries, count: used)
        pages[page] = copy
    }

    // MARK: Whole pages, for snapshots

    /// Calls `body` with the raw bytes of each page's used part, in order.
    package func forEachPage<E: Error>(_ body: (Span<UInt8>) throws(E) -> Void) throws(E) {
        for (number, page) in pages.enumerated() {
            let used = min(Self.entriesPerPage, count - number << Self.shift)
            let raw = UnsafeRawBufferPointer(start: page.entries, count: used * MemoryLayout<Entry>.stride)
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
                let page = count >> Self.shift
                let used = count & (Self.entriesPerPage - 1)
                if page == pages.count { pages.append(Page(capacity: Self.entriesPerPage)) } else { own(page) }
                let taken = min(Self.entriesPerPage - used, rest.count / stride)
                let room = UnsafeMutableRawBufferPointer(start: pages[page].entries + used, count: taken * stride)
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(taken * stride)))
                rest = rest.dropFirst(taken * stride)
                count += taken
            }
        }
        return true
    }
}
