import Bytes
import Foundation
import Testing

@testable import Commerce

/// What a writer holds after `body`, as text.
func written(_ body: (inout ByteWriter) -> Void) -> String {
    var writer = ByteWriter(capacity: 16)
    body(&writer)
    return writer.span.text
}

@Suite struct TimestampTests {
    private func moment(_ text: String) -> Timestamp? {
        let bytes = [UInt8](text.utf8)
        return Timestamp(rfc3339: bytes.span)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-03-01T10:22:31Z", 1_772_360_551_000),
        ("2026-03-01t10:22:31z", 1_772_360_551_000),
        ("2026-03-01 10:22:31Z", 1_772_360_551_000),
        ("2026-03-01T11:22:31+01:00", 1_772_360_551_000),
        ("2026-03-01T00:52:31-09:30", 1_772_360_551_000),
        ("2026-03-01T10:22:31-00:00", 1_772_360_551_000),
        ("2026-03-01T10:22:31.5Z", 1_772_360_551_500),
        ("2026-03-01T10:22:31.05Z", 1_772_360_551_050),
        ("2026-03-01T10:22:31.123456789Z", 1_772_360_551_123),
        ("2026-03-01T10:22:31.0009+00:00", 1_772_360_551_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func reads(text: String, milliseconds: Int64) { #expect(moment(text)?.milliseconds == milliseconds) }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T10:22:31", "2026-03-01T10:22Z", "2026-3-1T10:22:31Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00.5", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00ZZ", " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00 Z", "2026/01/01T00:00:00Z", "-026-01-01T00:00:00Z", "+2026-01-01T00:00:0Z",
        "2026-01-01T00:00:00*01:00", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00.1234567890123456789012Z",
        "0000-01-01T00:00:00Z",
        // Beyond the years that can be written again.
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
    ])
    func refuses(text: String) { #expect(moment(text) == nil) }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"), (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (1_772_360_551_040, "2026-03-01T10:22:31.040Z"),
    ])
    func writes(milliseconds: Int64, text: String) {
        #expect(written { $0.timestamp(Timestamp(milliseconds: milliseconds)) } == "\"\(text)\"")
    }

    @Test func everyMomentComesBack() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let milliseconds = Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random)
            let text = written { $0.timestamp(Timestamp(milliseconds: milliseconds)) }
            #expect(moment(String(text.dropFirst().dropLast()))?.milliseconds == milliseconds, "seed \(seed)")
        }
    }

    /// Foundation counts days by the old calendar before 1582, so the comparison begins behind it.
    @Test func agreesWithFoundation() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let style = Date.ISO8601FormatStyle()
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: -12_000_000_000...253_402_300_799, using: &random)
            let text = Date(timeIntervalSince1970: Double(seconds)).formatted(style)
            #expect(moment(text)?.milliseconds == seconds * 1_000, "seed \(seed): \(text)")
            #expect(written { $0.timestamp(Timestamp(milliseconds: seconds * 1_000)) } == "\"\(text)\"", "seed \(seed)")
        }
    }

    @Test func randomTextNeverCrashes() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let sample = [UInt8]("2026-03-01T10:22:31.123+01:00".utf8)
        for _ in 0..<20_000 {
            var bytes = sample.prefix(Int.random(in: 0...sample.count, using: &random)).map { $0 }
            for _ in 0..<Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] = UInt8.random(in: 0x20...0x7F, using: &random)
            }
            guard let moment = Timestamp(rfc3339: bytes.span) else { continue }
            let text = written { $0.timestamp(moment) }
            #expect(self.moment(String(text.dropFirst().dropLast())) == moment, "seed \(seed)")
        }
    }
}

@Suite struct Decimal64Tests {
    private func decimal(_ text: String) -> Decimal64? {
        let bytes = [UInt8](text.utf8)
        return Decimal64(bytes.span)
    }

    private func text(_ value: Decimal64?) -> String? { value.map { value in written { $0.appendDecimal(value) } } }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("00", "0"), ("0.00", "0.00"), ("-0.00", "0.00"), ("39.90", "39.90"), ("-5", "-5"),
        ("-0.01", "-0.01"), ("007.50", "7.50"), ("0.000000000001", "0.000000000001"),
        ("999999999999999999", "999999999999999999"), ("-999999999999999999", "-999999999999999999"),
        ("999999.999999999999", "999999.999999999999"), ("0000000000000000000000001.5", "1.5"),
    ])
    func reads(text: String, expected: String) { #expect(self.text(decimal(text)) == expected) }

    @Test(arguments: [
        "", "-", ".", "-.", "+1", ".5", "-.5", "5.", "1..2", "1.2.3", "1,5", "1e3", "1E3", " 1", "1 ", "0x1", "--1",
        "1-",
        "NaN", "∞", "١", "1000000000000000000", "-1000000000000000000", "0.0000000000001", "12.3456789012345678901",
    ])
    func refuses(text: String) { #expect(decimal(text) == nil) }

    @Test(
        arguments: [
            ("39.9", 2, "39.90"), ("39.90", 2, "39.90"), ("39.905", 2, "39.905"), ("-1", 3, "-1.000"), ("0", 2, "0.00"),
            ("92233720368547758", 2, "92233720368547758.00"),
        ] as [(String, UInt8, String)])
    func scales(text: String, to minimum: UInt8, expected: String) {
        #expect(self.text(decimal(text)?.scaled(to: minimum)) == expected)
    }

    @Test func scalingBeyondSixtyFourBitsIsRefused() {
        #expect(decimal("92233720368547759")?.scaled(to: 2) == nil)
        #expect(decimal("-999999999999999999")?.scaled(to: 2) == nil)
    }

    @Test(arguments: [("1.500", "1.5"), ("1.000", "1"), ("0.000", "0"), ("100", "100"), ("-2.50", "-2.5")])
    func dropsTrailingZeros(text: String, expected: String) { #expect(self.text(decimal(text)?.shortest) == expected) }

    @Test func sumsAreExact() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let left = Decimal64(
                units: .random(in: -1_000_000_000...1_000_000_000, using: &random),
                scale: .random(in: 0...6, using: &random))
            let right = Decimal64(
                units: .random(in: -1_000_000_000...1_000_000_000, using: &random),
                scale: .random(in: 0...6, using: &random))
            let sum = left.adding(right)
            // Foundation's decimals have 38 digits: exact here.
            let expected = Decimal(string: text(left)!)! + Decimal(string: text(right)!)!
            #expect(sum.flatMap { Decimal(string: text($0)!) } == expected, "seed \(seed)")
            #expect(sum?.scale == max(left.scale, right.scale))
        }
    }

    @Test func sumsThatDoNotFitAreRefused() {
        let most = Decimal64(units: .max, scale: 0)
        #expect(most.adding(Decimal64(units: 1, scale: 0)) == nil)
        #expect(most.adding(Decimal64(units: 1, scale: 1)) == nil)
        #expect(most.adding(.zero) == most)
    }

    /// Sums of many orders may reach both ends of the range.
    @Test(
        arguments: [
            (Int64.min, 0, "-9223372036854775808"), (.max, 0, "9223372036854775807"),
            (.min, 2, "-92233720368547758.08"),
            (.max, 12, "9223372.036854775807"), (-1, 12, "-0.000000000001"), (0, 2, "0.00"),
        ] as [(Int64, UInt8, String)])
    func writesEveryValue(units: Int64, scale: UInt8, expected: String) {
        #expect(text(Decimal64(units: units, scale: scale)) == expected)
        #expect(written { $0.decimal(Decimal64(units: units, scale: scale)) } == "\"\(expected)\"")
    }

    @Test func textAndPackedFormComeBack() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let units = Int64.random(in: -999_999_999_999_999_999...999_999_999_999_999_999, using: &random)
            let value = Decimal64(
                units: units >> Int64.random(in: 0..<60, using: &random), scale: .random(in: 0...12, using: &random))
            #expect(decimal(text(value) ?? "") == value, "seed \(seed)")
            var packed = ByteWriter()
            packed.appendPacked(value)
            var reader = ByteReader(packed.span)
            let back = try reader.packedDecimal()
            #expect(back == value && reader.isAtEnd, "seed \(seed)")
        }
    }

    @Test func aPackedScaleBeyondTheLimitIsRefused() {
        let bytes: [UInt8] = [13, 2]
        var reader = ByteReader(bytes.span)
        var refusal: ByteReaderError?
        do throws(ByteReaderError) { _ = try reader.packedDecimal() } catch { refusal = error }
        #expect(refusal == .overlong(offset: 0))
    }

    @Test(arguments: [("EUR", 2), ("JPY", 0), ("KRW", 0), ("BHD", 3), ("TND", 3), ("XXX", 2), ("", 2), ("EURO", 2)])
    func knowsMinorUnits(currency: String, digits: Int) {
        let bytes = [UInt8](currency.utf8)
        #expect(Decimal64.minorUnitDigits(of: bytes.span) == UInt8(digits))
    }
}

@Suite struct NameTests {
    @Test(
        arguments: [
            ("C1", 1), ("c17", 17), ("C4294967295", 4_294_967_295), ("C4294967296", nil), ("C0", nil), ("C01", nil),
            ("C", nil), ("", nil), ("17", nil), ("D1", nil), ("C1 ", nil), ("C-1", nil), ("C1x", nil), ("#1", nil),
            ("C99999999999999999999", nil), ("C１", nil),
        ] as [(String, UInt32?)])
    func readsCustomerNumbers(text: String, number: UInt32?) {
        let bytes = [UInt8](text.utf8)
        #expect(CustomerNumber.parse(bytes.span) == number)
    }

    @Test func writesCustomerNumbers() {
        #expect(written { $0.customerNumber(1) } == "\"C1\"")
        #expect(written { $0.customerNumber(.max) } == "\"C4294967295\"")
    }

    private func name(_ text: String) -> Result<OrderName, Refusal> {
        let bytes = [UInt8](text.utf8)
        do throws(Refusal) { return .success(try OrderName(bytes.span)) } catch { return .failure(error) }
    }

    @Test(
        arguments: [
            ("shopify:S-1", "shopify", nil, "S-1"), ("Shopify/Winkel:S-1", "shopify", "winkel", "S-1"),
            ("a:b:c", "a", nil, "b:c"), ("a:b/c", "a", nil, "b/c"), ("a/main:1", "a", "main", "1"),
            ("a: 1 ", "a", nil, " 1 "), ("bol.com_x-1/s.2:№1", "bol.com_x-1", "s.2", "№1"),
        ] as [(String, String, String?, String)])
    func readsOrderNames(text: String, channel: String, store: String?, number: String) throws {
        let name = try name(text).get()
        #expect(name.channel == [UInt8](channel.utf8) && name.store == store.map { [UInt8]($0.utf8) })
        #expect(name.number == [UInt8](number.utf8))
    }

    @Test(arguments: [
        "", ":", "a", "a:", ":1", "/b:1", "a/:1", "a/b/c:1", "a b:1", "é:1", "a:1\u{7}", "a:1\u{7F}",
        String(repeating: "a", count: 65) + ":1", "a:" + String(repeating: "1", count: 129),
    ])
    func refusesWhatIsNoOrderName(text: String) {
        guard case .failure(let refusal) = name(text) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(refusal.code == .invalid)
    }
}
