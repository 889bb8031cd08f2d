import Bytes

/// An address line cut at blanks and commas, on the stack.
struct LineTokens: ~Copyable, ~Escapable {
    static let longest = 24

    let line: Span<UInt8>
    private var starts = InlineArray<24, UInt16>(repeating: 0)
    private var ends = InlineArray<24, UInt16>(repeating: 0)
    private var segments = InlineArray<24, UInt8>(repeating: 0)
    private(set) var count = 0
    /// House numbers are written "12." (Hungary), so that a dot makes no ordinal.
    var numbersEndInDots = false

    /// Cuts `line` up to `end`; at most 24 tokens, what follows is in none.
    @_lifetime(copy line)
    init(_ line: Span<UInt8>, before end: Int) {
        self.line = line
        var start = 0
        var segment: UInt8 = 0
        for index in 0...end {
            let byte = index < end ? line[index] : UInt8(ascii: " ")
            let isComma = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
            guard isComma || ASCII.isBlank(byte) else { continue }
            if index > start, count < Self.longest {
                starts[count] = UInt16(start)
                ends[count] = UInt16(index)
                segments[count] = segment
                count += 1
            }
            if isComma, count > 0 { segment = min(segment + 1, 200) }
            start = index + 1
        }
    }

    func start(_ index: Int) -> Int { Int(starts.span[index]) }
    func end(_ index: Int) -> Int { Int(ends.span[index]) }
    func segment(_ index: Int) -> UInt8 { segments.span[index] }
    func byte(_ index: Int, _ offset: Int) -> UInt8 { line[start(index) + offset] }
    func length(_ index: Int) -> Int { end(index) - start(index) }

    func startsWithDigit(_ index: Int) -> Bool { ASCII.isDigit(byte(index, 0)) }

    /// Number of digits at the token's start.
    func digits(_ index: Int) -> Int {
        var offset = 0
        while offset < length(index), ASCII.isDigit(byte(index, offset)) { offset += 1 }
        return offset
    }

    func isPureNumber(_ index: Int) -> Bool { digits(index) == length(index) }

    func hasDigit(_ index: Int) -> Bool {
        for offset in 0..<length(index) where ASCII.isDigit(byte(index, offset)) { return true }
        return false
    }

    /// "17." before a word, "10th", "2nd", "3rd", "1st": part of a name or a floor.
    func isOrdinal(_ index: Int) -> Bool {
        let digitCount = digits(index)
        guard digitCount > 0, digitCount <= 3 else { return false }
        let rest = length(index) - digitCount
        if rest == 1, byte(index, digitCount) == UInt8(ascii: ".") { return index + 1 < count && !numbersEndInDots }
        guard rest == 2 else { return false }
        switch (byte(index, digitCount) | 0x20, byte(index, digitCount + 1) | 0x20) {
        case (UInt8(ascii: "t"), UInt8(ascii: "h")), (UInt8(ascii: "s"), UInt8(ascii: "t")),
            (UInt8(ascii: "n"), UInt8(ascii: "d")), (UInt8(ascii: "r"), UInt8(ascii: "d")):
            return true
        default: return false
        }
    }

    /// Where the slash of "4/12" stands in the line; nil when the token is not two numbers around a slash.
    func slash(_ index: Int) -> Int? {
        let digitCount = digits(index)
        guard digitCount > 0, digitCount + 1 < length(index), byte(index, digitCount) == UInt8(ascii: "/"),
            ASCII.isDigit(byte(index, digitCount + 1))
        else { return nil }
        return start(index) + digitCount
    }

    /// "1940" or "1940-45": a year in a street's name.
    func isYear(_ index: Int) -> Bool {
        guard digits(index) == 4 else { return false }
        let first = byte(index, 0)
        let second = byte(index, 1)
        return (first == UInt8(ascii: "1") && second >= UInt8(ascii: "7"))
            || (first == UInt8(ascii: "2") && second == UInt8(ascii: "0"))
    }

    /// The token's letters and digits as a packed, folded word, up to its first digit: "Bus2" is "bus".
    func word(_ index: Int) -> WordTable.PackedWord {
        var folded = FoldedText()
        var stop = start(index)
        while stop < end(index), !ASCII.isDigit(line[stop]) { stop += 1 }
        Folding.fold(line.extracting(start(index)..<stop), into: &folded)
        guard folded.count == 3, folded[1] == UInt8(ascii: " ") else { return WordTable.pack(folded.span) }
        // "n.º" is one word.
        var together = FoldedText()
        together.append(folded[0])
        together.append(folded[2])
        return WordTable.pack(together.span)
    }
}
