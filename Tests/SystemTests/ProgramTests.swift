import Foundation
import Testing

extension SystemTests {
    /// The console and the load driver against the real server.
    @Suite struct ProgramTests {
        @Test func consoleRunsOneCommand() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                func dossier(_ arguments: String..., input: String = "/dev/null") throws -> Finished {
                    try runProgram("dossier", ["--port", "\(server.port)"] + arguments, input: input)
                }
                let pong = try dossier("PING")
                #expect(pong.ending == .exit(0) && pong.output.contains("pong") && !pong.output.contains("\u{1B}"))
                #expect(try dossier("--json", "PING").output == "{\"pong\":true}\n")
                let file = try sandbox.file("order.json", Story.order.replacing(",\"", with: ",\n  \""))
                let put = try dossier("--json", "--file", file, "ORDER.PUT")
                #expect(put.ending == .exit(0) && put.output.contains(#""customer":"C1""#))
                let sample = Samples.folder.appending(path: "shopify-sophie-order.json").path
                #expect(
                    try dossier("--json", "--file", "-", "CHANNEL.PUT", "shopify", input: sample).ending == .exit(0))
                let dossierText = try dossier("CUSTOMER.360", "email=sophie@vanderlinden.nl")
                #expect(dossierText.ending == .exit(0) && dossierText.output.contains("S-1000123"))
                #expect(try dossier("NOTE.ADD", "C1", "two words").ending == .exit(0))
                #expect(try dossier("--json", "CUSTOMER.360", "C1").output.contains("\"two words\""))
                let refused = try dossier("CUSTOMER.360", "C999")
                #expect(refused.ending == .exit(1) && refused.error.contains("NOTFOUND"))
                #expect(try dossier("--nope").ending == .exit(2))
                #expect(try dossier("--shop", "other", "--json", "SHOP").output == "{\"shop\":\"other\"}\n")
                let help = try dossier("HELP")
                #expect(help.ending == .exit(0) && help.output.contains("CUSTOMER.360"))
                try server.stop()
                #expect(try dossier("PING").ending == .exit(3))
            }
        }

        @Test func consoleReadsAPipe() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let orders = (0..<500).map { Story.order("bol", "\($0)", customer: #""ref":"\#($0 % 7)""#) }
                let input = try sandbox.file("commands", orders.joined(separator: "\n") + "\n# end\n\nNOPE\nPING\n")
                let result = try runProgram("dossier", ["--port", "\(server.port)", "--json"], input: input)
                #expect(result.ending == .exit(1) && result.error.hasPrefix("line 503: UNKNOWN"))
                let lines = result.output.split(separator: "\n")
                #expect(lines.count == 501 && lines.last == "{\"pong\":true}")
                for (index, line) in lines.dropLast().enumerated() { #expect(line.contains("\"bol:\(index)\"")) }
            }
        }

        @Test func loadDriverFindsTheTruth() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--snapshot-bytes", "1000000"])
                let acknowledged = sandbox.path("acknowledged")
                let load = try runProgram(
                    "dossier-load",
                    [
                        "--port", "\(server.port)", "--orders", "3000", "--connections", "4", "--depth", "32",
                        "--lookups", "100", "--share-lookups", "2", "--no-progress", "--acknowledged", acknowledged,
                        "--json", sandbox.path("report.json"),
                    ], within: 90)
                #expect(load.ending == .exit(0), "\(load.output)\n\(load.error)")
                try server.kill()
                let again = try sandbox.start()
                #expect(try again.connect().info("orders") == 3_000)
                let check = try runProgram(
                    "dossier-load", ["--port", "\(again.port)", "--check", acknowledged, "--no-progress"], within: 90)
                #expect(check.ending == .exit(0), "\(check.output)\n\(check.error)")
            }
        }
    }
}
