import Bytes

/// The digits of a written telephone number, on the stack, and what its punctuation said.
struct PhoneDigits: ~Copyable {
    /// E.164 has 15 digits; an international prefix, a trunk prefix and a calling code may stand in front.
    private static let longest = 24

    private var digits = InlineArray<24, UInt8>(repeating: 0)
    private(set) var count = 0
    private(set) var isInternational = false
    /// No letters or other signs that telephone numbers do not have, and not too many digits.
    private(set) var isReadable = true
    /// Nothing but blanks.
    private(set) var isBlank = true
    /// Calling code of `;phone-context=+31`, 0 without one.
    private var contextCode = 0

    init(_ raw: Span<UInt8>) {
        var index = Self.start(of: raw)
        while index < raw.count, isReadable {
            let byte = raw[index]
            if !ASCII.isBlank(byte) { isBlank = false }
            if ASCII.isDigit(byte) {
                add(byte - 0x30)
                index += 1
            } else if byte >= 0x80 {
                index += readScalar(raw, at: index)
            } else if isExtensionMark(raw, at: index) {
                readContext(raw, from: index)
                return
            } else {
                read(punctuation: byte)
                index += 1
            }
        }
    }

    func digit(_ index: Int) -> UInt8 { digits[index] }

    func begins(with prefix: [UInt8], at start: Int) -> Bool {
        guard start + prefix.count <= count else { return false }
        for index in 0..<prefix.count where digits[start + index] + 0x30 != prefix[index] { return false }
        return true
    }

    /// The international prefix that people write wherever they are.
    func beginsWithTwoZeros(at start: Int) -> Bool {
        start + 2 <= count && digits[start] == 0 && digits[start + 1] == 0
    }

    func contextPlan(_ plans: PhonePlans) -> Int? { contextCode > 0 ? plans.plan(ofCallingCode: contextCode) : nil }

    /// One digit over and over, eight zeros at the end, or 1 2 3 4 5 6 ….
    var isPlaceholder: Bool {
        guard count >= 4, trailingZeros < 8 else { return true }
        var isSame = true
        var isAscending = count >= 6 && digits[0] <= 1
        for index in 1..<count {
            if digits[index] != digits[0] { isSame = false }
            if digits[index] != (digits[index - 1] + 1) % 10 { isAscending = false }
        }
        return isSame || isAscending
    }

    private var trailingZeros: Int {
        var zeros = 0
        while zeros < count, digits[count - 1 - zeros] == 0 { zeros += 1 }
        return zeros
    }

    /// One digit all over, or North America's 555-01xx.
    func isUnassigned(from start: Int, callingCode: Int) -> Bool {
        let length = count - start
        if callingCode == 1, length == 10, digits[start + 3] == 5, digits[start + 4] == 5, digits[start + 5] == 5 {
            return digits[start + 6] == 0 && digits[start + 7] == 1
        }
        for index in start..<count where digits[index] != digits[start] { return false }
        return true
    }

    private mutating func add(_ digit: UInt8) {
        guard count < Self.longest else {
            isReadable = false
            return
        }
        digits[count] = digit
        count += 1
    }

    private mutating func read(punctuation byte: UInt8) {
        switch byte {
        case UInt8(ascii: "+"):
            if count == 0 { isInternational = true }
        case UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ")"),
            UInt8(ascii: "~"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "'"), UInt8(ascii: ":"), UInt8(ascii: "_"):
            break
        default:
            isReadable = ASCII.isBlank(byte) || count == 0 && !ASCII.isLetter(byte)
        }
    }

    /// Full-width and Arabic-Indic digits, wide blanks and hyphens.
    private mutating func readScalar(_ raw: Span<UInt8>, at index: Int) -> Int {
        guard let (scalar, length) = UTF8Decoding.scalar(in: raw, at: index) else {
            isReadable = false
            return 1
        }
        switch scalar {
        case 0xFF10...0xFF19: add(UInt8(scalar - 0xFF10))
        case 0x660...0x669: add(UInt8(scalar - 0x660))
        case 0x6F0...0x6F9: add(UInt8(scalar - 0x6F0))
        case 0xFF0B: if count == 0 { isInternational = true }
        case 0xA0, 0xAD, 0x2000...0x206F, 0x2212, 0x3000, 0x30FC, 0xFEFF, 0xFF08, 0xFF09, 0xFF0D...0xFF0F: break
        default: isReadable = false
        }
        return length
    }

    /// The number begins after "tel:" and the like; other letters in front make it unreadable.
    private static func start(of raw: Span<UInt8>) -> Int {
        var index = 0
        while index < raw.count,
            ASCII.isLetter(raw[index]) || ASCII.isBlank(raw[index]) || raw[index] == UInt8(ascii: ".")
        {
            index += 1
        }
        let word = ASCII.trimmed(raw, 0..<index)
        guard word.count >= 1, word.count <= 10, index < raw.count, raw[index] == UInt8(ascii: ":") else { return 0 }
        return index + 1
    }

    /// "x", "ext", "int", "#", ",", ";", "~ 123": what follows is no part of the number.
    private func isExtensionMark(_ raw: Span<UInt8>, at index: Int) -> Bool {
        guard count >= 4 else { return false }
        switch raw[index] | 0x20 {
        case UInt8(ascii: "x"), UInt8(ascii: ";"):
            return true
        case UInt8(ascii: "e"):
            return index + 2 < raw.count && raw[index + 1] | 0x20 == UInt8(ascii: "x")
        case UInt8(ascii: "i"):
            return index + 2 < raw.count && raw[index + 1] | 0x20 == UInt8(ascii: "n")
        default:
            return raw[index] == UInt8(ascii: "#") || raw[index] == UInt8(ascii: ",")
        }
    }

    private mutating func readContext(_ raw: Span<UInt8>, from start: Int) {
        let name: StaticString = "phone-context=+"
        for index in start..<raw.count where raw[index] == UInt8(ascii: "p") {
            guard raw.extracting(index..<raw.count).starts(with: name) else { continue }
            var position = index + name.utf8CodeUnitCount
            while position < raw.count, ASCII.isDigit(raw[position]), contextCode < 100 {
                contextCode = contextCode * 10 + Int(raw[position] - 0x30)
                position += 1
            }
            return
        }
    }
}
