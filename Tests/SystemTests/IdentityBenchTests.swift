import Foundation
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
}
