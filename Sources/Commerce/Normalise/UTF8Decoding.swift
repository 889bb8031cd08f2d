/// One scalar at a time out of UTF-8 bytes that may be anything: the normalisers must not trust their input.
///
/// Source: RFC 3629. Overlong forms and surrogates are refused.
enum UTF8Decoding {
    /// The scalar that begins at `index` and its length in bytes; nil when the bytes are malformed.
    static func scalar(in bytes: Span<UInt8>, at index: Int) -> (value: UInt32, length: Int)? {
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, index + length <= bytes.count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let next = bytes[index + offset]
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3F)
        }
        let smallest: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
        guard value >= smallest, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
        return (value, length)
    }

    /// Hands over the UTF-8 bytes of a scalar.
    static func encode(_ scalar: UInt32, _ put: (UInt8) -> Void) {
        guard let unicode = Unicode.Scalar(scalar), let encoded = UTF8.encode(unicode) else { return }
        for byte in encoded { put(byte) }
    }
}
