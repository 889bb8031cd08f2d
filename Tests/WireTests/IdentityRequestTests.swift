import Bytes
import Commerce
import Testing

@testable import Wire

@Suite struct IdentityRequestTests {
    private let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")

    /// Reads a decision as a session does.
    private func decision(_ line: String) -> Result<(command: IdentityCommand, actor: String), Refusal> {
        let bytes = [UInt8](line.utf8)
        do throws(Refusal) {
            let request = try RequestLine(bytes.span)
            guard let command = CommandTable.find(bytes.span.extracting(request.command)), command.name.isDecision
            else {
                throw Refusal(.unknown, "")
            }
            try RequestReader.check(request, command)
            return .success(try RequestReader.decision(request, command.name, hasher))
        } catch {
            return .failure(error)
        }
    }

    @Test func readsDecisions() throws {
        guard
            case .success((.merge(5, into: 9, isPreview: true, reason: "twice the same"), "eva")) =
                decision(#"CUSTOMER.MERGE C5 c9 preview=YES reason="twice the same" actor=eva"#),
            case .success((.split(5, profiles: [7, 9], isPreview: false, reason: ""), "anonymous")) =
                decision("CUSTOMER.SPLIT C5 profiles=C7,C9,C7"),
            case .success((.bind(1, 2, reason: ""), _)) = decision("CUSTOMER.BIND C1 C2"),
            case .success((.exclude(1, 2, reason: ""), _)) = decision("CUSTOMER.EXCLUDE C1 C2"),
            case .success((.link(1, 2, reason: ""), _)) = decision("CUSTOMER.LINK C1 C2"),
            case .success((.release(1, 2), _)) = decision("CUSTOMER.RELEASE C1 C2"),
            case .success((.answer(pair: 7, isSame: true, reason: "x"), _)) = decision("IDENTITY.ACCEPT 7 reason=x"),
            case .success((.answer(pair: 7, isSame: false, reason: ""), _)) = decision("IDENTITY.REJECT 7"),
            case .success((.activate(version: 2), _)) = decision("IDENTITY.ACTIVATE 2")
        else {
            Issue.record("a decision is read wrongly")
            return
        }
    }

    @Test func readsValuesAndSettings() throws {
        let email = hasher.key(.email, [UInt8]("a@example.nl".utf8).span)
        let phone = hasher.key(.phone, [UInt8]("+31612345678".utf8).span)
        guard case .success((.watch(let held, isHeld: true), _)) = decision("QUARANTINE.HOLD email=A@example.nl"),
            case .success((.watch(let released, isHeld: false), _)) = decision("QUARANTINE.RELEASE phone=+31612345678"),
            case .success((.configure(let changes), _)) =
                decision("SHOP.CONFIGURE match=email bookings=protect source=Bol/nl duplicates=no"),
            case .success((.configure(let main), _)) = decision("SHOP.CONFIGURE source=bol duplicates=yes")
        else {
            Issue.record("a setting is read wrongly")
            return
        }
        #expect(held == email && released == phone)
        let source = try SourceName([UInt8]("bol/nl".utf8).span)
        #expect(
            changes == [
                SettingChange(.matchMode, Int(MatchMode.email.rawValue)), SettingChange(.protectsBookings, 1),
                SettingChange(.knowsBuyersOnce, 1, source: source),
            ])
        #expect(main.first?.source?.text == "bol/main" && main.first?.value == 0)
    }

    @Test(arguments: [
        ("CUSTOMER.MERGE C1", RefusalCode.syntax, "usage"), ("CUSTOMER.MERGE C1 x", .invalid, "number"),
        ("CUSTOMER.MERGE C1 C2 preview=maybe", .invalid, "preview"), ("CUSTOMER.MERGE C1 C2 loud=yes", .syntax, "loud"),
        ("CUSTOMER.MERGE C1 C2 actor=", .invalid, "actor"), ("CUSTOMER.MERGE C1 C2 reason=\"\"", .invalid, "reason"),
        ("CUSTOMER.MERGE C1 C2 actor=" + String(repeating: "x", count: 65), .invalid, "actor"),
        ("CUSTOMER.MERGE C1 C2 actor=\"a\\nb\"", .invalid, "actor"),
        ("CUSTOMER.SPLIT C1 profiles=7", .invalid, "profiles"),
        ("CUSTOMER.SPLIT C1 profiles=C7,", .invalid, "profiles"),
        ("CUSTOMER.RELEASE C1 C2 reason=x", .syntax, "reason"), ("IDENTITY.ACCEPT", .syntax, "usage"),
        ("IDENTITY.ACCEPT 0", .invalid, "pair"), ("IDENTITY.ACTIVATE x", .invalid, "version"),
        ("QUARANTINE.HOLD", .syntax, "usage"), ("QUARANTINE.HOLD email=x", .invalid, "email"),
        ("QUARANTINE.HOLD email=x1@marketplace.amazon.nl", .invalid, "email"),
        ("QUARANTINE.HOLD phone=\"06 12345678\"", .invalid, "phone"),
        ("SHOP.CONFIGURE", .syntax, "usage"), ("SHOP.CONFIGURE match=guess", .invalid, "match"),
        ("SHOP.CONFIGURE bookings=no", .invalid, "bookings"), ("SHOP.CONFIGURE source=bol", .invalid, "duplicates"),
        ("SHOP.CONFIGURE duplicates=yes", .invalid, "source"),
        ("SHOP.CONFIGURE source=b!l duplicates=yes", .invalid, "source"),
        ("IDENTITY.PROPOSE", .syntax, "JSON"), ("IDENTITY.PROPOSE {}", .invalid, "basis"),
        (#"IDENTITY.PROPOSE {"basis":"x"}"#, .invalid, "weights"),
        (#"IDENTITY.PROPOSE {"basis":"x","threshold":1}"#, .invalid, "threshold"),
        (#"IDENTITY.PROPOSE {"basis":"x","mergeThreshold":"high"}"#, .invalid, "mergeThreshold"),
        (#"IDENTITY.PROPOSE {"basis":"x","mergeThreshold":101}"#, .invalid, "mergeThreshold"),
        (#"IDENTITY.PROPOSE {"basis":"x","weights":{"shoe":{"same":1}}}"#, .invalid, "weights.shoe"),
        (#"IDENTITY.PROPOSE {"basis":"x","weights":{"email":{"sane":1}}}"#, .invalid, "weights.email.sane"),
        (#"IDENTITY.PROPOSE {"basis":"x","weights":{"email":{"same":1.234}}}"#, .invalid, "weights.email.same"),
        (#"IDENTITY.PROPOSE {"basis":"x","weights":{"email":{"missing":1}}}"#, .invalid, "weights.email.missing"),
    ])
    func refusesByName(line: String, code: RefusalCode, word: String) {
        guard case .failure(let refusal) = decision(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(refusal.code == code && refusal.text.contains(word), "\(refusal)")
    }
}
