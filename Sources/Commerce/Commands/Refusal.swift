/// The error codes of the protocol: few, stable, typed.
package enum RefusalCode: UInt8, Sendable, CaseIterable {
    case syntax, unknown, invalid, notFound, conflict, refused, denied, tooLarge, loading, readOnly, busy, `internal`

    /// As it stands on the wire.
    package var text: String {
        switch self {
        case .syntax: "SYNTAX"
        case .unknown: "UNKNOWN"
        case .invalid: "INVALID"
        case .notFound: "NOTFOUND"
        case .conflict: "CONFLICT"
        case .refused: "REFUSED"
        case .denied: "DENIED"
        case .tooLarge: "TOOLARGE"
        case .loading: "LOADING"
        case .readOnly: "READONLY"
        case .busy: "BUSY"
        case .internal: "INTERNAL"
        }
    }
}

/// A command that was not carried out, and changed nothing: why, and what to do about it.
package struct Refusal: Error, Equatable, Sendable {
    package let code: RefusalCode
    /// One sentence for the person who reads it; names the field or rule.
    package let text: String

    package init(_ code: RefusalCode, _ text: String) {
        self.code = code
        self.text = text
    }

    /// A field that is missing or holds what it must not.
    package static func invalid(_ field: String, _ problem: String) -> Refusal {
        Refusal(.invalid, "\(field): \(problem)")
    }
}
