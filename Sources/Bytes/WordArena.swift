/// Very many short words, appended and never moved, in pages of 64 KiB: a byte of length before each, four bytes to name one.
/// Never written to disk. This file owns the unsafe code of words.
@usableFromInline
package struct WordArena: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.
    private static let pageBytes = 1 << 16

    @usableFromInline var pages: [UnsafeMutablePointer<UInt8>] = []
    private var used = pageBytes

    package init() {}

    deinit { for page in pages { page.deallocate() } }

    package var allocatedBytes: Int { pages.count * Self.pageBytes }

    /// Stores a word of at most 255 bytes and returns its name.
    package mutating func append(_ word: Span<UInt8>) -> UInt32 {
        precondition(word.count <= 255)
        if used + word.count + 1 > Self.pageBytes {
            pages.append(.allocate(capacity: Self.pageBytes))
            used = 0
        }
        let start = pages[pages.count - 1] + used
        start.pointee = UInt8(word.count)
        for place in 0..<word.count { start[place + 1] = word[place] }
        defer { used += word.count + 1 }
        return UInt32(pages.count - 1) << 16 | UInt32(used)
    }

    /// The word of that name, valid while the arena is not changed.
    @inlinable package subscript(name: UInt32) -> Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            let start = pages[Int(name >> 16)] + Int(name & 0xFFFF)
            let raw = UnsafeRawBufferPointer(start: start + 1, count: Int(start.pointee))
            return _overrideLifetime(Span(_unsafeBytes: raw), borrowing: self)
        }
    }
}
