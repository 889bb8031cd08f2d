import Client
import Foundation
import Testing

extension SystemTests {
    /// The grammar of requests and replies, and that a refusal changes nothing.
    @Suite struct GrammarTests {
        @Test func readsLinesAsDescribed() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Story.tell(talk)
                let pong = Reply(outcome: .ok(#"{"pong":true}"#))
                for line in ["ping", "Ping", "PING\r", "  PING  ", "\tPING\t"] { #expect(try talk.ask(line) == pong) }
                let sophie = try talk.ask("CUSTOMER.360 C1")
                for line in [
                    "customer.360 C1", "CUSTOMER.360 \"C1\"", "Customer.360  NUMBER=C1", "CUSTOMER.360 number=\"C1\"\r",
                    #"CUSTOMER.360 email="sophie@vanderlinden.nl""#, #"CUSTOMER.360 "C\1""#,
                ] { #expect(try talk.ask(line) == sophie, "\(line)") }

                let notes = try talk.ok("NOTE.ADD C1 \"one \\\"two\\\" \\\\ three\\nfour\"")
                #expect(notes.text("customer") == "C1" || notes.text("seq") != nil)
                let dossier = try talk.ok("CUSTOMER.360 C1")
                let texts = try #require(dossier.at("notes")?.elements).compactMap { $0.text("text") }
                #expect(texts.contains("one \"two\" \\ three\nfour"))

                // Empty lines are no requests; a bare line feed asks nothing.
                let raw = try RawConnection(server.port)
                try raw.send("\n\r\nPING\n\nPING\n")
                #expect(try raw.readLines(2) == ["OK {\"pong\":true}", "OK {\"pong\":true}"])
            }
        }

        @Test func echoesTags() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Story.tell(talk)
                for line in [
                    "PING", "INFO", "SHOP", "CUSTOMER.360 C1", "CUSTOMER.FIND", "CUSTOMER.WHY C1",
                    "ORDER.GET bol:A2K8290LP8",
                    "HELP", "SNAPSHOT", "VERIFY", "NOTE.ADD C1 x",
                ] {
                    #expect(try talk.ok(line + " tag=\"a b\"").text("tag") == "a b", "\(line)")
                }
                for (line, rest) in [
                    ("ORDER.PUT tag=t1 ", Story.order), ("CUSTOMER.PUT tag=t1 ", #"{"channel":"crm","ref":"r-18"}"#),
                    ("DOCUMENT.PUT tag=t1 ", #"{"kind":"upload","number":"u","customer":"C1"}"#),
                    ("CHANNEL.PUT bol tag=t1 ", try Samples.oneLine("bol-sophie-order.json")),
                ] { #expect(try talk.rows(line + rest).end.text("tag") == "t1", "\(line)") }
                for (line, code) in [
                    ("CUSTOMER.360 C999 tag=t2", "NOTFOUND"), ("AUTH x tag=t2", "REFUSED"), ("NOPE tag=t2", "UNKNOWN"),
                    ("PING what tag=t2", "SYNTAX"), ("ORDER.PUT tag=t2 {}", "INVALID"), ("HELP nope tag=t2", "UNKNOWN"),
                ] { try talk.refused(line, code, "tag=t2") }
            }
        }

        @Test func refusesWithoutChangingAnything() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--line-bytes", "20000"]).connect()
                try Story.tell(talk)
                let before = try talk.ask("CUSTOMER.360 C1")
                for (line, code, word) in Self.refusals { try talk.refused(line, code, word) }
                for field in ["channel", "number", "placedAt", "currency", "total"] {
                    let renamed = Story.order.replacing("\"\(field)\":", with: "\"x-\(field)\":")
                        .replacing("S-1000123", with: "new")
                    try talk.refused("ORDER.PUT " + renamed, "INVALID", field)
                }
                try talk.refused("PING " + String(repeating: "x", count: 30_000), "TOOLARGE", "20000")
                #expect(try talk.ask("CUSTOMER.360 C1") == before)
            }
        }

        private static func order(_ from: String, _ to: String) -> String {
            "ORDER.PUT " + Story.order.replacing("S-1000123", with: "new").replacing(from, with: to)
        }

        private static let refusals: [(String, String, String)] = [
            ("ORDER.PUT", "SYNTAX", "JSON"), ("ORDER.PUT []", "SYNTAX", "object"), ("ORDER.PUT {", "SYNTAX", ""),
            ("ORDER.PUT " + Story.order + " x", "SYNTAX", ""), ("ORDER.PUT nonsense {}", "SYNTAX", ""),
            ("ORDER.PUT colour=red {}", "SYNTAX", "colour"), ("PING {}", "SYNTAX", "JSON"),
            ("PING \"", "SYNTAX", "quote"),
            ("CUSTOMER.360", "SYNTAX", "exactly one"),
            ("CUSTOMER.360 C1 email=a@vanderlinden.nl", "SYNTAX", "exactly one"),
            ("CUSTOMER.360 C0", "INVALID", "C0"), ("CUSTOMER.360 sophie", "INVALID", "number"),
            ("CUSTOMER.360 C99999999999999999999", "INVALID", "number"), ("CUSTOMER.360 C77", "NOTFOUND", "number"),
            ("CUSTOMER.360 email=sophie", "INVALID", "email"), ("CUSTOMER.360 email=", "INVALID", "email"),
            ("CUSTOMER.360 phone=12", "INVALID", "phone"), ("CUSTOMER.360 vat=NL804124189B01", "INVALID", "vat"),
            ("CUSTOMER.360 ref=98122", "INVALID", "ref"), ("CUSTOMER.360 order=S-1000123", "INVALID", "order"),
            ("CUSTOMER.360 order=shopify:none", "NOTFOUND", ""), ("CUSTOMER.360 document=none", "NOTFOUND", ""),
            ("CUSTOMER.360 C1 limit=-1", "INVALID", "limit"), ("CUSTOMER.FIND limit=5000", "INVALID", "limit"),
            ("CUSTOMER.WHY", "SYNTAX", "usage"), ("CUSTOMER.WHY C1 C77", "NOTFOUND", ""),
            ("ORDER.GET", "SYNTAX", "usage"), ("ORDER.GET S-1000123", "INVALID", ""),
            ("NOTE.ADD C1", "SYNTAX", "usage"), ("NOTE.ADD C1 \"\"", "INVALID", "text"),
            ("NOTE.ADD C1 " + String(repeating: "n", count: 10_001), "INVALID", "text"),
            ("CHANNEL.PUT bol", "SYNTAX", "JSON"), ("CHANNEL.PUT {}", "INVALID", "channel"),
            ("CHANNEL.PUT etsy {}", "INVALID", "etsy"), ("CHANNEL.PUT shopify {}", "INVALID", ""),
            (#"CUSTOMER.PUT {"channel":"crm"}"#, "INVALID", "ref"),
            (#"CUSTOMER.PUT {"ref":"1"}"#, "INVALID", "channel"),
            (#"DOCUMENT.PUT {"kind":"invoice","order":"bol:A2K8290LP8"}"#, "INVALID", "number"),
            (#"DOCUMENT.PUT {"kind":"poem","number":"1","customer":"C1"}"#, "INVALID", "kind"),
            (#"DOCUMENT.PUT {"kind":"invoice","number":"1"}"#, "INVALID", "order"),
            (#"DOCUMENT.PUT {"kind":"invoice","number":"1","order":"bol:none"}"#, "NOTFOUND", "order"),
            (
                #"DOCUMENT.PUT {"kind":"invoice","number":"INV-2026-17","order":"shopify:S-1000123","total":"1"}"#,
                "CONFLICT", "total"
            ),
            (order("39.90", "39,90"), "INVALID", "total"), (order("\"39.90\"", "{}"), "INVALID", "total"),
            (order("EUR", "euro"), "INVALID", "currency"), (order("2026-03-01T", "2026-02-30T"), "INVALID", "placedAt"),
            (order("2026-03-01T10:22:31Z", "yesterday"), "INVALID", "placedAt"),
            (order("\"lines\":[", "\"lines\":[7,"), "INVALID", "lines"),
            (order("\"quantity\":2", "\"quantity\":\"two\""), "INVALID", "quantity"),
            (order("\"channel\":\"shopify\"", "\"channel\":\"shop ify\""), "INVALID", "channel"),
            (order("\"channel\":\"shopify\"", "\"channel\":7"), "INVALID", "channel"),
            (order("\"customer\":{", "\"customer\":7,\"was\":{"), "INVALID", "customer"),
            (order("\"number\":\"new\"", "\"number\":\"\(String(repeating: "9", count: 200))\""), "INVALID", "number"),
            (order("\"number\":\"new\"", "\"number\":\"a\\nb\""), "INVALID", "number"),
            (order("\"total\":\"39.90\"", "\"total\":\"99999999999999999999999\""), "INVALID", "total"),
            (order("Thee", "Th\u{0}ee"), "SYNTAX", ""),
            (order("\"title\":\"Thee\"", "\"title\":" + String(repeating: "[", count: 600)), "TOOLARGE", "nested"),
        ]

        @Test func refusesWhatIsNotUTF8() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let raw = try RawConnection(server.port)
                for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]]
                    as [[UInt8]]
                {
                    try raw.send(Array("NOTE.ADD C1 ".utf8) + bytes + [0x0A])
                    let order = Story.order.replacing("Thee", with: "#").split(separator: "#").map { Array($0.utf8) }
                    try raw.send(Array("ORDER.PUT ".utf8) + order[0] + bytes + order[1] + [0x0A])
                    for line in try raw.readLines(2) { #expect(line.hasPrefix("ERR SYNTAX"), "\(bytes): \(line)") }
                }
                #expect(try server.connect().info("orders") == 0)
            }
        }
    }
}
