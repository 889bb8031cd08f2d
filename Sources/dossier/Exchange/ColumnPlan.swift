/// Why a file cannot be taken in as it is.
struct ImportProblem: Error, Equatable {
    let reason: String
}

/// What each column of a CSV file becomes.
struct ColumnPlan: Equatable, Sendable {
    enum Column: Equatable, Sendable {
        case path(String)
        /// Kept as an unknown member under its header.
        case unknown(String)
        /// Left out, because `--map header=-` says so.
        case ignored
    }

    let kind: ExchangeKind
    let columns: [Column]
    let headers: [String]
    /// Constant values for paths that no column gives.
    let constants: [String: String]
    /// `dossier export` wrote the file: its cells are exactly what they say.
    let isOwn: Bool
    var repair = ValueRepair()

    /// - Parameters:
    ///   - map: header to path, over every table; `-` leaves a column out.
    ///   - constants: path to value.
    init(
        _ header: [String], kind: ExchangeKind, map: [String: String], constants: [String: String]
    ) throws(ImportProblem) {
        let names = ExchangeColumns.of(kind).paths
        self.kind = kind
        headers = header.map { $0.trimmed }
        isOwn = headers.contains("extra") || headers == names
        for (header, path) in map where !headers.contains(header) {
            throw ImportProblem(
                reason:
                    "--map \(header)=\(path): there is no column \(header); there are \(headers.joined(separator: ", "))"
            )
        }
        for path in Array(map.values) + Array(constants.keys) where path != "-" && !Self.isPath(path, kind) {
            throw ImportProblem(
                reason: "there is no field \(path) in \(kind.rawValue); there are \(names.joined(separator: ", "))")
        }
        var taken = Set(map.values)
        var columns: [Column] = []
        for (place, name) in headers.enumerated() {
            if let path = map[name] {
                columns.append(path == "-" ? .ignored : .path(path))
            } else if let path = HeaderNames.paths(of: name, for: kind).first(where: { !taken.contains($0) }) {
                taken.insert(path)
                columns.append(.path(path))
            } else {
                columns.append(.unknown(name.isEmpty ? "column \(place + 1)" : name))
            }
        }
        self.columns = columns
        self.constants = constants.filter { !columns.contains(.path($0.key)) }
        guard columns.contains(.path(kind.nameMember)) else {
            throw ImportProblem(
                reason:
                    "no column says the \(kind.nameMember) of \(kind.rawValue); --map COLUMN=\(kind.nameMember) names one of "
                    + headers.joined(separator: ", "))
        }
    }

    private static func isPath(_ path: String, _ kind: ExchangeKind) -> Bool {
        ExchangeColumns.of(kind).paths.contains(path)
    }

    func has(_ path: String) -> Bool { columns.contains(.path(path)) || constants[path] != nil }

    /// What becomes of each column, for people.
    var description: [String] {
        zip(headers, columns).map { header, column in
            switch column {
            case .path(let path): "\(header) -> \(path)"
            case .unknown(let name): "\(header) -> kept as \(name)"
            case .ignored: "\(header) -> left out"
            }
        } + constants.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value) throughout" }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
