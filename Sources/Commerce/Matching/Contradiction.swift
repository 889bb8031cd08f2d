extension PartyFeatures {
    /// Whether the two cannot be one person whoever stands between them: first names of two people, father and son by
    /// their dates of birth, junior and senior. Symmetric; depends on names, generation and birth date only.
    package func contradicts(_ other: PartyFeatures) -> Bool {
        if generation != .none, other.generation != .none, generation != other.generation { return true }
        let birthDates = birthDate.level(against: other.birthDate)
        if birthDates == .differs { return true }
        let names = NameComparison(self, other)
        if birthDates >= .close { return names.first == .differs && names.last == .differs }
        return names.first == .differs
    }
}
