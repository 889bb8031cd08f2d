import Bytes

/// The fields that show on a customer, in the order in which they show. The raw values are written to disk, in pins.
package enum DisplayField: UInt8, CaseIterable, Sendable {
    case name = 0
    case firstName = 1
    case lastName = 2
    case company = 3
    case email = 4
    case phone = 5
    case vatId = 6
    case birthDate = 7
    case language = 8
    case billing = 9

    /// As it stands in replies and in commands.
    package var text: StaticString {
        switch self {
        case .name: "name"
        case .firstName: "firstName"
        case .lastName: "lastName"
        case .company: "company"
        case .email: "email"
        case .phone: "phone"
        case .vatId: "vatId"
        case .birthDate: "birthDate"
        case .language: "language"
        case .billing: "billing"
        }
    }

    /// The field with this name, letter for letter.
    package init?(named name: Span<UInt8>) {
        for field in Self.allCases where name.equals(field.text) {
            self = field
            return
        }
        return nil
    }

    /// First name, last name and full name are three views of one thing: they come from one source together.
    var isName: Bool { self == .name || self == .firstName || self == .lastName }
}
