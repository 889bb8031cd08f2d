/// The rows of a file, a piece of it at a time: nothing grows with the file.
struct ImportSource {
    private let file: ExchangeFile
    private let options: ImportOptions
    private let isStopped: () -> Bool
    private var format: ExchangeFormat?
    private var ready: [ImportRow] = []
    private var nextReady = 0
    private var hasEnded = false

    private var reader = CSVReader()
    private(set) var plan: ColumnPlan?
    private var assembler: RecordAssembler?
    /// The beginning of an NDJSON line that has not ended.
    private var rest: [UInt8] = []
    private var lineNumber = 0

    private(set) var bytesRead = 0
    /// Lines that were not UTF-8 and were taken for Windows-1252.
    private(set) var otherEncoding: (count: Int, firstLine: Int) = (0, 0)

    var size: Int? { file.size }

    /// - Parameter isStopped: asked when a signal comes; reading ends if it says so.
    init(_ options: ImportOptions, isStopped: @escaping () -> Bool) throws(ImportProblem) {
        self.options = options
        self.isStopped = isStopped
        file = try ExchangeFile.reading(options.file)
        format = options.format ?? Self.format(ofPath: options.file)
    }

    private static func format(ofPath path: String) -> ExchangeFormat? {
        let name = path.lowercased()
        if name.hasSuffix(".csv") || name.hasSuffix(".tsv") || name.hasSuffix(".txt") { return .csv }
        return name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") ? .ndjson : nil
    }

    /// The next row; nil at the end.
    mutating func next() throws(ImportProblem) -> ImportRow? {
        while true {
            while nextReady < ready.count {
                nextReady += 1
                let row = ready[nextReady - 1]
                guard row.line >= options.fromLine else { continue }
                return options.numbersHold ? row : row.heedingNumbers(of: options.kind)
            }
            ready.removeAll(keepingCapacity: true)
            nextReady = 0
            guard !hasEnded else { return nil }
            try readMore()
        }
    }

    // MARK: Bytes

    private mutating func readMore() throws(ImportProblem) {
        guard var bytes = file.read(isStopped) else {
            hasEnded = true
            return try finish()
        }
        if bytesRead == 0 { try begin(&bytes) }
        bytesRead += bytes.count
        if format == .csv { try readCSV(bytes) } else { readLines(bytes) }
    }

    private mutating func begin(_ bytes: inout [UInt8]) throws(ImportProblem) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw ImportProblem(reason: "\(options.file) is UTF-16: save it as UTF-8")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if bytes.starts(with: mark) {
            bytes.removeFirst(mark.count)
            bytesRead += mark.count
        }
        let first = bytes.first { $0 > 0x20 }
        let format = format ?? (first == UInt8(ascii: "{") ? .ndjson : .csv)
        self.format = format
        guard format == .ndjson else {
            reader = CSVReader(separator: CSVReader.separator(of: bytes))
            return
        }
        guard options.map.isEmpty, options.constants.isEmpty else {
            throw ImportProblem(reason: "--map and --set go with CSV; the objects of NDJSON are taken as they are")
        }
    }

    private mutating func finish() throws(ImportProblem) {
        // What an interrupted reading has of its last row is a part of it.
        guard !isStopped() else { return }
        guard format == .csv else {
            if !rest.isEmpty { endLine(rest[...]) }
            return
        }
        var records: [CSVRecord] = []
        do throws(CSVReader.Unending) { try reader.finish { records.append($0) } } catch {
            throw Self.unending(error)
        }
        try take(records)
        if let row = assembler?.finish() { ready.append(row) }
    }

    private static func unending(_ error: CSVReader.Unending) -> ImportProblem {
        ImportProblem(
            reason: "line \(error.line): a quote opens there and never closes; all rows before it were taken in")
    }

    // MARK: CSV

    private mutating func readCSV(_ bytes: [UInt8]) throws(ImportProblem) {
        var records: [CSVRecord] = []
        var problem: CSVReader.Unending?
        do throws(CSVReader.Unending) { try reader.read(bytes) { records.append($0) } } catch { problem = error }
        try take(records)
        if let problem { throw Self.unending(problem) }
    }

    private mutating func take(_ records: [CSVRecord]) throws(ImportProblem) {
        for record in records {
            let record = decoded(record)
            if assembler != nil {
                if let row = assembler?.add(record) { ready.append(row) }
                continue
            }
            let header = record.cells.map { String(decoding: $0, as: UTF8.self) }
            var plan = try ColumnPlan(header, kind: options.kind, map: options.map, constants: options.constants)
            plan.repair = ValueRepair(
                isMonthFirst: options.isMonthFirst, hasDecimalComma: reader.separator == UInt8(ascii: ";"))
            self.plan = plan
            assembler = RecordAssembler(plan)
        }
    }

    private mutating func decoded(_ record: CSVRecord) -> CSVRecord {
        let cells = record.cells.map { TextEncoding.utf8(ofWindows1252: $0) }
        guard cells.contains(where: { $0 != nil }) else { return record }
        noteEncoding(record.line)
        return CSVRecord(line: record.line, cells: zip(cells, record.cells).map { $0 ?? $1 })
    }

    private mutating func noteEncoding(_ line: Int) {
        if otherEncoding.count == 0 { otherEncoding.firstLine = line }
        otherEncoding.count += 1
    }

    // MARK: NDJSON

    private mutating func readLines(_ bytes: [UInt8]) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if rest.isEmpty { endLine(bytes[start..<end]) } else { endLine((rest + bytes[start..<end])[...]) }
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest += bytes[start...]
    }

    private mutating func endLine(_ slice: ArraySlice<UInt8>) {
        lineNumber += 1
        var line = Array(slice)
        if let decoded = TextEncoding.utf8(ofWindows1252: line) {
            noteEncoding(lineNumber)
            line = decoded
        }
        if let row = ImportRow.ndjson(line, kind: options.kind, line: lineNumber) { ready.append(row) }
    }
}
