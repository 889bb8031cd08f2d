/// The laws over the sum: what members of one household, one firm or one name share is no evidence that they are one.
struct PairJudge {
    let weight: PairWeight
    let address: AddressComparison
    let traits: PairTraits
    let mergeThreshold: Int32
    let queueThreshold: Int32

    /// One of the given names is no name: it does not tell two people apart.
    private var isMisspelt: Bool { traits.contains(.isMisspelt) }
    private var first: PairLevel { weight[.firstName] }
    private var last: PairLevel { weight[.lastName] }

    @inline(__always) func decide(_ result: inout PairWeight) {
        if weight[.vat] == .same, companyAgrees {
            result.verdict = .merge
            result.reason = .sameVATNumber
            return
        }
        let score = weight.score
        let byScore: PairVerdict =
            score >= mergeThreshold ? .merge : score >= queueThreshold ? .queue : .none
        let isOtherPerson =
            first == .differs || traits.contains(.isOfAnother) && first == .garbled
            ? !isSameBirthDate : first == .similar && !birthDateAgrees && !isSlip
        if isOtherPerson {
            (result.verdict, result.reason) = otherPerson(byScore)
            return
        }
        result.verdict = byScore
        if isCompanyNameAlone { (result.verdict, result.reason) = (.none, .onlyName) }
        guard result.verdict == .merge else { return }
        let reason = objection()
        guard reason != .none else { return }
        result.verdict = .queue
        result.reason = reason
    }

    // MARK: What agrees

    private var companyAgrees: Bool { weight[.company] >= .sounds }
    private var firstAgrees: Bool { first >= .sounds && first != .initial }
    private var lastAgrees: Bool { last >= .sounds }
    private var contactAgrees: Bool { weight[.email] >= .near || weight[.phone] >= .near }
    /// The one thing that members of a household do not share.
    private var birthDateAgrees: Bool { weight[.birthDate] >= .close && weight[.birthDate] != .part }
    private var isSameBirthDate: Bool {
        weight[.birthDate] == .same || weight[.birthDate] == .swapped || traits.contains(.isDateSlip)
    }
    /// Names that are alike run in families, but of a known name and one like it that few bear the one behind the same
    /// telephone is a slip.
    private var isSlip: Bool { traits.contains(.isSlipOfKnown) && contactAgrees }
    private var contactsDiffer: Bool { weight[.email] == .differs || weight[.phone] == .differs }
    private var isSharedByHousehold: Bool {
        weight[.email] == .same || weight[.phone] >= .local || (address.isSameDoor && lastAgrees)
    }

    /// The first names are two people's, and no birth date says otherwise.
    private func otherPerson(_ byScore: PairVerdict) -> (PairVerdict, PairReason) {
        if first == .differs, isSharedByHousehold, !birthDateAgrees {
            return (.link, companyAgrees ? .sameCompany : .firstNamesDiffer)
        }
        if byScore == .none { return (isSharedByHousehold ? .link : .none, .firstNamesDiffer) }
        return (.queue, .firstNamesDiffer)
    }

    /// Why a pair of enough weight is not merged; none if it may be.
    private func objection() -> PairReason {
        if weight[.generation] == .differs { return .generationsDiffer }
        // "Jan Bakker jr." beside a Jan Bakker: father and son unless something personal is the same.
        if weight[.generation] == .part, !birthDateAgrees, weight[.email] < .near { return .generationsDiffer }
        let birthDate = weight[.birthDate]
        if traits.contains(.isGenerationApart)
            || (traits.contains(.isDecadesApart) && address.isSameDoor && !contactAgrees)
            || birthDate == .differs && first != .same && !(isMisspelt && first >= .close)
        {
            return .birthDatesDiffer
        }
        if first == .differs || first == .similar, !contactAgrees, address.sum < 1000 { return .firstNamesDiffer }
        // Twins.
        if first == .differs, contactsDiffer { return .firstNamesDiffer }
        if last == .differs, !isSameWithoutLastName { return .lastNamesDiffer }
        if first == .missing && last == .missing { return namelessObjection }
        if first <= .garbled || first == .initial, !(contactAgrees || birthDateAgrees) { return unnamedReason }
        // A landline and an address are a household's; names that are merely alike run in families.
        let isOtherForm = first == .part || first == .sounds && !isSlip
        if isAlike, !birthDateAgrees, weight[.email] < .near,
            isOtherForm || !contactAgrees || weight[.email] == .differs
        {
            return unnamedReason
        }
        if birthDate == .missing, weight[.email] == .differs, weight[.phone] == .differs { return .contactsDiffer }
        if !(contactAgrees || birthDate >= .similar || hasAddress || isRareNameInPlace) { return .onlyName }
        if isOnlyNameAndBirthDate, weight.score < mergeThreshold + slipMargin { return .onlyName }
        return .none
    }

    private var isOnlyNameAndBirthDate: Bool { !contactAgrees && address.sum < 100 }

    /// What slips in the names and dates must weigh beyond the threshold where nothing else tells: a large shop has many
    /// people of one common name, and some of them were born nearly on one day. One slip is forgiven, each further one
    /// costs; a family name that is merely alike counts twice, and so do dates that differ in more than one place.
    private var slipMargin: Int32 {
        let birthDate = weight[.birthDate]
        var slips: Int32 = 0
        func isImperfect(_ level: PairLevel) -> Bool { level < .part && level != .missing }
        if isImperfect(first) { slips += 1 }
        if isImperfect(last) { slips += 1 }
        if isImperfect(birthDate) { slips += 1 }
        if last == .similar { slips += 1 }
        if birthDate == .part { slips += 2 } else if birthDate <= .close, birthDate != .missing { slips += 1 }
        return max(slips - 1, 0) * 200
    }

    /// Why the given names do not say that it is one person.
    private var unnamedReason: PairReason {
        switch first {
        case .initial: .onlyInitial
        case .missing, .garbled: .noPersonalEvidence
        default: .firstNamesDiffer
        }
    }

    /// The given names are not the same, only compatible: an initial, a short form, a neighbour in sound or spelling.
    private var isAlike: Bool {
        switch first {
        case .close, .sounds, .part, .similar: !isMisspelt
        case .initial, .missing, .garbled: true
        default: false
        }
    }

    /// A name that marriage changed, or a clerk: two of contact, address and birth date agree besides the given name.
    private var isSameWithoutLastName: Bool {
        let agreeing = (contactAgrees ? 1 : 0) + (address.sum >= 1000 ? 1 : 0) + (birthDateAgrees ? 1 : 0)
        return agreeing >= 2 && (birthDateAgrees || first >= .near || isMisspelt && first == .close)
    }

    private var hasAddress: Bool {
        if address.isSameDoor { return true }
        // One house number in one town: a wrong postcode, or a street that is only alike, is still the same door.
        let isDoorOfTown =
            first == .same && last == .same && address.houseNumber == .same && address.city >= .near
            && (address.street >= .similar || address.postalCode == .near && weight[.birthDate] != .differs)
        return isDoorOfTown || address.street >= .similar && address.sum >= 1500
    }

    /// One name in one postcode, and so rare a pair that no second bearer is to be expected there.
    private var isRareNameInPlace: Bool {
        firstAgrees && last >= .near && address.postalCode == .same
            && (address.city == .missing || address.city >= .sounds) && weight.score >= mergeThreshold + 500
    }

    /// Two firms of one name, or branches of one chain.
    private var isCompanyNameAlone: Bool {
        companyAgrees && first == .missing && last == .missing && !contactAgrees && address.sum < 300
            && weight[.birthDate] == .missing
    }

    /// Nobody is named: the company is the customer.
    private var namelessObjection: PairReason {
        if weight[.company] == .missing { return contactAgrees && birthDateAgrees ? .none : .noPersonalEvidence }
        guard companyAgrees else { return .companiesDiffer }
        return contactAgrees || address.isSameDoor ? .none : .onlyName
    }
}
