/// A moment as one of the platforms writes it, to the millisecond.
///
/// Read are ISO 8601 with `Z`, with an offset, or without a zone; and seconds or milliseconds since 1970, as a number
/// or in a string, also in exponent form.
struct ChannelTime: Equatable, Sendable, Comparable {
    let millisecondsSince1970: Int
    /// False if the text named no zone: the local time was then taken for UTC.
    let hasZone: Bool

    static func < (left: ChannelTime, right: ChannelTime) -> Bool {
        left.millisecondsSince1970 < right.millisecondsSince1970
    }

    /// Years 0 to 9999, the range that RFC 3339 can write.
    private static let range = -62_167_219_200_000..<253_402_300_800_000
    /// As seconds this is the year 5138, as milliseconds 1973: what is larger must be milliseconds.
    private static let largestSeconds = 100_000_000_000

    /// nil if the text is no moment in time.
    init?(_ text: String) {
        if let number = ExactDecimal(text) {
            guard let milliseconds = Self.milliseconds(sinceEpoch: number) else { return nil }
            self.init(milliseconds, hasZone: true)
        } else {
            var parser = Parser(bytes: Array(text.utf8)[...])
            guard let parsed = parser.dateTime() else { return nil }
            self.init(parsed.milliseconds, hasZone: parsed.hasZone)
        }
    }

    /// The same digits, known to be UTC.
    var justBefore: ChannelTime { ChannelTime(unchecked: millisecondsSince1970 - 1) }

    var inUTC: ChannelTime { ChannelTime(unchecked: millisecondsSince1970) }

    private init(unchecked milliseconds: Int) {
        millisecondsSince1970 = milliseconds
        hasZone = true
    }

    private init?(_ milliseconds: Int, hasZone: Bool) {
        guard Self.range.contains(milliseconds) else { return nil }
        millisecondsSince1970 = milliseconds
        self.hasZone = hasZone
    }

    /// A bare number needs at least nine digits: `2019` is a year, not a moment of 1970.
    private static func milliseconds(sinceEpoch number: ExactDecimal) -> Int? {
        guard let thousandths = number.thousandths, abs(thousandths / 1000) >= 100_000_000 else { return nil }
        return abs(thousandths / 1000) < largestSeconds ? thousandths : thousandths / 1000
    }

    /// RFC 3339 in UTC; with milliseconds if there are any.
    var text: String {
        let (day, time) = millisecondsSince1970.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSince1970: day)
        let seconds = time / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0.padded(2) }.joined(separator: ":")
        let fraction = time % 1000 == 0 ? "" : "." + (time % 1000).padded(3)
        return "\(date.year.padded(4))-\(date.month.padded(2))-\(date.day.padded(2))T\(clock)\(fraction)Z"
    }
}

extension ChannelTime {
    private struct Parser {
        var bytes: ArraySlice<UInt8>

        mutating func dateTime() -> (milliseconds: Int, hasZone: Bool)? {
            guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
                let days = CivilDate(year: year, month: month, day: day)?.daysSince1970
            else { return nil }
            if bytes.isEmpty { return (days * 86_400_000, false) }
            guard take("T") || take("t") || take(" "), let time = clock() else { return nil }
            let hasZone = !bytes.isEmpty
            guard let offset = offsetMinutes(), bytes.isEmpty else { return nil }
            return (days * 86_400_000 + time - offset * 60_000, hasZone)
        }

        /// Milliseconds since midnight; a leap second counts as the one after.
        private mutating func clock() -> Int? {
            guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
            var milliseconds = (hour * 60 + minute) * 60_000
            guard take(":") else { return milliseconds }
            guard let second = digits(2), second <= 60 else { return nil }
            milliseconds += second * 1000
            guard take(".") || take(",") else { return milliseconds }
            var weight = 100
            var count = 0
            while let digit = digits(1) {
                milliseconds += digit * weight
                weight /= 10
                count += 1
            }
            return count > 0 ? milliseconds : nil
        }

        private mutating func offsetMinutes() -> Int? {
            if bytes.isEmpty || take("Z") || take("z") { return 0 }
            let isWest = take("-")
            guard isWest || take("+"), let hours = digits(2), hours < 24 else { return nil }
            _ = take(":")
            let minutes = bytes.isEmpty ? 0 : digits(2)
            guard let minutes, minutes < 60 else { return nil }
            return (hours * 60 + minutes) * (isWest ? -1 : 1)
        }

        private mutating func digits(_ count: Int) -> Int? {
            let group = bytes.prefix(count)
            let isNumber = group.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard group.count == count, isNumber else { return nil }
            bytes.removeFirst(count)
            return group.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }
    }
}

/// A date of the proleptic Gregorian calendar.
private struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    /// nil if there is no such day.
    init?(year: Int, month: Int, day: Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The year is counted from March, so that the leap day is its last; an era is 400 such years, 146,097 days.
    init(daysSince1970 days: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int {
    fileprivate func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(width - digits.utf8.count, 0)) + digits
    }
}
