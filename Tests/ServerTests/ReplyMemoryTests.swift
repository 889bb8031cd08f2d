import Bytes
import Testing

@testable import Server

@Suite struct ReplyMemoryTests {
    private static func writer(_ bytes: Int) -> ByteWriter { ByteWriter(capacity: bytes) }

    /// What came back last is lent first, and a session keeps what writes need.
    @Test func lendsWhatCameBackLast() {
        let memory = ReplyMemory(limitBytes: 1 << 20)
        for (bytes, kept) in [(64 << 10, 64 << 10), (100 << 10, 16), (200 << 10, 16)] {
            var writer = Self.writer(bytes)
            memory.takeBack(&writer)
            let left = writer.capacity
            #expect(left == kept)
        }
        for expected in [200 << 10, 100 << 10, 4_096] {
            let lent = memory.lend()
            let (capacity, count) = (lent.capacity, lent.count)
            #expect(capacity == expected && count == 0)
        }
    }

    /// However many sessions there are, and however large an answer once was.
    @Test func keepsNoMoreThanItMay() {
        let memory = ReplyMemory(limitBytes: 1 << 20)
        var large = Self.writer((1 << 20) + 1)
        memory.takeBack(&large)
        let left = large.capacity
        #expect(left == 1_024)
        for _ in 0..<100 {
            var writer = Self.writer(1 << 20)
            memory.takeBack(&writer)
            let left = writer.capacity
            #expect(left <= 1_024)
        }
        var kept = 0
        while true {
            let lent = memory.lend()
            if lent.capacity == 4_096 { break }
            kept += 1
        }
        #expect(kept == 4)
    }
}
