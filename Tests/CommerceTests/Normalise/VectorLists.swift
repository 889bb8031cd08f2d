import Bytes
import Foundation

@testable import Commerce

/// What became of one row of a reference list.
enum RowVerdict {
    case passed
    case failed
    /// The row asks for something that is not ours to do, whatever the code says.
    case leftOut(String)

    init(_ isRight: Bool) { self = isRight ? .passed : .failed }
}

/// One reference list, tried row by row.
struct VectorList {
    let path: String
    let rows: [(name: String, verdict: RowVerdict)]

    /// Nil, and a loud line, when the list is not there.
    init?(_ path: String, judge: (_ cells: [String]) -> (String, RowVerdict)) {
        guard let cells = Vectors.rows(path) else { return nil }
        self.path = path
        rows = cells.map(judge)
    }

    init?(objects path: String, judge: (_ object: [String: Any]) -> (String, RowVerdict)) {
        guard let lines = Vectors.lines(path) else { return nil }
        self.path = path
        rows = lines.map { line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                return (line, .leftOut("half a surrogate pair, which is not text and cannot reach us as UTF-8"))
            }
            return judge(object)
        }
    }

    init?(transform path: String) {
        guard let lines = Vectors.lines(path) else { return nil }
        self.path = path
        rows = lines.compactMap { Self.rule($0) }.map {
            ($0.0, RowVerdict(FoldingTests.fold($0.0) == FoldingTests.fold($0.1)))
        }
    }

    /// Both sides of a CLDR rule that turns one text into another; nil for comments, contexts and variables.
    private static func rule(_ line: String) -> (String, String)? {
        let code = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard !line.hasPrefix("#"), !line.hasPrefix("$"), !line.contains("{"), !line.contains("["),
            !line.contains(":: "),
            let arrow = code.firstIndex(of: "→"), let end = code.lastIndex(of: ";")
        else { return nil }
        return (unescaped(code[..<arrow]), unescaped(code[code.index(after: arrow)..<end]))
    }

    private static func unescaped(_ text: Substring) -> String {
        let plain = text.filter { $0 != "'" }.trimmingCharacters(in: .whitespaces)
        if plain.hasPrefix("\\u"), let code = UInt32(plain.dropFirst(2), radix: 16) {
            return Unicode.Scalar(code).map(String.init) ?? ""
        }
        return plain.filter { $0 != "\\" }
    }
}

extension VectorList {
    /// Every list that has answers a normaliser can be held to.
    static func all() -> [VectorList] {
        [
            vat(), phone("phone/phone-e164.tsv"), phone("phone/phone-odd-inputs.tsv"), callingCodes(), validator(),
            valid(),
            special(), relay(), countries(), postcodes(), lines(), unsplittable(), parts(), carrier(), formatted(),
            casefold(), VectorList(transform: "unicode/cldr-Latin-ASCII.txt"), umlauts(), transliterations(),
        ].compactMap { $0 }
    }

    private static func vat() -> VectorList? {
        VectorList("vat/vat-ids.tsv") { row in
            let name = "\(row[0]) \(row[1])"
            if row.count > 7, row[7] == "yes" { return (name, .leftOut("two sources differ (disputed)")) }
            let result = VATNumberTests.normalise(row[1], row[0])
            guard row[3] == "valid" else { return (name, RowVerdict(result.verdict != .valid)) }
            // MWST, TVA, IVA, TPV and MVA are words in some language and no part of our form.
            let word = ["MWST", "TVA", "IVA", "TPV", "MVA"].first { row[2].hasSuffix($0) } ?? ""
            return (name, RowVerdict(result == (.valid, String(row[2].dropLast(word.count)))))
        }
    }

    private static func phone(_ path: String) -> VectorList? {
        VectorList(path) { row in
            let name = "\(row[2]) [\(row[3])]"
            let result = PhoneNumberTests.normalise(row[2], row[3])
            if result.verdict == .placeholder, row[4] == "valid" {
                return (name, .leftOut("could be called, but counts up or is a 555-01xx number: a placeholder here"))
            }
            return (name, RowVerdict(result.text == (row[4] == "valid" ? row[5] : "")))
        }
    }

    private static func callingCodes() -> VectorList? {
        VectorList("phone/calling-codes.tsv") { row in
            let plan = Int(row[0]).flatMap { PhonePlans.shared.plan(ofCallingCode: $0) }
            let isRight = row[1].split(separator: ",").allSatisfy { region in
                if region == "001" { return plan != nil }
                let letters = Array(region.utf8)
                return plan != nil && CountryCode(letters.span).flatMap { PhonePlans.shared.plan(of: $0) } == plan
            }
            return ("+\(row[0])", RowVerdict(isRight))
        }
    }

    // MARK: E-mail

    private static func validator() -> VectorList? {
        VectorList("email/normalise-validatorjs.tsv") { row in
            let name = "\(row[0]) \(row[2])"
            let isRight = EmailAddressTests.normalise(row[0]).text == (row[1] == "(false)" ? "" : row[1])
            if !isRight, row[2].contains(": false") {
                return (name, .leftOut("asks to switch a rule off; we have no options"))
            }
            return (name, RowVerdict(isRight))
        }
    }

    private static func valid() -> VectorList? {
        VectorList(objects: "email/syntax-valid-pyemailvalidator.jsonl") { object in
            let raw = object["input"] as? String ?? ""
            let (local, domain) = (object["local_part"] as? String ?? "", object["ascii_domain"] as? String ?? "")
            return (raw, RowVerdict(EmailAddressTests.normalise(raw).text == local.lowercased() + "@" + domain))
        }
    }

    private static func special() -> VectorList? {
        VectorList(objects: "email/syntax-special-or-invalid-pyemailvalidator.jsonl") { object in
            if let pair = object["input"] as? [String], pair.count == 2 { return status(pair[0], pair[1]) }
            let raw = object["input"] as? String ?? ""
            let (error, test) = (object["error"] as? String ?? "", object["test"] as? String ?? "")
            let result = EmailAddressTests.normalise(raw)
            if test == "test_email_valid_only_if_quoted_local_part" {
                return (raw, RowVerdict(result.text.hasPrefix(error + "@")))
            }
            if error.hasPrefix("A display name") || error.hasPrefix("The display name"), result.verdict == .real {
                return (raw, .leftOut("a display name around an address is dropped here, as people paste it"))
            }
            if test.hasSuffix("smtputf8_off") {
                return (raw, .leftOut("asks to switch a rule off; we have no options"))
            }
            return (raw, RowVerdict(result.verdict == .invalid))
        }
    }

    /// The rows of isemail: an address and the diagnosis. Plain and quoted addresses are real, all others are not.
    private static func status(_ raw: String, _ status: String) -> (String, RowVerdict) {
        let verdict = EmailAddressTests.normalise(raw).verdict
        let name = "\(raw.debugDescription) \(status)"
        if status == "ISEMAIL_VALID" || status == "ISEMAIL_RFC5321_QUOTEDSTRING" {
            return (name, RowVerdict(verdict == .real))
        }
        if verdict == .real, raw.trimmingCharacters(in: .whitespacesAndNewlines) != raw {
            return (name, .leftOut("blanks and line ends around an address are dropped here, as people paste it"))
        }
        return (name, RowVerdict(verdict != .real && verdict != .relay))
    }

    private static func relay() -> VectorList? {
        VectorList("email/relay-domains.tsv") { row in
            let raw = row[2] == "suffix" ? "a1b2c3@\(row[0])" : row[2] == "exact" ? row[0] : "\(row[0])12345@amazon.de"
            let isConstant = row[2] == "exact" || row[0] == "partnerklantenservice.bol.com"
            return (row[0], RowVerdict(EmailAddressTests.normalise(raw).verdict == (isConstant ? .constant : .relay)))
        }
    }

    // MARK: Addresses

    /// Every example is a postcode, and a country needs one when its metadata say so.
    private static func countries() -> VectorList? {
        VectorList("address/country-formats.tsv") { row in
            let letters = Array(row[0].utf8)
            guard let country = CountryCode(letters.span) else { return (row[0], .failed) }
            let examples = row[11].split(separator: ",").map(String.init)
            let needsPostcode = (row[2].isEmpty ? "AC" : row[4]).contains("Z")
            let isRight = examples.allSatisfy { isPostcode($0, country) }
            return (row[0], RowVerdict(isRight && needsPostcode != AddressWords.livesWithoutPostcode(country)))
        }
    }

    private static func postcodes() -> VectorList? {
        VectorList("address/postcode-examples.tsv") { row in
            // "CA--fr" is Canada in French.
            let letters = Array(row[0].utf8.prefix(2))
            let isRight = CountryCode(letters.span).map { isPostcode(row[1], $0) } ?? false
            return ("\(row[0]) \(row[1])", RowVerdict(isRight == (row[2] == "full-match")))
        }
    }

    private static func isPostcode(_ text: String, _ country: CountryCode) -> Bool {
        let bytes = Array(text.utf8)
        var output = ByteWriter()
        return PostalCode.append(bytes.span, country: country, to: &output)
    }

    private static func letters(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static func lines() -> VectorList? {
        VectorList(objects: "address/street-house-number.jsonl") { object in
            let line = object["address"] as? String ?? ""
            let parts = StreetSplitterTests.split(line)
            let unit = object["additionToAddress2"] as? String ?? ""
            // c/o is dropped here; there it is an addition.
            let isCareOf = unit.hasPrefix("c/o") || unit.hasPrefix("℅")
            let isRight =
                parts.street == object["streetName"] as? String
                && letters(parts.number + parts.addition) == letters(object["houseNumber"] as? String ?? "")
                && letters(parts.unit) == letters(isCareOf ? "" : unit)
            return (line, RowVerdict(isRight))
        }
    }

    private static func unsplittable() -> VectorList? {
        VectorList(objects: "address/street-house-number-unsplittable.jsonl") { object in
            let line = object["address"] as? String ?? ""
            return (line, RowVerdict(StreetSplitterTests.split(line).number == ""))
        }
    }

    /// A house number in one field is the same door as its base and its extension in two.
    private static func parts() -> VectorList? {
        VectorList(objects: "address/house-number-parts.jsonl") { object in
            let raw = object["houseNumber"] as? String ?? ""
            let whole = door(raw, "")
            let apart = door(object["base"] as? String ?? "", object["extension"] as? String ?? "")
            return (raw, RowVerdict(whole == apart && whole.hasPrefix(object["base"] as? String ?? "?")))
        }
    }

    private static func door(_ number: String, _ addition: String) -> String {
        let (street, number, addition) = ([UInt8](), Array(number.utf8), Array(addition.utf8))
        var door = DoorNumber()
        _ = door.read(street: street.span, houseNumber: number.span, addition: addition.span, country: .unknown)
        return door.text.span.text(0..<door.text.count)
    }

    /// Street and number only: what follows has the carrier's own abbreviations.
    private static func carrier() -> VectorList? {
        VectorList(objects: "address/street-split-nl-be-myparcel.jsonl") { object in
            let line = object["input"] as? String ?? ""
            let parts = StreetSplitterTests.split(line, country: object["country"] as? String ?? "NL")
            let number = object["expect_number"] as? String ?? ""
            return (line, RowVerdict(parts.street == object["expect_street"] as? String && parts.number == number))
        }
    }

    /// The line of a formatted address that holds the road, back into road and number.
    private static func formatted() -> VectorList? {
        VectorList(objects: "address/opencage-format-cases.jsonl") { object in
            let name = "\(object["country"] as? String ?? "") \(object["description"] as? String ?? "")"
            guard let components = object["components"] as? [String: String], let road = components["road"],
                let number = components["house_number"], let expected = object["expected"] as? String,
                let country = object["country"] as? String,
                let line = expected.split(separator: "\n").first(where: { $0.contains(road) }).map(String.init)
            else { return (name, .leftOut("has no road with a house number, so that there is no line to split")) }
            let parts = StreetSplitterTests.split(line, country: country)
            return (name, RowVerdict(parts.street == road && letters(parts.number + parts.addition) == letters(number)))
        }
    }

    // MARK: Unicode

    /// All forms of a code point fold to the same.
    private static func casefold() -> VectorList? {
        VectorList("unicode/normalise-casefold-table.tsv") { row in
            let folded = FoldingTests.fold(text(row[0]))
            return (row[0], RowVerdict(row[3...].allSatisfy { FoldingTests.fold(text($0)) == folded }))
        }
    }

    private static func text(_ hex: String) -> String {
        var text = ""
        for code in hex.split(separator: " ") {
            guard let scalar = UInt32(code, radix: 16).flatMap(Unicode.Scalar.init) else { continue }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// The German transform's three rules for small letters.
    private static func umlauts() -> VectorList? {
        guard let lines = Vectors.lines("unicode/cldr-de-ASCII.txt") else { return nil }
        let rules = lines.filter { $0.hasPrefix("[") }
        return VectorList(
            path: "unicode/cldr-de-ASCII.txt",
            rows: rules.map { rule in
                let composed = String(rule.dropFirst().prefix(1))
                let ascii = rule.drop { $0 != "→" }.dropFirst().filter(\.isLetter)
                return (composed, RowVerdict(FoldingTests.fold(composed) == FoldingTests.fold(ascii)))
            })
    }

    private init(path: String, rows: [(name: String, verdict: RowVerdict)]) {
        self.path = path
        self.rows = rows
    }

    /// Text and its transliteration meet after folding.
    private static func transliterations() -> VectorList? {
        VectorList("unicode/transliterations.tsv") { row in
            let isLatin = row[0].unicodeScalars.allSatisfy { scalar in
                !scalar.properties.isAlphabetic || (scalar.properties.name ?? "").contains("LATIN")
            }
            guard isLatin else {
                return (
                    row[0], .leftOut("another script than Latin: names are not transliterated, they stay what they are")
                )
            }
            let answer = row[2] == "slug" ? row[1].replacingOccurrences(of: "-", with: " ") : row[1]
            return (row[0], RowVerdict(FoldingTests.fold(row[0]) == FoldingTests.fold(answer)))
        }
    }
}
