import Client
import Foundation
import Testing

extension SystemTests {
    /// Lists, search, tags and bulk over TCP, before and after the plug is pulled: B01 B03 E01 E02, B02, W23, E05, T26.
    @Suite struct SearchTests {
        static func buyer(_ number: Int, _ name: String, city: String = "Amsterdam", channel: String = "shopify")
            -> String
        {
            """
            ORDER.PUT {"channel":"\(channel)","number":"S-\(1_000 + number)","placedAt":"2026-03-\(10 + number % 20)T08:00:00Z",\
            "currency":"EUR","total":"10.00","customer":{"email":"buyer\(number)@example.nl","lastName":"\(name)",\
            "phone":"+316123456\(10 + number)"},"billing":{"name":"\(name)","street":"Keizersgracht",\
            "houseNumber":"\(number)-2","postalCode":"1015 KD","city":"\(city)","country":"NL"}}
            """
        }

        static func tell(_ talk: Talk) throws {
            for (number, name) in ["Jansen", "Müller", "Öztürk", "Papadópoulos", "Wałęsa", "van Dijk"].enumerated() {
                try talk.ok(buyer(number, name, city: number % 2 == 0 ? "Amsterdam" : "Den Haag"))
            }
            for line in [
                "CUSTOMER.TAG C1 VIP interest:tea cause=\"rule 7\" actor=anna", "CUSTOMER.TAG C2 vip group:resellers",
                "CUSTOMER.UNTAG C2 vip", "CUSTOMER.BLOCK C3 reason=\"does not pay\" actor=anna",
                "CUSTOMER.BLOCK C4 reason=wrong", "CUSTOMER.UNBLOCK C4", "CUSTOMER.MERGE C5 C6 reason=test",
                "CUSTOMER.VERIFY C1 email=buyer0@example.nl verdict=valid source=link",
                "CUSTOMER.VERIFY C2 email=buyer1@example.nl verdict=invalid source=bounce",
                "CUSTOMER.WISHES C1 newsletter=yes",
                "DOCUMENT.PUT {\"kind\":\"invoice\",\"number\":\"INV-2026-17\",\"order\":\"shopify:S-1001\"}",
            ] { try talk.ok(line) }
        }

        /// Each with the numbers that it must find, always.
        static let searches: [(String, [String])] = [
            ("", ["C1", "C2", "C3", "C4", "C6"]), ("text=anse", ["C1"]), ("text=JANSEN", ["C1"]),
            ("text=muller", ["C2"]),
            ("text=Mueller", ["C2"]), ("text=ozturk", ["C3"]), ("text=Papadopoulos", ["C4"]), ("text=walesa", ["C6"]),
            ("text=dijk", ["C6"]), ("text=\"keizersgracht haag\"", ["C2", "C4", "C6"]), ("text=S-1003", ["C4"]),
            ("text=1002", ["C3"]), ("text=\"06 1234 5610\"", ["C1"]), ("text=5612", ["C3"]), ("text=C5", ["C6"]),
            ("text=2026-17", ["C2"]), ("text=buyer3@example.nl", ["C4"]), ("text=\"4-2\"", ["C6"]), ("text=nobody", []),
            ("text=1015kd sort=newest", ["C6", "C4", "C3", "C2", "C1"]), ("tagged=vip", ["C1"]),
            ("tagged=VIP,interest:tea", ["C1"]),
            ("tagged=group:resellers", ["C2"]), ("blocked=yes", ["C3"]),
            ("blocked=no untagged=vip", ["C2", "C4", "C6"]),
            ("country=NL channel=shopify text=amster", ["C1", "C3", "C6"]), ("country=DE", []),
            ("numbers=C5,C2", ["C2", "C6"]),
            ("sort=name", ["C1", "C2", "C3", "C4", "C6"]),
        ]

        static func numbers(_ talk: Talk, _ search: String) throws -> [String] {
            let (rows, end) = try talk.rows("CUSTOMER.SEARCH " + search)
            #expect(end.text("total") == "\(rows.count)", "\(search)")
            return rows.compactMap { $0.text("number") }
        }

        @Test("B01 B03 E01 E02 T26 E05: lists find by any text, tags and blocks hold, after a crash and a snapshot too")
        func everythingIsFoundAfterACrashAndASnapshot() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                try Self.tell(try server.connect())
                func check() throws {
                    let talk = try server.connect()
                    for (search, expected) in Self.searches {
                        let found = try Self.numbers(talk, search)
                        if search.hasPrefix("sort=name") {
                            #expect(Set(found) == Set(expected) && found.first == "C1", "\(search): \(found)")
                        } else {
                            #expect(found == expected, "\(search)")
                        }
                    }
                    let first = try talk.ok("CUSTOMER.360 C1")
                    #expect(first.text("customer.tags.0") == "interest:tea" && first.text("customer.tags.1") == "vip")
                    #expect(first.text("customer.tagNotes.1.cause") == "rule 7")
                    #expect(first.at("customer.emailConfirmed") == .bool(true))
                    #expect(try talk.ok("CUSTOMER.360 C2").at("customer.emailConfirmed") == .bool(false))
                    #expect(first.text("wishes.newsletter.value") == "yes")
                    let third = try talk.ok("CUSTOMER.360 C3")
                    #expect(third.text("customer.blocked.reason") == "does not pay")
                    #expect(third.at("customer.emailConfirmed") == nil)
                }
                try check()
                try server.kill()
                server = try sandbox.start()
                try check()
                try server.connect().ok("SNAPSHOT")
                try server.kill()
                server = try sandbox.start()
                try check()
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }

        @Test("B01: a list of any length is sorted by name, page by page")
        func longListsAreSortedByName() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--shards", "3"]).connect()
                let names = (0..<1_300).map { "N\(10_000 + ($0 * 7_919) % 1_301)" }
                let orders = names.enumerated().map {
                    Story.order("web", "\($0.offset)", customer: #""ref":"r\#($0.offset)","lastName":"\#($0.element)""#)
                }
                for reply in try talk.pipeline(orders) { #expect(reply.isOK) }
                var found: [String] = []
                var line = "CUSTOMER.SEARCH sort=name limit=300"
                while true {
                    let (rows, end) = try talk.rows(line)
                    #expect(end.text("total") == "1300")
                    found += rows.compactMap { $0.text("lastName") }
                    guard let next = end.text("next") else { break }
                    line = "CUSTOMER.SEARCH cursor=\(next) limit=300"
                }
                #expect(found == names.sorted())
            }
        }

        @Test("B01 B03: pages of one list agree while others write, merge and split")
        func pagesHoldWhileOthersWrite() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for number in 0..<60 { try talk.ok(Self.buyer(number, "Jansen")) }
                let expected = try Self.numbers(talk, "text=jansen limit=1000")
                #expect(expected.count == 60)
                var (rows, end) = try talk.rows("CUSTOMER.SEARCH text=jansen limit=7")
                var seen = rows.compactMap { $0.text("number") }
                var step = 100
                while let next = end.text("next") {
                    try talk.ok(Self.buyer(step, "Jansen"))
                    try talk.ok("CUSTOMER.MERGE C\(60 - (step - 100)) C1 reason=test")
                    step += 1
                    #expect(end.text("total") == "60" && end.text("to") == "\(seen.count)")
                    (rows, end) = try talk.rows("CUSTOMER.SEARCH cursor=\(next) limit=7")
                    #expect(end.text("from") == "\(seen.count + 1)")
                    seen += rows.compactMap { $0.text("number") }
                }
                #expect(seen == expected)
                // What was merged away meanwhile is said to be.
                #expect(rows.last?.text("mergedInto") == "C1")
                // A new list shows how it is now.
                #expect(try Self.numbers(talk, "text=jansen limit=1000").count == 60)
                try talk.refused("CUSTOMER.SEARCH cursor=1.1.1", "NOTFOUND", "search again")
                try talk.refused("CUSTOMER.SEARCH cursor=x", "INVALID", "cursor")
                try talk.refused("CUSTOMER.SEARCH cursor=1.1.1 text=x", "INVALID", "text")
                try talk.refused("CUSTOMER.SEARCH limit=0", "INVALID", "limit")
                try talk.refused("CUSTOMER.SEARCH text=\"!!\"", "INVALID", "text")
                try talk.ok("SHOP empty")
                try talk.refused("CUSTOMER.SEARCH", "NOTFOUND", "nothing is known")
            }
        }

        @Test("W23: the purchase history over all channels, ordered and paged, before and after a crash")
        func thePurchaseHistoryIsOrderedAndPaged() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try server.connect()
                for (number, channel) in ["shopify", "bol", "woocommerce", "shopify", "amazon"].enumerated() {
                    try talk.ok(
                        """
                        ORDER.PUT {"channel":"\(channel)","number":"N\(number)","placedAt":"2026-0\(5 - number % 5)-01T08:00:00Z",\
                        "currency":"EUR","total":"1.00","customer":{"email":"a@example.nl","lastName":"Jansen","firstName":"Anna"}}
                        """)
                }
                func check() throws {
                    let talk = try server.connect()
                    func orders(_ more: String) throws -> [String?] {
                        try talk.rows("CUSTOMER.ORDERS email=a@example.nl " + more).rows.map { $0.text("number") }
                    }
                    #expect(try orders("") == ["N0", "N1", "N2", "N3", "N4"])
                    #expect(try orders("from=2 limit=2") == ["N1", "N2"])
                    #expect(try orders("channel=shopify") == ["N0", "N3"])
                    #expect(try orders("since=2026-03-01") == ["N0", "N1", "N2"])
                    let end = try talk.rows("CUSTOMER.ORDERS C1 from=4 limit=10").end
                    #expect(end.text("total") == "5" && end.text("from") == "4" && end.text("to") == "5")
                }
                try check()
                try server.kill()
                server = try sandbox.start()
                try check()
                try server.connect().refused("CUSTOMER.ORDERS C9", "NOTFOUND", "CUSTOMER.FIND")
                try server.connect().refused("CUSTOMER.ORDERS C1 since=x", "INVALID", "since")
            }
        }

        @Test("T26: tags and blocks follow their profile through merges and splits")
        func labelsFollowMergesAndSplits() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.buyer(0, "Jansen"))
                try talk.ok(Self.buyer(1, "Bakker"))
                try talk.ok("CUSTOMER.TAG C1 one")
                try talk.ok("CUSTOMER.TAG C2 two")
                try talk.ok("CUSTOMER.BLOCK C2 reason=x")
                try talk.ok("CUSTOMER.MERGE C2 C1 reason=test")
                #expect(try Self.numbers(talk, "tagged=one,two blocked=yes") == ["C1"])
                #expect(try talk.ok("CUSTOMER.TAG C1 two").at("duplicate") == .bool(true))
                try talk.ok("CUSTOMER.SPLIT C2")
                #expect(try Self.numbers(talk, "tagged=two blocked=yes") == ["C2"])
                #expect(try Self.numbers(talk, "tagged=one blocked=no") == ["C1"])
                try talk.ok("CUSTOMER.MERGE C2 C1 reason=test")
                #expect(try talk.ok("CUSTOMER.UNTAG C1 one two").count("tags") == 0)
                #expect(try talk.ok("CUSTOMER.UNBLOCK C1").at("blocked") == .bool(false))
                for (line, code, word) in [
                    ("CUSTOMER.TAG C1", "SYNTAX", "usage"), ("CUSTOMER.TAG C1 a,b", "INVALID", "tag"),
                    ("CUSTOMER.TAG C9 a", "NOTFOUND", "CUSTOMER.FIND"), ("CUSTOMER.BLOCK C1", "SYNTAX", "usage"),
                    ("CUSTOMER.TAG x a", "INVALID", "C17"),
                ] { try talk.refused(line, code, word) }
            }
        }

        @Test("B02 T02 T28 T26: bulk work on a selection, said again after a crash, changes what is left and no more")
        func bulkIsIdempotentAndRespectsWishes() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                for number in 0..<150 {
                    try talk.ok(Self.buyer(number, "Jansen", city: number < 100 ? "Gouda" : "Delft"))
                }
                let before = try talk.sequence()
                let preview = try talk.rows("CUSTOMER.BULK action=tag value=autumn text=gouda preview=yes")
                #expect(preview.end.text("selected") == "100" && preview.rows.count == 10)
                #expect(try talk.sequence() == before)
                try talk.refused("CUSTOMER.BULK action=tag value=autumn", "INVALID", "all=yes")
                try talk.refused("CUSTOMER.BULK action=dance all=yes", "INVALID", "action")
                try talk.refused("CUSTOMER.BULK action=message all=yes event=customer.mailing", "INVALID", "id")
                // Cut off in the middle.
                try talk.client.send("CUSTOMER.BULK action=tag value=autumn text=gouda")
                try server.kill()
                server = try sandbox.start()
                talk = try server.connect()
                let done = try talk.ok("CUSTOMER.BULK action=tag value=autumn text=gouda")
                #expect(done.text("selected") == "100" && done.text("refused") == "0")
                #expect(try talk.ok("CUSTOMER.BULK action=tag value=autumn text=gouda").text("changed") == "0")
                #expect(try talk.rows("CUSTOMER.SEARCH tagged=autumn").end.text("total") == "100")
                try talk.ok("CUSTOMER.BULK action=wish value=mailing:yes tagged=autumn")
                try talk.ok("CUSTOMER.WISHES C1 mailing=no")
                try talk.ok("CUSTOMER.BULK action=language value=nl all=yes")
                try talk.ok("SHOP.SENDER address=shop@theehuis.nl name=Theehuis language=nl")
                try talk.ok(
                    #"TEMPLATE.PUT {"event":"customer.mailing","language":"nl","subject":"Herfst","body":"Thee"}"#)
                let sent = try talk.rows("CUSTOMER.BULK action=message event=customer.mailing id=autumn all=yes")
                #expect(sent.end.text("changed") == "99" && sent.end.text("refused") == "51")
                #expect(sent.rows.first?.text("customer") == "C1" && sent.rows.first?.text("error") == "REFUSED")
                let again = try talk.rows("CUSTOMER.BULK action=message event=customer.mailing id=autumn all=yes")
                #expect(again.end.text("changed") == "0" && again.end.text("unchanged") == "99")
                try talk.ok("CUSTOMER.BULK action=block reason=test numbers=C1,C2")
                #expect(try Self.numbers(talk, "blocked=yes") == ["C1", "C2"])
                try talk.ok("CUSTOMER.BULK action=unblock blocked=yes")
                #expect(try Self.numbers(talk, "blocked=yes") == [])
                let export = try talk.rows("CUSTOMER.SEARCH numbers=C1 full=yes").rows
                #expect(export.first?.text("profiles.0.email") == "buyer0@example.nl")
            }
        }
    }
}
