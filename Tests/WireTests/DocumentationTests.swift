import Bytes
import Foundation
import Testing
import Wire

@testable import Commerce
@testable import Store

/// The documentation is read back: what it shows must be what the code does.
@Suite struct DocumentationTests {
    // MARK: Protocol

    private static let exchanges = ["Protocol.md", "FileFormats.md"].flatMap(Documentation.exchanges)

    @Test(arguments: exchanges)
    func theExampleIsDecodedAsItSays(_ exchange: Exchange) throws {
        let line = Array(exchange.request.utf8)
        let reply = try #require(exchange.replies.last, "a request without a reply")
        #expect(reply == "OK" || reply.hasPrefix("OK {") || reply.hasPrefix("ERR "))
        for json in exchange.replies.compactMap(\.json) {
            #expect(throws: Never.self) { try JSONValue(parsing: Array(json.utf8).span) }
        }
        let refusal = RequestTrial.refusal(of: line.span)
        // Other codes depend on what the server holds.
        if ["SYNTAX", "UNKNOWN", "INVALID"].contains(where: { reply.hasPrefix("ERR \($0) ") }) {
            var expected = ByteWriter()
            expected.error(try #require(refusal, "the decoder takes what the page says is refused"))
            #expect(reply + "\n" == expected.span.text)
        } else {
            #expect(refusal == nil)
        }
    }

    @Test(arguments: CommandTable.all.map { "\($0.text)" })
    func everyCommandHasAnExample(_ command: String) throws {
        let page = try Documentation.page("Protocol.md")
        #expect(page.contains("\n### \(command)\n"))
        #expect(Self.exchanges.contains { $0.request == command || $0.request.hasPrefix("\(command) ") })
    }

    @Test func theShownHelpIsTheTable() throws {
        let shown = try #require(Self.exchanges.first { $0.request.hasPrefix("HELP ") })
        let command = Array(shown.request.dropFirst(5).utf8)
        let rows = String(decoding: try HelpText.rows(for: command), as: UTF8.self)
        #expect(shown.replies.dropLast().joined(separator: "\n") + "\n" == rows)
    }

    @Test(arguments: RefusalCode.allCases)
    func everyErrorCodeIsExplained(_ code: RefusalCode) throws {
        #expect(try Documentation.page("Protocol.md").contains("\n| `\(code.text)` |"))
    }

    // MARK: File formats

    @Test func theGroupIsOne() throws {
        let example = try HexExample("group")
        let bytes = example.bytes
        guard case .valid(let header) = BlockHeader.decode(bytes.span) else {
            Issue.record("no valid header")
            return
        }
        #expect(header.kind == .events && header.count == 2 && header.first == 3 && header.second == 2)
        #expect(header.blockLength == bytes.count)
        let frame = bytes.span.extracting(BlockHeader.size..<bytes.count)
        let checksum = Checksum.of(frame)
        #expect(checksum == header.frameChecksum)
        var content = ByteWriter()
        try LZ4FrameDecoder().decompress(frame, count: header.contentLength, into: &content)
        var reader = ByteReader(content.span)
        let first = content.span.text(try reader.countedRange())
        let second = content.span.text(try reader.countedRange())
        #expect(first == "hello" && second == "world!" && reader.isAtEnd)
    }

    @Test func theEventIsOne() throws {
        let bytes = try HexExample("event").bytes
        let event = try Event(bytes.span)
        #expect(event.kind == .orderRecorded && event.party.isNewProfile && event.party.isNewVariant)
        #expect(event.party.profile == 0 && event.subject == 0 && event.row == 0 && event.party.edgeCount == 0)
        let party = PartyRecord(bytes.span.extracting(event.party.record.range)).members
        #expect(party.text(PartyShape.channel) == "shop" && party.text(PartyShape.email) == "a@example.nl")
        #expect(event.record.end == UInt32(bytes.count))

        // An order's own record holds no hash, so the request beside it makes the very same bytes.
        let request = try #require(
            Documentation.exchanges("FileFormats.md").first?.request.dropFirst("ORDER.PUT ".count))
        var decoder = CommandDecoder()
        var output = ByteWriter()
        let json = Array(request.utf8)
        let order = try decoder.order(json.span, RequestTrial.hasher, into: &output)
        #expect(output.copyBytes()[order.record.range] == bytes[event.record.range])
    }

    @Test(arguments: ["group", "event"])
    func theOffsetsAreRight(_ name: String) throws {
        let example = try HexExample(name)
        #expect(example.statedOffsets == example.offsets)
    }

    @Test(arguments: TableLayout.all)
    func theTableIsLaidOutSo(_ layout: TableLayout) throws {
        let page = try Documentation.page("FileFormats.md")
        let heading = "### \(layout.name), \(layout.stride) bytes\n"
        let start = try #require(page.range(of: heading), "there is no '\(heading)'").upperBound
        let section = page[start...].prefix(
            upTo: page.range(of: "\n#", range: start..<page.endIndex)?.lowerBound ?? page.endIndex)
        let rows = section.matches(of: /\n\| (\d+) \| \w+ \| (\w+)/).map { "\($0.1) \($0.2)" }
        #expect(rows == layout.fields)
    }

    @Test func theKindsAreNamed() throws {
        let page = try Documentation.page("FileFormats.md")
        for value in UInt8.min...UInt8.max {
            if let kind = EventKind(rawValue: value) { #expect(page.contains("\n| \(value) | \(kind) |")) }
            if let kind = BlockKind(rawValue: UInt16(value)) { #expect(page.contains("\n| \(value) | \(kind) | ")) }
        }
        for kind in TableKind.allCases { #expect(page.contains("\n| \(kind.rawValue) | ")) }
    }

    @Test(
        arguments: [
            ("address", AddressShape.members), ("party", PartyShape.members.dropLast()), ("order", OrderShape.members),
            ("line", LineShape.members), ("document", DocumentShape.members), ("factLine", FactLineShape.members),
        ] + FactKind.allCases.map { ("fact \($0.text)", $0.members) })
    func theShapeHasTheseMembers(_ name: String, _ members: [Member]) throws {
        let row = try #require(
            Documentation.page("FileFormats.md").split(separator: "\n").first { $0.hasPrefix("| \(name) | ") })
        let shown = row.dropFirst("| \(name) | ".count).dropLast(2).split(separator: ", ").map {
            $0.split(separator: " ")[0]
        }
        #expect(shown.map(String.init) == members.map { "\($0.name)" })
    }

    // MARK: Operations and links

    @Test func everyOptionIsExplained() throws {
        let source = try Documentation.text("Sources/dossierd/Arguments.swift")
        let help = try #require(source.split(separator: "\"\"\"").dropFirst().first)
        let options = Set(help.matches(of: /--[a-z][a-z-]+/).map { String($0.0) })
        #expect(options.count > 10)
        let page = try Documentation.page("Operations.md")
        for option in options.sorted() { #expect(page.contains("`\(option)"), "\(option)") }
    }

    @Test(arguments: ["README.md", "snapshots/README.md"] + Documentation.pages.map { Documentation.folder + $0 })
    func everyLinkLeadsSomewhere(_ path: String) throws {
        for link in try Documentation.text(path).matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) }) {
            guard !link.hasPrefix("http") else { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let folder = (path as NSString).deletingLastPathComponent
            let target = parts[0].isEmpty ? path : (folder as NSString).appendingPathComponent(parts[0])
            #expect(FileManager.default.fileExists(atPath: Documentation.root + target), "\(path): \(link)")
            guard parts.count == 2 else { continue }
            let headings = try Documentation.text(target).matches(of: /(?m)^#+ (.+)$/).map {
                $0.1.lowercased().replacing(" ", with: "-")
            }
            #expect(headings.contains(parts[1]), "\(path): \(link)")
        }
    }
}
