import Synchronization

/// Memory for the pages of tables and arenas, apart from the C library's heap: there the buffers of requests and groups that
/// come and go leave holes between pages that stay (39 bytes an order after 400,000, measured).
///
/// Pages are cut off pieces of 1 MiB from the kernel, of which what was never written takes no memory. One that is given back
/// waits for the next of its size; tables have few sizes. Any thread may call; once a page, so one lock is enough.
enum PageMemory {
    /// Sizes are rounded up to a multiple of this.
    static let unit = 512
    /// Larger pages, of single large records, are the C library's business: the kernel maps only some ten thousand pieces for one
    /// process.
    static let largestBytes = 65_536

    private static let chunkBytes = 1 << 20

    /// Addresses as numbers, since pointers may not cross threads; 0 for none.
    private struct Pool {
        /// For each size in units the page given back last; its first word is the address of the one before.
        var vacant = [UInt](repeating: 0, count: largestBytes / unit + 1)
        /// What no page has had yet.
        var fresh: UInt = 0
        var freshBytes = 0
        var reservedBytes = 0
        /// Pieces whose memory is there already, and who hears when one is taken.
        var ready: [UInt] = []
        var supply: PageSupply?
    }

    private static let pool = Mutex(Pool())

    /// Address space taken from the kernel so far for pages up to `largestBytes`. For tests.
    static var reservedBytes: Int { pool.withLock { $0.reservedBytes } }

    /// Memory of unknown content, aligned to 16 bytes at least.
    /// - Parameter bytes: more than none.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes <= largestBytes else { return .allocate(byteCount: bytes, alignment: 16) }
        let units = (bytes + unit - 1) / unit
        let address = pool.withLock { take(units, of: &$0) }
        guard let page = UnsafeMutableRawPointer(bitPattern: address) else { preconditionFailure("a page nowhere") }
        return page
    }

    /// - Parameter bytes: as many as were asked for.
    static func free(_ page: UnsafeMutableRawPointer, _ bytes: Int) {
        guard bytes <= largestBytes else { return page.deallocate() }
        let units = (bytes + unit - 1) / unit
        let address = UInt(bitPattern: page)
        pool.withLock { pool in
            UnsafeMutableRawPointer(bitPattern: address)?.storeBytes(of: pool.vacant[units], as: UInt.self)
            pool.vacant[units] = address
        }
    }

    private static func take(_ units: Int, of pool: inout Pool) -> UInt {
        if let page = UnsafeMutableRawPointer(bitPattern: pool.vacant[units]) {
            pool.vacant[units] = page.load(as: UInt.self)
            return UInt(bitPattern: page)
        }
        let bytes = units * unit
        if pool.freshBytes < bytes {
            // The rest of the piece before is given up: it was never written.
            pool.fresh = takePiece(of: &pool)
            pool.freshBytes = chunkBytes
            pool.reservedBytes += chunkBytes
        }
        defer {
            pool.fresh += UInt(bytes)
            pool.freshBytes -= bytes
        }
        return pool.fresh
    }

    private static func takePiece(of pool: inout Pool) -> UInt {
        guard let piece = pool.ready.popLast() else { return UInt(bitPattern: LargeMemory.allocate(chunkBytes)) }
        pool.supply?.noteTaken()
        return piece
    }

    // MARK: Supply

    /// Who is told when a piece is taken that was ready; nil for nobody.
    static func setSupply(_ supply: PageSupply?) { pool.withLock { $0.supply = supply } }

    /// Takes a piece from the kernel and touches all of it.
    static func addReadyPiece() {
        let piece = UInt(bitPattern: LargeMemory.allocatePopulated(chunkBytes))
        pool.withLock { $0.ready.append(piece) }
    }
}
