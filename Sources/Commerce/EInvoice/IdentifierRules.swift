/// The numbers whose form Peppol knows by their scheme.
extension EInvoiceRules {
    mutating func checkIdentifierFormats() {
        let (seller, buyer, payee) = (invoice.seller, invoice.buyer, invoice.payee)
        let identifiers =
            [(seller.electronicAddress, "BT-34"), (seller.legalRegistration, "BT-30")]
            + seller.identifiers.map { ($0, "BT-29") }
            + [(buyer.electronicAddress, "BT-49"), (buyer.legalRegistration, "BT-47")]
            + buyer.identifiers.map { ($0, "BT-46") }
            + [(payee?.identifier, "BT-60"), (payee?.legalRegistration, "BT-61")]
        for case (let identifier?, let term) in identifiers where isGiven(identifier.value) {
            checkFormat(identifier, term)
        }
    }

    private mutating func checkFormat(_ identifier: EInvoice.Identifier, _ term: String) {
        let digits = identifier.value.utf8.compactMap { (0x30...0x39).contains($0) ? Int($0 - 0x30) : nil }
        let isNumber = digits.count == identifier.value.utf8.count
        let (holds, rule, name): (Bool, String, String)
        switch identifier.scheme {
        case "0088": (holds, rule, name) = (isNumber && Self.isGLN(digits), "R040", "GLN")
        case "0192":
            (holds, rule, name) = (isNumber && Self.isNorwegian(digits), "R041", "Norwegian organisation number")
        case "0184":
            (holds, rule, name) = (
                identifier.value.hasPrefix("DK") && identifier.value.utf8.count == 10 && digits.count == 8, "R042",
                "Danish organisation number, DK and eight digits"
            )
        case "0208": (holds, rule, name) = (isNumber && Self.isBelgian(digits), "R043", "Belgian enterprise number")
        case "0007": (holds, rule, name) = (isNumber && digits.count == 10, "R049", "Swedish organisation number")
        default: return
        }
        require(holds, "PEPPOL-COMMON-\(rule)", term, "\(identifier.value) is no \(name)")
    }

    /// GS1's check digit: weights 3 and 1 from the right.
    private static func isGLN(_ digits: [Int]) -> Bool {
        guard digits.count > 1 else { return false }
        let sum = digits.dropLast().reversed().enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 3 : 1) }
        return (10 - sum % 10) % 10 == digits[digits.count - 1]
    }

    private static func isNorwegian(_ digits: [Int]) -> Bool {
        guard digits.count == 9 else { return false }
        let sum = zip(digits, [3, 2, 7, 6, 5, 4, 3, 2]).reduce(0) { $0 + $1.0 * $1.1 }
        return (11 - sum % 11) % 11 == digits[8]
    }

    private static func isBelgian(_ digits: [Int]) -> Bool {
        guard digits.count == 10 else { return false }
        let number = digits.prefix(8).reduce(0) { $0 * 10 + $1 }
        return 97 - number % 97 == digits[8] * 10 + digits[9]
    }
}
