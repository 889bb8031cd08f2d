/// Canonical objects as rows of a table, and back: what CSV is made of. One row for each object; for an order one for each
/// line, of which those behind the first repeat only what names the order.
struct RecordTable {
    let columns: ExchangeColumns
    private let places: [String: Int]

    init(_ columns: ExchangeColumns) {
        self.columns = columns
        places = Dictionary(uniqueKeysWithValues: columns.paths.enumerated().map { ($1, $0) })
    }

    var header: [[UInt8]] { columns.paths.map { Array($0.utf8) } }

    // MARK: Objects to rows

    /// The rows of the object that is all of `range`.
    func rows(of bytes: [UInt8], in range: Range<Int>? = nil) throws(JSONSlices.Malformed) -> [[[UInt8]]] {
        var first = [[UInt8]](repeating: [], count: columns.paths.count)
        var lines: [Range<Int>] = []
        var rest: [Range<Int>] = []
        for member in try JSONSlices.members(bytes, in: range) {
            if member.name == "lines", places["lines.extra"] != nil {
                lines = try JSONSlices.elements(bytes, in: member.value)
                if lines.isEmpty { set("lines.extra", Array("[]".utf8), in: &first) }
            } else if columns.groups.contains(member.name) {
                try put(bytes, member.value, under: member.name, in: &first)
            } else if let place = places[member.name], member.name != "extra" {
                first[place] = cell(bytes, member.value, path: member.name)
            } else {
                rest.append(member.whole)
            }
        }
        if !rest.isEmpty { set("extra", Self.object(bytes, rest), in: &first) }
        return try rows(first, bytes, lines)
    }

    private func rows(
        _ first: [[UInt8]], _ bytes: [UInt8], _ lines: [Range<Int>]
    ) throws(JSONSlices.Malformed) -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        for line in lines {
            var row = first
            if !rows.isEmpty {
                for place in row.indices where !["channel", "store", "number"].contains(columns.paths[place]) {
                    row[place] = []
                }
            }
            try put(bytes, line, under: "lines", in: &row)
            rows.append(row)
        }
        return rows.isEmpty ? [first] : rows
    }

    /// Puts the members of an object into the columns of its group. That it is there at all shows at the latest in `extra`.
    private func put(
        _ bytes: [UInt8], _ range: Range<Int>, under group: String, in row: inout [[UInt8]]
    ) throws(JSONSlices.Malformed) {
        var rest: [Range<Int>] = []
        var isEmpty = true
        for member in try JSONSlices.members(bytes, in: range) {
            let path = "\(group).\(member.name)"
            if member.name != "extra", let place = places[path] {
                row[place] = cell(bytes, member.value, path: path)
                isEmpty = false
            } else {
                rest.append(member.whole)
            }
        }
        if isEmpty || !rest.isEmpty { set("\(group).extra", Self.object(bytes, rest), in: &row) }
    }

    private func set(_ path: String, _ cell: [UInt8], in row: inout [[UInt8]]) {
        if let place = places[path] { row[place] = cell }
    }

    private func cell(_ bytes: [UInt8], _ range: Range<Int>, path: String) -> [UInt8] {
        columns.jsonPaths.contains(path) ? Array(bytes[range]) : JSONSlices.plain(bytes, range)
    }

    private static func object(_ bytes: [UInt8], _ members: [Range<Int>]) -> [UInt8] {
        [UInt8(ascii: "{")] + members.map { Array(bytes[$0]) }.joined(separator: [UInt8(ascii: ",")])
            + [UInt8(ascii: "}")]
    }
}

/// A canonical object that is being put together from cells.
struct RecordBuilder {
    private var members: [(name: String, value: [UInt8])] = []
    private var groups: [String: [(name: String, value: [UInt8])]] = [:]
    private var lines: [[UInt8]] = []
    private var hasLines = false

    var isEmpty: Bool { members.isEmpty && groups.isEmpty && lines.isEmpty }

    /// The text of a member that was put already.
    func text(_ name: String) -> String? {
        members.last { $0.name == name }.map { JSONSlices.text($0.value, 0..<$0.value.count) }
    }

    /// Puts a text, or JSON, at a path of one name or of two.
    mutating func put(_ cell: [UInt8], at path: String, isJSON: Bool = false) {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        var value: [UInt8] = []
        if isJSON { value = cell } else { JSONSlices.append(string: cell, to: &value) }
        if parts.count == 1 {
            members.append((path, value))
        } else {
            groups[parts[0], default: []].append((parts[1], value))
        }
    }

    /// Adds the members of an object in a column `extra` to the object itself, or to one of its groups.
    mutating func putExtra(_ json: [UInt8], under group: String?) throws(JSONSlices.Malformed) {
        let extra = try JSONSlices.members(json)
        if let group, extra.isEmpty { groups[group, default: []] += [] }
        for member in extra {
            let pair = (member.name, Array(json[member.value]))
            // The name as it was escaped there, so that nothing changes on the way.
            let raw = (String(decoding: json[member.whole.lowerBound..<member.value.lowerBound], as: UTF8.self), pair.1)
            if let group { groups[group, default: []].append(raw) } else { members.append(raw) }
        }
    }

    /// Ends a line of an order: what was put under `lines`.
    mutating func endLine() {
        guard let line = groups.removeValue(forKey: "lines") else { return }
        lines.append(Self.object(line))
        hasLines = true
    }

    /// There is a list of lines, and nothing in it.
    mutating func putNoLines() { hasLines = true }

    /// The object on one line.
    func json() -> [UInt8] {
        var all = members
        // Unknown members last, where the engine keeps them.
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            all.insert((name, Self.object(group)), at: 0)
        }
        if hasLines {
            let list = [UInt8(ascii: "[")] + lines.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
            all.insert(("lines", Array(list)), at: 0)
        }
        return Self.object(all)
    }

    private static func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
        var output = [UInt8(ascii: "{")]
        for (place, member) in members.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            if member.name.hasPrefix("\"") {
                output += member.name.utf8
            } else {
                JSONSlices.append(string: member.name.utf8, to: &output)
                output.append(UInt8(ascii: ":"))
            }
            output += member.value
        }
        output.append(UInt8(ascii: "}"))
        return output
    }
}
