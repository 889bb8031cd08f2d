import Bytes

// What people have decided so far, as the next decision has to know it.

extension DirectoryState {
    /// The profile that a customer number names, within the shop.
    func profile(numbered number: UInt32, shop: UInt16) throws(Refusal) -> UInt32 {
        guard let profile = profile(.number(number), shop: shop) else {
            throw Refusal(.notFound, "C\(number) is not known in this shop; CUSTOMER.FIND lists who is")
        }
        return profile
    }

    /// Refuses what would put together what a person has put apart.
    func checkNotApart(_ left: [UInt32], _ right: [UInt32]) throws(Refusal) {
        for one in left {
            for two in right {
                guard let number = decisions.separation(one, two) else { continue }
                let decision = decisions.all[number]
                throw Refusal(
                    .refused,
                    "\(decision.actor) decided on \(Timestamp(milliseconds: decision.at).dayText) that C\(one + 1) and C\(two + 1) are not one customer; CUSTOMER.RELEASE C\(one + 1) C\(two + 1) takes that back"
                )
            }
        }
    }

    /// Live decisions of a kind with one profile on each of the two sides.
    func crossing(_ kind: PersonDecision.Kind, _ left: [UInt32], _ right: [UInt32]) -> [Int] {
        let leftSide = Set(left)
        let rightSide = Set(right)
        var numbers = Set<Int>()
        for profile in left {
            for number in decisions.live(of: profile) where decisions.all[number].kind == kind {
                let decision = decisions.all[number]
                let crosses =
                    decision.left.contains { leftSide.contains($0) }
                    && decision.right.contains { rightSide.contains($0) }
                let crossesBack =
                    decision.right.contains { leftSide.contains($0) }
                    && decision.left.contains { rightSide.contains($0) }
                if crosses || crossesBack { numbers.insert(number) }
            }
        }
        return numbers.sorted()
    }

    /// A profile by way of which people's word, and not about the two alone, makes one customer of them; nil if none does.
    func chain(from one: UInt32, to two: UInt32) -> UInt32? {
        var seen: Set<UInt32> = [one]
        var waiting = [one]
        while let profile = waiting.popLast() {
            for number in decisions.live(of: profile) where decisions.all[number].kind == .together {
                let decision = decisions.all[number]
                let other = decision.left[0] == profile ? decision.right[0] : decision.left[0]
                if other == two, profile != one { return profile }
                if other != two, seen.insert(other).inserted { waiting.append(other) }
            }
        }
        return nil
    }

    /// Whether a merge that had retired the number was taken back, and no other stands.
    func wasTakenBack(_ profile: UInt32) -> Bool {
        decisions.numbers(of: profile).contains {
            !decisions.all[$0].isLive && decisions.all[$0].retiresLeft && decisions.all[$0].left.contains(profile)
        }
    }

    /// Whether people once decided something about the two and took it back.
    func wasWithdrawn(_ one: UInt32, _ two: UInt32) -> Bool {
        decisions.numbers(of: one).contains { !decisions.all[$0].isLive && decisions.all[$0].separates(one, two) }
    }

    /// Whether a person took the profile out of this customer: keeps it apart, or has taken back what tied it.
    func isApart(_ profile: UInt32, _ members: [UInt32]) -> Bool {
        members.contains { decisions.separation(profile, $0) != nil || wasWithdrawn(profile, $0) }
    }

    /// Live merges and binds that retired the number of this profile.
    func merges(retiring profile: UInt32) -> [Int] {
        decisions.live(of: profile).filter {
            decisions.all[$0].kind == .together && decisions.all[$0].retiresLeft
                && decisions.all[$0].left.contains(profile)
        }
    }

    /// The edge of a doubtful pair that still waits for an answer.
    package func doubtfulPair(_ number: Int, shop: UInt16) throws(Refusal) -> EdgeEntry {
        guard number > 0, number <= edges.count, Int(profiles[Int(edges[number - 1].newer)].shop) == Int(shop),
            edges[number - 1].verdict == PairVerdict.queue.rawValue
        else { throw Refusal(.notFound, "pair: no doubtful pair \(number) in this shop; IDENTITY.QUEUE lists them") }
        return edges[number - 1]
    }
}
