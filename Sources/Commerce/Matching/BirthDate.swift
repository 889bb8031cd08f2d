import Bytes

/// A date of birth as people and systems write it, as eight decimal digits YYYYMMDD of four bits each; 0 when there is
/// none. The date need not exist: a typing error is still evidence. Month and day are 0 where only the year is known.
package struct BirthDate: BitwiseCopyable, Sendable, Equatable {
    package let digits: UInt32

    package init(digits: UInt32) { self.digits = digits }

    /// Reads YYYYMMDD, YYYY-MM-DD, DD-MM-YYYY, DD.MM.YYYY, MM/DD/YYYY (where the middle can be no month), YYYY.
    init(_ text: Span<UInt8>) {
        var groups = InlineArray<3, UInt32>(repeating: 0)
        var lengths = InlineArray<3, Int>(repeating: 0)
        var group = 0
        for index in 0..<min(text.count, 40) {
            let byte = text[index]
            if ASCII.isDigit(byte) {
                guard group < 3, lengths[group] < 8 else { break }
                groups[group] = groups[group] << 4 | UInt32(byte - 0x30)
                lengths[group] += 1
            } else if group < 3, lengths[group] > 0 {
                group += 1
            }
        }
        digits = Self.withoutPlaceholders(Self.arranged(groups, lengths))
    }

    package var isEmpty: Bool { digits == 0 }
    var year: UInt32 { digits >> 16 }
    var month: UInt32 { digits >> 8 & 0xFF }
    var day: UInt32 { digits & 0xFF }
    var hasDay: Bool { digits & 0xFFFF != 0 }

    private static func arranged(_ groups: InlineArray<3, UInt32>, _ lengths: InlineArray<3, Int>) -> UInt32 {
        if lengths[2] == 0 {
            switch lengths[0] {
            case 8:
                // 24121980
                let looksLikeYear = (0x17...0x20).contains(groups[0] >> 24)
                let endsWithYear = (0x17...0x20).contains(groups[0] >> 8 & 0xFF)
                return looksLikeYear || !endsWithYear
                    ? groups[0] : dayFirst(groups[0] >> 24, groups[0] >> 16 & 0xFF, groups[0] & 0xFFFF)
            case 4: return groups[0] << 16 | (lengths[1] <= 2 ? (groups[1] & 0xFF) << 8 : 0)
            case 5...7: return groups[0]
            default: return 0
            }
        }
        if lengths[0] >= 3 { return (groups[0] & 0xFFFF) << 16 | (groups[1] & 0xFF) << 8 | groups[2] & 0xFF }
        guard lengths[2] >= 3 else { return (groups[0] & 0xFF) << 16 | (groups[1] & 0xFF) << 8 | groups[2] & 0xFF }
        return dayFirst(groups[0], groups[1], groups[2])
    }

    private static func dayFirst(_ first: UInt32, _ second: UInt32, _ year: UInt32) -> UInt32 {
        let isAmerican = second > 0x12 && first <= 0x12
        let month = isAmerican ? first : second
        let day = isAmerican ? second : first
        return (year & 0xFFFF) << 16 | (month & 0xFF) << 8 | day & 0xFF
    }

    /// What forms hold that nobody filled in.
    private static func withoutPlaceholders(_ digits: UInt32) -> UInt32 {
        switch digits {
        case 0x1900_0101, 0x1970_0101, 0x0001_0101, 0x1111_1111, 0x9999_9999, 0x1900_0000, 0x1970_0000: 0
        default: digits
        }
    }
}

extension BirthDate {
    /// The calendar has such a day.
    var isPossible: Bool { (0x01...0x12).contains(month) && (0x01...0x31).contains(day) && year > 0x1800 }

    /// Somebody born that day may buy something: no child, and not older than a hundred. Fixed years: a rule that looked at
    /// the clock would change its mind.
    private var isCustomers: Bool { (0x1926...0x2012).contains(year) && (!hasDay || isPossible) }

    /// Days, near enough to compare: every month has 31.
    private var dayNumber: Int { (Self.decimal(year) * 12 + Self.decimal(month)) * 31 + Self.decimal(day) }

    private static func decimal(_ digits: UInt32) -> Int {
        var value = 0
        for place in (0..<4).reversed() { value = value * 10 + Int(digits >> UInt32(place * 4) & 0xF) }
        return value
    }

    /// Both dates can be customers', and lie as far apart as parents' and children's do; one slip does not explain it.
    func isGenerationApart(from other: BirthDate) -> Bool {
        isDecadesApart(from: other) && (level(against: other) <= .similar || !hasDay || !other.hasDay)
    }

    /// Both dates can be customers', and their years lie as far apart as parents' and children's do, slip or not.
    func isDecadesApart(from other: BirthDate) -> Bool {
        isCustomers && other.isCustomers
            && (16...45).contains(abs(Self.decimal(year) - Self.decimal(other.year)))
    }

    /// Whether the dates are one but for a slip: they lie too near for two children of one mother and differ by one digit
    /// or two neighbours, or one of them is no date. Two dates a few weeks apart are none: so are many couples born.
    func isSlip(of other: BirthDate) -> Bool {
        guard year == other.year else { return false }
        let level = level(against: other)
        if !isPossible || !other.isPossible { return level == .near || level == .close }
        if level == .swapped { return true }
        let (left, right) = (UInt64(digits), UInt64(other.digits))
        return (DecimalDigits.differences(left, right) == 1 || DecimalDigits.isExchange(left, right))
            && abs(dayNumber - other.dayNumber) < 8 * 31
    }

    /// Whether the dates lie a few weeks apart, or would but for the decade.
    fileprivate func isFewWeeks(from other: BirthDate, years: Int) -> Bool {
        abs(abs(dayNumber - other.dayNumber) - years * 372) <= 45
    }

    @inline(__always) package func level(against other: BirthDate) -> PairLevel {
        if isEmpty || other.isEmpty { return .missing }
        if digits == other.digits { return hasDay ? .same : .part }
        if !hasDay || !other.hasDay { return year == other.year ? .part : .differs }
        return unequalLevel(against: other)
    }

    private func unequalLevel(against other: BirthDate) -> PairLevel {
        let (left, right) = (UInt64(digits), UInt64(other.digits))
        let differences = DecimalDigits.differences(left, right)
        if differences == 1 || DecimalDigits.isExchange(left, right) { return .near }
        if year == other.year, month == other.day, day == other.month { return .swapped }
        if year == other.year, month == other.month || day == other.day { return .near }
        if digits & 0xFFFF == other.digits & 0xFFFF { return .part }
        let arePossible = isPossible && other.isPossible
        if year == other.year, differences == 2 || arePossible && isFewWeeks(from: other, years: 0) { return .close }
        if differences <= 3 { return arePossible ? .similar : .close }
        if !arePossible { return .similar }
        for years in [0, 1, 10] where isFewWeeks(from: other, years: years) { return .similar }
        return .differs
    }
}

/// Digits of four bits each, as dates, telephone and house numbers are compared.
enum DecimalDigits {
    /// Number of places where the digits differ.
    @inline(__always) static func differences(_ left: UInt64, _ right: UInt64) -> Int {
        let xor = left ^ right
        let marks = (xor | xor >> 1 | xor >> 2 | xor >> 3) & 0x1111_1111_1111_1111
        return marks.nonzeroBitCount
    }

    /// Whether the two are the same but for two neighbours that changed places.
    @inline(__always) static func isExchange(_ left: UInt64, _ right: UInt64) -> Bool {
        let xor = left ^ right
        guard xor != 0, differences(left, right) == 2 else { return false }
        let shift = UInt64(xor.trailingZeroBitCount) & ~3
        let pair = xor >> shift
        let leftPair = left >> shift & 0xFF
        return pair <= 0xFF && (leftPair >> 4 | (leftPair & 0xF) << 4) == right >> shift & 0xFF
    }

    /// Whether one arises from the other by leaving out one digit; `digits` is the length of the longer one.
    static func isOmission(_ left: UInt64, _ right: UInt64, digits: Int) -> Bool {
        let longer = max(left, right)
        let shorter = min(left, right)
        for place in 0..<digits {
            let low = longer & (1 << UInt64(place * 4) &- 1)
            let high = longer >> UInt64(place * 4 + 4)
            if high << UInt64(place * 4) | low == shorter { return true }
        }
        return false
    }
}
