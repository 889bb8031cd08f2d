import Foundation
import Load
import Testing

@testable import Benchmarks

/// The bench of identity resolution, without a server: reading sets, reading replies, counting.
struct IdentityBenchTests {
    private static func sets<Value>(
        _ files: [String: String], _ body: ([LabelledSets.Entry]) throws -> Value
    ) throws -> Value {
        try Sandbox.with { sandbox in
            for (name, text) in files { _ = try sandbox.file(name, text) }
            return try body(LabelledSets.find(in: sandbox.folder))
        }
    }

    private static func profiles(_ set: LabelledSet) -> [String] {
        set.records.map { String(decoding: $0.profile, as: UTF8.self) }
    }

    @Test func readsFilesWithBlanksBehindCommas() throws {
        let text = """
            rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id
            rec-7-org, mia, o'hara, 12, elm street, the willows, perth, 6000, wa, 19801431, 1234567
            rec-7-dup-0, , o'hara, , elm street, , perth, 6000, wa, , 1234567
            rec-70-org, , , , , , , , , 1980, 7654321

            """
        try Self.sets(["one.csv": text, "one-true-pairs.csv": "a,b\n1,2\n"]) { entries in
            #expect(entries.map(\.name) == ["one"])
            let set = try entries[0].read()
            #expect(
                set.records.map(\.key) == [
                    "import/main:rec-7-org", "import/main:rec-7-dup-0", "import/main:rec-70-org",
                ])
            #expect(set.clusters == [[0, 1], [2]])
            #expect(set.truePairCount == 1)
            #expect(
                Self.profiles(set) == [
                    #"{"channel":"import","ref":"rec-7-org","firstName":"mia","lastName":"o'hara","#
                        + #""birthDate":"1980-14-31","billing":{"houseNumber":"12","street":"elm street","#
                        + #""extraLines":["the willows"],"city":"perth","postalCode":"6000","state":"wa","country":"AU"}}"#,
                    #"{"channel":"import","ref":"rec-7-dup-0","lastName":"o'hara","#
                        + #""billing":{"street":"elm street","city":"perth","postalCode":"6000","state":"wa","country":"AU"}}"#,
                    #"{"channel":"import","ref":"rec-70-org","birthDate":"1980","billing":{"country":"AU"}}"#,
                ])
        }
    }

    @Test func linksTwoFiles() throws {
        let header =
            "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,age,phone_number\n"
        let files = [
            "set_org_2.csv": header + "10,ann,bo,1,a st,,x,1000,nsw,19700102,30,02 11112222\n20,cy,do,,,,,,,,,\n",
            "set_dup_2.csv": header + "21,cy,doo,,,,,,,,,\n",
        ]
        try Self.sets(files) { entries in
            #expect(entries.map(\.name) == ["set_2"])
            let set = try entries[0].read()
            #expect(set.records.map(\.key) == ["org/main:10", "org/main:20", "dup/main:21"])
            #expect(set.records.map(\.entity) == ["1", "2", "2"])
            #expect(set.clusters == [[0], [1, 2]])
            #expect(Self.profiles(set)[0].contains(#""phone":"02 11112222""#))
            #expect(!Self.profiles(set)[0].contains("age"))
        }
    }

    @Test(arguments: [
        (
            "name,addr,city,phone,type,class\n\"joe's, inc\", \"1 a st.\", \"york\", \"1/2-3\", \"\", '7'\n",
            "7",
            #"{"channel":"import","ref":"1","company":"joe's, inc","phone":"1/2-3","#
                + #""billing":{"street":"1 a st.","city":"york","country":"US"}}"#
        ),
        (
            "fname_c1,fname_c2,lname_c1,lname_c2,by,bm,bd,rec_id,ent_id\nEVA,MARIA,ROT,NA,1950,7,2,5,9\n",
            "9",
            #"{"channel":"import","ref":"5","firstName":"EVA MARIA","lastName":"ROT","birthDate":"1950-07-02","#
                + #""billing":{"country":"DE"}}"#
        ),
        (
            "unique_id,first_name,surname,dob,city,email,cluster\r\n3,Al,,2001-02-03,Leeds,,4\r\n",
            "4",
            #"{"channel":"import","ref":"3","firstName":"Al","birthDate":"2001-02-03","#
                + #""billing":{"city":"Leeds","country":"GB"}}"#
        ),
        (
            "unique_id,cluster,full_name,first_and_surname,first_name,surname,dob,birth_place,postcode_fake,gender,"
                + "occupation\nQ1-2,Q1,\"al, 2nd \"\"lord\"\" b\",al b,al,b,1801-01-01,\"hull, city of\",hu1 1aa,male,poet\n",
            "Q1",
            #"{"channel":"import","ref":"Q1-2","firstName":"al","lastName":"b","birthDate":"1801-01-01","#
                + #""occupation":"poet","billing":{"city":"hull, city of","postalCode":"hu1 1aa","country":"GB"}}"#
        ),
    ])
    func readsEachLayout(_ text: String, _ entity: String, _ profile: String) throws {
        try Self.sets(["any.csv": text]) { entries in
            let set = try entries[0].read()
            #expect(set.records.map(\.entity) == [entity])
            #expect(Self.profiles(set) == [profile])
        }
    }

    @Test func saysWhatIsBroken() throws {
        #expect(throws: BenchmarkError.self) { try Self.sets([:]) { _ in } }
        #expect(throws: BenchmarkError.self) { try CommaSeparatedText("a,b\n1,2,3\n") }
        #expect(throws: BenchmarkError.self) { try CommaSeparatedText("a,b\n1,\"2\n") }
        #expect(try CommaSeparatedText("a,b\n1\n\n'2',x\n").rows == [["1", ""], ["'2'", "x"]])
    }

    // MARK: The real sets

    /// Records, entities' pairs, as the README of the sets tells them.
    @Test(arguments: [
        ("febrl/dataset1", 1000, 500), ("febrl/dataset2", 5000, 1934), ("febrl-dsgen/dataset_A_1000", 1000, 500),
        ("febrl-dsgen/dataset_C_1000", 1000, 1372), ("febrl-dsgen/dataset_C_5000", 5000, 6793),
        ("febrl-dsgen/dataset_D_1000", 1000, 500), ("splink/fake_1000", 1000, 2031),
        ("splink/historical_50k_part1", 16_556, 98_987), ("rldata-german/RLdata500", 500, 50),
        ("restaurants/restaurant", 864, 112),
    ])
    func readsTheLabelledSets(_ name: String, _ records: Int, _ pairs: Int) throws {
        guard FileManager.default.fileExists(atPath: LabelledSets.defaultFolder) else {
            print("LEFT OUT: \(name), there is no \(LabelledSets.defaultFolder)")
            return
        }
        let entry = try #require(try LabelledSets.find().first { $0.name == name })
        let set = try entry.read()
        #expect(set.records.count == records)
        #expect(set.truePairCount == pairs)
        #expect(Set(set.records.map(\.key)).count == records, "a profile key stands for two records")
    }

    // MARK: Counting

    /// Against counting every pair of records.
    @Test(arguments: 0..<20) func countsAsTheNaiveModelDoes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...40, using: &random)
        let entities = (0..<count).map { _ in Int.random(in: 0...count / 2, using: &random) }
        let truth = Dictionary(grouping: 0..<count) { entities[$0] }.values.map(Array.init)
        var groups = Array(0..<count)
        var joined = JoinedRecords(truth: truth)
        for _ in 0..<count {
            let first = Int.random(in: 0..<count, using: &random)
            let second = Int.random(in: 0..<count, using: &random)
            let (old, new) = (groups[second], groups[first])
            groups = groups.map { $0 == old ? new : $0 }
            joined.join(first, second)
            let pairs = (0..<count).flatMap { one in (0..<one).map { (one, $0) } }
            let expected = PairwiseAccuracy(
                joinedPairs: pairs.count { groups[$0] == groups[$1] },
                rightPairs: pairs.count { groups[$0] == groups[$1] && entities[$0] == entities[$1] },
                truePairs: pairs.count { entities[$0] == entities[$1] })
            #expect(joined.accuracy == expected, "seed \(seed)")
            let mixed = Dictionary(grouping: 0..<count) { groups[$0] }.values.count {
                Set($0.map { entities[$0] }).count > 1
            }
            #expect(joined.mixedGroupCount == mixed, "seed \(seed)")
        }
    }

    @Test func rates() {
        let some = PairwiseAccuracy(joinedPairs: 4, rightPairs: 3, truePairs: 6)
        #expect(some.precision == 0.75 && some.recall == 0.5 && some.f1 == 0.6)
        let nothing = PairwiseAccuracy(joinedPairs: 0, rightPairs: 0, truePairs: 6)
        #expect(nothing.precision == 1 && nothing.recall == 0 && nothing.f1 == 0)
    }

    // MARK: What the server tells

    /// Records r0 to r4 are of the entities A A A B B.
    private static let fiveRecords = LabelledSet(
        name: "five",
        records: "AAABB".enumerated().map {
            LabelledRecord(ref: "r\($0)", channel: "import", entity: String($1), profile: [])
        })

    private static func resolution(_ customers: [String], _ queue: [String] = []) throws -> Resolution {
        var resolution = Resolution(of: fiveRecords)
        for row in customers { try resolution.addCustomer(row) }
        try resolution.expectComplete()
        for row in queue { try resolution.addDoubtfulPair(row) }
        return resolution
    }

    private static let apart = [
        #"{"customer":"C1","profiles":["import/main:r0","import/main:r1"]}"#,
        #"{"customer":"C3","profiles":["import/main:r2"]}"#, #"{"customer":"C4","profiles":["import/main:r3"]}"#,
        #"{"customer":"C5","profiles":["import/main:r4"]}"#,
    ]

    @Test func ranksDoubtfulPairs() throws {
        let queue = [
            #"{"pair":1,"a":{"number":"C3"},"b":{"number":"C4"},"score":2.5}"#,
            #"{"pair":2,"a":{"number":"C5"},"b":{"number":"C4"},"profiles":["import/main:r4","import/main:r3"],"score":9.25}"#,
            #"{"pair":3,"a":{"number":"C3"},"b":{"number":"C1"},"score":7}"#,
        ]
        let accuracy = ResolutionAccuracy(try Self.resolution(Self.apart, queue), of: Self.fiveRecords)
        #expect(accuracy.merged == PairwiseAccuracy(joinedPairs: 1, rightPairs: 1, truePairs: 4))
        #expect(accuracy.customers == 4 && accuracy.overMerges == 0 && accuracy.doubtfulPairs == 3)
        #expect(accuracy.best == PairwiseAccuracy(joinedPairs: 4, rightPairs: 4, truePairs: 4))
        #expect(accuracy.accepted == 2)
        #expect(accuracy.recallAtPrecision999 == 1)
    }

    /// A wrong pair and a right one of one score: neither comes first.
    @Test func equalScoresStandTogether() throws {
        let queue = [
            #"{"a":{"number":"C1"},"b":{"number":"C3"},"score":5}"#,
            #"{"a":{"number":"C1"},"b":{"number":"C4"},"score":5}"#,
        ]
        let accuracy = ResolutionAccuracy(try Self.resolution(Self.apart, queue), of: Self.fiveRecords)
        #expect(accuracy.best == PairwiseAccuracy(joinedPairs: 6, rightPairs: 3, truePairs: 4))
        #expect(accuracy.accepted == 2)
        #expect(accuracy.recallAtPrecision999 == 0.25)
    }

    @Test func countsOverMerges() throws {
        let customers = [
            #"{"customer":"C1","profiles":["import/main:r0","import/main:r4"]}"#,
            #"{"customer":"C2","profiles":["import/main:r1","import/main:r2"]}"#,
            #"{"customer":"C4","profiles":["import/main:r3"]}"#,
        ]
        let accuracy = ResolutionAccuracy(try Self.resolution(customers), of: Self.fiveRecords)
        #expect(accuracy.merged == PairwiseAccuracy(joinedPairs: 2, rightPairs: 1, truePairs: 4))
        #expect(accuracy.overMerges == 1)
        #expect(accuracy.best == accuracy.merged && accuracy.accepted == 0)
        #expect(accuracy.recallAtPrecision999 == nil)
    }

    @Test(arguments: [
        (apart + [#"{"customer":"C6","profiles":["import/main:r0"]}"#], []),
        (apart + [#"{"customer":"C6","profiles":["import/main:r9"]}"#], []), (Array(apart.dropLast()), []),
        (apart + [#"{"customer":"C5","profiles":[]}"#], []), (apart + ["nonsense"], []),
        (apart, [#"{"a":{"number":"C1"},"b":{"number":"C9"},"score":1}"#]),
        (apart, [#"{"a":{"number":"C1"},"b":{"number":"C3"}}"#]), (apart, ["[]"]),
    ])
    func refusesAnImpossibleResolution(_ customers: [String], _ queue: [String]) {
        #expect(throws: BenchmarkError.self) { try Self.resolution(customers, queue) }
    }

    // MARK: Arguments and tables

    @Test func readsArguments() throws {
        let options = try #require(
            IdentityProgram.options(["--set", "a", "--peers", "--set", "b", "--sets", "x", "--json", "y"]))
        var expected = IdentityProgram.Options()
        expected.names = ["a", "b"]
        expected.folder = "x"
        expected.hasPeers = true
        expected.jsonFile = "y"
        #expect(options == expected)
        #expect(BenchmarkProgram.run(["identity", "--set"]) == 2)
        #expect(BenchmarkProgram.run(["identity", "tcp"]) == 2)
        #expect(BenchmarkProgram.run(["identity", "--help"]) == 0)
        #expect(BenchmarkProgram.run(["identity", "--list", "--sets", "/no/such/folder"]) == 1)
    }

    @Test(arguments: [(1, "1.0000"), (0.99996, "0.9999"), (0.7031, "0.7031"), (0.00125, "0.0013"), (0, "0.0000")])
    func neverRoundsUpToPerfect(_ value: Double, _ text: String) { #expect(SetTable.four(value) == text) }

    @Test func showsOthersBeside() throws {
        let line = #"""
            {"set":"x/fake_1000","version":"4","records":5,"pairs":{"precision":1.0,"recall":0.5,"f1":0.6667},
            "clusters":{"precision":0.9,"recall":0.8,"f1":0.8471},"seconds":1.5,
            "clustersAtPrecision995":{"precision":1.0,"recall":0.25,"f1":0.4}}
            """#
        let splink = try #require(SplinkFigures(line))
        #expect(SplinkFigures("{}") == nil)
        let accuracy = ResolutionAccuracy(try Self.resolution(Self.apart), of: Self.fiveRecords)
        let report = SetReport(
            set: "x/fake_1000", records: 5, entities: 2, dossier: accuracy, recordsPerSecond: 1000, settleSeconds: 0.5,
            processorMicrosecondsPerRecord: 12, splink: splink)
        let text = SetTable(report).text
        #expect(text.contains("0.9000  0.8000  0.8471"))
        #expect(text.contains("0.9640  0.7789  0.8617"), "the published figures are missing")
        #expect(text.contains("0.995: yes, as much found as Splink at 0.995: yes, best F1 no lower: NO"))
        #expect(text.split(separator: "\n").allSatisfy { $0.last != " " })
    }
}
