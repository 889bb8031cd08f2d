import Bytes

/// The digits of a written telephone number, on the stack, and what its punctuation said.
struct PhoneDigits: ~Copyable {
    /// E.164 has 15 digits; an international prefix, a trunk prefix and a calling code may stand in front.
    private static let longest = 24

    private var storage = InlineArray<24, UInt8>(repeating: 0)
    private(set) var count = 0
    private(set) var isInternational = false
    /// No letters or other signs that telephone numbers do not have, and not too many digits.
    private(set) var isReadable = true
    /// Nothing but blanks.
    private(set) var isBlank = true
    /// Letters were there, in front of the number or in it.
    private(set) var hasLetters = false
    /// Bit n: digit n was written as a letter of the keypad.
    private var letters: UInt32 = 0
    /// An extension begins here.
    private var isEnded = false

    init(_ raw: Span<UInt8>) {
        if readPlain(raw) { return }
        var index = skipWords(raw)
        while index < raw.count, isReadable, !isEnded {
            let byte = raw[index]
            if ASCII.isBlank(byte) {
                index += 1
                continue
            }
            isBlank = false
            if ASCII.isDigit(byte) {
                add(byte - 0x30)
                index += 1
            } else if byte >= 0x80 {
                index += readScalar(raw, at: index)
            } else if PhoneExtension.begins(raw, at: index, after: count) {
                readContext(raw, from: index)
                return
            } else if ASCII.isLetter(byte) {
                add(letter: byte)
                index += 1
            } else {
                read(punctuation: byte)
                index += 1
            }
        }
    }

    /// Reads up to 16 digits, perhaps behind a plus, if the text is nothing else; otherwise reads nothing and returns false.
    private mutating func readPlain(_ raw: Span<UInt8>) -> Bool {
        let start = raw.count > 0 && raw[0] == UInt8(ascii: "+") ? 1 : 0
        let length = raw.count - start
        guard length > 0, length <= 16 else { return false }
        let (low, high) = (raw.word(from: start), length > 8 ? raw.word(from: start + 8) : 0)
        let lowMask = ByteWord.mask(min(length, 8))
        let highMask = ByteWord.mask(max(length - 8, 0))
        let others = ~ByteWord.digits(in: low) & lowMask | ~ByteWord.digits(in: high) & highMask
        guard others & ByteWord.highBits == 0 else { return false }
        var free = storage.mutableSpan
        var bytes = free.mutableBytes
        let zeros = ByteWord.repeating(UInt8(ascii: "0"))
        bytes.storeBytes(of: ((low ^ zeros) & lowMask).littleEndian, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: ((high ^ zeros) & highMask).littleEndian, toByteOffset: 8, as: UInt64.self)
        (count, isInternational, isBlank) = (length, start == 1, false)
        return true
    }

    /// Writes the digits from `start` on as text.
    func append(from start: Int, to output: inout ByteWriter) {
        var index = start
        while index < count {
            let word = digits.word(from: index) | ByteWord.repeating(UInt8(ascii: "0"))
            output.append(word: word, count: min(8, count - index))
            index += 8
        }
    }

    /// Reading through a span: a subscript of the array itself would copy all of it first.
    private var digits: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get { storage.span }
    }

    @inline(__always) func digit(_ index: Int) -> UInt8 { digits[index] }

    func begins(with prefix: PhonePlans.Prefix, at start: Int) -> Bool {
        start + prefix.count <= count && digits.word(at: start, count: prefix.count) == prefix.digits
    }

    /// The international prefix that people write wherever they are.
    func beginsWithTwoZeros(at start: Int) -> Bool {
        start + 2 <= count && digits[start] == 0 && digits[start + 1] == 0
    }

    /// One digit over and over, eight times one digit at the end, or counting up or down: 123456…, 987654….
    ///
    /// Periods of two digits are left alone: 35 35 35 35 is Copenhagen's taxi.
    var isPlaceholder: Bool {
        guard count >= 4, lastRun < 8 else { return true }
        var isSame = true
        var isAscending = count >= 6 && digits[0] <= 1
        var isDescending = count >= 8 && (digits[0] == 9 || digits[0] == 0)
        var index = 1
        while index < count, isSame || isAscending || isDescending {
            let (digit, before) = (digits[index], digits[index - 1])
            isSame = isSame && digit == before
            isAscending = isAscending && digit == (before == 9 ? 0 : before + 1)
            isDescending = isDescending && digit == (before == 0 ? 9 : before - 1)
            index += 1
        }
        return isSame || isAscending || isDescending
    }

    /// How often the last digit stands at the end.
    private var lastRun: Int {
        var run = 1
        while run < count, digits[count - 1 - run] == digits[count - 1] { run += 1 }
        return run
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
        storage[count] = digit
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
            isReadable = ASCII.isBlank(byte) || count == 0 && byte != UInt8(ascii: "@")
        }
    }

    /// Full-width and Arabic-Indic digits, wide blanks and hyphens; other letters only in front of the number.
    private mutating func readScalar(_ raw: Span<UInt8>, at index: Int) -> Int {
        guard let (scalar, length) = UTF8Decoding.scalar(in: raw, at: index) else {
            isReadable = false
            return 1
        }
        switch scalar {
        case 0xFF01...0xFF5E: read(fullWidth: UInt8(scalar - 0xFEE0))
        case 0x660...0x669: add(UInt8(scalar - 0x660))
        case 0x6F0...0x6F9: add(UInt8(scalar - 0x6F0))
        case 0xA0, 0xAD, 0x2000...0x206F, 0x2212, 0x3000, 0x30FC, 0xFEFF: break
        case PhoneExtension.cyrillicMark where count >= PhoneExtension.fewestDigitsBefore: isEnded = true
        default:
            hasLetters = true
            isReadable = count == 0
        }
        return length
    }

    private mutating func read(fullWidth byte: UInt8) {
        if ASCII.isDigit(byte) {
            add(byte - 0x30)
        } else if count >= PhoneExtension.fewestDigitsBefore, PhoneExtension.isMark(byte) {
            isEnded = true
        } else if ASCII.isLetter(byte) {
            add(letter: byte)
        } else {
            read(punctuation: byte)
        }
    }

    /// Skips what people write in front ("Tel.:", "mobile ", "GSM") and returns where the number may begin. A letter
    /// that touches a digit begins an order's number or the like, which is unreadable.
    private mutating func skipWords(_ raw: Span<UInt8>) -> Int {
        var index = 0
        while index < raw.count, raw[index] < 0x80, !ASCII.isDigit(raw[index]), raw[index] != UInt8(ascii: "+") {
            if raw[index] == UInt8(ascii: "@") { isReadable = false }
            if !ASCII.isBlank(raw[index]) { isBlank = false }
            if ASCII.isLetter(raw[index]) { hasLetters = true }
            index += 1
        }
        if index > 0, index < raw.count, ASCII.isLetter(raw[index - 1]) { isReadable = false }
        return index
    }

    /// `;phone-context=+31` stands before the number, as RFC 3966 has it.
    private mutating func readContext(_ raw: Span<UInt8>, from start: Int) {
        let name: StaticString = "phone-context=+"
        guard !isInternational else { return }
        for index in start..<raw.count where raw[index] == UInt8(ascii: "p") {
            guard raw.extracting(index..<raw.count).starts(with: name) else { continue }
            let local = (storage, count)
            count = 0
            isInternational = true
            for position in (index + name.utf8CodeUnitCount)..<raw.count {
                if raw[position] == UInt8(ascii: ";") { break }
                if ASCII.isDigit(raw[position]) { add(raw[position] - 0x30) }
            }
            for position in 0..<local.1 { add(local.0.span[position]) }
            return
        }
    }

    // MARK: Letters

    /// Number of digits that were written as letters.
    var letterCount: Int { letters.nonzeroBitCount }

    /// Whether nothing but letters stands after the first letter.
    var endsWithLetters: Bool { letters.nonzeroBitCount + letters.trailingZeroBitCount == count }

    /// The number as if its letters had not been there.
    func withoutLetters() -> PhoneDigits {
        var rest = PhoneDigits()
        rest.isInternational = isInternational
        rest.isBlank = false
        for index in 0..<count where letters & (1 << UInt32(index)) == 0 { rest.add(digits[index]) }
        return rest
    }

    private init() {}

    /// Adds the digit on whose key the letter stands (ITU-T E.161).
    private mutating func add(letter: UInt8) {
        let keys: StaticString = "22233344455566677778889999"
        hasLetters = true
        if count < Self.longest { letters |= 1 << UInt32(count) }
        add(keys.utf8Start[Int((letter | 0x20) - UInt8(ascii: "a"))] - 0x30)
    }

    // MARK: Argentina

    /// "011 15-2345-6789" as 9 11 2345-6789: at home a mobile number has a 15 after its area code, from abroad a 9
    /// before it; nil when there is no 15. Buenos Aires' 11 is the only area code of two digits, the others have three or four.
    func argentineMobile() -> PhoneDigits? {
        let start = count > 0 && digits[0] == 0 ? 1 : 0
        guard count - start == 12 else { return nil }
        for length in 2...4 where digits[start + length] == 1 && digits[start + length + 1] == 5 {
            if length == 2, digits[start] != 1 || digits[start + 1] != 1 { continue }
            var mobile = PhoneDigits()
            mobile.isBlank = false
            mobile.add(9)
            for index in start..<(start + length) { mobile.add(digits[index]) }
            for index in (start + length + 2)..<count { mobile.add(digits[index]) }
            return mobile
        }
        return nil
    }
}
