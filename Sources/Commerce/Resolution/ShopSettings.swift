/// What people have set in a shop, for `SHOP.SETTINGS`.
package struct ShopSettings: Sendable {
    /// A source and whether it knows each buyer once.
    package struct Source: Sendable {
        /// `channel/store`.
        package let name: String
        package let knowsBuyersOnce: Bool
        /// Whether a person said so; otherwise the channel is known for it.
        package let isDeclared: Bool
    }

    package let mode: MatchMode
    package let protectsBookings: Bool
    package let activeVersion: Int
    /// In the order in which they were first heard of.
    package let sources: [Source]
}

extension DirectoryState {
    package func settings(of shop: UInt16) -> ShopSettings {
        let identity = identities[Int(shop)]
        let known = sources.all(of: shop).map { number, name in
            ShopSettings.Source(
                name: name,
                knowsBuyersOnce: identity.declaredSources[number] ?? sources.knowsBuyersOnce(number),
                isDeclared: identity.declaredSources[number] != nil)
        }
        return ShopSettings(
            mode: identity.mode, protectsBookings: identity.protectsBookings,
            activeVersion: Int(identity.activeVersion), sources: known)
    }
}
