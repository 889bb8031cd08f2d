import Bytes

/// What a telephone number is worth as an identity key.
package enum PhoneClass: UInt8, Sendable {
    case valid
    /// Not a number that could be called, or one whose country nobody knows.
    case invalid
    /// Filled in to get past a form: 0000000000, 123456789, 555-0123.
    case placeholder
}

/// Telephone numbers in E.164: "06 12 34 56 78" from the Netherlands is `+31612345678`.
///
/// - National numbers are read with the country's plan (of the shipping address, say), its trunk prefix dropped
///   (`+49 (0)30` too; Italy has none and keeps its 0); `00`, `011`, `0011` and the like begin an international one.
/// - A number that is wrong nationally but right with its calling code in front ("31612345678") is that.
/// - Extensions (x, ext, int., #, ",", ";") are dropped, `tel:` and `;phone-context=+31` understood, full-width digits read.
/// - A word in front ("Tel.", "GSM") or behind ("… werk") is no part of it; three letters or more inside are the digits of
///   their keys ("1-800-SIX-FLAG"), fewer are dropped.
/// - Argentina's mobile 15 at home is the 9 from abroad; the carrier codes of Brazil, Colombia and Korea are dropped.
/// - One digit over and over, counting up or down, and 555-01xx are placeholders, though some of them could be called.
///
/// Sources: ITU-T E.164 and E.123, RFC 3966, North American Numbering Plan (exchange and area codes begin with 2 to 9,
/// 555-0100 to 555-0199 are reserved for fiction), the plans of `PhoneCountries`.
///
/// Which reference numbers it reads otherwise than libphonenumber, and why, is listed in the documentation (Vectors).
/// About 0.1 us a number.
package enum PhoneNumber {
    /// Writes `+` and the digits of a valid number; otherwise the output stays as it was.
    package static func normalise(
        _ raw: Span<UInt8>, country: CountryCode, into output: inout ByteWriter
    ) -> PhoneClass {
        guard raw.count <= 256 else { return .invalid }
        let text = PhoneDigits(raw)
        if text.isReadable, !text.hasLetters, text.count > 0 { return judge(text, country: country, into: &output) }
        if !text.isReadable || text.count == 0 {
            if text.isReadable, !text.hasLetters { return text.isBlank ? .invalid : .placeholder }
            let word = raw.extracting(ASCII.trimmed(raw, 0..<raw.count))
            return EmailJunk.isPlaceholder(word: word) ? .placeholder : .invalid
        }
        return judge(lettered: text, country: country, into: &output)
    }

    /// A number with letters. One or two are a remark and dropped, and so is a word behind a whole number ("… werk");
    /// three or more stand for the digits of their keys ("1-800-SIX-FLAG").
    private static func judge(
        lettered text: borrowing PhoneDigits, country: CountryCode, into output: inout ByteWriter
    ) -> PhoneClass {
        let plain = text.withoutLetters()
        let isRemark = text.letterCount < 3 || (text.endsWithLetters && plain.count >= 8)
        if isRemark {
            let verdict = judge(plain, country: country, into: &output)
            if verdict != .invalid { return verdict }
        }
        return text.letterCount < 3 ? .invalid : judge(text, country: country, into: &output)
    }

    private static func judge(
        _ text: borrowing PhoneDigits, country: CountryCode, into output: inout ByteWriter
    ) -> PhoneClass {
        judge(text, country: country, PhonePlans.shared, into: &output)
    }

    private static func judge(
        _ text: borrowing PhoneDigits, country: CountryCode, _ plans: borrowing PhonePlans,
        into output: inout ByteWriter
    ) -> PhoneClass {
        if text.isPlaceholder { return .placeholder }
        let home = plans.plan(of: country)
        let reading =
            text.isInternational
            ? international(text, from: 0, home: home, plans) : national(text, home: home, plans)
        guard let number = reading else {
            guard country == CountryCode("AR"), !text.isInternational, let mobile = text.argentineMobile() else {
                return .invalid
            }
            return judge(mobile, country: country, into: &output)
        }
        if text.isUnassigned(from: number.start, callingCode: plans.plans[number.plan].callingCode) {
            return .placeholder
        }
        output.append(UInt8(ascii: "+"))
        appendDecimal(plans.plans[number.plan].callingCode, to: &output)
        text.append(from: number.start, to: &output)
        return .valid
    }

    private struct Reading {
        let plan: Int
        /// Where the national number begins in the digits.
        let start: Int
    }

    private static func national(_ text: borrowing PhoneDigits, home: Int?, _ plans: borrowing PhonePlans) -> Reading? {
        guard let home else { return nil }
        for index in plans.plans[home].internationalPrefixes where text.begins(with: plans.prefixes[index], at: 0) {
            let length = plans.prefixes[index].count
            if let number = international(text, from: length, home: nil, plans) { return number }
        }
        if let start = nationalStart(text, from: 0, plan: home, plans) { return Reading(plan: home, start: start) }
        if text.beginsWithTwoZeros(at: 0), let number = international(text, from: 2, home: nil, plans) {
            return number
        }
        // The calling code without its plus.
        guard let number = international(text, from: 0, home: nil, plans), number.plan == home else { return nil }
        return number
    }

    private static func international(
        _ text: borrowing PhoneDigits, from start: Int, home: Int?, _ plans: borrowing PhonePlans
    ) -> Reading? {
        var start = start
        // "+00 64 …", "+011 64 …": the prefix after a plus.
        if start < text.count, text.digit(start) == 0 {
            if let home, let length = prefixLength(text, at: start, plans.plans[home], plans) {
                start += length
            } else if text.beginsWithTwoZeros(at: start) {
                start += 2
            } else {
                return nil
            }
        }
        var code = 0
        for index in start..<min(start + 3, text.count) {
            code = code * 10 + Int(text.digit(index))
            guard let plan = plans.plan(ofCallingCode: code) else { continue }
            return nationalStart(text, from: index + 1, plan: plan, plans).map { Reading(plan: plan, start: $0) }
        }
        return nil
    }

    /// Length of the international prefix that stands at `start`.
    private static func prefixLength(
        _ text: borrowing PhoneDigits, at start: Int, _ plan: PhonePlans.Plan, _ plans: borrowing PhonePlans
    ) -> Int? {
        for index in plan.internationalPrefixes where text.begins(with: plans.prefixes[index], at: start) {
            return plans.prefixes[index].count
        }
        return nil
    }

    /// Where the valid national number begins: here, or after the trunk prefix.
    private static func nationalStart(
        _ text: borrowing PhoneDigits, from start: Int, plan: Int, _ plans: borrowing PhonePlans
    ) -> Int? {
        if isValid(text, from: start, plan: plan, plans) { return start }
        for index in plans.plans[plan].trunks where text.begins(with: plans.prefixes[index], at: start) {
            let number = start + plans.prefixes[index].count
            if isValid(text, from: number, plan: plan, plans) { return number }
        }
        return nil
    }

    private static func isValid(
        _ text: borrowing PhoneDigits, from start: Int, plan: Int, _ plans: borrowing PhonePlans
    ) -> Bool {
        let length = text.count - start
        guard length >= 4 else { return false }
        let one = Int(text.digit(start))
        let two = one * 10 + Int(text.digit(start + 1))
        let four = two * 100 + Int(text.digit(start + 2)) * 10 + Int(text.digit(start + 3))
        guard plans.allows(plan: plan, leading: (one, two, four), length: length) else { return false }
        return plans.plans[plan].callingCode != 1 || isNorthAmerican(text, from: start)
    }

    /// NPA-NXX: neither begins with 0 or 1, no area code ends in 11 or has a 9 in the middle.
    private static func isNorthAmerican(_ text: borrowing PhoneDigits, from start: Int) -> Bool {
        guard text.digit(start + 3) >= 2, text.digit(start + 1) != 9 else { return false }
        return !(text.digit(start + 1) == 1 && text.digit(start + 2) == 1)
    }

    private static func appendDecimal(_ value: Int, to output: inout ByteWriter) {
        if value >= 10 { appendDecimal(value / 10, to: &output) }
        output.append(UInt8(value % 10) + 0x30)
    }
}
