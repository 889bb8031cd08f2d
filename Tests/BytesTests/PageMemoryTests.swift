import Glibc
import Testing

@testable import Bytes

/// Pages against what was written to each. Other tests take and give back pages meanwhile: that may not matter.
@Suite struct PageMemoryTests {
    private struct Page {
        let base: UnsafeMutableRawPointer
        let bytes: Int
        let mark: UInt8

        init(bytes: Int, mark: UInt8) {
            base = PageMemory.allocate(bytes)
            self.bytes = bytes
            self.mark = mark
            base.initializeMemory(as: UInt8.self, repeating: mark, count: bytes)
        }

        /// Whether nobody else has written to it.
        var isWhole: Bool { base.load(as: UInt8.self) == mark && memcmp(base, base + 1, bytes - 1) == 0 }
    }

    @Test func pagesNeverOverlap() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let sizes = [1, 8, 511, 512, 513, 9_728, 10_240, 12_288, 16_384, 65_536, 65_537, 100_000]
        var pages: [Page] = []
        for step in 0..<4_000 {
            if pages.count < 200, random.next() % 3 > 0 || pages.isEmpty {
                let bytes = sizes[Int(random.next() % UInt64(sizes.count))]
                pages.append(Page(bytes: bytes, mark: UInt8(truncatingIfNeeded: random.next())))
                #expect(UInt(bitPattern: pages[pages.count - 1].base) % 16 == 0)
            } else {
                pages.swapAt(Int(random.next() % UInt64(pages.count)), pages.count - 1)
                let page = pages.removeLast()
                #expect(page.isWhole, "seed \(seed), step \(step)")
                PageMemory.free(page.base, page.bytes)
            }
        }
        for page in pages {
            #expect(page.isWhole, "seed \(seed)")
            PageMemory.free(page.base, page.bytes)
        }
    }

    /// 400 MB go through, of which 16 MB are held at a time.
    @Test func takesWhatWasGivenBack() {
        let before = PageMemory.reservedBytes
        for round in 0..<25 {
            let pages = (0..<1_000).map { _ in PageMemory.allocate(16_384) }
            #expect(Set(pages).count == pages.count, "round \(round)")
            for page in pages { PageMemory.free(page, 16_384) }
        }
        // Tests beside this one take some too.
        #expect(PageMemory.reservedBytes - before < 200 << 20)
    }

    /// Pieces that lay ready are pages like others, whoever takes them and whatever is left at the end.
    @Test func takesWhatLiesReady() {
        let supply = PageSupply()
        let thread = WorkerThread { supply.run() }
        let pages = (0..<2_000).map { Page(bytes: 16_384, mark: UInt8(truncatingIfNeeded: $0)) }
        supply.close()
        thread.join()
        let more = (0..<1_000).map { Page(bytes: 16_384, mark: UInt8(truncatingIfNeeded: $0 * 3)) }
        for page in pages + more {
            #expect(page.isWhole)
            PageMemory.free(page.base, page.bytes)
        }
    }

    @Test func anUnusedSupplyEnds() {
        let supply = PageSupply()
        supply.close()
        WorkerThread { supply.run() }.join()
    }
}
