/// One rule that an e-invoice breaks.
package struct EInvoiceFinding: Hashable, Sendable {
    /// The rule's own name: `BR-S-02`, `BR-CO-15`, `PEPPOL-EN16931-R003`, `NL-R-003`, `BR-DE-15`.
    package let rule: String
    /// The business term that is missing or wrong: `BT-31`.
    package let term: String
    /// The id of the line (BT-126), where it is about a line.
    package let line: String?
    /// What is wrong, for the merchant: one sentence without a full stop.
    package let sentence: String
}
