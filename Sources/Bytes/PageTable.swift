/// Pages of raw memory that tables and arenas share when they are copied, until one of them writes.
///
/// Pages stand in rows of 64. A copy of the table shares the rows; the first write to a page that is shared copies that page,
/// and the names of the 64 pages of its row if the row is shared, never those of all pages: how long a write takes behind
/// the beginning of a snapshot does not depend on how much there is. This file owns the unsafe code of pages.
@usableFromInline
struct PageTable: Sendable {
    /// One page. Immutable as soon as it has two owners, hence safe to read from any thread.
    @usableFromInline final class Page: @unchecked Sendable {
        @usableFromInline let base: UnsafeMutableRawPointer
        @usableFromInline let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            base = PageMemory.allocate(capacity)
        }

        deinit { PageMemory.free(base, capacity) }
    }

    /// Some pages in a row, and where their memory begins: that a reader finds there without asking the page. Immutable as
    /// soon as it has two owners.
    @usableFromInline final class Row: @unchecked Sendable {
        @usableFromInline let pages: UnsafeMutablePointer<Page>
        @usableFromInline let bases: UnsafeMutablePointer<UnsafeMutableRawPointer>
        private(set) var count = 0

        init() {
            pages = .allocate(capacity: PageTable.pagesPerRow)
            bases = .allocate(capacity: PageTable.pagesPerRow)
        }

        deinit {
            pages.deinitialize(count: count)
            pages.deallocate()
            bases.deallocate()
        }

        func append(_ page: Page) {
            (pages + count).initialize(to: page)
            (bases + count).initialize(to: page.base)
            count += 1
        }

        func copy() -> Row {
            let copy = Row()
            for number in 0..<count { copy.append(pages[number]) }
            return copy
        }

        /// Puts a copy of a page's first bytes in its place.
        func copyPage(_ number: Int, used bytes: Int) {
            let copy = Page(capacity: pages[number].capacity)
            copy.base.copyMemory(from: bases[number], byteCount: bytes)
            pages[number] = copy
            bases[number] = copy.base
        }
    }

    @inlinable static var rowShift: Int { 6 }
    @inlinable static var pagesPerRow: Int { 1 << rowShift }

    @usableFromInline var rows: [Row] = []
    @usableFromInline private(set) var count = 0

    @usableFromInline init() {}

    /// Where a page begins, for reading.
    @inlinable @inline(__always) func base(_ page: Int) -> UnsafeMutableRawPointer {
        rows[page >> Self.rowShift].bases[page & (Self.pagesPerRow - 1)]
    }

    func capacity(_ page: Int) -> Int {
        rows[page >> Self.rowShift].pages[page & (Self.pagesPerRow - 1)].capacity
    }

    /// Adds a page of so many bytes and returns where it begins.
    @inline(never) @usableFromInline mutating func append(capacity: Int) -> UnsafeMutableRawPointer {
        let row = count >> Self.rowShift
        if row == rows.count { rows.append(Row()) } else { ownRow(row) }
        let page = Page(capacity: capacity)
        rows[row].append(page)
        count += 1
        return page.base
    }

    /// Makes sure that nobody else sees what is written to the page, and returns where it begins.
    /// - Parameter used: bytes of it that have to stay, from its beginning on.
    @inlinable @inline(__always) mutating func own(_ page: Int, used: @autoclosure () -> Int) -> UnsafeMutableRawPointer
    {
        let row = page >> Self.rowShift
        let place = page & (Self.pagesPerRow - 1)
        if !isKnownUniquelyReferenced(&rows[row]) || !isKnownUniquelyReferenced(&rows[row].pages[place]) {
            copy(page, used: used())
        }
        return rows[row].bases[place]
    }

    @inline(never) @usableFromInline mutating func copy(_ page: Int, used: Int) {
        let row = page >> Self.rowShift
        let place = page & (Self.pagesPerRow - 1)
        ownRow(row)
        if !isKnownUniquelyReferenced(&rows[row].pages[place]) { rows[row].copyPage(place, used: used) }
    }

    private mutating func ownRow(_ row: Int) {
        if !isKnownUniquelyReferenced(&rows[row]) { rows[row] = rows[row].copy() }
    }

    /// Bytes of pages and of their names that this table no longer shares with an earlier copy of it: what writing since then
    /// has copied or added. For tests.
    func bytesApart(from earlier: PageTable) -> Int {
        var bytes = 0
        for row in rows.indices where row >= earlier.rows.count || rows[row] !== earlier.rows[row] {
            bytes += Self.pagesPerRow * 2 * MemoryLayout<Int>.size
            for place in 0..<rows[row].count {
                let page = row << Self.rowShift + place
                if page < earlier.count, base(page) == earlier.base(page) { continue }
                bytes += capacity(page)
            }
        }
        return bytes
    }
}
