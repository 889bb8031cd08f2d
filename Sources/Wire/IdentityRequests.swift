import Bytes
import Commerce

// Requests about who is who.
extension RequestReader {
    /// A decision, and who takes it: `actor=`, or `anonymous`.
    package static func decision(
        _ request: RequestLine, _ name: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> (command: IdentityCommand, actor: String) {
        return (try command(request, name, hasher), try actor(request))
    }

    /// Who speaks: `actor=`, or `anonymous`.
    package static func actor(_ request: RequestLine) throws(Refusal) -> String {
        try text(request, "actor", bytes: 64) ?? "anonymous"
    }

    /// Whether `IDENTITY.LEARN` was told to put what it learns into force.
    package static func activates(_ request: RequestLine) throws(Refusal) -> Bool {
        try choice(request, "activate", ["no", "yes"]) == 1
    }

    private static func command(
        _ request: RequestLine, _ name: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> IdentityCommand {
        let reason = try text(request, "reason", bytes: 1_000) ?? ""
        switch name {
        case .customerMerge:
            let (from, into) = try two(request, name)
            return .merge(from: from, into: into, isPreview: try isPreview(request), reason: reason)
        case .customerSplit:
            return .split(
                try one(request, name), profiles: try profiles(request), isPreview: try isPreview(request),
                reason: reason)
        case .customerBind, .customerExclude, .customerLink, .customerRelease:
            let (a, b) = try two(request, name)
            return tie(name, a, b, reason)
        case .identityAccept: return .answer(pair: try count(request, name), isSame: true, reason: reason)
        case .identityReject: return .answer(pair: try count(request, name), isSame: false, reason: reason)
        case .identityPropose: return .proposeChange(try RulesChange(try json(request)))
        case .identityActivate: return .activate(version: try count(request, name))
        case .quarantineHold: return .watch(try key(request, name, hasher), isHeld: true)
        case .quarantineRelease: return .watch(try key(request, name, hasher), isHeld: false)
        case .shopConfigure: return .configure(try changes(request))
        default: preconditionFailure("\(name) is no decision")
        }
    }

    private static func tie(_ name: CommandName, _ a: UInt32, _ b: UInt32, _ reason: String) -> IdentityCommand {
        switch name {
        case .customerBind: .bind(a, b, reason: reason)
        case .customerExclude: .exclude(a, b, reason: reason)
        case .customerLink: .link(a, b, reason: reason)
        default: .release(a, b)
        }
    }

    /// What `QUARANTINE.HOLD preview=yes` asks; nil without preview.
    package static func holdPreview(_ request: RequestLine, _ hasher: KeyHasher) throws(Refusal) -> CustomerQuery? {
        guard try isPreview(request) else { return nil }
        return .holdPreview(try key(request, .quarantineHold, hasher))
    }

    /// The version that `IDENTITY.SIMULATE` is to try.
    package static func version(_ request: RequestLine) throws(Refusal) -> Int { try count(request, .identitySimulate) }

    // MARK: Questions

    static func identityQuery(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> CustomerQuery {
        switch name {
        case .customerWhyNot: return try pairQuery(request, name)
        case .customerHow: return .history(.number(try one(request, name)))
        case .identityStatus: return .identityStatus
        case .identityRules:
            return .rules(version: request.plainArguments.isEmpty ? nil : try count(request, name))
        case .quarantineList:
            let (offset, limit) = try page(request)
            return .watchedValues(offset: offset, limit: limit)
        default: return .settings
        }
    }

    static func pairQuery(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> CustomerQuery {
        let (a, b) = try pair(request, name)
        return .explain(.number(a), .number(b))
    }

    // MARK: Arguments

    private static func pair(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> (UInt32, UInt32) {
        let plain = request.plainArguments
        guard plain.count == 2 else { throw wrongUse(name) }
        return (try customer(plain[0]), try customer(plain[1]))
    }

    /// A pair to decide about: one number twice is a typing error.
    private static func two(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> (UInt32, UInt32) {
        let (a, b) = try pair(request, name)
        guard a != b else { throw Refusal(.invalid, "C\(a) stands there twice; \(usage(of: name))") }
        return (a, b)
    }

    private static func one(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> UInt32 {
        let plain = request.plainArguments
        guard plain.count == 1 else { throw wrongUse(name) }
        return try customer(plain[0])
    }

    /// A pair's or a version's number: from 1 on.
    private static func count(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> Int {
        let plain = request.plainArguments
        guard plain.count == 1 else { throw wrongUse(name) }
        let text = plain[0]
        guard let number = digits(text.span), number > 0 else {
            let shown = String(decoding: text.prefix(40), as: UTF8.self)
            let (field, list) =
                name == .identityAccept || name == .identityReject
                ? ("pair", "IDENTITY.QUEUE") : ("version", "IDENTITY.RULES")
            throw .invalid(field, "\(shown) is no number from 1 to 999999999; \(list) lists them")
        }
        return number
    }

    private static func customer(_ text: [UInt8]) throws(Refusal) -> UInt32 {
        guard case .number(let number) = try number(text) else { preconditionFailure("a number is a number") }
        return number
    }

    static func wrongUse(_ name: CommandName) -> Refusal {
        Refusal(.syntax, usage(of: name))
    }

    private static func usage(of name: CommandName) -> String {
        "usage: \(CommandTable.all.first { $0.name == name }.map { usage($0) } ?? "")"
    }

    /// A text of 1 to so many bytes, not of blanks alone and without control characters; nil if the argument is absent.
    package static func text(
        _ request: RequestLine, _ name: String, bytes most: Int
    ) throws(Refusal) -> String? {
        guard let value = request.argument(named: name) else { return nil }
        guard (1...most).contains(value.count), !value.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .invalid(name, "must have 1 to \(most) bytes and no control characters")
        }
        guard value.contains(where: { $0 != UInt8(ascii: " ") }) else {
            throw .invalid(name, "must not be blank; leave it out where it is not required")
        }
        return String(decoding: value, as: UTF8.self)
    }

    private static func isPreview(_ request: RequestLine) throws(Refusal) -> Bool {
        try choice(request, "preview", ["no", "yes"]) == 1
    }

    /// Which of the words the argument is; nil if it is absent.
    static func choice(_ request: RequestLine, _ name: String, _ words: [String]) throws(Refusal) -> Int? {
        guard let value = request.argument(named: name) else { return nil }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        guard let place = words.firstIndex(of: text) else {
            throw .invalid(name, "must be \(words.joined(separator: " or "))")
        }
        return place
    }

    /// `profiles=C7,C9`.
    private static func profiles(_ request: RequestLine) throws(Refusal) -> [UInt32] {
        guard let value = request.argument(named: "profiles") else { return [] }
        var numbers: [UInt32] = []
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let text = Array(part)
            guard let number = CustomerNumber.parse(text.span) else {
                throw .invalid("profiles", "must be profile numbers such as C7,C9")
            }
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    /// The one value that is to be held or released.
    private static func key(
        _ request: RequestLine, _ name: CommandName, _ hasher: KeyHasher
    ) throws(Refusal) -> IdentityKey {
        let names = ["email", "phone", "vat"].filter { request.argument(named: $0) != nil }
        guard names.count == 1, let value = request.argument(named: names[0]) else { throw wrongUse(name) }
        switch names[0] {
        case "email":
            let key = try emailKey(value.span, hasher)
            guard key.kind != .relayLookup else {
                throw .invalid("email", "a marketplace's relay address stands for one buyer of one shop already")
            }
            return key
        case "phone":
            let keys = try phoneKeys(value.span, hasher)
            guard Set(keys.map(\.hash)).count == 1 else {
                throw .invalid("phone", "is another number in each country; write it as +31612345678")
            }
            return keys[0]
        default: return try vatKey(value.span, hasher)
        }
    }

    private static func changes(_ request: RequestLine) throws(Refusal) -> [SettingChange] {
        var changes: [SettingChange] = []
        if let mode = try choice(request, "match", MatchMode.allCases.map { "\($0.text)" }) {
            changes.append(SettingChange(.matchMode, Int(MatchMode.allCases[mode].rawValue)))
        }
        if let bookings = try choice(request, "bookings", ["allow", "protect"]) {
            changes.append(SettingChange(.protectsBookings, bookings))
        }
        let source = request.argument(named: "source")
        let duplicates = try choice(request, "duplicates", ["yes", "no"])
        if let source, let duplicates {
            changes.append(SettingChange(.knowsBuyersOnce, duplicates, source: try SourceName(source.span)))
        } else if source != nil || duplicates != nil {
            throw .invalid(source == nil ? "source" : "duplicates", "source= and duplicates= go together")
        }
        guard !changes.isEmpty else { throw wrongUse(.shopConfigure) }
        return changes
    }
}
