extension EInvoice {
    /// How something is taxed: category and rate. Two that mean the same are equal, however the rate is written.
    package struct VAT: Hashable, Sendable {
        /// BT-151, BT-95, BT-102.
        package let category: VATCategory
        /// BT-152, BT-96, BT-103 in percent, without trailing zeros; nil where there is none, as category O demands.
        package let rate: Decimal64?

        package init(_ category: VATCategory, rate: Decimal64?) {
            self.category = category
            self.rate = rate?.shortest
        }

        /// The rate a sum is worked out with: none is nothing.
        package var effectiveRate: Decimal64 { rate ?? .zero }
    }

    /// UNTDID 5305, as far as EN 16931 allows it.
    package enum VATCategory: String, Hashable, Sendable, CaseIterable {
        case standard = "S"
        case zero = "Z"
        case exempt = "E"
        case reverseCharge = "AE"
        /// Supply to another member state of the Union.
        case intraCommunity = "K"
        case export = "G"
        case outsideScope = "O"
        /// IGIC, Canary Islands.
        case canaryIslands = "L"
        /// IPSI, Ceuta and Melilla.
        case ceutaAndMelilla = "M"
    }

    /// BT-120 and BT-121: why a category is not taxed.
    package struct Exemption: Hashable, Sendable {
        package var category: VATCategory
        /// BT-120.
        package var reason: String?
        /// BT-121, of the VATEX list.
        package var reasonCode: String?

        package init(category: VATCategory, reason: String? = nil, reasonCode: String? = nil) {
            self.category = category
            self.reason = reason
            self.reasonCode = reasonCode
        }

        /// The reason that the category itself gives; nil where it needs none, and for an exemption (E), whose reason
        /// only the seller knows.
        package static func standard(for category: VATCategory) -> Exemption? {
            switch category {
            case .reverseCharge:
                Exemption(category: category, reason: "Reverse charge", reasonCode: "VATEX-EU-AE")
            case .intraCommunity:
                Exemption(category: category, reason: "Intra-community supply", reasonCode: "VATEX-EU-IC")
            case .export:
                Exemption(category: category, reason: "Export outside the EU", reasonCode: "VATEX-EU-G")
            case .outsideScope:
                Exemption(category: category, reason: "Not subject to VAT", reasonCode: "VATEX-EU-O")
            case .standard, .zero, .exempt, .canaryIslands, .ceutaAndMelilla: nil
            }
        }
    }
}
