/// The laws over the sum: what members of one household, one firm or one name share is no evidence that they are one.
struct PairJudge {
    let weight: PairWeight
    let address: AddressComparison
    let rules: MatchRules

    private var first: PairLevel { weight[.firstName] }
    private var last: PairLevel { weight[.lastName] }

    @inline(__always) func decide(_ result: inout PairWeight) {
        let score = weight.score
        if weight[.vat] == .same, companyAgrees {
            result.verdict = .merge
            result.reason = .sameVATNumber
            return
        }
        let byScore: PairVerdict =
            score >= rules.mergeThreshold ? .merge : score >= rules.queueThreshold ? .queue : .none
        if first == .differs {
            (result.verdict, result.reason) = otherPerson(byScore)
            return
        }
        result.verdict = byScore
        guard byScore == .merge else { return }
        let reason = objection()
        guard reason != .none else { return }
        result.verdict = .queue
        result.reason = reason
    }

    // MARK: What agrees

    private var companyAgrees: Bool { weight[.company] >= .sounds }
    private var lastAgrees: Bool { last >= .sounds }
    /// The given name says that it is the same person, or could be.
    private var firstAgrees: Bool { first >= .sounds && first != .initial }
    private var contactAgrees: Bool { weight[.email] >= .near || weight[.phone] >= .near }
    private var birthDateAgrees: Bool { weight[.birthDate] >= .close }
    private var isSharedByHousehold: Bool {
        weight[.email] == .same || weight[.phone] >= .local || (address.isSameDoor && lastAgrees)
    }

    /// The first names are two people's.
    private func otherPerson(_ byScore: PairVerdict) -> (PairVerdict, PairReason) {
        if weight[.birthDate] == .same, byScore == .merge { return (.queue, .firstNamesDiffer) }
        if companyAgrees, isSharedByHousehold { return (.link, .sameCompany) }
        if isSharedByHousehold { return (.link, .firstNamesDiffer) }
        return (byScore == .none ? .none : .queue, .firstNamesDiffer)
    }

    /// Why a pair of enough weight is not merged; none if it may be.
    private func objection() -> PairReason {
        if weight[.generation] == .differs { return .generationsDiffer }
        if weight[.birthDate] == .differs { return .birthDatesDiffer }
        if last == .differs, !(birthDateAgrees && (contactAgrees || address.isSameDoor)) { return .lastNamesDiffer }
        if first == .missing && last == .missing { return companyObjection }
        if first == .initial || first == .missing, !(contactAgrees || birthDateAgrees) {
            return first == .initial ? .onlyInitial : .noPersonalEvidence
        }
        let isWithoutBirthDate = weight[.birthDate] == .missing
        if isWithoutBirthDate, weight[.email] == .differs, weight[.phone] == .differs { return .contactsDiffer }
        if !(contactAgrees || birthDateAgrees || address.isSameDoor) { return .onlyName }
        return .none
    }

    /// Nobody is named: the company is the customer.
    private var companyObjection: PairReason {
        if weight[.company] == .missing { return .noPersonalEvidence }
        guard companyAgrees else { return .companiesDiffer }
        return contactAgrees || address.isSameDoor ? .none : .onlyName
    }
}
