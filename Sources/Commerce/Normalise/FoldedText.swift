import Bytes

/// Where folded bytes go: a writer, or a fixed buffer on the stack.
protocol ByteSink: ~Copyable {
    var count: Int { get }
    /// Nothing more fits; what comes now is lost.
    var isFull: Bool { get }
    mutating func append(_ byte: UInt8)
    /// Appends the lowest `length` bytes of a word, 0 to 8.
    mutating func append(word: UInt64, count length: Int)
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
        @_lifetime(borrow self) @inline(__always) get { storage.span.extracting(0..<count) }
    }

    /// Read through the span: a subscript of the array itself copies all of it first.
    @inline(__always) subscript(index: Int) -> UInt8 { storage.span[index] }

    @inline(__always) mutating func append(_ byte: UInt8) {
        if count < Self.capacity {
            storage[count] = byte
            count += 1
        } else {
            isFull = true
        }
    }

    mutating func append(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            let length = min(8, bytes.count - index)
            append(word: bytes.word(at: index, count: length), count: length)
            index += length
        }
    }

    @inline(__always) mutating func append(word: UInt64, count length: Int) {
        if count &+ 8 <= Self.capacity {
            var bytes = storage.mutableSpan
            var free = bytes.mutableBytes
            free.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
            count &+= length
        } else {
            var rest = word
            for _ in 0..<length {
                append(UInt8(truncatingIfNeeded: rest))
                rest &>>= 8
            }
        }
    }

    mutating func removeLast() { count -= 1 }

    mutating func removeAll() {
        count = 0
        isFull = false
    }
}
