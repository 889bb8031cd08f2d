import Bytes

/// Checks of numbers that hold letters, or need more than one weighted sum.
enum VATSpecialChecks {
    /// "U" and eight digits; every second one is doubled.
    static func austria(_ number: VATText) -> Bool {
        guard number.count == 9, number[0] == UInt8(ascii: "U"), number.isNumeric(1..<9) else { return false }
        var sum = 4
        for index in 0..<7 {
            let value = number.digit(index + 1) * (index % 2 == 0 ? 1 : 2)
            sum += value / 10 + value % 10
        }
        return (10 - sum % 10) % 10 == number.digit(8)
    }

    /// "E" (of CHE) and nine digits, mod 11.
    static func switzerland(_ number: VATText) -> Bool {
        guard number.count == 10, number[0] == UInt8(ascii: "E"), number.isNumeric(1..<10) else { return false }
        return (11 - VATChecks.sum(number, [5, 4, 3, 2, 7, 6, 5, 4], from: 1) % 11) % 11 == number.digit(9)
    }

    /// Eight digits and a letter; digits in odd places are translated before they are added.
    static func cyprus(_ number: VATText) -> Bool {
        guard number.count == 9, number.isNumeric(0..<8), number.number(0..<2) != 12 else { return false }
        let translation: InlineArray<10, Int> = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
        var sum = 0
        for index in 0..<8 { sum += index % 2 == 0 ? translation[number.digit(index)] : number.digit(index) }
        return number[8] == UInt8(ascii: "A") + UInt8(sum % 26)
    }

    /// NIF: persons (eight digits and a letter; X, Y, Z for foreigners; K, L, M), or entities (a letter, seven digits, a
    /// digit or a letter).
    static func spain(_ number: VATText) -> Bool {
        guard number.count == 9, number.isNumeric(1..<8) else { return false }
        let personal: StaticString = "TRWAGMYFPDXBNJZSQVHLCKE"
        switch number[0] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return number[8] == personal.utf8Start[number.number(0..<8) % 23]
        case UInt8(ascii: "X"), UInt8(ascii: "Y"), UInt8(ascii: "Z"):
            let value = Int(number[0] - UInt8(ascii: "X")) * 10_000_000 + number.number(1..<8)
            return number[8] == personal.utf8Start[value % 23]
        case UInt8(ascii: "K")...UInt8(ascii: "M"):
            return number[8] == personal.utf8Start[number.number(1..<8) % 23]
        case UInt8(ascii: "A")...UInt8(ascii: "H"), UInt8(ascii: "J"), UInt8(ascii: "N"),
            UInt8(ascii: "P")...UInt8(ascii: "S"),
            UInt8(ascii: "U")...UInt8(ascii: "W"):
            let check = luhnDigit(number, 1..<8)
            let letters: StaticString = "JABCDEFGHI"
            return number.digit(8) == check || number[8] == letters.utf8Start[check]
        default: return false
        }
    }

    private static func luhnDigit(_ number: VATText, _ range: Range<Int>) -> Int {
        var sum = 0
        var doubles = true
        for index in range.reversed() {
            let value = number.digit(index) * (doubles ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            doubles.toggle()
        }
        return (10 - sum % 10) % 10
    }

    /// Two characters and a SIREN, which is Luhn-checked except for Monaco's 000; the two are digits or letters but I, O.
    static func france(_ number: VATText) -> Bool {
        guard number.count == 11, number.isNumeric(2..<11) else { return false }
        let siren = number.number(2..<11)
        guard siren > 0, number.number(2..<5) == 0 || VATChecks.isLuhn(number, 2..<11) else { return false }
        if number.isNumeric(0..<2) { return number.number(0..<2) == (siren * 100 + 12) % 97 }
        guard let first = frenchValue(number[0]), let second = frenchValue(number[1]) else { return false }
        let value = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100
        return (siren + 1 + value / 11) % 11 == value % 11
    }

    private static func frenchValue(_ byte: UInt8) -> Int? {
        if ASCII.isDigit(byte) { return Int(byte - 0x30) }
        guard ASCII.isLetter(byte), byte != UInt8(ascii: "I"), byte != UInt8(ascii: "O") else { return nil }
        let skipped = (byte > UInt8(ascii: "I") ? 1 : 0) + (byte > UInt8(ascii: "O") ? 1 : 0)
        return Int(byte - UInt8(ascii: "A")) + 10 - skipped
    }

    /// Nine digits, twelve for a branch; GD and HA for government departments and health authorities.
    static func britain(_ number: VATText) -> Bool {
        if number.count == 5 || number.count == 11, let lowest = departmentRange(number) {
            guard number.isNumeric(2..<number.count) else { return false }
            if number.count == 5 { return lowest.contains(number.number(2..<5)) }
            return number.number(2..<6) == 8888 && lowest.contains(number.number(6..<9))
                && number.number(6..<9) % 97 == number.number(9..<11)
        }
        guard number.count == 9 || number.count == 12, number.isNumeric(0..<number.count), number.number(0..<9) > 0
        else {
            return false
        }
        let rest = VATChecks.sum(number, [8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97
        return rest == 0 || (number.number(0..<3) >= 100 && (rest == 42 || rest == 55))
    }

    private static func departmentRange(_ number: VATText) -> Range<Int>? {
        switch (number[0], number[1]) {
        case (UInt8(ascii: "G"), UInt8(ascii: "D")): 0..<500
        case (UInt8(ascii: "H"), UInt8(ascii: "A")): 500..<1000
        default: nil
        }
    }

    /// Seven digits, a check letter and perhaps another letter; before 2013 a letter, + or * in the second place.
    static func ireland(_ number: VATText) -> Bool {
        guard number.count == 8 || number.count == 9, ASCII.isDigit(number[0]), number.isNumeric(2..<7) else {
            return false
        }
        var sum = 0
        if ASCII.isDigit(number[1]) {
            sum = VATChecks.sum(number, [8, 7, 6, 5, 4, 3, 2])
            if number.count == 9 {
                guard let extra = irishValue(number[8]) else { return false }
                sum += extra * 9
            }
        } else {
            guard number.count == 8 else { return false }
            sum = VATChecks.sum(number, [7, 6, 5, 4, 3], from: 2) + number.digit(0) * 2
        }
        return irishValue(number[7]) == sum % 23
    }

    /// W is 0, A is 1 and so on to V.
    private static func irishValue(_ byte: UInt8) -> Int? {
        if byte == UInt8(ascii: "W") { return 0 }
        guard byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "V") else { return nil }
        return Int(byte - UInt8(ascii: "A")) + 1
    }

    /// Eleven digits: company, province office, Luhn.
    static func italy(_ number: VATText) -> Bool {
        guard number.count == 11, number.number(0..<7) > 0, VATChecks.isLuhn(number, 0..<11) else { return false }
        switch number.number(7..<10) {
        case 1...100, 120, 121, 888, 999: return true
        default: return false
        }
    }

    /// Nine or twelve digits with a 1 before the check digit; two rows of weights.
    static func lithuania(_ number: VATText) -> Bool {
        let last = number.count - 1
        guard last == 8 || last == 11, number.digit(last - 1) == 1 else { return false }
        var first = 0
        var second = 0
        for index in 0..<last {
            first += number.digit(index) * (1 + index % 9)
            second += number.digit(index) * (1 + (index + 2) % 9)
        }
        let check = first % 11 == 10 ? second % 11 % 10 : first % 11
        return check == number.digit(last)
    }

    /// Nine digits, B, two digits: mod 11 over the nine (companies), or mod 97 over all (persons since 2020).
    static func netherlands(_ number: VATText) -> Bool {
        guard number.count == 12, number.isNumeric(0..<9), number[9] == UInt8(ascii: "B"), number.isNumeric(10..<12)
        else {
            return false
        }
        guard number.number(0..<9) > 0, number.number(10..<12) > 0 else { return false }
        let sum = VATChecks.sum(number, [9, 8, 7, 6, 5, 4, 3, 2]) - number.digit(8)
        if sum % 11 == 0 { return true }
        // ISO 7064 mod 97,10 over "NL…B.." with A as 10: N is 23, L is 21, B is 11.
        var rest = 2321
        for index in 0..<12 {
            rest = index == 9 ? (rest * 100 + 11) % 97 : (rest * 10 + number.digit(index)) % 97
        }
        return rest == 1
    }
}
