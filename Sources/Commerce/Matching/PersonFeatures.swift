/// What of somebody's features is asked for whether two can be one person at all: names and date of birth. 48 bytes, where
/// all features are 240.
struct PersonFeatures: BitwiseCopyable, Sendable {
    /// The given name's first word, 12 bytes of it.
    let firstName: ShortText
    /// The family name without particles, written together.
    let lastName: ShortText
    let firstNameSound: UInt16
    let lastNameSound: UInt16
    let birthDate: BirthDate
    /// As in `PartyFeatures`.
    let nameTraits: UInt8

    var generation: PartyFeatures.Generation { PartyFeatures.Generation(rawValue: nameTraits & 0x3F) ?? .none }
    /// A given name was given, and it is written as no given name is.
    var isFirstNameUnlikely: Bool { nameTraits & 0x80 != 0 }
    /// The given name is one that many people bear.
    var isFirstNameKnown: Bool { nameTraits & 0x40 != 0 }
}

extension PartyFeatures {
    @inline(__always) var person: PersonFeatures {
        PersonFeatures(
            firstName: firstName, lastName: lastName, firstNameSound: firstNameSound, lastNameSound: lastNameSound,
            birthDate: birthDate, nameTraits: nameTraits)
    }
}
