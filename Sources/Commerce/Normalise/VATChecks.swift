import Bytes

/// Structure and check digits of every VAT number of the EU, Great Britain, Northern Ireland, Switzerland and Norway.
///
/// Most are a sum of digits times weights, modulo a number; what is longer than a line stands in `VATSpecialChecks`.
/// Sources: VIES "VAT number structures", the tax offices' own descriptions, ISO 7064 (mod 11,10 and mod 97,10), Luhn
/// (ISO/IEC 7812-1).
enum VATChecks {
    static func isSupported(_ prefix: UInt16) -> Bool {
        let list: StaticString =
            "NL DE BE FR GB IT ES AT PL SE DK IE LU PT FI CZ SK HU RO BG EL HR SI EE LV LT MT CY XI CH NO"
        var index = 0
        while index < list.utf8CodeUnitCount {
            if UInt16(list.utf8Start[index]) << 8 | UInt16(list.utf8Start[index + 1]) == prefix { return true }
            index += 3
        }
        return false
    }

    /// Adds what people leave out and drops what is no part of the number.
    static func complete(_ number: inout VATText, prefix: UInt16) {
        switch CountryCode(rawValue: prefix) {
        case CountryCode("BE"):
            if number.count == 9 { number.prepend(UInt8(ascii: "0")) }
        case CountryCode("EL"):
            if number.count == 8 { number.prepend(UInt8(ascii: "0")) }
        case CountryCode("NL"):
            // The nine digits are a number, and some people drop its leading zeros.
            while (9..<12).contains(number.count), number[number.count - 3] == UInt8(ascii: "B") {
                number.prepend(UInt8(ascii: "0"))
            }
        case CountryCode("AT"):
            if number.count == 8, number.isNumeric(0..<8) { number.prepend(UInt8(ascii: "U")) }
        case CountryCode("CH"):
            if number.ends(with: "MWST") {
                number.dropLast(4)
            } else if number.ends(with: "TVA") || number.ends(with: "IVA") || number.ends(with: "TPV") {
                number.dropLast(3)
            }
        case CountryCode("NO"):
            if number.ends(with: "MVA") { number.dropLast(3) }
        default: break
        }
    }

    static func isValid(_ number: VATText, prefix: UInt16) -> Bool {
        guard number.count > 0 else { return false }
        let country = CountryCode(rawValue: prefix)
        switch country {
        case CountryCode("AT"), CountryCode("CH"), CountryCode("CY"), CountryCode("ES"), CountryCode("FR"),
            CountryCode("GB"), CountryCode("XI"), CountryCode("IE"), CountryCode("NL"):
            return isValidWithLetters(number, country)
        default:
            return number.isNumeric(0..<number.count) && number.count <= 13 && isValidNumeric(number, country)
        }
    }

    private static func isValidWithLetters(_ number: VATText, _ country: CountryCode) -> Bool {
        switch country {
        case CountryCode("AT"): VATSpecialChecks.austria(number)
        case CountryCode("CH"): VATSpecialChecks.switzerland(number)
        case CountryCode("CY"): VATSpecialChecks.cyprus(number)
        case CountryCode("ES"): VATSpecialChecks.spain(number)
        case CountryCode("FR"): VATSpecialChecks.france(number)
        case CountryCode("IE"): VATSpecialChecks.ireland(number)
        case CountryCode("NL"): VATSpecialChecks.netherlands(number)
        default: VATSpecialChecks.britain(number)
        }
    }

    /// Numbers of digits only.
    private static func isValidNumeric(_ number: VATText, _ country: CountryCode) -> Bool {
        let count = number.count
        switch country {
        case CountryCode("BE"):
            return count == 10 && number.digit(0) <= 1 && number.number(0..<8) > 0
                && 97 - number.number(0..<8) % 97 == number.number(8..<10)
        case CountryCode("BG"): return VATPersonalChecks.bulgaria(number)
        case CountryCode("CZ"): return VATPersonalChecks.czechia(number)
        case CountryCode("DE"): return count == 9 && number.digit(0) > 0 && isMod11And10(number)
        case CountryCode("DK"):
            return count == 8 && number.digit(0) > 0 && sum(number, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
        case CountryCode("EE"): return count == 9 && sum(number, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0
        case CountryCode("EL"):
            return count == 9 && number.number(0..<9) > 0
                && sum(number, [256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == number.digit(8)
        case CountryCode("FI"): return count == 8 && sum(number, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0
        case CountryCode("HR"): return count == 11 && isMod11And10(number)
        case CountryCode("HU"): return count == 8 && sum(number, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0
        case CountryCode("IT"): return VATSpecialChecks.italy(number)
        case CountryCode("LT"): return VATSpecialChecks.lithuania(number)
        case CountryCode("LU"):
            return count == 8 && number.number(0..<6) > 0 && number.number(0..<6) % 89 == number.number(6..<8)
        case CountryCode("LV"): return VATPersonalChecks.latvia(number)
        case CountryCode("MT"):
            return count == 8 && number.digit(0) > 0 && sum(number, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0
        case CountryCode("NO"): return count == 9 && sum(number, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
        case CountryCode("PL"):
            return count == 10 && sum(number, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == number.digit(9)
                && number.number(0..<10) > 0
        case CountryCode("PT"):
            return count == 9 && number.digit(0) > 0
                && (11 - sum(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == number.digit(8)
        case CountryCode("RO"): return VATPersonalChecks.romania(number)
        case CountryCode("SE"):
            return count == 12 && isLuhn(number, 0..<10) && (1...94).contains(number.number(10..<12))
        case CountryCode("SI"):
            let check = 11 - sum(number, [8, 7, 6, 5, 4, 3, 2]) % 11
            return count == 8 && number.digit(0) > 0 && check < 11 && check % 10 == number.digit(7)
        case CountryCode("SK"): return VATPersonalChecks.slovakia(number)
        default: return false
        }
    }

    /// Digits times weights, from the left, as far as there are weights. Other characters count 0.
    static func sum<let count: Int>(_ number: VATText, _ weights: InlineArray<count, Int>, from start: Int = 0) -> Int {
        var sum = 0
        for index in 0..<count where start + index < number.count {
            sum += Int(number[start + index] & 0x0F) * weights[index]
        }
        return sum
    }

    /// Luhn: every second digit from the right is doubled, and the digits of all add up to a multiple of ten.
    static func isLuhn(_ number: VATText, _ range: Range<Int>) -> Bool {
        var sum = 0
        var doubles = false
        for index in range.reversed() {
            let value = number.digit(index) * (doubles ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            doubles.toggle()
        }
        return sum % 10 == 0
    }

    /// ISO 7064 mod 11,10 over all digits.
    private static func isMod11And10(_ number: VATText) -> Bool {
        var check = 5
        for index in 0..<number.count {
            check = ((check == 0 ? 10 : check) * 2 % 11 + number.digit(index)) % 10
        }
        return check == 1
    }
}
