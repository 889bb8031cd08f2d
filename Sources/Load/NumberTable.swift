import Bytes

/// Gives each distinct customer number a small integer, in the order of first sight.
package struct NumberTable: ~Copyable {
    private var arena = ByteWriter(capacity: 1 << 16)
    private var ends: [Int] = []
    /// Open addressing with linear probing: token plus one, 0 where free. At most half full.
    private var slots = [UInt32](repeating: 0, count: 1024)

    package init() {}

    package var count: Int { ends.count }

    /// The token of a number, new or known.
    package mutating func token(of number: Span<UInt8>) -> UInt32 {
        var slot = Int(truncatingIfNeeded: Self.hash(number)) & (slots.count - 1)
        while slots[slot] != 0 {
            let token = slots[slot] - 1
            if arena.span.extracting(range(of: token)).equals(number) { return token }
            slot = (slot + 1) & (slots.count - 1)
        }
        arena.append(number)
        ends.append(arena.count)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return UInt32(ends.count - 1)
    }

    /// The number of a token.
    package func text(of token: UInt32) -> String { arena.span.text(range(of: token)) }

    /// All numbers, by token.
    package var texts: [[UInt8]] {
        (0..<UInt32(ends.count)).map { arena.span.extracting(range(of: $0)).array }
    }

    private func range(of token: UInt32) -> Range<Int> {
        (token == 0 ? 0 : ends[Int(token) - 1])..<ends[Int(token)]
    }

    private mutating func grow() {
        let larger = slots.count * 4
        slots = [UInt32](repeating: 0, count: larger)
        for token in 0..<UInt32(ends.count) {
            var slot = Int(truncatingIfNeeded: Self.hash(arena.span.extracting(range(of: token)))) & (larger - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (larger - 1) }
            slots[slot] = token + 1
        }
    }

    /// FNV-1a, finished with a mix: numbers are short and differ in their last digits.
    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<bytes.count { hash = (hash ^ UInt64(bytes[unchecked: index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}
