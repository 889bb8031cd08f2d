// Keys under which variants that may be one buyer meet. Each joins two values, so that few strangers share one even
// among a million customers.
extension PartyFeatures {
    /// Kinds of blocking keys. The raw values are written to disk.
    package enum BlockingKind: UInt8, CaseIterable, Sendable {
        case birthDateAndInitial = 1, names, initialsAndBirthMonth, initialsAndBirthYear, initialsAndBirthDay
        case lastNameAndPostalCode, firstNameAndPostalCode, streetAndNumber, postalCodeAndNumber
        case phoneDigits, emailLocal, companyAndPlace, firstNameAndPlace, lastNameAndPlace
        case initialsAndPhoneEnd
    }

    /// Calls `body` with each key: 11 of a buyer with name, e-mail, telephone and address, five more with a birth date, four
    /// more with a second address. A kind comes twice where there are two of a value.
    @inline(__always)
    package func forEachBlockingKey(_ body: (_ kind: UInt8, _ hash: UInt64) -> Void) {
        func emit(_ kind: BlockingKind, _ left: UInt64, _ right: UInt64) {
            guard left != 0, right != 0 else { return }
            body(kind.rawValue, FeatureHash.combine(left, right &+ UInt64(kind.rawValue) << 56))
        }
        let first = UInt64(firstNameSound)
        let last = UInt64(lastNameSound)
        // One kind for both initials: people exchange the two. A date has some forty bearers in a million customers.
        if birthDate.hasDay {
            let initials = (firstLow & 0xFF, lastName.low & 0xFF)
            emit(.birthDateAndInitial, initials.0, UInt64(birthDate.digits))
            if initials.1 != initials.0 { emit(.birthDateAndInitial, initials.1, UInt64(birthDate.digits)) }
        }
        if firstLow != 0, !lastName.isEmpty, !birthDate.isEmpty {
            // One part of the date may be wrong.
            let initials = (firstLow & 0xFF) << 8 | lastName.low & 0xFF
            emit(.initialsAndBirthMonth, initials, UInt64(birthDate.digits >> 8))
            emit(.initialsAndBirthYear, initials, UInt64(birthDate.digits & 0xFFFF_00FF))
            emit(.initialsAndBirthDay, initials, UInt64(birthDate.digits & 0xFFFF))
        }
        // The order of the two does not count: people exchange them.
        emit(.names, firstName.mixed &+ lastName.mixed, firstLow == 0 || lastName.isEmpty ? 0 : 1)
        emit(.phoneDigits, phone.last(7), 1)
        // One digit of the number may be wrong, and so may one of the names.
        let bothInitials = firstLow == 0 || lastName.isEmpty ? 0 : (firstLow & 0xFF) &+ (lastName.low & 0xFF)
        emit(.initialsAndPhoneEnd, bothInitials, phone.last(4))
        emit(.emailLocal, emailKind == .relay ? 0 : emailLocal.mixed, 1)
        emit(.companyAndPlace, UInt64(companyHash), firstAddress.city)
        // The other name's initial keeps the block of a common name in a large town small.
        let lastAndInitial = last == 0 || firstLow == 0 ? 0 : last << 8 | firstLow & 0xFF
        let firstAndInitial = first == 0 || lastName.isEmpty ? 0 : first << 8 | lastName.low & 0xFF
        emit(.firstNameAndPlace, firstAndInitial, firstAddress.city)
        emit(.lastNameAndPlace, lastAndInitial, firstAddress.city)
        emitAddress(firstAddress, first, last, emit)
        if !secondAddress.isEmpty { emitAddress(secondAddress, first, last, emit) }
    }

    @inline(__always)
    private func emitAddress(
        _ address: AddressFeatures, _ first: UInt64, _ last: UInt64, _ emit: (BlockingKind, UInt64, UInt64) -> Void
    ) {
        emit(.lastNameAndPostalCode, last, address.postalCode)
        emit(.firstNameAndPostalCode, first, address.postalCode)
        emit(.streetAndNumber, address.street.mixed, UInt64(address.houseNumber))
        emit(.postalCodeAndNumber, address.postalCode, UInt64(address.houseNumber))
    }
}
