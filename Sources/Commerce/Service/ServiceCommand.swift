import Bytes

/// A brochure that a customer asks for.
package struct BrochureRequest: Sendable {
    package let brochure: String
    package var note = ""
    /// The sender's own name for the request, so that a repeat is known; empty for none.
    package var id = ""

    package init(brochure: String) { self.brochure = brochure }
}

/// Which requests are meant.
package enum BrochureChoice: Sendable {
    /// By their places.
    case requests([UInt32])
    /// All on the list that were made at this moment or before, in milliseconds.
    /// - Parameter brochure: nil for every brochure.
    case until(Int64, brochure: String?)
}

package enum ServiceCommand: Sendable {
    case putTerms(PriceTerms)
    case removeTerms(String)
    case requestBrochure(CustomerSelector, BrochureRequest)
    /// - Parameter at: the print date in milliseconds; nil for now.
    case printBrochures(BrochureChoice, at: Int64?)
    case withdrawBrochure(UInt32, reason: String)
    /// - Parameter at: in milliseconds; nil for now.
    case logIn(CustomerSelector, at: Int64?, from: String)
    case askReport(customer: UInt32, report: String, isFiled: Bool)

    /// Whether a shop may begin with it.
    package var opensShop: Bool { if case .putTerms = self { true } else { false } }
}

/// Whose price is asked for.
package enum QuotedParty: Sendable {
    case customer(CustomerSelector)
    case group(PriceGroup)
}

package enum ServiceQuery: Sendable {
    /// - Parameters:
    ///   - group: nil for every group.
    ///   - on: those that hold at this moment, in milliseconds; nil for all.
    case listTerms(group: PriceGroup?, on: Int64?, offset: Int, limit: Int)
    case showTerms(String)
    /// - Parameter on: in milliseconds; nil for now.
    case customerTerms(CustomerSelector, on: Int64?)
    case quote(QuotedParty, QuoteRequest)
}

/// A reply of rows.
package struct ServiceListing: Sendable {
    /// JSON objects.
    package let rows: [[UInt8]]
    /// The object behind OK.
    package let end: [UInt8]
}

/// What becomes of a command: an event to be written, unless all is so already, and what the reply shows.
package struct ServiceDecision: Sendable {
    package enum Subject: Sendable {
        case terms(String)
        case removed(String)
        case brochure(UInt32)
        /// - Parameters:
        ///   - requests: those that have that print date now.
        ///   - left: how many more the selection has.
        case printed([UInt32], at: Int64, left: Int)
        case withdrawn([UInt32])
        case logIn(UInt32, at: Int64)
        case report(UInt32)
    }

    /// Nil: nothing changes.
    package let event: LedgerEvent?
    package let subject: Subject
}
