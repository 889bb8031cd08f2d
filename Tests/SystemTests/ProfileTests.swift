import Foundation
import Testing

@testable import Benchmarks

/// Figures against a revision, and samples against stages.
@Suite struct ProfileTests {
    private func row(_ value: Double, _ unit: String, label: String = "a") -> MeasuredRow {
        MeasuredRow(label: label, value: value, unit: unit, durability: "always")
    }

    @Test func aSlowdownShowsAsARatio() throws {
        var ratios = CostRatios()
        for (before, after) in [(100.0, 90.0), (100, 50), (100, 80)] {
            ratios.add(
                "tcp",
                before: [row(before, "orders/s"), row(4, "us CPU/order"), row(1, "ms p99"), row(9, "orders")],
                after: [
                    row(after, "orders/s"), row(2, "us CPU/order"), row(7, "ms p99"), row(9, "orders"), row(1, "new"),
                ])
        }
        #expect(ratios.all.map(\.unit) == ["orders/s", "us CPU/order", "ms p99"])
        let rate = try #require(ratios.all.first)
        #expect(abs(rate.median - 1.25) < 1e-9 && rate.isSlower(than: 1.1) && !rate.isSlower(than: 1.3))
        #expect(rate.text(limit: 1.1).contains("1.25 (1.11 to 2.00)") && rate.text(limit: 1.1).hasSuffix("SLOWER"))
        #expect(!ratios.all[1].isSlower(than: 1.1) && ratios.all[1].median == 0.5)
        // A single worst case is luck.
        #expect(!ratios.all[2].isSlower(than: 1.1))
    }

    @Test func samplesCountForTheInnermostStage() {
        let table = StageTable(
            "# how\nweighing: weighCandidates\ndirectory: DirectoryState\nreply: Renderer, Encoder\n")
        #expect(table.stages == ["weighing", "directory", "reply"])
        #expect(table.stage(of: "DirectoryState.weighCandidates(of:)") == 0)
        #expect(table.stage(of: "ReplyEncoder.row") == 2 && table.stage(of: "memmove") == nil)
        var profile = StageProfile(table)
        let text = """
            lane-0
            \t      98a9a __memmove_avx
            \tffffffff813 ReplyEncoder.row(_:of:)
            \t      11111 DirectoryState.decide()

            lane-0
            \t      22222 DirectoryState.weighCandidates(of:)
            \t      11111 DirectoryState.decide()

            lane-0
            \t      33333 swift_retain
            \t      22222 DirectoryState.weighCandidates(of:)

            journal
            \t      44444 somewhere else

            """
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { profile.take(String(line)) }
        profile.finishSample()
        #expect(profile.sampleCount == 4)
        let markdown = profile.markdown(microsecondsPerOrder: 8)
        #expect(markdown.contains("| weighing | 4.00 | 50.0 % | 25.0 % | 0.0 % | 0.0 % |"))
        #expect(markdown.contains("| reply | 2.00 | 25.0 % | 0.0 % | 0.0 % | 25.0 % |"))
        #expect(markdown.contains("| elsewhere | 2.00 | 25.0 % |") && !markdown.contains("| directory |"))
        #expect(markdown.contains("`somewhere else` 25.0 %"))
        #expect(markdown.contains("| all | 8.00 | 100 % | 25.0 % | 0.0 % | 25.0 % |"))
    }

    @Test func theTableOfStagesIsRead() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let table = StageTable(try String(contentsOf: root.appending(path: "tools/profile-stages"), encoding: .utf8))
        #expect(table.stages.count > 12)
        for (function, stage) in [
            ("MemberTable.read(_:_:path:extra:)", "decode the JSON"), ("__x64_sys_fdatasync", "fsync (kernel)"),
            ("DirectoryState.weighCandidates(of:_:_:_:)", "weighing"), ("LZ4_compress_fast_continue", "LZ4"),
            ("specialized static EmailAddress.normalise(_:into:)", "identity keys"), ("tcp_sendmsg", "send (kernel)"),
        ] {
            #expect(table.stage(of: function).map { table.stages[$0] } == stage, "\(function)")
        }
    }
}
