import Bytes

/// Which customer each profile belongs to, flat and as bits, so that a search need not walk trees. Built when somebody searches
/// for the first time, and brought up to date by each search; in between merges and splits are only noted. Derived, never
/// written to disk.
///
/// A customer is named by its leader: the profile that gives it its number.
package struct CustomerMap: Sendable {
    /// More notes than these cost more than building all of it anew.
    private static let maximumNotes = 1 << 18

    private(set) var isKept = false
    fileprivate var leaders: [UInt32] = []
    /// Profiles that are not their customer's leader.
    fileprivate var followers = ProfileSet(shards: 1)
    fileprivate var ofShop: [UInt16: (profiles: ProfileSet, known: Int)] = [:]
    fileprivate var changed: [UInt32] = []

    var allocatedBytes: Int {
        leaders.capacity * 4 + followers.allocatedBytes + changed.capacity * 4
            + ofShop.values.reduce(0) { $0 + $1.profiles.allocatedBytes }
    }

    /// Notes that the customer of this profile has changed.
    @inline(__always) mutating func note(_ profile: UInt32) {
        if isKept { noteKept(profile) }
    }

    private mutating func noteKept(_ profile: UInt32) {
        changed.append(profile)
        if changed.count > Self.maximumNotes { self = CustomerMap() }
    }

    fileprivate mutating func begin(shards: Int) {
        isKept = true
        followers = ProfileSet(shards: shards)
    }

    fileprivate mutating func takeChanged() -> [UInt32] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed
    }

    fileprivate mutating func set(_ profile: UInt32, leader: UInt32) {
        leaders[Int(profile)] = leader
        if profile == leader { followers.remove(profile) } else { followers.insert(profile) }
    }
}

extension DirectoryState {
    /// Brings the map up to date, at most so many profiles at a time; whether anything is left. While it is, nothing may be
    /// asked of it.
    package mutating func refreshCustomerMap(limit: Int) -> Bool {
        if !customerMap.isKept { customerMap.begin(shards: shardCount) }
        let end = min(profiles.count, customerMap.leaders.count + limit)
        for number in customerMap.leaders.count..<end {
            let leader = profiles[Int(root(of: UInt32(number)))].lowest
            customerMap.leaders.append(leader)
            if leader != UInt32(number) { customerMap.followers.insert(UInt32(number)) }
        }
        guard end == profiles.count else { return true }
        for profile in customerMap.takeChanged() {
            let leader = profiles[Int(root(of: profile))].lowest
            for member in members(of: profile) { customerMap.set(member, leader: leader) }
        }
        return false
    }

    /// The leaders of all customers of a shop.
    package mutating func leaders(of shop: UInt16) -> ProfileSet {
        var (all, known) = customerMap.ofShop[shop] ?? (ProfileSet(shards: shardCount), 0)
        if known < profiles.count {
            customerMap.ofShop[shop] = nil
            for number in known..<profiles.count where profiles[number].shop == shop {
                all.insert(UInt32(number))
            }
            customerMap.ofShop[shop] = (all, profiles.count)
        }
        all.subtract(customerMap.followers)
        return all
    }

    /// The leaders of the customers that have any of these profiles.
    package func leaders(of found: ProfileSet) -> ProfileSet {
        var leaders = found
        leaders.subtract(customerMap.followers)
        found.forEach(alsoIn: customerMap.followers) { leaders.insert(customerMap.leaders[Int($0)]) }
        return leaders
    }

    func leaders(of found: Set<UInt32>) -> ProfileSet {
        var leaders = ProfileSet(shards: shardCount)
        for profile in found { leaders.insert(customerMap.leaders[Int(profile)]) }
        return leaders
    }
}
