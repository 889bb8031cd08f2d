/// How a rate that an order names is to be shown: which VAT category of UNTDID 5305.
///
/// Above zero it is the standard category. Zero means, by Directive 2006/112/EC: a supply to a company with a VAT id in
/// another member state (article 138), an export (article 146), and otherwise goods at a rate of zero.
struct VATTreatment {
    let sellerCountry: String
    let buyerCountry: String
    let hasBuyerVATId: Bool

    func vat(rate: Decimal64) -> EInvoice.VAT {
        guard rate.units == 0 else { return EInvoice.VAT(.standard, rate: rate) }
        return EInvoice.VAT(zeroCategory, rate: .zero)
    }

    private var zeroCategory: EInvoice.VATCategory {
        guard !sellerCountry.isEmpty, !buyerCountry.isEmpty, sellerCountry != buyerCountry else { return .zero }
        if !Self.memberStates.contains(buyerCountry) { return .export }
        return hasBuyerVATId && Self.memberStates.contains(sellerCountry) ? .intraCommunity : .zero
    }

    /// The European Union since 2020. Northern Ireland (XI) is no country of ISO 3166.
    private static let memberStates: Set<String> = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]
}

/// An amount shared out by weights, to the unit: each part rounded down, what is missing goes to the largest
/// remainders, the first of equals first.
enum Apportionment {
    static func shares(of amount: Int64, by weights: [Int64]) throws(EInvoiceError) -> [Int64] {
        let whole = weights.reduce(Int128(0)) { $0 + Int128($1) }
        guard whole > 0 else { return weights.indices.map { $0 == 0 ? amount : 0 } }
        var shares: [Int64] = []
        var remainders: [(index: Int, remainder: Int128)] = []
        for (index, weight) in weights.enumerated() {
            let exact = Int128(amount) * Int128(weight)
            shares.append(try EInvoiceArithmetic.amount(exact / whole))
            remainders.append((index, exact % whole))
        }
        remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
        let missing = amount - shares.reduce(0, +)
        for (index, _) in remainders.prefix(Int(missing)) { shares[index] += 1 }
        return shares
    }
}
