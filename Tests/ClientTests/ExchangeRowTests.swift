import Testing

@testable import dossier

/// Rows of a file as canonical objects: headers, values, grouping.
@Suite struct ExchangeRowTests {
    /// The commands that a CSV file makes, with `!code` for those that are refused.
    private static func commands(
        _ text: String, _ kind: ExchangeKind, map: [String: String] = [:], set: [String: String] = [:],
        repair: ValueRepair = ValueRepair()
    ) throws -> [String] {
        var records: [CSVRecord] = []
        var reader = CSVReader(separator: CSVReader.separator(of: text.utf8))
        try reader.read(text.utf8) { records.append($0) }
        try reader.finish { records.append($0) }
        let header = records.removeFirst().cells.map { String(decoding: $0, as: UTF8.self) }
        var plan = try ColumnPlan(header, kind: kind, map: map, constants: set)
        plan.repair = repair
        var assembler = RecordAssembler(plan)
        var rows = records.compactMap { assembler.add($0) }
        if let last = assembler.finish() { rows.append(last) }
        return rows.map { row in
            switch row {
            case .put(_, _, let command): String(decoding: command, as: UTF8.self)
            case .refused(_, _, let code, _): "!" + code
            }
        }
    }

    @Test(
        arguments: [
            ("Bestelnummer", ExchangeKind.orders, "number"), ("Lineitem sku", .orders, "lines.sku"),
            ("Billing Zip", .orders, "billing.postalCode"), ("Shipping Address 2", .orders, "shipping.addition"),
            ("Straße", .orders, "billing.street"), ("Order Total", .orders, "total"),
            ("Created at", .orders, "placedAt"),
            ("Vorname", .orders, "customer.firstName"), ("Verzendstraat", .orders, "shipping.street"),
            ("Achternaam", .customers, "lastName"), ("given_name", .customers, "firstName"),
            ("Default Address City", .customers, "billing.city"), ("PLZ", .customers, "billing.postalCode"),
            ("BTW-nummer", .customers, "vatId"), ("Factuurnummer", .documents, "number"),
            ("customer.email", .orders, "customer.email"), ("CUSTOMER.EMAIL", .orders, "customer.email"),
        ])
    func usualHeadersAreUnderstood(_ header: String, _ kind: ExchangeKind, _ path: String) {
        #expect(HeaderNames.paths(of: header, for: kind).first == path)
    }

    @Test func everyHeaderLeadsToAColumn() {
        for kind in ExchangeKind.allCases {
            for header in ["name", "email", "datum", "sku", "land", "totaal", "nummer", "Ship name", "firma"] {
                for path in HeaderNames.paths(of: header, for: kind) {
                    #expect(ExchangeColumns.of(kind).paths.contains(path), "\(header) in \(kind)")
                }
            }
        }
    }

    @Test(
        arguments: [
            ("2026-03-01T10:22:31Z", "2026-03-01T10:22:31Z"),
            ("2026-03-01 10:22:31 +0100", "2026-03-01T10:22:31+01:00"),
            ("2026-03-01 10:22", "2026-03-01T10:22:00Z"), ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("01-03-2026 9:05", "2026-03-01T09:05:00Z"), ("1.3.2026", "2026-03-01T00:00:00Z"),
            ("25/3/2026", "2026-03-25T00:00:00Z"), ("3/25/2026", "2026-03-25T00:00:00Z"), ("3/4/2026", "3/4/2026"),
            ("2026-03-01 10:22:31 UTC", "2026-03-01T10:22:31Z"), ("tomorrow", "tomorrow"), ("", ""),
            ("2026-13-01", "2026-13-01"), ("2026-03-01T10:22:31.250Z", "2026-03-01T10:22:31.250Z"),
        ])
    func momentsAreBroughtIntoForm(_ text: String, _ moment: String) {
        #expect(ValueRepair().moment(text) == moment)
    }

    @Test func whichIsTheMonthCanBeSaid() {
        #expect(ValueRepair(isMonthFirst: true).moment("3/4/2026") == "2026-03-04T00:00:00Z")
        #expect(ValueRepair(isMonthFirst: false).moment("3/4/2026") == "2026-04-03T00:00:00Z")
    }

    @Test(
        arguments: [
            ("39.90", "39.90"), ("39,90", "39.90"), ("€ 1.234,56", "1234.56"), ("1,234.56", "1234.56"),
            ("1,234", "1234"), ("-5,5", "-5.5"), ("12 EUR", "12"), ("free", "free"), ("1'000.50", "1000.50"),
            ("1a2", "1a2"), ("EUR 12", "12"),
        ])
    func decimalsAreBroughtIntoForm(_ text: String, _ decimal: String) {
        #expect(ValueRepair().decimal(text) == decimal)
    }

    @Test func aDecimalCommaIsWhereSemicolonsAre() {
        #expect(ValueRepair(hasDecimalComma: true).decimal("1,234") == "1.234")
    }

    @Test(
        arguments: [
            ([("2", "1.50"), ("1", "0.005")], "3.005"), ([("-1", "2.5")], "-2.50"), ([("3", "10")], "30.00"),
            ([("1", "x")], nil),
        ] as [([(String, String)], String?)])
    func linesAddUp(_ lines: [(String, String)], _ total: String?) {
        #expect(OrderTotal.text(of: lines) == total)
    }

    @Test func neighboursOfOneNumberMakeAnOrder() throws {
        let text = """
            Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem vendor,Billing Name,Note
            A1001,a@b.nl,paid,EUR,25.00,2026-03-01 10:22:31 +0100,2,Tea,10.00,T,Hoogland,Anna,=x
            A1001,,,,,,1,Cup,5.00,C,Delft,,
            A1002,c@d.nl,paid,EUR,5.00,2026-03-01 10:23:31 +0100,1,Cup,5.00,C,,Bo,
            """
        let found = try Self.commands(text, .orders, set: ["channel": "shopify"])
        #expect(
            found == [
                #"ORDER.PUT {"lines":[{"quantity":"2","title":"Tea","unitPrice":"10.00","sku":"T","Lineitem vendor":"Hoogland"},{"quantity":"1","title":"Cup","unitPrice":"5.00","sku":"C","Lineitem vendor":"Delft"}],"customer":{"email":"a@b.nl"},"billing":{"name":"Anna"},"channel":"shopify","number":"A1001","Financial Status":"paid","currency":"EUR","total":"25.00","placedAt":"2026-03-01T10:22:31+01:00","Note":"=x"}"#,
                #"ORDER.PUT {"lines":[{"quantity":"1","title":"Cup","unitPrice":"5.00","sku":"C"}],"customer":{"email":"c@d.nl"},"billing":{"name":"Bo"},"channel":"shopify","number":"A1002","Financial Status":"paid","currency":"EUR","total":"5.00","placedAt":"2026-03-01T10:23:31+01:00"}"#,
            ])
    }

    @Test func whatRowsDoNotAgreeAboutBelongsToTheLines() throws {
        let text = "number,colour,gift\n1,red,yes\n1,blue,yes\n"
        let found = try Self.commands(text, .orders, set: ["channel": "x"])
        #expect(
            found == [
                #"ORDER.PUT {"lines":[{"colour":"red"},{"colour":"blue"}],"channel":"x","number":"1","gift":"yes"}"#
            ])
    }

    @Test func aMapIsOverTheTables() throws {
        let text = "Name,Straat,Weg\nAnna,Dam,x\n"
        let found = try Self.commands(text, .customers, map: ["Straat": "ref", "Weg": "-"], set: ["channel": "crm"])
        #expect(found == [#"CUSTOMER.PUT {"channel":"crm","name":"Anna","ref":"Dam"}"#])
        #expect(throws: ImportProblem.self) { try Self.commands(text, .customers, map: ["Straat": "nowhere"]) }
        #expect(throws: ImportProblem.self) { try Self.commands(text, .customers, map: ["Strat": "ref"]) }
        #expect(throws: ImportProblem.self) { try Self.commands(text, .customers, set: ["nowhere": "x"]) }
    }

    @Test func rowsThatAreTooLongAreRefused() throws {
        #expect(try Self.commands("ref,name\n1,2,3\n4\n", .customers) == ["!SYNTAX", #"CUSTOMER.PUT {"ref":"4"}"#])
    }

    @Test(
        arguments: [
            (
                #"{"kind":"refund","order":"web/main:a b","fact":{"amount":"1"}}"#,
                #"FACT.PUT kind=refund order="web/main:a b" {"amount":"1"}"#
            ),
            (#"{"kind":"refund","fact":{}}"#, "!INVALID"), ("{", "!SYNTAX"), ("[]", "!SYNTAX"),
        ])
    func linesBecomeFacts(_ line: String, _ command: String) {
        switch ImportRow.ndjson(Array(line.utf8), kind: .facts, line: 1) {
        case .put(_, _, let bytes): #expect(String(decoding: bytes, as: UTF8.self) == command)
        case .refused(_, _, let code, _): #expect("!" + code == command)
        case nil: Issue.record("no row")
        }
    }

    @Test func customersNumbersMeanSomebodyElseElsewhere() {
        let row = ImportRow.ndjson(Array(#"{"number":"1","customer":"C5"}"#.utf8), kind: .documents, line: 3)
        guard case .refused(3, "1", "REFUSED", let text) = row?.heedingNumbers(of: .documents) else {
            Issue.record("\(String(describing: row))")
            return
        }
        #expect(text.contains("--numbers-hold"))
    }

    /// An object becomes rows and the rows become that object: what CSV carries is exact.
    @Test(
        arguments: [
            #"{"channel":"web","store":"main","number":"1","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1.00","customer":{"ref":"'=1","addresses":[{"city":"Ede"}],"loyal":true},"billing":{},"shipping":{"name":"=A\"B\n","x":[1, 2]},"lines":[{"sku":"+1"},{},{"vatRate":"21","\u0061":null}],"z":{"b":"\/"}}"#,
            #"{"channel":"web","number":"2","total":"-1.00","lines":[]}"#,
            #"{"channel":"web","number":"3","customer":{}}"#,
        ])
    func rowsAndObjectsAreTheSame(_ json: String) throws {
        let table = RecordTable(.orders)
        var csv: [UInt8] = []
        CSVText.append(table.header, to: &csv)
        for row in try table.rows(of: Array(json.utf8)) { CSVText.append(row, to: &csv) }
        let command = try #require(try Self.commands(String(decoding: csv, as: UTF8.self), .orders).first)
        let back = Array(command.dropFirst("ORDER.PUT ".count).utf8)
        #expect(try Self.shape(back) == Self.shape(Array(json.utf8)))
    }

    /// Members by name, values as they stand there, one level down.
    private static func shape(_ json: [UInt8]) throws -> [String] {
        try JSONSlices.members(json).flatMap { member -> [String] in
            let value = String(decoding: json[member.value], as: UTF8.self)
            guard value.hasPrefix("{"), member.name != "z" else { return ["\(member.name)=\(value)"] }
            return try JSONSlices.members(json, in: member.value).map {
                "\(member.name).\($0.name)=\(String(decoding: json[$0.value], as: UTF8.self))"
            } + ["\(member.name)"]
        }.sorted()
    }

    @Test func optionsAreRead() throws {
        let options = try ImportOptions(
            words: [
                "a.csv", "--kind", "orders", "--set=channel=x,currency=EUR", "--map", "A=B=total", "--dry-run",
                "--connections", "3",
            ])
        #expect(options.file == "a.csv" && options.kind == .orders && options.isDryRun && options.connections == 3)
        #expect(options.constants == ["channel": "x", "currency": "EUR"] && options.map == ["A=B": "total"])
        for words in [
            ["a"], ["--kind", "x"], ["--kind", "orders", "a", "b"], ["--kind", "orders", "--connections", "0"],
            ["--kind", "orders", "--x", "1"], ["--kind"],
        ] {
            #expect(throws: UsageError.self, "\(words)") { try ImportOptions(words: words) }
        }
        #expect(try ExportOptions(words: ["--kind", "orders", "--out", "a.csv"]).chosenFormat == .csv)
        #expect(throws: UsageError.self) { try ExportOptions(words: ["--kind", "orders", "--shape", "customer"]) }
    }
}
