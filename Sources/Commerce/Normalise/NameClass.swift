/// What the name of a person or a company is worth.
///
/// Sources: what shops' imports hold where a form insisted on a name; "Amazon Business EU SARL" from
/// amzn/selling-partner-api-models issue 5030.
package enum NameClass: UInt8, Sendable {
    case real
    /// One name for everybody, put there by a marketplace.
    case constant
    /// Filled in to get past a form: "n/a", "-", "xxx", "Test Test", "Guest", "Onbekend", "12345".
    case placeholder
}
