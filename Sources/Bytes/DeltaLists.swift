import Glibc

/// Very many lists of 32-bit numbers that only grow, each number as its distance from the one before: a byte or two where
/// they come in rising order, more where they do not. Meant for the postings of words. Never written to disk.
///
/// A list lies in chunks of 8, 16, 32 … 1,024 bytes, each with the place of the next behind it. This file owns the unsafe code
/// of delta lists.
package struct DeltaLists: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.

    private struct Head: BitwiseCopyable, Sendable {
        var first: UInt32
        /// Where the next byte goes, and where its chunk ends.
        var place: UInt32
        var end: UInt32
        var last: UInt32
        var count: UInt32
        var chunks: UInt32
    }

    private var heads = PagedArray<Head>()
    private var bytes: UnsafeMutablePointer<UInt8>
    private var used = 0
    private var capacity = 4_096

    package init() { bytes = .allocate(capacity: capacity) }

    deinit { free(bytes) }

    package var allocatedBytes: Int { capacity + heads.allocatedBytes }

    private static func chunkBytes(_ number: UInt32) -> UInt32 { 8 << min(number, 7) }

    /// Begins a list and returns its number.
    package mutating func add(_ value: UInt32) -> Int {
        let chunk = allocate(Self.chunkBytes(0))
        let number = heads.append(
            Head(first: chunk, place: chunk, end: chunk + Self.chunkBytes(0), last: 0, count: 0, chunks: 1))
        append(value, to: number)
        return number
    }

    /// Numbers in a list.
    package func count(of list: Int) -> Int { Int(heads[list].count) }

    /// The number that a list got last.
    package func last(of list: Int) -> UInt32 { heads[list].last }

    package mutating func append(_ value: UInt32, to list: Int) {
        var head = heads[list]
        let distance = Int64(value) - Int64(head.last)
        var rest = UInt64(bitPattern: (distance << 1) ^ (distance >> 63))
        repeat {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            put(rest == 0 ? byte : byte | 0x80, &head)
        } while rest != 0
        head.last = value
        head.count += 1
        heads[list] = head
    }

    private mutating func put(_ byte: UInt8, _ head: inout Head) {
        if head.place == head.end {
            let size = Self.chunkBytes(head.chunks)
            let chunk = allocate(size)
            UnsafeMutableRawPointer(bytes + Int(head.end)).storeBytes(of: chunk, as: UInt32.self)
            head.place = chunk
            head.end = chunk + size
            head.chunks += 1
        }
        bytes[Int(head.place)] = byte
        head.place += 1
    }

    /// Calls `body` with each number of a list, in the order in which they came.
    @inline(__always) private func walk(_ list: Int, _ body: (UInt32) -> Void) {
        let head = heads[list]
        let bytes = UnsafePointer(bytes)
        var place = Int(head.first)
        var chunk: UInt32 = 0
        var end = place &+ Int(Self.chunkBytes(0))
        var value: UInt32 = 0
        for _ in 0..<head.count {
            var rest: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                if place == end {
                    place = Int(UnsafeRawPointer(bytes + end).loadUnaligned(as: UInt32.self))
                    chunk &+= 1
                    end = place &+ Int(Self.chunkBytes(chunk))
                }
                let byte = bytes[place]
                place &+= 1
                rest |= UInt64(byte & 0x7F) &<< shift
                if byte < 0x80 { break }
                shift &+= 7
            }
            value &+= UInt32(truncatingIfNeeded: Int64(bitPattern: rest &>> 1) ^ (0 &- Int64(bitPattern: rest & 1)))
            body(value)
        }
    }

    /// The numbers of a list, in the order in which they came.
    package func numbers(in list: Int) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count(of: list)) { buffer, count in
            walk(list) { number in
                buffer.initializeElement(at: count, to: number)
                count &+= 1
            }
        }
    }

    /// The numbers that are in both of two lists in which they rise.
    package func common(to one: Int, _ other: Int) -> [UInt32] {
        let first = numbers(in: one)
        return [UInt32](unsafeUninitializedCapacity: first.count) { buffer, count in
            var place = 0
            walk(other) { number in
                while place < first.count, first[place] < number { place &+= 1 }
                if place < first.count, first[place] == number {
                    buffer.initializeElement(at: count, to: number)
                    count &+= 1
                }
            }
        }
    }

    /// Adds the numbers of a list to a set.
    package func insert(_ list: Int, into set: inout BitRow) { walk(list) { set.insert(Int($0)) } }

    /// Room for a chunk and the place of the next one. Large blocks of memory are moved by the kernel's page tables, not
    /// copied.
    private mutating func allocate(_ size: UInt32) -> UInt32 {
        let place = used
        used += Int(size) + 4
        precondition(used < Int(UInt32.max))
        if used > capacity {
            capacity += max(capacity / 4, 4_096)
            guard let larger = realloc(bytes, capacity) else { preconditionFailure("out of memory") }
            bytes = larger.assumingMemoryBound(to: UInt8.self)
        }
        return UInt32(place)
    }
}
