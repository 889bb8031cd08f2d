import Bytes
import Commerce

/// A list that somebody pages through: who is in it stays as it was when it was made.
struct KeptSearch: Sendable {
    enum Members: Sendable {
        case set(ProfileSet, isFalling: Bool)
        case list([UInt32])
    }

    let number: Int
    let shop: UInt16
    let members: Members
    let total: Int

    func page(offset: Int, limit: Int) -> [UInt32] {
        switch members {
        case .set(let set, let isFalling): set.page(offset: offset, limit: limit, isFalling: isFalling)
        case .list(let list): Array(list.dropFirst(offset).prefix(limit))
        }
    }
}

/// Names a place in a kept list.
package struct SearchCursor: Sendable, Equatable {
    /// Tells lists of another run of the server from those of this one.
    let epoch: Int64
    let number: Int
    let offset: Int

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0, radix: 36) }
        guard parts.count == 3, let epoch = parts[0], let number = parts[1], let offset = parts[2], offset >= 0,
            offset <= Int64(UInt32.max), let place = Int(exactly: number)
        else { return nil }
        self.epoch = epoch
        self.number = place
        self.offset = Int(offset)
    }

    init(epoch: Int64, number: Int, offset: Int) {
        self.epoch = epoch
        self.number = number
        self.offset = offset
    }

    package var text: String {
        "\(String(epoch, radix: 36)).\(String(number, radix: 36)).\(String(offset, radix: 36))"
    }
}

/// A page of a list.
package struct SearchPage: Sendable {
    /// In the list's order; one that was merged away since is there with its old number as `former`.
    package let customers: [(former: UInt32, members: CustomerMembers)]
    package let total: Int
    package let offset: Int
    /// Nil at the end.
    package let next: SearchCursor?
}

// Searching, as far as the directory knows: which customers the profiles are that the shards have found.
extension Directory {
    /// Lists that are kept for those who page through them.
    private static let keptSearches = 64
    /// Numbers in all lists by name that are kept; of others a bit for each profile is kept.
    private static let keptNumbers = 8_000_000
    /// Profiles that one turn of the lane takes into the map of customers before others get theirs.
    private static let profilesPerTurn = 1 << 15

    func searchedShop(named name: String) throws(Refusal) -> UInt16 {
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        return shop
    }

    /// Runs `body` when the map of customers is up to date.
    func whenMapped(_ body: @escaping @Sendable (isolated Directory) -> Void) {
        guard state.refreshCustomerMap(limit: Self.profilesPerTurn) else { return body(self) }
        lane.post { self.assumeIsolated { $0.whenMapped(body) } }
    }

    func select(_ selection: Selection, found: [[BitRow]], shop: UInt16) -> ProfileSet {
        state.select(selection, found: found, shop: shop)
    }

    /// Keeps a list, so that its pages agree, and forgets the one that was made longest ago.
    func keep(_ members: KeptSearch.Members, total: Int, shop: UInt16) -> KeptSearch {
        if searchEpoch == 0 { searchEpoch = clock.now().milliseconds }
        lastSearch += 1
        let kept = KeptSearch(number: lastSearch, shop: shop, members: members, total: total)
        searches.append(kept)
        while searches.count > Self.keptSearches || searches.count > 1 && keptNumbers > Self.keptNumbers {
            searches.removeFirst()
        }
        return kept
    }

    private var keptNumbers: Int {
        searches.reduce(0) { if case .list(let list) = $1.members { $0 + list.count } else { $0 } }
    }

    func kept(_ cursor: SearchCursor, shop: UInt16) throws(Refusal) -> KeptSearch {
        guard cursor.epoch == searchEpoch, let kept = searches.first(where: { $0.number == cursor.number }),
            kept.shop == shop
        else {
            throw Refusal(
                .notFound,
                "cursor: that list is kept no more (the last \(Self.keptSearches) are, until the server stops); search again"
            )
        }
        return kept
    }

    func page(_ kept: KeptSearch, offset: Int, limit: Int) -> SearchPage {
        let leaders = kept.page(offset: offset, limit: limit)
        let end = offset + leaders.count
        return SearchPage(
            customers: leaders.map { ($0 + 1, members($0)) }, total: kept.total, offset: offset,
            next: end < kept.total && !leaders.isEmpty
                ? SearchCursor(epoch: searchEpoch, number: kept.number, offset: end) : nil)
    }

    func members(ofLeaders leaders: [UInt32]) -> [CustomerMembers] { leaders.map { members($0) } }
}
