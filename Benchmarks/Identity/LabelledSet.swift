import Bytes
import Foundation

/// One record of a labelled set, ready for CUSTOMER.PUT.
struct LabelledRecord: Sendable {
    /// The record's own identifier: the `ref` of its profile.
    let ref: String
    /// What tells files of one set apart: `import`, or `org` and `dup` where two files are linked.
    let channel: String
    /// Who it truly is: records of one entity have the same text here. Never sent.
    let entity: String
    /// The canonical profile of CUSTOMER.PUT, as one line of JSON.
    let profile: [UInt8]

    /// As IDENTITY.EXPORT and IDENTITY.QUEUE name the profile.
    var key: String { "\(channel)/main:\(ref)" }
}

/// Records with the truth about who is who.
struct LabelledSet: Sendable {
    /// The file below the folder of the sets, without its ending: `febrl/dataset1`.
    let name: String
    /// In the order of the file.
    let records: [LabelledRecord]

    /// The places of the records of each entity, in the order in which the entities first appear; single ones too.
    var clusters: [[Int]] {
        var clusters: [[Int]] = []
        var clusterOf: [String: Int] = [:]
        for (place, record) in records.enumerated() {
            if let cluster = clusterOf[record.entity] {
                clusters[cluster].append(place)
            } else {
                clusterOf[record.entity] = clusters.count
                clusters.append([place])
            }
        }
        return clusters
    }

    /// Unordered pairs of records of one entity.
    var truePairCount: Int { clusters.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 } }
}

/// The labelled sets below a folder. A set is a file that a layout can read, or two that are to be linked.
struct LabelledSets {
    /// Where the sets lie unless told otherwise: beside the repository.
    static var defaultFolder: String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data/identity").path
    }

    /// Two files that make one set if their names differ in this only; it goes from the name of the set.
    private static let linked: [(original: String, duplicate: String)] = [("_org_", "_dup_"), ("4a", "4b")]

    /// One set that was found and not yet read.
    struct Entry: Sendable {
        let name: String
        fileprivate let parts: [(path: String, channel: String)]

        func read() throws(BenchmarkError) -> LabelledSet {
            var records: [LabelledRecord] = []
            for part in parts {
                guard let file = try SetFile(part.path) else { throw .broken("no layout fits \(part.path)") }
                records += try file.records(channel: part.channel)
            }
            return LabelledSet(name: name, records: records)
        }
    }

    /// All sets below a folder, by name. Files that no layout fits are passed over: they are no sets.
    static func find(in folder: String = defaultFolder) throws(BenchmarkError) -> [Entry] {
        let root = URL(filePath: folder).standardizedFileURL.path
        guard let walk = FileManager.default.enumerator(atPath: root) else {
            throw .missing("there are no labelled sets in \(root): name their folder with --sets")
        }
        var names: Set<String> = []
        for case let path as String in walk where path.hasSuffix(".csv") { names.insert(String(path.dropLast(4))) }
        var entries: [Entry] = []
        while let name = names.min() {
            names.remove(name)
            guard try SetFile("\(root)/\(name).csv") != nil else { continue }
            entries.append(entry(name, root, &names))
        }
        guard !entries.isEmpty else { throw .missing("there are no labelled sets in \(root)") }
        return entries.sorted { $0.name < $1.name }
    }

    private static func entry(_ name: String, _ root: String, _ others: inout Set<String>) -> Entry {
        for pair in linked {
            for (own, other) in [(pair.original, pair.duplicate), (pair.duplicate, pair.original)] {
                let counterpart = name.replacing(own, with: other)
                guard counterpart != name, others.remove(counterpart) != nil else { continue }
                let isOriginal = own == pair.original
                let original = "\(root)/\(isOriginal ? name : counterpart).csv"
                let duplicate = "\(root)/\(isOriginal ? counterpart : name).csv"
                let joined = name.replacing(own, with: own.first == "_" ? "_" : "4")
                return Entry(name: joined, parts: [(original, "org"), (duplicate, "dup")])
            }
        }
        return Entry(name: name, parts: [("\(root)/\(name).csv", "import")])
    }
}

/// A file and the layout that fits it.
private struct SetFile {
    let layout: SetLayout
    let text: CommaSeparatedText

    /// nil where no layout fits.
    init?(_ path: String) throws(BenchmarkError) {
        let contents: String
        do { contents = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw .missing("\(path) cannot be read: \(error)")
        }
        let header = try CommaSeparatedText(String(contents.prefix { $0 != "\n" && $0 != "\r\n" }))
        let fitting = SetLayout.all.first { $0.columns.allSatisfy { header.place(of: $0) != nil } }
        guard let fitting else { return nil }
        layout = fitting
        do throws(BenchmarkError) { text = try CommaSeparatedText(contents, quotes: fitting.quotes) } catch {
            throw .broken("\(path): \(error)")
        }
    }

    func records(channel: String) throws(BenchmarkError) -> [LabelledRecord] {
        var records: [LabelledRecord] = []
        records.reserveCapacity(text.rows.count)
        for (place, row) in text.rows.enumerated() {
            let ref = layout.isNumberedByPlace ? "\(place + 1)" : value(layout.identifier, row)
            guard let ref, let entity = entity(row, ref) else {
                throw .broken("record \(place + 1) does not tell which it is")
            }
            let profile = ProfileLine(channel: channel, ref: ref, country: layout.country)
            records.append(
                LabelledRecord(
                    ref: ref, channel: channel, entity: entity, profile: profile.bytes(fields(of: row))))
        }
        return records
    }

    /// nil where the value is missing.
    private func value(_ column: String, _ row: [String]) -> String? {
        guard let place = text.place(of: column), !layout.missing.contains(row[place]) else { return nil }
        return row[place]
    }

    private func entity(_ row: [String], _ ref: String) -> String? {
        switch layout.truth {
        case .column(let column): return value(column, row)
        case .numberInIdentifier:
            let parts = ref.split(separator: "-")
            return parts.count > 1 ? String(parts[1]) : nil
        case .tensOfIdentifier: return Int(ref).map { "\($0 / 10)" }
        }
    }

    private func fields(of row: [String]) -> [(path: String, value: JSONValue)] {
        layout.fields.compactMap { field in
            let values = field.columns.compactMap { value($0, row) }
            guard !values.isEmpty else { return nil }
            switch field.form {
            case .text: return (field.path, .string(values.joined(separator: " ")))
            case .list: return (field.path, .array(values.map(JSONValue.string)))
            case .date:
                guard values.count == field.columns.count else { return nil }
                return (field.path, .string(Self.date(values)))
            }
        }
    }

    /// With hyphens, and otherwise as it stands: a date that cannot be is what a source may hold.
    private static func date(_ values: [String]) -> String {
        if values.count > 1 { return values.map { $0.count == 1 ? "0" + $0 : $0 }.joined(separator: "-") }
        let digits = values[0]
        guard digits.utf8.count == 8, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return digits }
        return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))"
    }
}

/// The canonical profile of one record.
private struct ProfileLine {
    let channel: String
    let ref: String
    let country: String

    func bytes(_ fields: [(path: String, value: JSONValue)]) -> [UInt8] {
        var members = [JSONMember("channel", .string(channel)), JSONMember("ref", .string(ref))]
        var billing: [JSONMember] = []
        for field in fields {
            if field.path.hasPrefix("billing.") {
                billing.append(JSONMember(String(field.path.dropFirst("billing.".count)), field.value))
            } else {
                members.append(JSONMember(field.path, field.value))
            }
        }
        billing.append(JSONMember("country", .string(country)))
        members.append(JSONMember("billing", .object(billing)))
        var writer = ByteWriter()
        JSONValue.object(members).write(into: &writer)
        return writer.copyBytes()
    }
}
