import Bytes
import Testing

@testable import Commerce

/// Codes, hashes, numbers, and the packed form of documents.
@Suite struct LedgerValueTests {
    /// FIPS 180-4's own examples, and the lengths where the padding takes another block.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func theHashIsThePublishedOne(_ text: String, _ expected: String) {
        let digest = SHA256.digest([UInt8](text.utf8))
        let digits = Array("0123456789abcdef")
        #expect(String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }) == expected)
    }

    @Test func aCodeIsReadHoweverItIsTyped() throws {
        let code = VoucherCode(random: (0x0123_4567_89AB_CDEF, 0xFEDC))
        #expect(code.text.count == 22)
        for typed in [
            code.text, code.text.lowercased(), code.text.filter { $0 != "-" },
            code.text.replacing("0", with: "o").replacing("1", with: "l"), " " + code.text.replacing("-", with: " "),
        ] {
            #expect(try VoucherCode(typed: [UInt8](typed.utf8)) == code)
        }
    }

    /// Every single wrong character, and every two neighbours that changed places.
    @Test func aMistypedCodeIsNoticed() {
        let code = [UInt8](VoucherCode(random: (0x1357_9BDF_0246_8ACE, 0x55AA)).text.utf8.filter { $0 != 0x2D })
        for place in code.indices {
            for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8 where letter != code[place] {
                var wrong = code
                wrong[place] = letter
                #expect(throws: Refusal.self) { try VoucherCode(typed: wrong) }
            }
            guard place > 0, code[place] != code[place - 1] else { continue }
            var swapped = code
            swapped.swapAt(place, place - 1)
            #expect(throws: Refusal.self) { try VoucherCode(typed: swapped) }
        }
    }

    @Test(arguments: [
        ("INV-{year}-{number:5}", "INV-2026-00017"), ("{number}", "17"), ("{year}{number:4}", "20260017"),
        ("F{number:1}/{year}", "F17/2026"),
    ])
    func aPatternGivesNumbers(_ pattern: String, _ expected: String) throws {
        let pattern = try NumberPattern(pattern)
        #expect(pattern.number(17, year: 2026) == expected)
    }

    @Test(arguments: [
        "", "INV", "{number}{number}", "{year}{year}{number}", "{numbers}", "{number:0}", "{number", "D{number}",
        "a b{number}",
    ])
    func aPatternThatCannotNumberIsRefused(_ pattern: String) {
        #expect(throws: Refusal.self) { try NumberPattern(pattern) }
    }

    /// The examples that the e-invoice's own tests use, packed and read again.
    @Test func contentSurvivesPacking() throws {
        for sample in [EInvoiceSample.invoice, EInvoiceSample.creditNote] {
            var content = DocumentContent()
            content.invoice = sample
            content.isBusiness = true
            content.language = "nl-BE"
            let packed = content.packed
            var read = try DocumentContent().reading(packed.span)
            read.invoice.number = sample.number
            read.invoice.issueDate = sample.issueDate
            #expect(read == content)
            for count in packed.indices {
                #expect(throws: ByteReaderError.self) {
                    try DocumentContent().reading(packed.span.extracting(0..<count))
                }
            }
        }
    }

    @Test(
        arguments: [
            (100, [1, 1, 1], [34, 33, 33]), (1, [5, 5], [1, 0]), (7, [0, 0], [7, 0]),
            (1_000, [1, 2, 7], [100, 200, 700]),
        ] as [(Int64, [Int64], [Int64])])
    func sharesAddUp(_ amount: Int64, _ weights: [Int64], _ expected: [Int64]) throws {
        #expect(try Apportionment.shares(of: amount, by: weights) == expected)
    }
}
