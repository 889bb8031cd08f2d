import Bytes

/// Checks of countries where a person's number may stand for a company's: it begins with a date of birth.
enum VATPersonalChecks {
    /// Nine digits for companies; ten for a citizen (EGN), a foreigner (LNCh) or another.
    static func bulgaria(_ number: VATText) -> Bool {
        if number.count == 9 {
            var check = VATChecks.sum(number, [1, 2, 3, 4, 5, 6, 7, 8]) % 11
            if check == 10 { check = VATChecks.sum(number, [3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10 }
            return check == number.digit(8)
        }
        guard number.count == 10 else { return false }
        let last = number.digit(9)
        let month = number.number(2..<4)
        let isDate = isDay(number.number(4..<6), month: month > 40 ? month - 40 : month > 20 ? month - 20 : month)
        if isDate, VATChecks.sum(number, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last { return true }
        if VATChecks.sum(number, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last { return true }
        return (11 - VATChecks.sum(number, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
    }

    /// Eight digits for companies; nine from 6 on for persons with several; nine or ten are a birth number.
    static func czechia(_ number: VATText) -> Bool {
        switch number.count {
        case 8:
            let check = (11 - VATChecks.sum(number, [8, 7, 6, 5, 4, 3, 2]) % 11) % 11
            return number.digit(0) != 9 && (check == 0 ? 1 : check) % 10 == number.digit(7)
        case 9 where number.digit(0) == 6:
            let check = VATChecks.sum(number, [8, 7, 6, 5, 4, 3, 2], from: 1) % 11 - 2
            return (check < 0 ? check + 10 : check) == number.digit(8)
        case 9, 10: return isBirthNumber(number)
        default: return false
        }
    }

    /// Ten digits, a multiple of 11, with a company's third digit; or a birth number.
    static func slovakia(_ number: VATText) -> Bool {
        guard number.count == 10 else { return false }
        let third = number.digit(2)
        let isCompany = number.digit(0) > 0 && [2, 3, 4, 7, 8, 9].contains(third) && number.number(0..<10) % 11 == 0
        return isCompany || isBirthNumber(number)
    }

    /// Rodné číslo: nine digits before 1954, ten with a check digit since.
    private static func isBirthNumber(_ number: VATText) -> Bool {
        let year = number.number(0..<2)
        let month = number.number(2..<4) % 50 % 20
        guard isDay(number.number(4..<6), month: month) else { return false }
        // Nine digits were given out until 1953; from 80 on the year is one of the 1880s or 1890s.
        if number.count == 9 { return year <= 53 || year >= 80 }
        return number.number(0..<9) % 11 % 10 == number.digit(9)
    }

    /// Eleven digits: companies from 4 on; persons by date of birth, or from 32 on without one.
    static func latvia(_ number: VATText) -> Bool {
        guard number.count == 11 else { return false }
        if number.digit(0) > 3 { return VATChecks.sum(number, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3 }
        let hasDate = number.number(0..<2) != 32
        guard !hasDate || isDay(number.number(0..<2), month: number.number(2..<4)) else { return false }
        return (1 + VATChecks.sum(number, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == number.digit(10)
    }

    /// Two to ten digits for companies, right-aligned to the weights; thirteen are a person's CNP.
    static func romania(_ number: VATText) -> Bool {
        let last = number.count - 1
        guard number.digit(0) > 0 else { return false }
        if number.count == 13 {
            let check = VATChecks.sum(number, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
            return isRomanianCounty(number.number(7..<9)) && isDay(number.number(5..<7), month: number.number(3..<5))
                && (check == 10 ? 1 : check) == number.digit(12)
        }
        guard last >= 1, last <= 9 else { return false }
        let weights: InlineArray<9, Int> = [7, 5, 3, 2, 1, 7, 5, 3, 2]
        var sum = 0
        for index in 0..<last { sum += number.digit(index) * weights[9 - last + index] }
        return sum * 10 % 11 % 10 == number.digit(last)
    }

    /// The county of a CNP: 1 to 39, Bucharest's 40 to 48, 51 and 52; 70 and 80 to 83 for those registered elsewhere.
    private static func isRomanianCounty(_ code: Int) -> Bool {
        switch code {
        case 1...48, 51, 52, 70, 80...83: true
        default: false
        }
    }

    private static func isDay(_ day: Int, month: Int) -> Bool {
        switch month {
        case 2: (1...29).contains(day)
        case 4, 6, 9, 11: (1...30).contains(day)
        case 1...12: (1...31).contains(day)
        default: false
        }
    }
}
