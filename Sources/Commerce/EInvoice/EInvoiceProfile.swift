/// Which set of rules an e-invoice is written for and checked against, on top of EN 16931 itself.
package enum EInvoiceProfile: Hashable, Sendable, CaseIterable {
    /// Peppol BIS Billing 3.0, with the rules it has for sellers in the Netherlands, Denmark, Iceland,
    /// Italy, Norway and Sweden.
    case peppol
    /// Nothing but the standard.
    case en16931
    /// XRechnung 3.0, what German authorities take.
    case xrechnung

    /// BT-24.
    package var customizationID: String {
        switch self {
        case .peppol: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
        case .en16931: "urn:cen.eu:en16931:2017"
        case .xrechnung: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
        }
    }

    /// BT-23; the standard alone names no process.
    package var processID: String? {
        switch self {
        case .peppol, .xrechnung: "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
        case .en16931: nil
        }
    }
}
