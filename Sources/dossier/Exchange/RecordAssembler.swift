/// Makes canonical objects out of the records of a CSV file: one of each, or for orders one of all neighbours that name the
/// same order.
struct RecordAssembler {
    private let plan: ColumnPlan
    private let columns: ExchangeColumns
    /// Where channel, store and number stand, which name an order.
    private let keyPlaces: [Int?]
    private let namePlace: Int?
    /// Whether the header says that a column is about a line.
    private let isOfLine: [Bool]
    private var pending: [CSVRecord] = []
    private var pendingKey: [[UInt8]] = []

    init(_ plan: ColumnPlan) {
        self.plan = plan
        columns = ExchangeColumns.of(plan.kind)
        keyPlaces = ["channel", "store", "number"].map { plan.columns.firstIndex(of: .path($0)) }
        namePlace = plan.columns.firstIndex(of: .path(plan.kind.nameMember))
        isOfLine = plan.headers.map { HeaderNames.plain($0).hasPrefix("lineitem") }
    }

    /// Takes a record, and hands out the row that is complete by it.
    mutating func add(_ record: CSVRecord) -> ImportRow? {
        guard plan.kind == .orders else { return row([record]) }
        let key = keyPlaces.map { cell($0, of: record) }
        defer { pending.append(record) }
        if !pending.isEmpty, key == pendingKey || key[2].isEmpty { return nil }
        let complete = finish()
        pendingKey = key
        return complete
    }

    /// The row that the last records make.
    mutating func finish() -> ImportRow? {
        guard !pending.isEmpty else { return nil }
        defer { pending = [] }
        return row(pending)
    }

    private func cell(_ place: Int?, of record: CSVRecord) -> [UInt8] {
        guard let place, place < record.cells.count else { return [] }
        return record.cells[place]
    }

    // MARK: One row

    private func row(_ records: [CSVRecord]) -> ImportRow {
        let line = records[0].line
        let name = String(decoding: cell(namePlace, of: records[0]), as: UTF8.self)
        for record in records where record.cells.count > plan.columns.count {
            return .refused(
                line: record.line, name: name, code: "SYNTAX",
                text: "\(record.cells.count) cells under \(plan.columns.count) headers")
        }
        var builder = RecordBuilder()
        do throws(JSONSlices.Malformed) {
            try fill(&builder, records)
        } catch {
            return .refused(line: line, name: name, code: "SYNTAX", text: "a cell of JSON does not read")
        }
        if plan.kind == .facts { return factRow(builder, line: line) }
        if plan.kind == .orders, builder.text("total") == nil, let total = OrderTotal.text(of: records.map(lineAmount))
        {
            builder.put(Array(total.utf8), at: "total")
        }
        return .put(line: line, name: name, command: Array("\(plan.kind.putCommand) ".utf8) + builder.json())
    }

    private func fill(_ builder: inout RecordBuilder, _ records: [CSVRecord]) throws(JSONSlices.Malformed) {
        for (path, value) in plan.constants.sorted(by: { $0.key < $1.key }) where !path.hasPrefix("lines.") {
            builder.put(Array(value.utf8), at: path)
        }
        for (place, column) in plan.columns.enumerated() {
            switch column {
            case .ignored: continue
            case .path(let path):
                guard !path.hasPrefix("lines.") else { continue }
                guard let cell = records.lazy.map({ value($0, place) }).first(where: { !$0.isEmpty }) else { continue }
                try put(cell, at: path, &builder)
            case .unknown(let name):
                guard !varies(place, records), let cell = records.first.map({ value($0, place) }), !cell.isEmpty else {
                    continue
                }
                try putUnknown(cell, name, under: nil, &builder)
            }
        }
        if plan.kind == .orders { for record in records { try fillLine(&builder, record, records) } }
    }

    /// What an order's rows do not agree about is said of its lines.
    private func varies(_ place: Int, _ records: [CSVRecord]) -> Bool {
        guard plan.kind == .orders else { return false }
        if isOfLine[place] { return true }
        let first = value(records[0], place)
        return records.dropFirst().contains { record in
            let cell = value(record, place)
            return !cell.isEmpty && cell != first
        }
    }

    private func fillLine(
        _ builder: inout RecordBuilder, _ record: CSVRecord, _ all: [CSVRecord]
    ) throws(JSONSlices.Malformed) {
        for (place, column) in plan.columns.enumerated() {
            let cell = value(record, place)
            guard !cell.isEmpty else { continue }
            switch column {
            case .path("lines.extra") where cell == Array("[]".utf8): builder.putNoLines()
            case .path(let path) where path.hasPrefix("lines."): try put(cell, at: path, &builder)
            case .unknown(let name) where varies(place, all): try putUnknown(cell, name, under: "lines", &builder)
            default: continue
            }
        }
        builder.endLine()
    }

    private func put(_ cell: [UInt8], at path: String, _ builder: inout RecordBuilder) throws(JSONSlices.Malformed) {
        if path == "extra" { return try builder.putExtra(cell, under: nil) }
        if path.hasSuffix(".extra") { return try builder.putExtra(cell, under: String(path.dropLast(6))) }
        builder.put(repaired(cell, path), at: path, isJSON: columns.jsonPaths.contains(path))
    }

    private func putUnknown(
        _ cell: [UInt8], _ name: String, under group: String?, _ builder: inout RecordBuilder
    ) throws(JSONSlices.Malformed) {
        var json = [UInt8(ascii: "{")]
        JSONSlices.append(string: name.utf8, to: &json)
        json.append(UInt8(ascii: ":"))
        JSONSlices.append(string: cell, to: &json)
        json.append(UInt8(ascii: "}"))
        try builder.putExtra(json, under: group)
    }

    private func value(_ record: CSVRecord, _ place: Int) -> [UInt8] {
        guard place < record.cells.count else { return [] }
        return plan.isOwn ? CSVText.unguarded(record.cells[place]) : Self.trimmed(record.cells[place])
    }

    private static func trimmed(_ cell: [UInt8]) -> [UInt8] {
        guard cell.first == 0x20 || cell.last == 0x20 else { return cell }
        return Array(cell.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
    }

    private func repaired(_ cell: [UInt8], _ path: String) -> [UInt8] {
        guard !plan.isOwn else { return cell }
        let text = String(decoding: cell, as: UTF8.self)
        switch path {
        case "placedAt", "updatedAt", "issuedAt": return Array(plan.repair.moment(text).utf8)
        case "total", "lines.quantity", "lines.unitPrice", "lines.vatRate": return Array(plan.repair.decimal(text).utf8)
        case "ref", "customer.ref": return Array(ValueRepair.reference(text).utf8)
        case "currency": return Array(text.uppercased().utf8)
        default: return cell
        }
    }

    // MARK: What is special

    private func lineAmount(_ record: CSVRecord) -> (quantity: String, price: String) {
        func text(_ path: String) -> String {
            plan.columns.firstIndex(of: .path(path)).map {
                String(decoding: repaired(value(record, $0), path), as: UTF8.self)
            } ?? ""
        }
        return (text("lines.quantity"), text("lines.unitPrice"))
    }

    private func factRow(_ builder: RecordBuilder, line: Int) -> ImportRow {
        let bytes = builder.json()
        return ImportRow.fact(bytes, line: line)
    }
}

/// What the lines of an order come to, for files that do not say it.
enum OrderTotal {
    /// The sum of quantity times price; nil if one of them is no decimal, or if there are none.
    static func text(of lines: [(quantity: String, price: String)]) -> String? {
        var units: Int64 = 0
        for line in lines {
            guard let quantity = parse(line.quantity), let price = parse(line.price) else { return nil }
            let (product, overflow) = quantity.multipliedReportingOverflow(by: price)
            guard !overflow else { return nil }
            let (sum, isTooMuch) = units.addingReportingOverflow(product)
            guard !isTooMuch else { return nil }
            units = sum
        }
        let digits = String(units.magnitude)
        let padded = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        var fraction = padded.suffix(8)
        while fraction.count > 2, fraction.last == "0" { fraction = fraction.dropLast() }
        return "\(units < 0 ? "-" : "")\(padded.dropLast(8)).\(fraction)"
    }

    /// Ten thousandths.
    private static func parse(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, let value = Int64(whole), abs(value) < 1 << 40 else {
            return nil
        }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.count <= 4, fraction.allSatisfy(\.isNumber) else { return nil }
        let ten = Int64(fraction + String(repeating: "0", count: 4 - fraction.count)) ?? 0
        return value * 10_000 + (text.hasPrefix("-") ? -ten : ten)
    }
}
