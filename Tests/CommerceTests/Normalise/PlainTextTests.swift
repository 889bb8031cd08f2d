import Bytes
import Testing

@testable import Commerce

/// What is normalised by the word comes to the same as on the longer way: by the byte, by a naive model, or spelled so that
/// only the longer way can read it.
@Suite struct PlainTextTests {
    private static func some(
        _ parts: [String], _ count: ClosedRange<Int>, using random: inout SeededGenerator
    ) -> String {
        (0..<Int.random(in: count, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
    }

    // MARK: E-mail

    private static let locals = [
        "jan", "Sophie", "de", "test", "none", "na", "noreply", "mailer", "daemon", "blacklisted-", "000", "x", ".",
        "_", "-",
        "abcdefghijklmnop", "nobody", "geen", "info", "7",
    ]
    private static let domains = [
        "gmail.com", "googlemail.com", "GMAIL.com", "yahoo.de", "yandex.ru", "hotmail.co.uk", "verkopen.bol.com",
        "marketplace.amazon.de", "marketplace.amazon.co.uk", "members.ebay.com.au", "partnerklantenservice.bol.com",
        "example", "test", "local", "a.test", "b-c.nl", "x_y.nl", ".nl", "nl.", "a..b", "1.2", "a.b.c.d.nl", "none.nl",
        "jan",
        "abcdefghijklmnopqrstuvwxyz.example",
    ]

    /// The way of an address that is known to be plain, and the way of any.
    @Test func addressesOfWordsAreJudgedAsAll() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var classes: [EmailClass: Int] = [:]
        for _ in 0..<30_000 {
            let domain =
                Int.random(in: 0..<3, using: &random) > 0
                ? Self.domains.randomElement(using: &random) ?? ""
                : Self.some(["a", "b", "com", ".", ".", "-", "0", "@"], 1...9, using: &random)
            let address = Array((Self.some(Self.locals, 0...4, using: &random) + "@" + domain).utf8)
            let lower = address.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            guard let at = lower.lastIndex(of: UInt8(ascii: "@")) else { continue }
            var plain = ByteWriter()
            var long = ByteWriter()
            let verdict = EmailAddress.normalise(address.span, into: &plain)
            #expect(
                verdict == EmailAddress.judge(lower.span, at: at, into: &long)
                    && plain.copyBytes() == long.copyBytes(), "seed \(seed): \(address.span.text)")
            classes[verdict, default: 0] += 1
        }
        #expect(classes.count == 5 && classes.values.allSatisfy { $0 > 100 }, "\(classes)")
    }

    // MARK: Postcodes

    /// A full stop behind the code means nothing, and leaves it to the longer way.
    @Test func plainPostcodesAreReadAsAll() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<50_000 {
            let code = ["NL", "DE", "US", "BE", "DK", "GB", "IE", "PL", "FR"].randomElement(using: &random) ?? "NL"
            let text = Self.some(["0", "0", "1", "9", "a", "Z", " ", "-", "12", "10"], 0...8, using: &random)
            var plain = ByteWriter()
            var long = ByteWriter()
            let country = CountryCode(rawValue: UInt16(code.utf8.first ?? 0) << 8 | UInt16(code.utf8.last ?? 0))
            let isPlain = PostalCode.append(Array(text.utf8).span, country: country, to: &plain)
            let isLong = PostalCode.append(Array((text + ".").utf8).span, country: country, to: &long)
            #expect(
                isPlain == isLong && plain.copyBytes() == long.copyBytes(), "seed \(seed): \(code) '\(text)'")
            accepted += isPlain ? 1 : 0
        }
        #expect(accepted > 5_000)
    }

    // MARK: Telephone numbers

    /// A hyphen at the end means nothing, and leaves the number to the longer way.
    @Test func plainNumbersAreReadAsAll() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let countries = ["NL", "DE", "US", "IT", "AR", "BE"].map { CountryCode(Array($0.utf8).span) ?? .unknown }
        let parts = [
            "0", "1", "6", "9", "31", "49", "00", "0612345678", "12345", "98765", "2025550", "+", "/", ":",
        ]
        var classes: [PhoneClass: Int] = [:]
        for _ in 0..<30_000 {
            let sign = Bool.random(using: &random) ? "+" : ""
            let text = sign + Self.some(parts, 0...6, using: &random)
            let country = countries.randomElement(using: &random) ?? .unknown
            var plain = ByteWriter()
            var long = ByteWriter()
            let verdict = PhoneNumber.normalise(Array(text.utf8).span, country: country, into: &plain)
            let other = PhoneNumber.normalise(Array((text + "-").utf8).span, country: country, into: &long)
            // Nothing but a hyphen is a placeholder, nothing at all is not.
            guard !text.isEmpty else { continue }
            #expect(verdict == other && plain.copyBytes() == long.copyBytes(), "seed \(seed): \(text)")
            classes[verdict, default: 0] += 1
        }
        #expect(classes.count == 3 && classes.values.allSatisfy { $0 > 500 }, "\(classes)")
    }

    @Test func rowsOfDigitsAreNoNumbers() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<20_000 {
            let (start, step) = (Int.random(in: 0...9, using: &random), [0, 1, 9].randomElement(using: &random) ?? 0)
            var digits = (0..<Int.random(in: 1...14, using: &random)).map { (start + $0 * step) % 10 }
            if Bool.random(using: &random), let index = digits.indices.randomElement(using: &random) {
                digits[index] = Int.random(in: 0...9, using: &random)
            }
            func rises(by step: Int) -> Bool { zip(digits, digits.dropFirst()).allSatisfy { ($0 + step) % 10 == $1 } }
            let lastRun = digits.reversed().prefix { $0 == digits.last }.count
            let expected =
                digits.count < 4 || lastRun >= 8 || rises(by: 0)
                || (digits.count >= 6 && digits[0] <= 1 && rises(by: 1))
                || (digits.count >= 8 && (digits[0] == 9 || digits[0] == 0) && rises(by: 9))
            let text = digits.map(String.init).joined()
            #expect(PhoneDigits(Array(text.utf8).span).isPlaceholder == expected, "seed \(seed): \(text)")
            found += expected ? 1 : 0
        }
        #expect(found > 1_000)
    }

    // MARK: Folding

    /// The rules about two letters, one letter after the other.
    private static func folded(_ text: String) -> String {
        var words: [String] = []
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            var letters: [Character] = []
            for letter in word {
                let before = letters.count > 1 ? letters[letters.count - 2] : " "
                switch (letters.last, letter) {
                case ("a", "e"), ("o", "e"), ("a", "a"): continue
                case ("u", "e") where !"aeoq".contains(before): continue
                case ("i", "j"): letters[letters.count - 1] = "y"
                default: letters.append(letter)
                }
            }
            words.append(String(letters))
        }
        return words.joined(separator: " ")
    }

    @Test func textIsFoldedLetterByLetter() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let letters = "a e o u i j y q E A IJ n st r 7 aa ue ij eu . - ,".split(separator: " ").map(String.init)
        let parts = letters + [" ", " "]
        for _ in 0..<50_000 {
            let text = Self.some(parts, 0...24, using: &random)
            #expect(FoldingTests.fold(text) == Self.folded(text), "seed \(seed): '\(text)'")
        }
    }

    // MARK: Names

    /// A second blank between two names leaves the address to the longer way: the keys are the same.
    @Test func theBuyersNameInAnAddressHasTheBuyersKey() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let words = [
            "Jan", "J.", "de", "van der", "Vries", "Bakker", "Joep", "Müller", "test", "Dr.", "Aaltje", "Devos", "x",
            "Berg",
        ]
        var same = 0
        for _ in 0..<5_000 {
            func name() -> String { words.randomElement(using: &random) ?? "" }
            let (first, last) = (name(), [name(), name() + " " + name()].randomElement(using: &random) ?? "")
            let (otherFirst, otherLast) = Bool.random(using: &random) ? (first, last) : (name(), name())
            func keys(_ joint: String) throws -> [IdentityKey] {
                let street = #""street":"Damrak","houseNumber":"1","postalCode":"1012 JS","country":"NL""#
                let other = #""street":"Dam","houseNumber":"2","postalCode":"1012 JT","country":"NL""#
                let json =
                    #"{"channel":"web","number":"1","placedAt":"2026-03-01T10:22:31Z","currency":"EUR","total":"1","#
                    + #""customer":{"firstName":"\#(first)","lastName":"\#(last)"},"#
                    + #""billing":{"name":"\#(first + joint + last)",\#(street)},"#
                    + #""shipping":{"name":"\#(otherFirst + joint + otherLast)",\#(other)}}"#
                var decoder = CommandDecoder()
                var output = ByteWriter()
                let order = try decoder.order(Array(json.utf8).span, mainHasher, into: &output)
                var keys: [IdentityKey] = []
                PartyRecord.forEachKey(of: output.span.extracting(order.party.record.range)) { keys.append($0) }
                return keys
            }
            let (plain, long) = (try keys(" "), try keys("  "))
            #expect(plain == long, "seed \(seed): \(first)|\(last)|\(otherFirst)|\(otherLast)")
            same += plain.count > 2 ? 1 : 0
        }
        #expect(same > 500)
    }
}
