// Keys under which variants that may be one buyer meet. Each joins two values, so that few strangers share one even
// among a million customers.
extension PartyFeatures {
    /// Kinds of blocking keys. The raw values are written to disk.
    package enum BlockingKind: UInt8, CaseIterable, Sendable {
        case lastNameAndBirthDate = 1, firstNameAndBirthDate, names, lastNameAndPostalCode, doorAndInitial
        case phoneDigits, emailLocal, companyAndPlace, firstNameAndStreet
    }

    /// Calls `body` with each key, at most 12; a kind comes twice where there are two addresses.
    @inline(__always)
    package func forEachBlockingKey(_ body: (_ kind: UInt8, _ hash: UInt64) -> Void) {
        func emit(_ kind: BlockingKind, _ left: UInt64, _ right: UInt64) {
            guard left != 0, right != 0 else { return }
            body(kind.rawValue, FeatureHash.combine(left, right &+ UInt64(kind.rawValue) << 56))
        }
        let first = UInt64(firstNameSound)
        let last = UInt64(lastNameSound)
        emit(.lastNameAndBirthDate, last, UInt64(birthDate.digits))
        emit(.firstNameAndBirthDate, first, UInt64(birthDate.digits))
        // The order of the two does not count: people exchange them.
        emit(.names, firstName.mixed &+ lastName.mixed, firstLow == 0 || lastName.isEmpty ? 0 : 1)
        emit(.phoneDigits, phone.last(7), 1)
        emit(.emailLocal, emailKind == .real ? emailLocal.mixed : 0, 1)
        emit(.companyAndPlace, UInt64(companyHash), firstAddress.city)
        emitAddress(firstAddress, first, last, emit)
        if !secondAddress.isEmpty { emitAddress(secondAddress, first, last, emit) }
    }

    @inline(__always)
    private func emitAddress(
        _ address: AddressFeatures, _ first: UInt64, _ last: UInt64, _ emit: (BlockingKind, UInt64, UInt64) -> Void
    ) {
        emit(.lastNameAndPostalCode, last, address.postalCode)
        if address.houseNumber != 0 {
            emit(.doorAndInitial, address.street.mixed, UInt64(address.houseNumber))
        }
        emit(.firstNameAndStreet, first, address.street.mixed)
    }
}
