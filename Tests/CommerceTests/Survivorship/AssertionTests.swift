import Bytes
import Testing

@testable import Commerce

@Suite struct AssertionTests {
    private static let day: Int64 = 86_400_000
    private static let now: Int64 = 1_800_000_000_000

    /// Two profiles of one customer, tied by their phone, and a stranger: C1, C2 and C3.
    private static func world(shards: Int = 2) throws -> DirectoryWorld {
        var world = DirectoryWorld(shards: shards, mode: .exact)
        for (ref, more) in [
            (
                1,
                #""phone":"+31612345678","firstName":"Anna","lastName":"de Vries","email":"a@jansen.nl","vatId":"NL804124188B01""#
            ),
            (
                2,
                #""phone":"+31612345678","firstName":"A.","lastName":"de Vries","email":"b@jansen.nl","billing":{"street":"Damrak 1","city":"Ede"}"#
            ),
            (3, #""name":"Cor Bos","email":"c@jansen.nl""#),
        ] {
            _ = try world.profile(
                #"{"channel":"shop","ref":"\#(ref)","updatedAt":"2026-01-0\#(ref)T00:00:00Z",\#(more)}"#, shop: "main",
                now: now)
        }
        try #require(world.directory.root(of: 0) == world.directory.root(of: 1))
        try #require(world.directory.root(of: 0) != world.directory.root(of: 2))
        return world
    }

    private static func pin(_ field: DisplayField, _ text: String) throws(Refusal) -> Assertion {
        try .pin(field, text: [UInt8](text.utf8))
    }

    private static func verdict(
        _ isValid: Bool, vat: String = "NL804124188B01", source: String = "VIES"
    ) throws(Refusal) -> Assertion {
        try .verify(vat: [UInt8](vat.utf8), isValid: isValid, source: [UInt8](source.utf8))
    }

    private static func customer(_ world: borrowing DirectoryWorld, _ profile: UInt32 = 0) throws -> JSONValue {
        try #require(try JSONValue(world.dossier(of: profile))["customer"])
    }

    // MARK: Pins

    @Test func aPinShowsAndIsTakenBack() throws {
        var world = try Self.world()
        #expect(try Self.customer(world)["email"]?.string == "b@jansen.nl")
        let pin = CustomerAssertion(customerNumber: 1, try Self.pin(.email, "a@jansen.nl"))
        #expect(try world.assert(pin, now: Self.now) == .recorded(.matched))
        #expect(try world.assert(pin, now: Self.now + 5) == .duplicate)
        let pinned = try Self.customer(world)
        #expect(pinned["email"]?.string == "a@jansen.nl")
        #expect(
            pinned.member("sources", "email")
                == (try JSONValue(#"{"profile":"C1","actor":"anna","at":"2027-01-15T08:00:00Z","rule":"pinned"}"#)))
        #expect(
            pinned["pins"]
                == (try JSONValue(
                    #"[{"field":"email","value":"a@jansen.nl","actor":"anna","at":"2027-01-15T08:00:00Z"}]"#)))

        // Named by the other number of the customer.
        let unpin = CustomerAssertion(customerNumber: 2, .unpin(.email))
        #expect(try world.assert(unpin, now: Self.now) == .revised(.matched))
        #expect(try world.assert(unpin, now: Self.now) == nil)
        let unpinned = try Self.customer(world)
        #expect(unpinned["email"]?.string == "b@jansen.nl" && unpinned["pins"] == nil)
    }

    @Test func theNewestPinWins() throws {
        var world = try Self.world()
        for (number, text) in [(1, "one@x.nl"), (2, "two@x.nl"), (1, "one@x.nl")] {
            let pin = CustomerAssertion(customerNumber: UInt32(number), try Self.pin(.email, text))
            #expect(try world.assert(pin, now: Self.now) != .duplicate)
            #expect(try Self.customer(world)["email"]?.string == text)
        }
        #expect(try Self.customer(world)["pins"]?.array?.count == 2)
    }

    @Test func aPinCanNameAProfile() throws {
        var world = try Self.world()
        for (field, profile) in [(DisplayField.billing, UInt32(0)), (.name, 1), (.email, 0)] {
            let pin = CustomerAssertion(customerNumber: 2, .pin(field, .profile(profile)))
            #expect(try world.assert(pin, now: Self.now) == .recorded(.matched))
        }
        let customer = try Self.customer(world)
        #expect(customer["name"]?.string == "A. de Vries" && customer["firstName"]?.string == "A.")
        #expect(customer.member("sources", "lastName", "rule")?.string == "pinned")
        #expect(customer.member("sources", "email", "channel")?.string == "shop")
        #expect(customer["email"]?.string == "a@jansen.nl")
        // C1 has no billing address; a pin to nothing decides nothing.
        #expect(customer.member("billing", "street")?.string == "Damrak 1")
        #expect(customer.member("sources", "billing", "rule")?.string == "newest")
        #expect(customer["pins"]?.array?.first?["profile"]?.string == "C1")
    }

    @Test func pinnedNamesAreNeverMixed() throws {
        var world = try Self.world()
        _ = try world.assert(CustomerAssertion(customerNumber: 1, try Self.pin(.name, "Anna de Vries")), now: Self.now)
        var customer = try Self.customer(world)
        #expect(customer["name"]?.string == "Anna de Vries" && customer["firstName"]?.string == "Anna")
        _ = try world.assert(CustomerAssertion(customerNumber: 1, try Self.pin(.name, "Dr. Who")), now: Self.now)
        customer = try Self.customer(world)
        #expect(customer["name"]?.string == "Dr. Who" && customer["firstName"] == nil && customer["lastName"] == nil)
        _ = try world.assert(CustomerAssertion(customerNumber: 1, .unpin(.name)), now: Self.now)
        _ = try world.assert(CustomerAssertion(customerNumber: 1, .pin(.lastName, .profile(0))), now: Self.now)
        _ = try world.assert(CustomerAssertion(customerNumber: 1, try Self.pin(.firstName, "Johanna")), now: Self.now)
        customer = try Self.customer(world)
        #expect(customer["name"]?.string == "Johanna de Vries" && customer["lastName"]?.string == "de Vries")
    }

    /// A pin made before a merge holds after it; taking it back on one customer leaves the other's alone.
    @Test func pinsFollowTheirProfileThroughAMerge() throws {
        var world = DirectoryWorld(shards: 2)
        func put(_ ref: Int, _ keys: String) throws {
            _ = try world.profile(
                #"{"channel":"crm","ref":"\#(ref)","name":"Dora Prins",\#(keys)}"#, shop: "main", now: Self.now)
        }
        try put(1, #""email":"d@prins.nl""#)
        try put(2, #""phone":"+31612345678""#)
        #expect(world.directory.root(of: 0) != world.directory.root(of: 1))
        _ = try world.assert(CustomerAssertion(customerNumber: 2, try Self.pin(.language, "fr")), now: Self.now)
        _ = try world.assert(CustomerAssertion(customerNumber: 1, try Self.pin(.language, "de")), now: Self.now)
        _ = try world.assert(CustomerAssertion(customerNumber: 1, .unpin(.language)), now: Self.now)
        #expect(try Self.customer(world)["language"] == nil)
        try put(3, #""email":"d@prins.nl","phone":"+31612345678""#)
        #expect(world.directory.root(of: 0) == world.directory.root(of: 1))
        #expect(try Self.customer(world)["language"]?.string == "fr")
    }

    // MARK: Verdicts

    @Test func aVerdictDecidesAmongVATNumbers() throws {
        var world = try Self.world()
        _ = try world.profile(
            #"{"channel":"shop","ref":"1","updatedAt":"2026-02-01T00:00:00Z","phone":"+31612345678","vatId":"DE136695976"}"#,
            shop: "main", now: Self.now)
        func shown() throws -> String? { try Self.customer(world)["vatId"]?.string }
        #expect(try shown() == "DE136695976")
        func verify(_ isValid: Bool, at: Int64?, vat: String = "NL804124188B01") throws -> Verdict? {
            try world.assert(
                CustomerAssertion(customerNumber: 2, try Self.verdict(isValid, vat: vat), at: at), now: Self.now)
        }
        #expect(try verify(true, at: 1_000) == .recorded(.matched))
        #expect(try shown() == "NL804124188B01")
        #expect(try Self.customer(world).member("sources", "vatId", "rule")?.string == "verified")
        #expect(try verify(true, at: 1_000) == .duplicate)
        #expect(try verify(true, at: nil) == .duplicate)
        #expect(try verify(false, at: 999) == .stale)
        #expect(try shown() == "NL804124188B01")
        #expect(try verify(false, at: 1_001) == .revised(.matched))
        #expect(try shown() == "DE136695976")
        // What was refused outside does not show even if nothing else is known to be right.
        #expect(try verify(false, at: nil, vat: "DE136695976") == .recorded(.matched))
        #expect(try verify(true, at: nil) == .revised(.matched))
        #expect(try shown() == "NL804124188B01")
        #expect(
            try Self.customer(world)["verifications"]
                == (try JSONValue(
                    """
                    [{"vat":"DE136695976","verdict":"invalid","source":"VIES","at":"2027-01-15T08:00:00Z","actor":"anna",\
                    "recordedAt":"2027-01-15T08:00:00Z"},{"vat":"NL804124188B01","verdict":"valid","source":"VIES",\
                    "at":"2027-01-15T08:00:00Z","actor":"anna","recordedAt":"2027-01-15T08:00:00Z"}]
                    """)))
    }

    /// The clock of the source may be ahead of ours by a little; what is said without a time is no newer for that.
    @Test func aVerdictFromAClockAheadIsNotReplacedByNow() throws {
        var world = try Self.world()
        let ahead = CustomerAssertion(customerNumber: 1, try Self.verdict(true), at: Self.now + 60_000)
        #expect(try world.assert(ahead, now: Self.now) == .recorded(.matched))
        let request = CustomerAssertion(customerNumber: 1, try Self.verdict(false))
        #expect(try world.assert(request, now: Self.now) == .stale)
        #expect(try world.assert(request, now: Self.now + 60_001) == .revised(.matched))
    }

    /// Two profiles that became one customer bring a verdict each: the newer one holds, whoever recorded it last.
    @Test func theNewestVerdictOfACustomerHolds() throws {
        var world = try Self.world()
        for (number, isValid, at) in [(2, true, Int64(2_000)), (1, false, 1_000)] {
            let request = CustomerAssertion(customerNumber: UInt32(number), try Self.verdict(isValid), at: at)
            #expect(try world.assert(request, now: Self.now) == .recorded(.matched))
        }
        let verifications = try Self.customer(world)["verifications"]?.array
        #expect(verifications?.count == 1 && verifications?.first?["verdict"]?.string == "valid")
    }

    // MARK: Refusals

    @Test func refusesWhatItCannotKeep() throws {
        var world = try Self.world()
        _ = try world.profile(#"{"channel":"shop","ref":"1"}"#, shop: "other", now: Self.now)
        let before = world.answers
        let events = world.journal.count
        for (number, assertion, at, shop, code) in [
            (9, try Self.pin(.email, "a@b.nl"), nil, "main", RefusalCode.notFound),
            (1, try Self.pin(.email, "a@b.nl"), nil, "other", .notFound),
            (9, .unpin(.email), nil, "main", .notFound), (9, try Self.verdict(true), nil, "main", .notFound),
            (1, .pin(.billing, .profile(2)), nil, "main", .invalid),
            (1, .pin(.billing, .profile(8)), nil, "main", .notFound),
            (1, .pin(.billing, .profile(3)), nil, "main", .notFound),
            (1, try Self.verdict(true), Self.now + Self.day, "main", .invalid),
        ] {
            let request = CustomerAssertion(customerNumber: UInt32(number), assertion, at: at)
            let refusal = refusal { () throws(Refusal) in _ = try world.assert(request, shop: shop, now: Self.now) }
            #expect(refusal?.code == code, "\(request)")
        }
        #expect(world.journal.count == events && world.answers == before)
    }

    @Test(arguments: [
        (DisplayField.email, "nobody"), (.email, ""), (.vatId, "NL123"), (.billing, "Damrak 1"), (.name, "a\u{7}b"),
        (.name, String(repeating: "x", count: 1_001)),
    ]) func refusesValues(_ field: DisplayField, _ text: String) {
        #expect(refusal { () throws(Refusal) in _ = try Self.pin(field, text) }?.code == .invalid)
    }

    @Test(arguments: [
        ("NL123", "VIES"), ("", "VIES"), ("804124188B01", "VIES"), ("NL804124188B01", ""), ("NL804124188B01", "a\nb"),
    ])
    func refusesVerdicts(_ vat: String, _ source: String) {
        #expect(
            refusal { () throws(Refusal) in _ = try Self.verdict(true, vat: vat, source: source) }?.code == .invalid)
    }

    // MARK: Model

    /// Random pins, verdicts and merges against a list of everything that was said.
    @Test func agreesWithAList() throws {
        let seed = testSeed()
        for round in 0..<6 {
            var model = AssertionModel(seed: seed &+ UInt64(round), shards: round % 3 + 1)
            for _ in 0..<80 { try model.step() }
            try model.compare("seed \(seed) round \(round)")
            // Replay and snapshot tell the same.
            var replayed = DirectoryWorld()
            for event in model.world.value.journal { try replayed.apply(event) }
            #expect(replayed.answers == model.world.value.answers, "seed \(seed)")
            let sections = DirectoryWorld.sections(model.world.value.capture())
            var loaded = try #require(DirectoryWorldBox(loading: sections), "seed \(seed)")
            #expect(loaded.value.answers == model.world.value.answers, "seed \(seed)")
            model.world = loaded
            for _ in 0..<40 { try model.step() }
            try model.compare("seed \(seed) round \(round) after loading")
            loaded = model.world
        }
    }

    /// A snapshot that an older version wrote has no table of assertions, and takes them all the same.
    @Test func anOlderSnapshotIsRead() throws {
        let world = try Self.world()
        let sections = DirectoryWorld.sections(world.capture()).filter {
            $0.kind != .assertions && $0.kind != .shardAssertions
        }
        let loaded = try #require(DirectoryWorldBox(loading: sections))
        #expect(loaded.value.answers == world.answers)
        let pin = CustomerAssertion(customerNumber: 1, try Self.pin(.language, "fr"))
        #expect(try loaded.value.assert(pin, now: Self.now) == .recorded(.matched))
        #expect(try Self.customer(loaded.value)["language"]?.string == "fr")
        let again = try #require(DirectoryWorldBox(loading: DirectoryWorld.sections(loaded.value.capture())))
        #expect(again.value.answers == loaded.value.answers)
    }

    /// Rows and entries must agree: a snapshot of which one half is lost is refused.
    @Test func halfATableIsRefused() throws {
        var world = try Self.world()
        _ = try world.assert(CustomerAssertion(customerNumber: 1, try Self.pin(.language, "fr")), now: Self.now)
        for missing in [TableKind.assertions, .shardAssertions] {
            let sections = DirectoryWorld.sections(world.capture()).filter { $0.kind != missing }
            #expect(DirectoryWorldBox(loading: sections) == nil)
        }
    }
}

extension DirectoryWorldBox {
    convenience init?(loading sections: [MemorySink.Section]) {
        guard let world = DirectoryWorld.load(sections) else { return nil }
        self.init(world)
    }
}

/// Everything that was said, in order, and what follows from it.
private struct AssertionModel {
    struct Said {
        let profile: Int
        let field: DisplayField?
        /// Nil where it was taken back.
        var text: String?
        let vat: String
        let isValid: Bool
        let at: Int64
    }

    private static let fields = [DisplayField.email, .language]
    private static let texts = ["a@x.nl", "b@x.nl"]
    private static let vats = ["NL804124188B01", "DE136695976"]

    var world: DirectoryWorldBox
    private var random: SeededGenerator
    private var said: [Said] = []
    private var now: Int64 = 1_000_000

    init(seed: UInt64, shards: Int) {
        random = SeededGenerator(seed: seed)
        world = DirectoryWorldBox(DirectoryWorld(shards: shards))
    }

    private var profileCount: Int { world.value.directory.profiles.count }

    mutating func step() throws {
        now += Int64.random(in: 0..<3, using: &random)
        guard profileCount > 1, Int.random(in: 0..<4, using: &random) > 0 else {
            let phone = Int.random(in: 0..<40, using: &random)
            _ = try world.value.profile(
                #"{"channel":"shop","ref":"\#(profileCount)","phone":"+316123456\#(phone + 10)","email":"m\#(phone / 3)@x.nl","name":"Eva Mol"}"#,
                shop: "main", now: now)
            return
        }
        let profile = Int.random(in: 0..<profileCount, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: try pin(profile)
        case 1: try unpin(profile)
        default: try verify(profile)
        }
    }

    private func send(_ profile: Int, _ assertion: Assertion, at: Int64? = nil) throws -> Verdict? {
        let request = CustomerAssertion(customerNumber: UInt32(profile + 1), assertion, at: at)
        return try world.value.assert(request, now: now)
    }

    private mutating func pin(_ profile: Int) throws {
        let field = Self.fields.randomElement(using: &random) ?? .email
        let text = Self.texts.randomElement(using: &random) ?? ""
        let current = pins(of: profile).first { $0.field == field }
        let isRepeat = current?.text == text && current?.profile == profile
        let verdict = try send(profile, .pin(field, text: [UInt8](text.utf8)))
        #expect((verdict == .duplicate) == isRepeat)
        if !isRepeat { said.append(Said(profile: profile, field: field, text: text, vat: "", isValid: false, at: now)) }
    }

    private mutating func unpin(_ profile: Int) throws {
        let field = Self.fields.randomElement(using: &random) ?? .email
        let pinned = pins(of: profile).contains { $0.field == field }
        #expect((try send(profile, .unpin(field)) == nil) == !pinned)
        for member in members(of: profile) {
            said.append(Said(profile: member, field: field, text: nil, vat: "", isValid: false, at: now))
        }
    }

    private mutating func verify(_ profile: Int) throws {
        let vat = Self.vats.randomElement(using: &random) ?? ""
        let isValid = Bool.random(using: &random)
        let at = Int64.random(in: 0..<8, using: &random)
        let known = said.last { $0.profile == profile && $0.vat == vat }
        let assertion = try Assertion.verify(vat: [UInt8](vat.utf8), isValid: isValid, source: [UInt8]("VIES".utf8))
        let verdict = try send(profile, assertion, at: at)
        if let known, known.at > at {
            #expect(verdict == .stale)
        } else if let known, known.at == at, known.isValid == isValid {
            #expect(verdict == .duplicate)
        } else {
            #expect(verdict == .recorded(.matched) || verdict == .revised(.matched))
            said.append(Said(profile: profile, field: nil, text: nil, vat: vat, isValid: isValid, at: at))
        }
    }

    private func members(of profile: Int) -> [Int] {
        world.value.directory.members(of: UInt32(profile)).map { Int($0) }
    }

    /// Pins of the customer, newest first: the last word of each profile and field.
    private func pins(of profile: Int) -> [Said] {
        let members = members(of: profile)
        var seen: Set<String> = []
        return said.reversed().filter { item in
            guard let field = item.field, members.contains(item.profile) else { return false }
            return seen.insert("\(item.profile) \(field)").inserted && item.text != nil
        }
    }

    func compare(_ what: String) throws {
        for profile in 0..<profileCount {
            let customer = try JSONValue(world.value.dossier(of: UInt32(profile)))["customer"]
            let pins = pins(of: profile)
            let shown = (customer?["pins"]?.array ?? []).map {
                "\($0["field"]?.string ?? "") \($0["value"]?.string ?? "")"
            }
            #expect(shown == pins.map { "\($0.field?.text ?? "") \($0.text ?? "")" }, "\(what)")
            for field in Self.fields {
                guard let pin = pins.first(where: { $0.field == field }) else { continue }
                #expect(customer?["\(field.text)"]?.string == pin.text, "\(what)")
            }
            let members = members(of: profile)
            let expected = Self.vats.sorted().compactMap { vat in
                said.filter { $0.vat == vat && members.contains($0.profile) }.enumerated().max {
                    ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
                }.map { "\(vat) \($0.element.isValid)" }
            }
            let verified = (customer?["verifications"]?.array ?? []).map {
                "\($0["vat"]?.string ?? "") \($0["verdict"]?.string == "valid")"
            }
            #expect(verified == expected, "\(what)")
        }
    }
}
