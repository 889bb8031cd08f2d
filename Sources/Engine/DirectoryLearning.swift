import Commerce

// Learning: a walk over the shop's profiles, a slice at a time so that nobody waits for it, and rules proposed at its end.
//
// The engine proposes by itself when a shop has doubled; it never activates by itself. One version in force, changed by an
// event that a person asked for, is what keeps customers a function of the data and of people's word: would the engine
// change its rules when it happens to be at rest, who is who would depend on when that was.

/// What learning has come to.
package struct LearningReport: Sendable {
    /// The version of the rules that was proposed; nil if nothing differs enough from those in force.
    package let version: Int?
    package let isActive: Bool
    /// What it rests on, in words.
    package let basis: String
    /// The last event when learning was done.
    package let sequence: UInt64
}

extension Directory {
    /// A fifth of a millisecond or so.
    private static let profilesPerSlice = 16

    /// Who wants it, and whether what is learned is to be put into force.
    private struct Request {
        let person: String?
        let activates: Bool
    }

    /// Learns from a shop's profiles as soon as everything is weighed. `completion` runs on this lane.
    /// - Parameter person: who asked for it; nil if nobody did.
    func learn(
        shop: UInt16, askedBy person: String?, activates: Bool,
        _ completion: @escaping @Sendable (Result<LearningReport, Refusal>) -> Void
    ) {
        whenAtRest {
            self.assumeIsolated { directory in
                let walk = LearningWalk(shop: shop, of: directory.state)
                directory.learningAttempts[shop] = walk.rows
                directory.advance(walk, Request(person: person, activates: activates), completion)
            }
        }
    }

    private func advance(
        _ walk: LearningWalk, _ request: Request,
        _ completion: @escaping @Sendable (Result<LearningReport, Refusal>) -> Void
    ) {
        var walk = walk
        walk.advance(Self.profilesPerSlice, in: state, &scratch)
        guard walk.isDone else {
            let next = walk
            // Not for this turn of the lane but for the next: what came in by then goes first.
            lane.post(after: .zero) { self.assumeIsolated { $0.advance(next, request, completion) } }
            return
        }
        do throws(Refusal) {
            completion(.success(try propose(walk, request)))
        } catch {
            completion(.failure(error))
        }
    }

    private func propose(_ walk: LearningWalk, _ request: Request) throws(Refusal) -> LearningReport {
        try checkWritable()
        let identity = state.identities[Int(walk.shop)]
        guard walk.rules.differsEnough(from: identity.rules) else {
            return LearningReport(version: nil, isActive: false, basis: walk.basis, sequence: state.sequence)
        }
        let first = state.sequence + 1
        let now = clock.now()
        let known = identity.versions.lastIndex { $0.rules == walk.rules }
        let version =
            known.map { $0 + 1 }
            ?? state.proposeLearned(
                walk.rules, basis: request.person.map { "\(walk.basis); asked for by \($0)" } ?? walk.basis,
                rows: walk.rows, shop: walk.shop, at: now, into: &events)
        if let person = request.person, request.activates {
            _ = try state.perform(
                .activate(version: version), shop: walk.shop, actor: person, at: now, &scratch,
                into: &events)
        }
        handOver(firstSequence: first)
        postWeighing()
        return LearningReport(
            version: version, isActive: request.activates, basis: walk.basis, sequence: state.sequence)
    }

    /// So many events a second are a quiet second.
    private static let quietEvents: UInt64 = 200

    /// Learns where a shop has doubled, as soon as there is a quiet second: learning must not slow a load down.
    func learnWhenQuiet() {
        guard !isLearning, state.shopToLearnFrom(attempts: learningAttempts) != nil else { return }
        isLearning = true
        let sequence = state.sequence
        lane.post(after: .seconds(1)) {
            self.assumeIsolated { directory in
                directory.isLearning = false
                guard directory.state.isAtRest else { return }
                if directory.state.sequence - sequence < Self.quietEvents {
                    directory.learnWhereDoubled()
                } else {
                    directory.learnWhenQuiet()
                }
            }
        }
    }

    /// Everything is weighed: learns if a shop has doubled since it was learned from, one shop at a time.
    private func learnWhereDoubled() {
        guard !isLearning, let shop = state.shopToLearnFrom(attempts: learningAttempts) else { return }
        isLearning = true
        learn(shop: shop, askedBy: nil, activates: false) { _ in
            // What could not be written now is learned again when the shop has doubled, or when somebody asks.
            self.assumeIsolated { directory in
                directory.isLearning = false
                directory.learnWhenQuiet()
            }
        }
    }

    func shopToLearnFrom(named name: String) throws(Refusal) -> UInt16 {
        try checkWritable()
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        guard state.identities[Int(shop)].mode == .evidence else {
            throw Refusal(.refused, "this shop weighs no evidence; SHOP.CONFIGURE match=evidence has it weigh")
        }
        return shop
    }
}

extension Engine {
    /// Learns weights from a shop's profiles and proposes them as a version of its rules, or, where a person says so, puts
    /// them into force at once. `completion` runs on `lane`; the report may be shown when `lastSequence` is released.
    package func learnRules(
        ofShopNamed name: String, askedBy person: String, activates: Bool, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<LearningReport, Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            directory.assumeIsolated { directory in
                do throws(Refusal) {
                    let shop = try directory.shopToLearnFrom(named: name)
                    directory.learn(shop: shop, askedBy: person, activates: activates) { result in
                        lane.run { completion(result) }
                    }
                } catch {
                    lane.run { completion(.failure(error)) }
                }
            }
        }
    }
}
