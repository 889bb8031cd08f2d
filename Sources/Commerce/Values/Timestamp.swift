import Bytes

/// A moment in milliseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, years 0001 to 9999.
package struct Timestamp: Comparable, Hashable, Sendable, BitwiseCopyable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Reads RFC 3339: `2026-03-01T10:22:31Z`, with or without a fraction, with `Z` or an offset. A leap second
    /// counts as the first of the next minute; what is finer than a millisecond is cut off. A moment that an offset
    /// moves out of the years 0001 to 9999 is refused, since it could not be written again.
    package init?(rfc3339 text: Span<UInt8>) {
        // "2026-03-", "01T10:22", ":31": less the zeros and signs that stand there, every digit is below 10, every sign 0.
        guard text.count >= 20, text.count <= 40 else { return nil }
        let date = text.word(at: 0) ^ 0x2D30_302D_3030_3030
        let clock = (text.word(at: 8) ^ 0x3030_3A30_3000_3030) & ~0xFF_0000
        let seconds = text.word(at: 16, count: 3) ^ 0x3030_3A
        guard text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
            (date | (date &+ 0x7F76_767F_7676_7676) | clock | (clock &+ 0x7676_7F76_767F_7676)) & ByteWord.highBits
                == 0,
            (seconds | (seconds &+ 0x7676_7F)) & 0x8080_80 == 0
        else { return nil }
        let year = Self.two(date, at: 0) * 100 + Self.two(date, at: 2)
        let (month, day) = (Self.two(date, at: 5), Self.two(clock, at: 0))
        let (hour, minute, second) = (Self.two(clock, at: 3), Self.two(clock, at: 6), Self.two(seconds, at: 1))
        guard year >= 1, (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        var position = 19
        guard let fraction = Self.fraction(text, &position), let offset = Self.offsetMinutes(text, position) else {
            return nil
        }
        let time = Self.dayNumber(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
        milliseconds = Int64(time * 1_000 + fraction)
        guard Self.writable.contains(milliseconds) else { return nil }
    }

    /// Milliseconds of 0001-01-01T00:00:00Z to the end of 9999.
    private static let writable: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000

    /// The number of two digits, 0 to 9 each, in the bytes of `word` from `index` on.
    @inline(__always) private static func two(_ word: UInt64, at index: UInt64) -> Int {
        Int((word &>> (index &* 8)) & 0xF) * 10 + Int((word &>> (index &* 8 &+ 8)) & 0xF)
    }

    @inline(__always) private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<(start + count) {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private static func fraction(_ text: Span<UInt8>, _ position: inout Int) -> Int? {
        guard text[position] == UInt8(ascii: ".") else { return 0 }
        position += 1
        var value = 0
        var scale = 100
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
            value += Int(text[position] - UInt8(ascii: "0")) * scale
            scale /= 10
            position += 1
        }
        return position > start && position < text.count ? value : nil
    }

    private static func offsetMinutes(_ text: Span<UInt8>, _ position: Int) -> Int? {
        if text[position] | 0x20 == UInt8(ascii: "z") { return position + 1 == text.count ? 0 : nil }
        guard position + 6 == text.count, text[position + 3] == UInt8(ascii: ":"),
            let hours = digits(text, position + 1, 2), let minutes = digits(text, position + 4, 2),
            hours <= 23, minutes <= 59
        else { return nil }
        switch text[position] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01. The year is taken to begin in March, so that the leap day is its last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The same day (UTC) and time of another year; 1 March where that year has no 29 February.
    package func adding(years: Int) -> Timestamp {
        let (year, month, day) = civilDate
        // The leap day is the last of a year that begins in March: where there is none, the next day is meant.
        let days = Self.dayNumber(year + years, month, day) - Self.dayNumber(year, month, day)
        return Timestamp(milliseconds: milliseconds + Int64(days) * 86_400_000)
    }

    /// The day in UTC, for sentences: `2026-02-28`.
    package var dayText: String {
        let (year, month, day) = civilDate
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))"
    }

    /// Year, month and day in UTC.
    package var civilDate: (year: Int, month: Int, day: Int) {
        let days = Int(milliseconds.flooringDivision(by: 86_400_000)) + 719_468
        let era = days.flooringDivision(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension BinaryInteger {
    fileprivate func flooringDivision(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension ByteWriter {
    /// A JSON string in RFC 3339, UTC; milliseconds only where there are any.
    package mutating func timestamp(_ time: Timestamp) {
        let (year, month, day) = time.civilDate
        let ofDay = Int(((time.milliseconds % 86_400_000) + 86_400_000) % 86_400_000)
        let (seconds, fraction) = ofDay.quotientAndRemainder(dividingBy: 1_000)
        beginString()
        let date = Self.two(year / 100) | Self.two(year % 100) &<< 16 | Self.two(month) &<< 40
        append(word: date | Self.dash &<< 32 | Self.dash &<< 56, count: 8)
        let clock = Self.two(day) | Self.two(seconds / 3_600) &<< 24 | Self.two(seconds / 60 % 60) &<< 48
        append(word: clock | UInt64(UInt8(ascii: "T")) &<< 16 | Self.colon &<< 40, count: 8)
        append(word: Self.colon | Self.two(seconds % 60) &<< 8, count: 3)
        if fraction != 0 {
            append(UInt8(ascii: "."))
            append(UInt8(ascii: "0") + UInt8(fraction / 100))
            append(word: Self.two(fraction % 100), count: 2)
        }
        append("Z\"")
    }

    private static var dash: UInt64 { UInt64(UInt8(ascii: "-")) }
    private static var colon: UInt64 { UInt64(UInt8(ascii: ":")) }

    /// The two digits of a number below 100, the first one lowest.
    @inline(__always) private static func two(_ value: Int) -> UInt64 {
        let small = UInt32(truncatingIfNeeded: value)
        return UInt64(0x3030 &+ small / 10 &+ (small % 10) &<< 8)
    }
}
