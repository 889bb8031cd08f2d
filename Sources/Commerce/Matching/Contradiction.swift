extension PartyFeatures {
    /// Whether the two cannot be one person whoever stands between them: first names of two people, father and son by
    /// their dates of birth, junior and senior. Symmetric; depends on names, generation and birth date only.
    package func contradicts(_ other: PartyFeatures) -> Bool {
        if generation != .none, other.generation != .none, generation != other.generation { return true }
        if birthDate.isGenerationApart(from: other.birthDate) { return true }
        let first = NameComparison(self, other).first
        return first == .differs && birthDate.level(against: other.birthDate) < .close
    }
}
