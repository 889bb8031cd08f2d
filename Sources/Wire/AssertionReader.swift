import Bytes
import Commerce

// CUSTOMER.PIN, CUSTOMER.UNPIN and CUSTOMER.VERIFY.
extension RequestReader {
    /// What one of these commands says, checked as far as it can be without knowing the customer.
    package static func assertion(
        _ request: RequestLine, _ command: CommandName
    ) throws(Refusal) -> CustomerAssertion {
        switch command {
        case .customerPin: try pin(request)
        case .customerUnpin: try unpin(request)
        default: try verification(request)
        }
    }

    private static func pin(_ request: RequestLine) throws(Refusal) -> CustomerAssertion {
        let plain = request.plainArguments
        let profile = request.argument(named: "profile")
        guard plain.count == (profile == nil ? 3 : 2) else {
            throw Refusal(
                .syntax, "usage: CUSTOMER.PIN C17 email \"anna@example.nl\", or CUSTOMER.PIN C17 email profile=C18")
        }
        let customer = try customerNumber(plain[0], "customer")
        let field = try field(plain[1])
        guard let profile else { return CustomerAssertion(customerNumber: customer, try .pin(field, text: plain[2])) }
        let number = try customerNumber(profile, "profile")
        return CustomerAssertion(customerNumber: customer, .pin(field, .profile(number - 1)))
    }

    private static func unpin(_ request: RequestLine) throws(Refusal) -> CustomerAssertion {
        let plain = request.plainArguments
        guard plain.count == 2 else { throw Refusal(.syntax, "usage: CUSTOMER.UNPIN C17 email") }
        return CustomerAssertion(
            customerNumber: try customerNumber(plain[0], "customer"), .unpin(try field(plain[1])))
    }

    private static func verification(_ request: RequestLine) throws(Refusal) -> CustomerAssertion {
        let plain = request.plainArguments
        let vat = request.argument(named: "vat")
        let email = request.argument(named: "email")
        guard plain.count == 1, let value = vat ?? email, vat == nil || email == nil,
            let verdict = request.argument(named: "verdict"), let source = request.argument(named: "source")
        else {
            throw Refusal(
                .syntax,
                "usage: CUSTOMER.VERIFY C17 vat=NL123456782B12 verdict=valid source=VIES, or email= in place of vat=")
        }
        let customer = try customerNumber(plain[0], "customer")
        guard verdict.span.equals("valid") || verdict.span.equals("invalid") else {
            throw .invalid("verdict", "must be valid or invalid")
        }
        let isValid = verdict.span.equals("valid")
        let assertion =
            vat == nil
            ? try Assertion.verify(email: value, isValid: isValid, source: source)
            : try Assertion.verify(vat: value, isValid: isValid, source: source)
        guard let text = request.argument(named: "at") else {
            return CustomerAssertion(customerNumber: customer, assertion)
        }
        guard let at = Timestamp(rfc3339: text.span) else {
            throw .invalid("at", "must be a moment in RFC 3339 such as 2026-03-01T10:22:31Z")
        }
        return CustomerAssertion(customerNumber: customer, assertion, at: at.milliseconds)
    }

    private static func field(_ name: [UInt8]) throws(Refusal) -> DisplayField {
        guard let field = DisplayField(named: name.span) else {
            let all = DisplayField.allCases.map { "\($0.text)" }.joined(separator: ", ")
            throw .invalid("field", "must be one of \(all)")
        }
        return field
    }

    private static func customerNumber(_ text: [UInt8], _ name: String) throws(Refusal) -> UInt32 {
        guard let number = CustomerNumber.parse(text.span) else {
            throw .invalid(name, "must be a customer number such as C17")
        }
        return number
    }
}
