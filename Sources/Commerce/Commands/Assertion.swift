import Bytes

/// What a person or an authority says about a customer, as opposed to what channels bring: which value shows, and
/// whether a VAT id is registered.
package enum Assertion: Sendable, Equatable {
    /// This value shows, whatever the channels say.
    case pin(DisplayField, PinnedChoice)
    /// The rule decides again.
    case unpin(DisplayField)
    /// A verdict from outside, VIES for example.
    case verify(Verdict)

    package struct Verdict: Sendable, Equatable {
        /// The VAT id in canonical form, country code first; or an e-mail address in its normalised form.
        package let vat: [UInt8]
        package let isValid: Bool
        /// Who gave it.
        package let source: [UInt8]

        package init(vat: [UInt8], isValid: Bool, source: [UInt8]) {
            self.vat = vat
            self.isValid = isValid
            self.source = source
        }

        /// Whether it is about an e-mail address; a VAT id holds no @.
        package var isOfEmail: Bool { vat.contains(UInt8(ascii: "@")) }
    }
}

/// What a pinned field shows.
package enum PinnedChoice: Sendable, Equatable {
    case text([UInt8])
    /// What this profile (its number minus one) says.
    case profile(UInt32)
}

/// An assertion on its way to the directory.
package struct CustomerAssertion: Sendable, Equatable {
    /// The number that was named; the assertion stays with the profile of that number.
    package let customerNumber: UInt32
    package let assertion: Assertion
    /// When a verdict was given, in milliseconds; nil for now.
    package let at: Int64?

    package init(customerNumber: UInt32, _ assertion: Assertion, at: Int64? = nil) {
        self.customerNumber = customerNumber
        self.assertion = assertion
        self.at = at
    }
}

// MARK: - What may be said

extension Assertion {
    private static let maximumTextBytes = 1_000
    private static let maximumSourceBytes = 64

    /// A pin of a value that somebody typed.
    package static func pin(_ field: DisplayField, text: [UInt8]) throws(Refusal) -> Assertion {
        guard field != .billing else {
            throw .invalid("billing", "is pinned to what a profile says: CUSTOMER.PIN C1 billing profile=C2")
        }
        try check(text, "\(field.text)", maximumTextBytes)
        var normalised = ByteWriter()
        switch field {
        case .email:
            switch EmailAddress.normalise(text.span, into: &normalised) {
            case .real, .relay, .constant: return .pin(field, .text(text))
            case .placeholder, .invalid: throw .invalid("email", "not an e-mail address such as anna@example.nl")
            }
        case .vatId where VATNumber.normalise(text.span, country: .unknown, into: &normalised) == .invalid:
            throw .invalid("vatId", "not a VAT id with valid check digits, country code first")
        default: return .pin(field, .text(text))
        }
    }

    /// A verdict about a VAT id that is well formed, whatever the verdict.
    package static func verify(vat: [UInt8], isValid: Bool, source: [UInt8]) throws(Refusal) -> Assertion {
        var normalised = ByteWriter()
        guard VATNumber.normalise(vat.span, country: .unknown, into: &normalised) == .valid else {
            throw .invalid("vat", "not a VAT id with valid check digits, country code first")
        }
        try check(source, "source", maximumSourceBytes)
        return .verify(Verdict(vat: normalised.copyBytes(), isValid: isValid, source: source))
    }

    /// Whether somebody reads what is sent to an address: E05's "confirmed or not".
    package static func verify(email: [UInt8], isValid: Bool, source: [UInt8]) throws(Refusal) -> Assertion {
        var normalised = ByteWriter()
        guard EmailAddress.normalise(email.span, into: &normalised) == .real else {
            throw .invalid("email", "not an e-mail address such as anna@example.nl")
        }
        try check(source, "source", maximumSourceBytes)
        return .verify(Verdict(vat: normalised.copyBytes(), isValid: isValid, source: source))
    }

    private static func check(_ text: [UInt8], _ name: String, _ limit: Int) throws(Refusal) {
        guard (1...limit).contains(text.count) else { throw .invalid(name, "1 to \(limit) bytes") }
        guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid(name, "must not hold control characters")
        }
    }
}

// MARK: - Packed

// assertion = fieldPinned:   field (1) 0 (1) text          / field (1) 1 (1) profile (varint)
//             fieldUnpinned: field (1)
//             valueVerified: verdict (1: 1 is valid) VAT id (counted) source
extension Assertion {
    /// The event that records it.
    package var eventKind: EventKind {
        switch self {
        case .pin: .fieldPinned
        case .unpin: .fieldUnpinned
        case .verify: .valueVerified
        }
    }

    /// What it is about: inside one profile, what is said of the same subject replaces what was said before.
    var subject: AssertionSubject {
        switch self {
        case .pin(let field, _), .unpin(let field): .field(field)
        case .verify(let verdict): .vat(verdict.vat)
        }
    }

    func pack(into output: inout ByteWriter) {
        switch self {
        case .pin(let field, .text(let text)):
            output.append(field.rawValue)
            output.append(0)
            output.append(text)
        case .pin(let field, .profile(let profile)):
            output.append(field.rawValue)
            output.append(1)
            output.appendVarint(UInt64(profile))
        case .unpin(let field): output.append(field.rawValue)
        case .verify(let verdict):
            output.append(verdict.isValid ? 1 : 0)
            output.appendCounted(verdict.vat.span)
            output.append(verdict.source)
        }
    }

    /// Opens a packed assertion; nil if it does not read.
    init?(_ kind: EventKind, packed record: Span<UInt8>) {
        do throws(ByteReaderError) {
            var reader = ByteReader(record)
            let first = try reader.byte()
            switch kind {
            case .fieldPinned:
                guard let field = DisplayField(rawValue: first) else { return nil }
                if try reader.byte() == 0 {
                    self = .pin(field, .text(record.extracting(reader.position..<record.count).array))
                } else {
                    guard let profile = UInt32(exactly: try reader.varint()) else { return nil }
                    self = .pin(field, .profile(profile))
                }
            case .fieldUnpinned:
                guard let field = DisplayField(rawValue: first) else { return nil }
                self = .unpin(field)
            case .valueVerified:
                let vat = record.extracting(try reader.countedRange()).array
                let source = record.extracting(reader.position..<record.count).array
                self = .verify(Verdict(vat: vat, isValid: first == 1, source: source))
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

/// What an assertion is about.
enum AssertionSubject: Equatable {
    case field(DisplayField)
    case vat([UInt8])
}
