/// Where orders come from, in the order of the numbers used in masks.
package enum Channel: Int, CaseIterable, Sendable {
    case shopify, woocommerce, bol, amazon

    package var name: String {
        switch self {
        case .shopify: "shopify"
        case .woocommerce: "woocommerce"
        case .bol: "bol"
        case .amazon: "amazon"
        }
    }

    /// The store on the channel, as in the field `store`.
    package var store: String {
        switch self {
        case .shopify: "winkel"
        case .woocommerce: "outlet"
        case .bol: "main"
        case .amazon: "de"
        }
    }

    /// An order's name on the protocol: `channel/store:number`, without the store where it is `main`.
    package func name(ofOrder number: String) -> String {
        store == "main" ? "\(name):\(number)" : "\(name)/\(store):\(number)"
    }

    /// Marketplaces hide the buyer's e-mail behind a relay address and name no customer.
    package var isMarketplace: Bool { self == .bol || self == .amazon }
}

/// A postal address in the shape of the canonical order.
package struct PostalAddress: Equatable, Sendable {
    package var street: String
    package var houseNumber: String
    package var postalCode: String
    package var city: String
    /// ISO 3166 alpha-2.
    package var country: String
}

/// One true person or company who buys. The whole truth, of which an order shows a part.
package struct Buyer: Sendable {
    /// Position in the population: the truth that verification compares with.
    package let index: Int
    /// Index of the household's first member.
    package let household: Int
    package let country: Country
    package let givenName: String
    package let familyName: String
    package let company: String?
    package let vatID: String?
    /// Real e-mail per channel, by `Channel.rawValue`; marketplaces never see it.
    package let emails: [String]
    /// National number without the leading zero; nil for those who never give one.
    package let phone: String?
    package let address: PostalAddress
    /// Address from `moveTime` on, for those who move.
    package let newAddress: PostalAddress?
    /// Seconds since 1970.
    package let moveTime: Int?
    /// The channels used, the favourite first.
    package let channels: [Channel]
    /// Bit `Channel.rawValue` is set where the buyer has an account (shop channels only).
    package let accounts: Int

    package func hasAccount(on channel: Channel) -> Bool { accounts & (1 << channel.rawValue) != 0 }

    package func address(at time: Int) -> PostalAddress {
        if let newAddress, let moveTime, time >= moveTime { return newAddress }
        return address
    }
}
