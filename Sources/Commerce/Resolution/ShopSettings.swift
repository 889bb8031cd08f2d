/// A setting of a shop, or of one of its sources.
struct SettingSubject: Hashable, Sendable {
    let setting: ShopSetting
    /// The source's number; 0 where the setting is the whole shop's.
    let source: UInt16

    init(_ setting: ShopSetting, source: UInt16 = 0) {
        self.setting = setting
        self.source = source
    }
}

/// Who set something, and when.
package struct SettingWord: Sendable, Equatable {
    package let actor: String
    /// Milliseconds.
    package let at: Int64
}

/// What people have set in a shop, for `SHOP.SETTINGS`.
package struct ShopSettings: Sendable {
    /// A source and whether it knows each buyer once.
    package struct Source: Sendable {
        /// `channel/store`.
        package let name: String
        package let knowsBuyersOnce: Bool
        /// Whether a person said so; otherwise the channel is known for it.
        package let isDeclared: Bool
        /// Who said so.
        package let word: SettingWord?
    }

    package let mode: MatchMode
    package let protectsBookings: Bool
    package let activeVersion: Int
    /// Who set the match mode, and who how bookings are treated; nil where nobody did.
    package let modeWord: SettingWord?
    package let bookingsWord: SettingWord?
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
                isDeclared: identity.declaredSources[number] != nil,
                word: identity.settingWords[SettingSubject(.knowsBuyersOnce, source: number)])
        }
        return ShopSettings(
            mode: identity.mode, protectsBookings: identity.protectsBookings,
            activeVersion: Int(identity.activeVersion), modeWord: identity.settingWords[SettingSubject(.matchMode)],
            bookingsWord: identity.settingWords[SettingSubject(.protectsBookings)], sources: known)
    }
}
