import Bytes

// Packed records: what a customer's data looks like in memory, in the journal and in snapshots.
//
// A record is a varint bitmap of the members that are there, then each of those members in the order of its shape.
// A member is a counted UTF-8 text, a packed decimal, a varint moment, a nested record or a counted list of
// them, as its shape says. What no shape knows is kept as JSON members in `extra`, the last text of the record.

/// How a member is packed.
package enum MemberKind: Sendable, Equatable {
    case text
    /// A decimal that may come as a JSON string or number.
    case decimal
    /// RFC 3339 outside, milliseconds as a zigzag varint inside.
    case moment
    case address
    case addresses
    case lines
    /// The articles that a fact is about (`FactLineShape`).
    case factLines
    /// Unknown members, as JSON text without the braces.
    case extra
}

/// One member of a shape: its name on the wire and how it is packed.
package struct Member: Sendable {
    package let name: StaticString
    package let kind: MemberKind

    init(_ name: StaticString, _ kind: MemberKind = .text) {
        self.name = name
        self.kind = kind
    }
}

/// The members of one kind of record, in packed order.
package protocol RecordShape {
    static var members: [Member] { get }
}

/// Finds a member's place by its name in constant time. A name is two words of eight bytes; a table of 128 places is
/// hashed with a multiplier that was searched so that no two names of the shape meet, and the words are compared.
package struct MemberNames: ~Copyable, Sendable {
    /// No name is longer than two words.
    private static let longest = 16

    private struct Name: BitwiseCopyable, Sendable {
        let low: UInt64
        let high: UInt64
        /// As machines write it; that of what holds the unknown members nobody may write.
        let written: JSONName

        init(_ member: Member) {
            let name = Array(member.name.description.utf8)
            precondition(name.count <= longest, "a member's name is longer than two words")
            (low, high) = name.span.words(at: 0, count: name.count)
            written = JSONName(member.kind == .extra ? nil : member.name)
        }
    }

    private let names: [Name]
    /// The places plus one, 0 where there is none.
    private var table: [UInt8] = []
    private var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(_ members: [Member]) {
        precondition(members.count <= MemberTable.capacity, "a shape has more members than a table has places")
        names = members.map(Name.init)
        var attempts = 0
        while !fill(members) {
            multiplier &+= 0x3C6E_F372_FE94_F82A
            attempts += 1
            precondition(attempts < 100_000, "no multiplier parts the names of this shape")
        }
    }

    private mutating func fill(_ members: [Member]) -> Bool {
        table = [UInt8](repeating: 0, count: 128)
        for (place, member) in members.enumerated() where member.kind != .extra {
            let bucket = bucket(names[place].low, names[place].high)
            guard table[bucket] == 0 else { return false }
            table[bucket] = UInt8(place + 1)
        }
        return true
    }

    @inline(__always) private func bucket(_ low: UInt64, _ high: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ high &<< 7) &* multiplier) &>> 57)
    }

    /// The packed place of the member whose name stands at `name`.
    func place(of name: Range<Int>, in json: Span<UInt8>) -> Int? {
        guard !name.isEmpty, name.count <= Self.longest else { return nil }
        let (low, high) = json.words(at: name.lowerBound, count: name.count)
        return place(low: low, high: high)
    }

    /// The name of the member at `place` as machines write it; nil where there is none.
    @inline(__always) func written(_ place: Int) -> JSONName? { place < names.count ? names[place].written : nil }

    /// The same of a name of up to 16 bytes in two words.
    @inline(__always) func place(low: UInt64, high: UInt64) -> Int? {
        let place = Int(table[bucket(low, high)]) &- 1
        guard place >= 0, names[place].low == low, names[place].high == high else { return nil }
        return place
    }
}

/// How a shape's members are packed, one bit for each place: what reading a record has to know. Places without a bit are
/// texts that carry their length as a varint.
struct MemberKinds: Sendable, BitwiseCopyable {
    /// Nested records and lists of them, which carry their length in four bytes.
    var nested: UInt64 = 0
    /// Of the nested ones those that are lists; lists of what is in neither of the next two are of addresses.
    var lists: UInt64 = 0
    var lines: UInt64 = 0
    var factLines: UInt64 = 0
    var decimals: UInt64 = 0
    var moments: UInt64 = 0
    var count: Int

    init(count: Int, nested: UInt64 = 0, lists: UInt64 = 0, moments: UInt64 = 0) {
        self.count = count
        self.nested = nested
        self.lists = lists
        self.moments = moments
    }

    init(_ members: [Member]) {
        count = members.count
        for place in 0..<members.count {
            let bit: UInt64 = 1 << UInt64(place)
            switch members[place].kind {
            case .text, .extra: continue
            case .decimal: decimals |= bit
            case .moment: moments |= bit
            case .address: nested |= bit
            case .addresses: lists |= bit
            case .lines:
                lists |= bit
                lines |= bit
            case .factLines:
                lists |= bit
                factLines |= bit
            }
        }
        nested |= lists
    }

    /// The places that records of this shape know.
    @inline(__always) var known: UInt64 { 1 << UInt64(count) &- 1 }
    /// The places that are no texts.
    @inline(__always) var special: UInt64 { nested | decimals | moments }
}

/// A postal address as a channel gave it, with the contact data that stood in it.
package enum AddressShape: RecordShape {
    package static let members: [Member] = [
        Member("name"), Member("company"), Member("street"), Member("houseNumber"), Member("addition"),
        Member("postalCode"), Member("city"), Member("state"), Member("country"), Member("firstName"),
        Member("lastName"), Member("email"), Member("phone"), Member("vatId"), Member("extra", .extra),
    ]
    static let names = MemberNames(members)

    static let kinds = MemberKinds(count: 15)

    package static let name = 0, company = 1, street = 2, houseNumber = 3, addition = 4, postalCode = 5, city = 6
    package static let state = 7, country = 8, firstName = 9, lastName = 10, email = 11, phone = 12, vatId = 13
    package static let extra = 14
}

/// What one channel says about one buyer: the variant of a profile.
package enum PartyShape: RecordShape {
    package static let members: [Member] = [
        Member("channel"), Member("store"), Member("ref"), Member("email"), Member("phone"), Member("firstName"),
        Member("lastName"), Member("name"), Member("company"), Member("vatId"), Member("birthDate"),
        Member("language"), Member("billing", .address), Member("shipping", .address),
        Member("addresses", .addresses), Member("extra", .extra), Member("updatedAt", .moment),
    ]
    static let names = MemberNames(members)

    static let kinds = MemberKinds(count: 17, nested: 0b111 << 12, lists: 1 << 14, moments: 1 << 16)

    package static let channel = 0, store = 1, ref = 2, email = 3, phone = 4, firstName = 5, lastName = 6, name = 7
    package static let company = 8, vatId = 9, birthDate = 10, language = 11, billing = 12, shipping = 13
    package static let addresses = 14, extra = 15
    /// Accepted in a profile and kept beside its record, never in it: it says nothing about the buyer.
    package static let updatedAt = 16
    /// A bit beyond the members: the shipping address is the billing address and is not stored again.
    package static let shippingIsBilling = 19
}

/// One line of an order.
package enum LineShape: RecordShape {
    package static let members: [Member] = [
        Member("sku"), Member("title"), Member("quantity", .decimal), Member("unitPrice", .decimal),
        Member("vatRate", .decimal), Member("extra", .extra),
    ]
    static let names = MemberNames(members)

    static let kinds = MemberKinds(members)

    package static let sku = 0, title = 1, quantity = 2, unitPrice = 3, vatRate = 4, extra = 5
}

/// One version of an order, without what its profile's variant says.
package enum OrderShape: RecordShape {
    package static let members: [Member] = [
        Member("number"), Member("placedAt", .moment), Member("status"), Member("kind"), Member("currency"),
        Member("total", .decimal), Member("lines", .lines), Member("extra", .extra), Member("updatedAt", .moment),
    ]
    static let names = MemberNames(members)

    /// What reading needs, worked out once: orders and their lines are read by the hundred for one answer.
    static let kinds = MemberKinds(members)

    package static let number = 0, placedAt = 1, status = 2, kind = 3, currency = 4, total = 5, lines = 6, extra = 7
    /// Last, so that the content can be compared without it.
    package static let updatedAt = 8
}

/// The members of `ORDER.PUT`'s object, of which order and party records are made.
enum OrderInputShape: RecordShape {
    static let members: [Member] = [
        Member("channel"), Member("store"), Member("number"), Member("placedAt"), Member("updatedAt"),
        Member("status"), Member("kind"), Member("currency"), Member("total"), Member("lines"), Member("customer"),
        Member("billing"), Member("shipping"),
    ]
    static let names = MemberNames(members)

    static let channel = 0, store = 1, number = 2, placedAt = 3, updatedAt = 4, status = 5, kind = 6, currency = 7
    static let total = 8, lines = 9, customer = 10, billing = 11, shipping = 12
}

/// A document made elsewhere.
package enum DocumentShape: RecordShape {
    package static let members: [Member] = [
        Member("kind"), Member("number"), Member("order"), Member("customer"), Member("issuedAt", .moment),
        Member("currency"), Member("total", .decimal), Member("recipient", .address), Member("extra", .extra),
        Member("updatedAt", .moment),
    ]
    static let names = MemberNames(members)

    static let kinds = MemberKinds(members)

    package static let kind = 0, number = 1, order = 2, customer = 3, issuedAt = 4, currency = 5, total = 6
    package static let recipient = 7, extra = 8, updatedAt = 9
}
