/// What the names and dates of two parties say about whether they can be one person, whoever stands between them.
package struct PersonalStanding: BitwiseCopyable, Sendable, Equatable {
    /// The first names are two people's, or one's.
    package var namesDiffer = false
    package var namesAgree = false
    /// The dates of birth are a generation apart (father and son), or the same.
    package var datesDiffer = false
    package var datesAgree = false

    package var isContradiction: Bool { namesDiffer || datesDiffer }

    /// What several rows of two profiles say together: what agrees in any of them agrees.
    mutating func join(_ other: PersonalStanding) {
        namesAgree = namesAgree || other.namesAgree
        datesAgree = datesAgree || other.datesAgree
        namesDiffer = (namesDiffer || other.namesDiffer) && !namesAgree
        datesDiffer = (datesDiffer || other.datesDiffer) && !datesAgree
    }
}

extension PersonFeatures {
    /// Symmetric.
    func standing(against other: PersonFeatures) -> PersonalStanding {
        var standing = PersonalStanding()
        let date = birthDate.level(against: other.birthDate)
        standing.datesAgree = date >= .close && date != .part
        if generation != .none, other.generation != .none, generation != other.generation {
            standing.datesDiffer = true
            standing.datesAgree = false
        } else {
            standing.datesDiffer = birthDate.isGenerationApart(from: other.birthDate)
        }
        switch NameComparison.first(self, other) {
        case .differs: standing.namesDiffer = date < .close
        case .same, .near, .close, .sounds, .part, .swapped: standing.namesAgree = true
        default: break
        }
        return standing
    }

    /// Whether the two cannot be one person.
    func contradicts(_ other: PersonFeatures) -> Bool { standing(against: other).isContradiction }
}

extension PartyFeatures {
    /// Whether the two cannot be one person.
    package func contradicts(_ other: PartyFeatures) -> Bool { person.contradicts(other.person) }
}
