import Bytes

/// Where folded bytes go: a writer, or a fixed buffer on the stack.
protocol ByteSink: ~Copyable {
    var count: Int { get }
    /// Nothing more fits; what comes now is lost.
    var isFull: Bool { get }
    mutating func append(_ byte: UInt8)
    /// Takes the last byte back; there is one.
    mutating func removeLast()
}

extension ByteWriter: ByteSink {
    var isFull: Bool { false }
    mutating func removeLast() { truncate(to: count - 1) }
}

/// Folded text of at most 128 bytes on the stack: the scratch page on which names and addresses are taken apart
/// without an allocation. What is longer is no name; `isFull` then tells the caller to make no key of it, since two
/// long texts must not become equal by being cut.
struct FoldedText: ~Copyable, ByteSink {
    static let capacity = 128

    private var storage = InlineArray<128, UInt8>(repeating: 0)
    private(set) var count = 0
    private(set) var isFull = false

    var span: Span<UInt8> {
        @_lifetime(borrow self) get { storage.span.extracting(0..<count) }
    }

    subscript(index: Int) -> UInt8 { storage.span[index] }

    @inline(__always) mutating func append(_ byte: UInt8) {
        if count < Self.capacity {
            storage[count] = byte
            count += 1
        } else {
            isFull = true
        }
    }

    mutating func removeLast() { count -= 1 }
}
