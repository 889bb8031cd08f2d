import Foundation
import Testing

@testable import Commerce

struct ChannelTimeTests {
    @Test(arguments: [
        ("2026-03-01T10:22:31Z", "2026-03-01T10:22:31Z"),
        ("2021-12-31T19:00:00-05:00", "2022-01-01T00:00:00Z"),
        ("2019-04-30T16:47:32+02:00", "2019-04-30T14:47:32Z"),
        ("2019-04-30T16:47:32+0200", "2019-04-30T14:47:32Z"),
        ("2019-04-30T16:47:32+02", "2019-04-30T14:47:32Z"),
        ("2016-05-17T04:14:36-00:00", "2016-05-17T04:14:36Z"),
        ("2019-05-07T15:42:57.058Z", "2019-05-07T15:42:57.058Z"),
        ("2019-05-07T15:42:57.000Z", "2019-05-07T15:42:57Z"),
        ("2019-05-07T15:42:57.123456789Z", "2019-05-07T15:42:57.123Z"),
        ("2022-07-12 08:36:54", "2022-07-12T08:36:54Z"),
        ("2018-04-22", "2018-04-22T00:00:00Z"),
        ("2024-02-29T12:30Z", "2024-02-29T12:30:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("1525125600", "2018-04-30T22:00:00Z"),
        ("1556575200000", "2019-04-29T22:00:00Z"),
        ("1.569521782042E9", "2019-09-26T18:16:22.042Z"),
        ("-200000000", "1963-08-31T04:26:40Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ])
    func readsEveryForm(text: String, expected: String) {
        #expect(ChannelTime(text)?.text == expected)
    }

    @Test(arguments: [
        "", "now", "2019", "20190430", "{{currentYear}}-10-28T22:25:43", "2019-02-29T00:00:00Z", "2019-13-01T00:00:00Z",
        "2019-00-10", "2019-04-31", "2019-04-30T24:00:00Z", "2019-04-30T10:60:00Z", "2019-04-30T10:00:61Z",
        "2019-04-30T10:00:00X", "2019-04-30T10:00:00Zx", "2019-04-30T10:00:00.Z", "2019-04-30T", "2019-4-30",
        "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "1e30", "99999999999999999999", "10/31/2019",
        "2019-04-30T10:00:00+25:00", "0001-01-0١",
    ])
    func othersAreNoTimes(text: String) {
        #expect(ChannelTime(text) == nil)
    }

    @Test func missingZoneIsTold() {
        #expect(ChannelTime("2022-07-12T08:36:54")?.hasZone == false)
        #expect(ChannelTime("2022-07-12T08:36:54+00:00")?.hasZone == true)
        #expect(ChannelTime("1525125600")?.hasZone == true)
    }

    /// Against Foundation's calendar, over all years that it treats as Gregorian.
    @Test func randomMomentsAgreeWithFoundation() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let seconds = Int.random(in: -12_000_000_000...250_000_000_000, using: &random)
            let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
            #expect(ChannelTime(text)?.millisecondsSince1970 == seconds * 1000, "seed \(seed): \(text)")
            #expect(ChannelTime(text)?.text == text, "seed \(seed)")
        }
    }
}
