import Client
import Foundation
import Testing

extension SystemTests {
    /// Files as shops write them (rows B04 B05): what becomes of each row, and what is told.
    @Suite struct ExchangeFileTests {
        private static func put(
            _ text: String, _ name: String, _ arguments: [String], encoding: String.Encoding = .utf8,
            _ check: (Finished, Talk, Sandbox, UInt16) throws -> Void
        ) throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                try text.write(toFile: sandbox.path(name), atomically: false, encoding: encoding)
                let run = try runProgram(
                    "dossier", ["--port", "\(server.port)", "import", sandbox.path(name)] + arguments)
                try check(run, try server.connect(), sandbox, server.port)
            }
        }

        @Test("B04: a Dutch list with semicolons, decimal commas and Windows-1252, a result per row")
        func aDutchList() throws {
            let text = """
                Bestelnummer;Besteldatum;Voornaam;Achternaam;Straat;Huisnummer;Postcode;Woonplaats;Land;EAN;Titel;Aantal;Stukprijs;Totaal;Cadeau\r
                A-1;1-3-2026 10:05;Zoë;van 's-Gravenzande;Dam;1;1012 JS;Amsterdam;NL;871;Thee;2;9,95;€ 19,90;ja\r
                A-1;;;;;;;;;872;"Kop; groot";1;5,00;;\r
                A-2;2-3-2026;Bo;;;;;;;873;Pot;1;12,50;zeker;\r
                """
            try Self.put(
                text, "lijst.csv",
                ["--kind", "orders", "--set", "channel=bol,currency=EUR", "--results=/nowhere/results.csv"],
                encoding: .windowsCP1252
            ) { run, _, _, _ in #expect(run.ending == .exit(2) && run.error.contains("cannot open")) }
            try Self.put(
                text, "lijst.csv", ["--kind", "orders", "--set", "channel=bol,currency=EUR"], encoding: .windowsCP1252
            ) { run, talk, _, _ in
                #expect(run.ending == .exit(1))
                #expect(run.error.contains("line 4 (A-2): INVALID total"), "\(run.error)")
                #expect(run.error.contains("2 rows: 1 created, 1 refused"), "\(run.error)")
                #expect(run.error.contains("1 rows are not UTF-8 and were read as Windows-1252, the first in line 2"))
                let order = try talk.ok("ORDER.GET bol:A-1")
                #expect(order.text("total") == "19.90" && order.text("placedAt") == "2026-03-01T10:05:00Z")
                #expect(order.text("lines.1.title") == "Kop; groot" && order.text("lines.1.unitPrice") == "5.00")
                #expect(order.text("Cadeau") == "ja" && order.text("billing.street") == "Dam")
                let customer = try talk.ok("CUSTOMER.360 order=bol:A-1")
                #expect(customer.text("customer.firstName") == "Zoë")
                #expect(customer.text("customer.lastName") == "van 's-Gravenzande")
            }
        }

        @Test("B05: each row's result in a file, whole when it is there; a repeat changes nothing")
        func resultsAreFiled() throws {
            let text = "\u{FEFF}Customer ID,E-mail,First name,Loyalty\n1,a@b.example,Anna,7\n2,,Bo,\n,x@y.example,No,\n"
            try Self.put(text, "crm.csv", ["--kind", "customers", "--set", "channel=crm", "--dry-run"]) {
                run, talk, _, _ in
                #expect(run.ending == .exit(0) && run.output.contains("column Loyalty -> kept as Loyalty"))
                #expect(run.output.contains("column E-mail -> email") && run.error.contains("nothing was sent"))
                let profiles = try talk.info("profiles")
                #expect(profiles == 0)
            }
            try Self.put(text, "crm.csv", ["--kind", "customers", "--set", "channel=crm"]) { run, talk, sandbox, port in
                #expect(run.ending == .exit(1) && run.error.contains("line 4: INVALID ref"), "\(run.error)")
                let sequence = try talk.sequence()
                for name in ["results.ndjson", "results.csv"] {
                    let again = try runProgram(
                        "dossier",
                        [
                            "--port", "\(port)", "import", "--kind", "customers", "--set=channel=crm", "--results",
                            sandbox.path(name), "-",
                        ],
                        input: sandbox.path("crm.csv"))
                    #expect(
                        again.ending == .exit(1) && again.error.contains("3 rows: 2 duplicate, 1 refused"),
                        "\(again.error)")
                }
                #expect(try talk.sequence() == sequence)
                let lines = try String(contentsOfFile: sandbox.path("results.ndjson"), encoding: .utf8).split(
                    separator: "\n")
                #expect(lines.first == #"{"line":2,"name":"1","result":"duplicate","customer":"C1"}"#)
                #expect(
                    lines.count == 3
                        && lines[2].hasPrefix(#"{"line":4,"name":"","result":"refused","code":"INVALID","text":"ref: "#)
                )
                let table = try String(contentsOfFile: sandbox.path("results.csv"), encoding: .utf8)
                #expect(table.hasPrefix("line,name,result,customer,code,text\r\n2,1,duplicate,C1,,\r\n"))
                #expect(!FileManager.default.fileExists(atPath: sandbox.path("results.csv.part")))
                #expect(try talk.ok("CUSTOMER.360 ref=crm:1").text("profiles.0.Loyalty") == "7")
            }
        }

        @Test(
            "B05: what no import can take is said in a sentence",
            arguments: [
                ("ref,b\n\"1,2\n", ["--kind", "customers"], "line 2: a quote opens there and never closes"),
                ("a\n1\n", ["--kind", "customers"], "no column says the ref of customers"),
                ("ref\n1\n", ["--kind", "customers", "--map", "nothing=ref"], "there is no column nothing"),
                ("ref\n1\n", ["--kind", "customers", "--set", "chanel=x"], "there is no field chanel"),
                ("{}", ["--kind", "customers", "--set", "channel=x"], "go with CSV"),
                ("\u{FEFF}x", ["--kind", "nothing"], "--kind takes"),
                (#"{"kind":"upload","number":"1","customer":"C1"}"#, ["--kind", "documents"], "--numbers-hold"),
                ("[1]", ["--kind", "orders", "--format", "ndjson"], "each line is one JSON object"),
            ])
        func mistakesAreTold(_ text: String, _ arguments: [String], _ words: String) throws {
            try Self.put(text, "file", arguments) { run, talk, _, _ in
                #expect(run.ending != .exit(0) && run.error.contains(words), "\(run.error)")
                let sequence = try talk.sequence()
                #expect(sequence == 1)
            }
        }

        @Test("B05: an export that fails leaves no half file, and a formula in a name stays a name")
        func exportsAreWholeOrNotThere() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(
                    #"CUSTOMER.PUT {"channel":"crm","ref":"1","name":"=HYPERLINK(1)","phone":"+31612345678","updatedAt":"2026-01-01T00:00:00Z"}"#
                )
                let path = sandbox.path("out.csv")
                let arguments = ["--port", "\(server.port)", "export", "--kind", "customers", "--out", path]
                #expect(try runProgram("dossier", arguments + ["--since", "soon"]).ending == .exit(1))
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: sandbox.folder).filter { $0.hasPrefix("out") }
                        == [])
                #expect(try runProgram("dossier", arguments).ending == .exit(0))
                let text = try String(contentsOfFile: path, encoding: .utf8)
                #expect(text.contains(",'=HYPERLINK(1),") && text.contains(",'+31612345678,"), "\(text)")
                let shown = try runProgram(
                    "dossier", arguments.dropLast(2) + ["--shape", "customer", "--format", "csv"])
                #expect(shown.output.contains("\r\nC1,'=HYPERLINK(1),"), "\(shown.output)")
            }
        }

        @Test("B04: the shared sets go in, and out, and in again")
        func sharedSetsGoInAndOut() throws {
            guard let folder = Samples.shared, FileManager.default.fileExists(atPath: folder + "/orders/northwind")
            else {
                print("LEFT OUT, LOUDLY: no ../shared/data beside the project: real CSV files are not tried")
                return
            }
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                for (file, kind, more) in [
                    ("orders/northwind/customers.csv", "customers", ["--set", "channel=nw"]),
                    (
                        "orders/northwind/orders.csv", "orders",
                        ["--set", "channel=nw,currency=USD,total=0", "--dates", "mdy"]
                    ),
                    ("identity/splink/fake_1000.csv", "customers", ["--set", "channel=fake"]),
                    ("identity/febrl/dataset1.csv", "customers", ["--set", "channel=febrl"]),
                ] {
                    let run = try runProgram(
                        "dossier", ["--port", "\(server.port)", "import", folder + "/" + file, "--kind", kind] + more)
                    #expect(run.ending == .exit(0), "\(file): \(run.error)")
                }
                let out = try ExchangeTests.export(server.port, "csv", to: sandbox.path("out"))
                let other = try sandbox.start("other")
                _ = try ExchangeTests.importAll(other.port, "csv", from: sandbox.path("out"))
                #expect(try ExchangeTests.export(other.port, "csv", to: sandbox.path("again")) == out)
            }
        }
    }
}
