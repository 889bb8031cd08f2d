import Foundation
import Testing

@testable import Commerce

/// What the rules must not fall below on labelled records, in a world without network and disk. `tools/bench identity`
/// measures all sets, over TCP; this is for whoever changes a weight and runs the tests only.
@Suite struct AccuracyTests {
    /// A labelled file and what is asked of it.
    struct Floor: Sendable, CustomTestStringConvertible {
        let file: String
        let read: @Sendable ([String: String]) -> Record
        let precision: Double
        let recall: Double
        /// Share of the true pairs that are merged or wait for a person.
        let found: Double

        var testDescription: String { file }
    }

    struct Record: Sendable {
        let entity: String
        let profile: String
    }

    static let floors = [
        Floor(file: "febrl/dataset1.csv", read: febrl, precision: 0.999, recall: 0.96, found: 0.985),
        Floor(file: "rldata-german/RLdata500.csv", read: germanNames, precision: 0.999, recall: 0.97, found: 0.999),
        Floor(file: "splink/fake_1000.csv", read: contacts, precision: 0.999, recall: 0.82, found: 0.87),
    ]

    @Test(arguments: floors)
    func mergesAsWellAsBefore(_ floor: Floor) throws {
        guard let records = try Self.records(of: floor) else { return }
        var world = DirectoryWorld(shards: 1, mode: .evidence)
        world.settlesBehindWrites = false
        for (number, record) in records.enumerated() {
            let line = "{\"channel\":\"import\",\"ref\":\"\(number)\",\(record.profile)}"
            _ = try world.profile(line, shop: "main", now: 5_000)
        }
        world.settle()
        let roots = records.indices.map { world.directory.root(of: UInt32($0)) }
        let merged = Pairs(records, roots)
        #expect(merged.precision >= floor.precision, "\(merged)")
        #expect(merged.recall >= floor.recall, "\(merged)")
        let queue = world.directory.doubtfulPairs(of: 0, reason: nil, offset: 0, limit: .max, &world.scratch).pairs
        let asked = Pairs(
            records, Self.accepting(queue.map { (roots[Int($0.edge.newer)], roots[Int($0.edge.older)]) }, roots))
        #expect(asked.recall >= floor.found, "\(asked)")
    }

    /// The customers if a person accepts all these pairs.
    private static func accepting(_ pairs: [(UInt32, UInt32)], _ roots: [UInt32]) -> [UInt32] {
        var roots = roots
        var heads: [UInt32: UInt32] = [:]
        func head(_ root: UInt32) -> UInt32 {
            var current = root
            while let next = heads[current] { current = next }
            return current
        }
        for (one, other) in pairs where head(one) != head(other) { heads[head(one)] = head(other) }
        for place in roots.indices { roots[place] = head(roots[place]) }
        return roots
    }

    /// Pairs of records that have one customer, against those that are one person.
    private struct Pairs: CustomStringConvertible {
        private var joined = 0
        private var right = 0
        private var all = 0

        init(_ records: [Record], _ customers: [UInt32]) {
            for one in records.indices {
                for other in 0..<one {
                    let isSame = records[one].entity == records[other].entity
                    let isJoined = customers[one] == customers[other]
                    all += isSame ? 1 : 0
                    joined += isJoined ? 1 : 0
                    right += isSame && isJoined ? 1 : 0
                }
            }
        }

        var precision: Double { joined == 0 ? 1 : Double(right) / Double(joined) }
        var recall: Double { all == 0 ? 1 : Double(right) / Double(all) }
        var description: String { "\(right) of \(joined) joined pairs are right, of \(all) true ones" }
    }

    // MARK: Files

    /// nil, and a loud line, when the file is not there.
    private static func records(of floor: Floor) throws -> [Record]? {
        let url = Vectors.folder.appendingPathComponent("../identity").standardizedFileURL
            .appendingPathComponent(floor.file)
        guard FileManager.default.fileExists(atPath: url.path) else {
            print("LEFT OUT: identity/\(floor.file) is not there, its accuracy was not tested")
            return nil
        }
        let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        let header = try #require(lines.first)
        return lines.dropFirst().map { floor.read(Dictionary(uniqueKeysWithValues: zip(header, $0))) }
    }

    /// Members of a profile: columns and what they are, left out where the file has no value.
    private static func members(_ row: [String: String], _ names: [(column: String, member: String)]) -> [String] {
        names.compactMap { column, member in
            guard let value = row[column], !value.isEmpty, value != "NA" else { return nil }
            return "\"\(member)\":\"\(value)\""
        }
    }

    private static func profile(_ members: [String], _ address: [String], _ country: String) -> String {
        let billing = (address + ["\"country\":\"\(country)\""]).joined(separator: ",")
        return (members + ["\"billing\":{\(billing)}"]).joined(separator: ",")
    }

    @Sendable private static func febrl(_ row: [String: String]) -> Record {
        let person = members(
            row, [("given_name", "firstName"), ("surname", "lastName"), ("date_of_birth", "birthDate")])
        var address = members(
            row,
            [
                ("street_number", "houseNumber"), ("address_1", "street"), ("suburb", "city"),
                ("postcode", "postalCode"),
                ("state", "state"),
            ])
        if let line = row["address_2"], !line.isEmpty { address.append("\"extraLines\":[\"\(line)\"]") }
        let entity = row["rec_id", default: ""].split(separator: "-").dropFirst().first ?? ""
        return Record(entity: String(entity), profile: profile(person, address, "AU"))
    }

    @Sendable private static func germanNames(_ row: [String: String]) -> Record {
        var row = row
        let given = [row["fname_c1"], row["fname_c2"]].compactMap(\.self).filter { $0 != "NA" }
        row["given"] = given.joined(separator: " ")
        let date = ["by", "bm", "bd"].compactMap { row[$0] }.map { $0.count == 1 ? "0" + $0 : $0 }
        row["date"] = date.joined(separator: "-")
        let person = members(row, [("given", "firstName"), ("lname_c1", "lastName"), ("date", "birthDate")])
        return Record(entity: row["ent_id", default: ""], profile: profile(person, [], "DE"))
    }

    @Sendable private static func contacts(_ row: [String: String]) -> Record {
        let person = members(
            row, [("first_name", "firstName"), ("surname", "lastName"), ("dob", "birthDate"), ("email", "email")])
        return Record(
            entity: row["cluster", default: ""], profile: profile(person, members(row, [("city", "city")]), "GB"))
    }
}
