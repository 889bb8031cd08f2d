import Bytes
import Commerce
import Engine
import Wire

// Replies about who is who. What the directory decided or knows is completed by what the records tell.
extension ReplyRenderer {
    /// More steps of a customer's history than this are counted, not shown.
    private static let mostSteps = 500

    // MARK: Decisions

    func renderDecision(_ command: IdentityCommand, _ outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .identity(.blocked(let from, let into, let invoices, let numbers), let sequence):
            renderBlocked(command, from, into, invoices, numbers, sequence, tag: tag)
        case .identity(let result, let sequence):
            output.beginOK(tag: tag)
            output.members(of: result)
            output.key("seq")
            output.number(sequence)
            output.endReply()
        case .refused(let refusal): output.error(refusal, tag: tag)
        default: preconditionFailure("a decision is answered by its result")
        }
    }

    /// Invoices of bookings keep a customer from vanishing: they are named, and so are the ways out.
    private func renderBlocked(
        _ command: IdentityCommand, _ from: UInt32, _ into: UInt32, _ invoices: [(profile: UInt32, row: UInt32)],
        _ ownNumbers: [String], _ sequence: UInt64, tag: [UInt8]?
    ) {
        let questions = invoices.map { RecordQuestion.document(profile: $0.profile, row: $0.row) }
        shownProfiles += invoices.map(\.profile)
        ask(Set(questions)) { facts in
            let numbers = questions.compactMap { facts.answers[$0]?.first } + ownNumbers
            guard case .merge(_, _, isPreview: true, _) = command else {
                let refusal = Refusal(
                    .refused,
                    "C\(from) has a booking with an invoice (\(numbers.joined(separator: ", "))) and must not vanish; CUSTOMER.MERGE C\(into) C\(from) keeps it, CUSTOMER.LINK C\(from) C\(into) ties the two without merging, SHOP.CONFIGURE bookings=allow lifts the rule"
                )
                return self.output.error(refusal, tag: tag)
            }
            self.output.beginOK(tag: tag)
            self.output.key("blockers")
            self.output.openArray()
            for number in numbers { self.output.string(number) }
            self.output.closeArray()
            self.output.key("preview")
            self.output.bool(true)
            self.output.key("seq")
            self.output.number(sequence)
            self.output.endReply()
        }
    }

    private func ask(_ questions: Set<RecordQuestion>, _ body: @escaping @Sendable (RecordFacts) -> Void) {
        wait { done in
            engine.answers(to: questions, hasher: built.hasher, from: lane, done)
        } _: { (answers: [RecordQuestion: [String]]) in
            body(RecordFacts(answers: answers))
        }
    }

    // MARK: Questions

    func renderIdentity(_ outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .evidence(let plan): renderEvidence(plan, tag: tag)
        case .explanation(let explanation, let one, let two): renderExplanation(explanation, one, two, tag: tag)
        case .history(let steps, let customer, let shop): renderHistory(steps, customer, shop, tag: tag)
        case .doubtfulPairs(let pairs, let customers, let total, let offset):
            renderQueue(pairs, customers, total: total, offset: offset, tag: tag)
        case .watchedValues(let values, let customers, let total, let offset):
            renderWatched(values, customers, total: total, offset: offset, tag: tag)
        case .divisions(let samples, let total): renderDivisions(samples, total: total, tag: tag)
        case .identityStatus(let status): answer(tag) { $0.members(of: status) }
        case .settings(let settings): answer(tag) { $0.members(of: settings) }
        case .rules(let identity, let version):
            guard let version else {
                output.rows(of: identity)
                return answer(tag) {
                    $0.key("versions")
                    $0.number(identity.versions.count)
                    $0.key("active")
                    $0.number(identity.activeVersion)
                }
            }
            answer(tag) { $0.members(of: identity, version: version) }
        default: preconditionFailure("a question about who is who is answered by one of these")
        }
    }

    private func answer(_ tag: [UInt8]?, _ members: (inout ByteWriter) -> Void) {
        output.beginOK(tag: tag)
        members(&output)
        output.endReply()
    }

    private func renderEvidence(_ plan: EvidencePlan, tag: [UInt8]?) {
        shownProfiles += plan.first.profiles
        ask(Set(plan.edges.flatMap { RecordQuestion.keys(of: $0, shop: plan.shop) })) { facts in
            var object = ByteWriter(capacity: 1_024)
            EvidenceWriter.write(plan, facts, into: &object)
            self.output.ok(object.span, tag: tag)
        }
    }

    private func renderExplanation(
        _ explanation: PairExplanation, _ one: CustomerMembers, _ two: CustomerMembers, tag: [UInt8]?
    ) {
        shownProfiles += one.profiles + two.profiles
        var questions = RecordQuestion.pair(explanation.pair)
        for step in explanation.path { questions += RecordQuestion.step(step, shop: explanation.shop) }
        ask(Set(questions)) { facts in
            var object = ByteWriter(capacity: 4_096)
            object.explanation(explanation, one, two, ExplanationText(facts: facts, shop: explanation.shop))
            self.output.ok(object.span, tag: tag)
        }
    }

    private func renderHistory(_ steps: [Step], _ customer: CustomerMembers, _ shop: UInt16, tag: [UInt8]?) {
        shownProfiles += customer.profiles
        let shown = steps.prefix(Self.mostSteps)
        ask(Set(shown.flatMap { RecordQuestion.step($0, shop: shop) })) { facts in
            let words = ExplanationText(facts: facts, shop: shop)
            var object = ByteWriter(capacity: 4_096)
            object.openObject()
            object.key("text")
            object.string(words.text(customer.number, profiles: customer.profiles.count, steps))
            object.key("customer")
            object.customerNumber(customer.number)
            object.key("profiles")
            object.numbers(customer.profiles)
            object.steps(shown, words)
            object.key("totalSteps")
            object.number(steps.count)
            object.closeObject()
            self.output.ok(object.span, tag: tag)
        }
    }

    private func renderQueue(
        _ pairs: [DoubtfulPair], _ customers: [(CustomerMembers, CustomerMembers)], total: Int, offset: Int,
        tag: [UInt8]?
    ) {
        let sides = customers.flatMap { [$0.0, $0.1] }
        for side in sides { shownProfiles += side.profiles }
        var questions = Set(pairs.flatMap { RecordQuestion.pair($0.pair) })
        for pair in pairs { questions.formUnion([.name(profile: pair.edge.older), .name(profile: pair.edge.newer)]) }
        ask(questions) { facts in
            self.wait { done in
                self.engine.parts(of: sides, from: self.lane, done)
            } _: { (parts: [[DossierPart]]) in
                for (place, pair) in pairs.enumerated() {
                    let (one, two) = customers[place]
                    self.output.row(of: pair, (one, parts[place * 2]), (two, parts[place * 2 + 1]), facts)
                }
                self.output.beginOK(tag: tag)
                self.output.range(total: total, offset: offset, count: pairs.count)
                self.output.endReply()
            }
        }
    }

    private func renderWatched(
        _ values: [WatchedValue], _ customers: [[UInt32]], total: Int, offset: Int, tag: [UInt8]?
    ) {
        var questions: Set<RecordQuestion> = []
        for value in values {
            shownProfiles += value.carriers
            questions.formUnion(value.questions)
        }
        ask(questions) { facts in
            for (value, customers) in zip(values, customers) { self.output.row(of: value, customers, facts) }
            self.output.beginOK(tag: tag)
            self.output.range(total: total, offset: offset, count: values.count)
            self.output.endReply()
        }
    }

    private func renderDivisions(_ samples: [CustomerSample], total: Int, tag: [UInt8]?) {
        let customers = samples.flatMap { $0.before + $0.after }
        for customer in customers { shownProfiles += customer.profiles }
        wait { done in
            engine.parts(of: customers, from: lane, done)
        } _: { (parts: [[DossierPart]]) in
            self.output.rows(of: samples, parts)
            self.output.beginOK(tag: tag)
            self.output.key("splits")
            self.output.number(total)
            self.output.key("preview")
            self.output.bool(true)
            self.output.endReply()
        }
    }
}

extension WatchedValue {
    /// Any carrier knows the value; a few are asked, for some may have shown it in a variant that reads otherwise.
    var questions: [RecordQuestion] {
        carriers.prefix(3).map { .key(profile: $0, kind, hash: hash, shop: shop) }
    }
}
