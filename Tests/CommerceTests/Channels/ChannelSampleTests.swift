import Bytes
import Foundation
import Testing

@testable import Commerce

/// Our own samples: one family and one company that buy on all four channels.
struct ChannelSampleTests {
    /// Each sample's canonical items stand in Tests/Samples/Canonical, one a line. To write them anew after a wanted
    /// change, run this test with DOSSIER_WRITE_GOLDENS=1 and read the difference.
    @Test(arguments: try PayloadFiles.sampleNames)
    func sampleBecomesItsGoldenItems(name: String) throws {
        let channel = String(name.prefix { $0 != "-" })
        let items = try read(channel, try PayloadFiles.sample(name))
        let lines = items.map { item in
            if case .refused(let error) = item.kind {
                "refused \(error.sentence)"
            } else {
                "\(item.name) \(String(decoding: item.json, as: UTF8.self))"
            }
        }
        let golden = "Canonical/\(name.dropLast(".json".count)).txt"
        if ProcessInfo.processInfo.environment["DOSSIER_WRITE_GOLDENS"] == "1" {
            try PayloadFiles.writeSample(golden, lines.joined(separator: "\n") + "\n")
        }
        let expected = String(decoding: try PayloadFiles.sample(golden), as: UTF8.self)
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }

    @Test func everyChannelHasAtLeastThreeOrders() throws {
        var orders: [String: Int] = [:]
        for name in try PayloadFiles.sampleNames {
            let channel = String(name.prefix { $0 != "-" })
            let items = try read(channel, try PayloadFiles.sample(name))
            orders[channel, default: 0] += items.count { $0.kind == .order }
        }
        #expect(orders.keys.sorted() == ["amazon", "bol", "shopify", "woocommerce"])
        #expect(orders.values.allSatisfy { $0 >= 3 })
    }

    /// Sophie's phone number goes through all four channels, in four spellings; her e-mail through two.
    @Test func oneBuyerCanBeFollowedThroughAllChannels() throws {
        var channelsOfPhone: Set<String> = []
        var emails: Set<String> = []
        for name in try PayloadFiles.sampleNames where name.contains("sophie") {
            for item in try read(String(name.prefix { $0 != "-" }), try PayloadFiles.sample(name)) {
                let customer = item.value["customer"] ?? item.value
                let digits = (customer["phone"]?.string ?? "").filter(\.isNumber)
                if digits.hasSuffix("612340171") { channelsOfPhone.insert(item.value["channel"]?.string ?? "") }
                if let email = customer["email"]?.string?.lowercased() { emails.insert(email) }
            }
        }
        #expect(channelsOfPhone == ["amazon", "bol", "shopify", "woocommerce"])
        #expect(emails.contains("sophie.vanderlinden@example.nl"))
        #expect(emails.count { $0.contains("verkopen.bol.com") || $0.contains("marketplace.amazon") } == 2)
    }

    @Test func companyHasOneVatIdInAllChannels() throws {
        var channels: Set<String> = []
        for name in try PayloadFiles.sampleNames where name.contains("company") {
            for item in try read(String(name.prefix { $0 != "-" }), try PayloadFiles.sample(name)) {
                guard let vatId = item.value.member("customer", "vatId")?.string else { continue }
                #expect(vatId.filter { $0 != "." } == "NL804124188B01")
                channels.insert(item.value["channel"]?.string ?? "")
            }
        }
        #expect(channels == ["amazon", "bol", "shopify", "woocommerce"])
    }

    @Test func readingTwiceGivesTheSameBytes() throws {
        for name in try PayloadFiles.sampleNames {
            let channel = String(name.prefix { $0 != "-" })
            let payload = try PayloadFiles.sample(name)
            #expect(try read(channel, payload) == read(channel, payload))
        }
    }
}
