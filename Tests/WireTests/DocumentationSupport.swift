import Bytes
import Foundation
import Testing
import Wire

@testable import Commerce

/// The pages as they lie in the repository.
enum Documentation {
    static let root =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/"
    static let folder = "Sources/Engine/Dossier.docc/"
    static let pages = [
        "Dossier.md", "Protocol.md", "Identity.md", "Architecture.md", "FileFormats.md", "Operations.md",
    ]

    static func text(_ path: String) throws -> String { try String(contentsOfFile: root + path, encoding: .utf8) }

    static func page(_ name: String) throws -> String { try text(folder + name) }

    /// The insides of all code blocks that begin with three back-ticks and `kind`.
    static func blocks(_ kind: String, on page: String) throws -> [Substring] {
        let parts = try self.page(page).split(separator: "\n```", omittingEmptySubsequences: false)
        return parts.compactMap { $0.hasPrefix("\(kind)\n") ? $0.dropFirst(kind.count + 1) : nil }
    }

    /// All exchanges shown on a page; none if it cannot be read, which other tests tell.
    static func exchanges(_ page: String) -> [Exchange] {
        var exchanges: [Exchange] = []
        for line in ((try? blocks("dossier", on: page)) ?? []).flatMap({ $0.split(separator: "\n") }) {
            if line.hasPrefix("> ") {
                exchanges.append(Exchange(request: String(line.dropFirst(2)), replies: []))
            } else if !exchanges.isEmpty {
                exchanges[exchanges.count - 1].replies.append(String(line.dropFirst(2)))
            }
        }
        return exchanges
    }
}

/// A request and the lines of its reply, as a page shows them.
struct Exchange: Sendable, CustomTestStringConvertible {
    let request: String
    var replies: [String]

    var testDescription: String { String(request.prefix(60)) }
}

extension String {
    /// The JSON of a ROW or OK line, if there is one.
    var json: Substring? {
        if hasPrefix("ROW ") { return dropFirst(4) }
        return hasPrefix("OK {") ? dropFirst(3) : nil
    }
}

/// Takes a request as far as it goes without a server.
enum RequestTrial {
    static let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")

    /// Why parser or decoder refuse the line; nil if they take it.
    static func refusal(of line: Span<UInt8>) -> Refusal? {
        do throws(Refusal) {
            let request = try RequestLine(line)
            guard let command = CommandTable.find(request.bytes.extracting(request.command)) else {
                throw Refusal(.unknown, "no command \(request.bytes.text(request.command)); HELP lists all")
            }
            try RequestReader.check(request, command)
            try decode(request, command.name)
            return nil
        } catch {
            return error
        }
    }

    private static func decode(_ request: borrowing RequestLine, _ command: CommandName) throws(Refusal) {
        var decoder = CommandDecoder()
        var output = ByteWriter()
        switch command {
        case .orderPut: _ = try decoder.order(try RequestReader.json(request), hasher, into: &output)
        case .customerPut: _ = try decoder.profile(try RequestReader.json(request), hasher, into: &output)
        case .documentPut: _ = try decoder.document(try RequestReader.json(request), hasher, into: &output)
        case .channelPut: try channel(request, &decoder, &output)
        case .noteAdd: _ = try RequestReader.note(request)
        case .customerPin, .customerUnpin, .customerVerify: _ = try RequestReader.assertion(request, command)
        case .shop: if let name = request.plainArguments.first { _ = try RequestReader.shopName(name) }
        case .help: _ = try HelpText.rows(for: request.plainArguments.first)
        case .messageQueue, .templatePreview: _ = try RequestReader.messageRequest(request, command)
        case .templateEvents:
            if let word = request.plainArguments.first {
                _ = try RequestReader.event(String(decoding: word, as: UTF8.self))
            }
        case .messageGates: break
        case .customerSearch: _ = try RequestReader.search(request, hasher)
        case .customerBulk: _ = try RequestReader.bulk(request, hasher)
        case let name where name.isOfLabels: _ = try RequestReader.label(request, name)
        case .ruleTest: _ = try RequestReader.ruleTest(request)
        case let name where name.isOfRules: _ = try RequestReader.rule(request, name)
        case let name where name.concernsMessages: _ = try RequestReader.messageCommand(request, name)
        case let name where name.factKind != nil:
            guard let kind = name.factKind else { return }
            let order = try RequestReader.factOrder(request)
            _ = try decoder.fact(kind, of: order.span, try RequestReader.json(request), into: &output)
        case let name where name.isOfService: try service(request, name)
        case let name where name.isOfArchive: try archive(request, name)
        case let name where name.isOfLedger: try ledger(request, name)
        case let name where name.isDecision: _ = try RequestReader.decision(request, name, hasher)
        case .identitySimulate: _ = try RequestReader.version(request)
        case .factPut:
            let kind = try RequestReader.factKind(request)
            let order = try RequestReader.factOrder(request)
            _ = try decoder.fact(kind, of: order.span, try RequestReader.json(request), into: &output)
        case let name where name.isExport: _ = try RequestReader.export(request, name)
        case .ping, .auth, .info, .quit, .snapshot, .verify, .identitySettle, .identityCheck, .identityExport,
            .identityLearn:
            break
        case .feed, .customerHistory:
            if try RequestReader.sequence(request, "from") == nil, command == .feed {
                throw .invalid("from", "is required: FEED from=1")
            }
            _ = try RequestReader.waitSeconds(request)
            if command == .customerHistory { _ = try RequestReader.customer(request, hasher) }
        default:
            _ = try RequestReader.query(request, command, hasher)
            _ = try RequestReader.pastPoint(request)
        }
    }

    private static func archive(_ request: borrowing RequestLine, _ name: CommandName) throws(Refusal) {
        switch name {
        case .fileBegin: _ = try RequestReader.fileBegin(request)
        case .filePart:
            _ = try RequestReader.upload(request, "id")
            _ = try RequestReader.part(request)
        case .fileEnd:
            _ = try RequestReader.upload(request, "id")
            _ = try RequestReader.contentHash(request)
        case .documentAttach:
            _ = try RequestReader.attachment(request)
            _ = try RequestReader.upload(request, "file")
        case .documentFetch, .documentRemove: _ = try RequestReader.documentName(request, name)
        case .documentSend: _ = try RequestReader.sending(request)
        case .reportCustomer: _ = try RequestReader.reported(request)
        case .orderDocuments: _ = try RequestReader.orderName(request)
        case .shopRetention where request.argument(named: "kind") == nil: break
        default: _ = try RequestReader.archiveCommand(request, name)
        }
    }

    private static func service(_ request: borrowing RequestLine, _ name: CommandName) throws(Refusal) {
        switch name {
        case .brochureList: _ = try RequestReader.brochures(request)
        case .invoiceOpen: _ = try RequestReader.openInvoices(request)
        case .invoiceRemind: _ = try RequestReader.reminder(request)
        default:
            if try RequestReader.serviceQuery(request, name, hasher) == nil {
                _ = try RequestReader.service(request, name, hasher)
            }
        }
    }

    private static func ledger(_ request: borrowing RequestLine, _ name: CommandName) throws(Refusal) {
        switch name {
        case .documentCreate: _ = try RequestReader.order(request)
        case .documentShow where try RequestReader.filedDocument(request) != nil: break
        case .documentEdit, .documentPost, .documentShow, .documentUBL:
            _ = try RequestReader.document(request, name)
        case .documentCredit: _ = try RequestReader.credit(request)
        default:
            if try RequestReader.ledgerQuery(request, name) != nil { return }
            _ = try RequestReader.ledgerCommand(request, name) { VoucherCode(random: (1, 2)) }
        }
    }

    private static func channel(
        _ request: borrowing RequestLine, _ decoder: inout CommandDecoder, _ output: inout ByteWriter
    ) throws(Refusal) {
        let channel = request.plainArguments.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let payload = try RequestReader.payload(request)
        let items: [ChannelItem]
        do throws(ChannelError) {
            items = try ChannelReader.read(channel: channel, store: "main", payload: payload)
        } catch {
            throw Refusal(.invalid, error.sentence)
        }
        for item in items {
            switch item.kind {
            case .order: _ = try decoder.order(item.json.span, hasher, into: &output)
            case .customer: _ = try decoder.profile(item.json.span, hasher, into: &output)
            case .fact(let kind, let order):
                let name = Array(order.utf8)
                _ = try decoder.fact(kind, of: name.span, item.json.span, into: &output)
            case .refused: break
            }
        }
    }
}

/// Annotated bytes of FileFormats.md: hexadecimal digits, `#`, offset, meaning.
struct HexExample {
    private(set) var bytes: [UInt8] = []
    /// Where each line begins, counted and as the page says.
    private(set) var offsets: [Int] = []
    private(set) var statedOffsets: [Int] = []

    /// - Parameter name: the word behind `hex` where the block begins.
    init(_ name: String) throws {
        let block = try #require(Documentation.blocks("hex \(name)", on: "FileFormats.md").first)
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: "#", maxSplits: 1)
            offsets.append(bytes.count)
            statedOffsets.append(try #require(Int(parts[1].split(separator: " ")[0])))
            for digits in parts[0].split(separator: " ") { bytes.append(try #require(UInt8(digits, radix: 16))) }
        }
    }
}

/// How the entries of a snapshot's table lie in memory, and so on disk.
struct TableLayout: Sendable, CustomTestStringConvertible {
    let name: String
    let stride: Int
    /// `offset name` of each field, in order.
    let fields: [String]

    var testDescription: String { name }

    private init<Entry>(_ type: Entry.Type, _ fields: [(String, PartialKeyPath<Entry>)]) {
        name = "\(type)"
        stride = MemoryLayout<Entry>.stride
        self.fields = fields.map { "\(MemoryLayout<Entry>.offset(of: $1) ?? -1) \($0)" }
    }

    static let all: [TableLayout] = [
        TableLayout(
            ProfileEntry.self,
            [
                ("parent", \.parent), ("next", \.next), ("lowest", \.lowest), ("size", \.size),
                ("newestEdge", \.newestEdge), ("shop", \.shop), ("flags", \.flags), ("lastSequence", \.lastSequence),
            ]),
        TableLayout(ImportEntry.self, [("profile", \.profile), ("row", \.row), ("at", \.at)]),
        TableLayout(
            MessageRow.self,
            [
                ("identifierHash", \.identifierHash), ("sequence", \.sequence), ("record", \.record),
                ("queuedAt", \.queuedAt), ("availableAt", \.availableAt), ("profile", \.profile), ("order", \.order),
                ("next", \.next), ("history", \.history), ("shop", \.shop), ("event", \.event), ("state", \.state),
                ("attempts", \.attempts), ("unused", \.unused), ("version", \.version),
            ]),
        TableLayout(
            HistoryRow.self,
            [
                ("at", \.at), ("detail", \.detail), ("previous", \.previous), ("state", \.state),
                ("attempt", \.attempt), ("unused", \.unused),
            ]),
        TableLayout(
            ChoiceRow.self,
            [
                ("at", \.at), ("detail", \.detail), ("profile", \.profile), ("next", \.next), ("kind", \.kind),
                ("value", \.value), ("unused", \.unused), ("unused2", \.unused2),
            ]),
        TableLayout(
            LabelRow.self,
            [
                ("at", \.at), ("detail", \.detail), ("profile", \.profile), ("next", \.next), ("tag", \.tag),
                ("shop", \.shop), ("isOn", \.isOn), ("unused", \.unused),
            ]),
        TableLayout(
            BrochureRow.self,
            [
                ("facts", \.facts), ("closing", \.closing), ("requestedAt", \.requestedAt), ("closedAt", \.closedAt),
                ("profile", \.profile), ("next", \.next), ("shop", \.shop), ("standing", \.standing),
                ("unused", \.unused), ("unused2", \.unused2),
            ]),
        TableLayout(
            LogInRow.self, [("hash", \.hash), ("at", \.at), ("profile", \.profile), ("unused", \.unused)]),
        TableLayout(VariantEntry.self, [("hash", \.hash), ("profile", \.profile), ("row", \.row)]),
        TableLayout(KeyEntry.self, [("hash", \.packedHash), ("profile", \.profile)]),
        TableLayout(
            SubjectEntry.self,
            [
                ("keyHash", \.keyHash), ("contentHash", \.contentHash), ("updatedAt", \.updatedAt),
                ("sequence", \.sequence), ("profile", \.profile), ("row", \.row),
            ]),
        TableLayout(
            EdgeEntry.self,
            [
                ("keyHash", \.keyHash), ("levels", \.levels), ("newer", \.newer), ("older", \.older),
                ("nextOfNewer", \.nextOfNewer), ("nextOfOlder", \.nextOfOlder), ("order", \.order),
                ("score", \.score), ("sequence", \.sequence48), ("at", \.at48), ("version", \.version),
                ("kind", \.kindAndUndone), ("verdict", \.verdictAndReason),
            ]),
        TableLayout(
            ProfileRow.self,
            [
                ("newestVariant", \.newestVariant), ("newestOrder", \.newestOrder),
                ("newestDocument", \.newestDocument), ("newestNote", \.newestNote),
            ]),
        TableLayout(
            VariantRow.self,
            [
                ("record", \.record), ("seenAt", \.seenAt), ("recordedAt", \.recordedAt), ("next", \.next),
                ("order", \.order),
            ]),
        TableLayout(
            OrderRow.self,
            [
                ("record", \.record), ("variant", \.variant), ("next", \.next), ("previous", \.previous),
            ]),
        TableLayout(VersionRow.self, [("record", \.record), ("variant", \.variant), ("previous", \.previous)]),
        TableLayout(
            DocumentRow.self,
            [("record", \.record), ("recordedAt", \.recordedAt), ("next", \.next), ("previous", \.previous)]),
        TableLayout(
            NoteRow.self, [("record", \.record), ("recordedAt", \.recordedAt), ("next", \.next), ("unused", \.unused)]),
        TableLayout(
            FactEntry.self,
            [
                ("keyHash", \.keyHash), ("contentHash", \.contentHash), ("updatedAt", \.updatedAt),
                ("sequence", \.sequence), ("order", \.order), ("row", \.row),
            ]),
        TableLayout(FactRow.self, [("record", \.record), ("order", \.order), ("next", \.next)]),
        TableLayout(
            AssertionEntry.self,
            [
                ("slot", \.slot), ("contentHash", \.contentHash), ("at", \.at), ("sequence", \.sequence),
                ("profile", \.profile), ("row", \.row),
            ]),
        TableLayout(
            AssertionRow.self,
            [
                ("record", \.record), ("recordedAt", \.recordedAt), ("at", \.at), ("sequence", \.sequence),
                ("profile", \.profile), ("next", \.next),
            ]),
        TableLayout(
            LedgerDocument.self,
            [
                ("draft", \.draft), ("latest", \.latest), ("keyHash", \.keyHash), ("total", \.total),
                ("credited", \.credited), ("vouchered", \.vouchered), ("createdAt", \.createdAt),
                ("changedAt", \.changedAt), ("version", \.version), ("profile", \.profile), ("row", \.row),
                ("invoice", \.invoice), ("newestCredit", \.newestCredit), ("nextCredit", \.nextCredit),
                ("nextOfProfile", \.nextOfProfile), ("digits", \.digits), ("kind", \.kind), ("standing", \.standing),
                ("unused", \.unused), ("shop", \.shop), ("unused2", \.unused2),
            ]),
        TableLayout(
            LedgerVoucher.self,
            [
                ("issue", \.issue), ("taking", \.taking), ("payment", \.payment), ("codeHash", \.codeHash),
                ("idHash", \.idHash), ("owed", \.owed), ("extra", \.extra), ("redeemed", \.redeemed),
                ("taken", \.taken), ("lapsed", \.lapsed), ("issuedAt", \.issuedAt), ("startsAt", \.startsAt),
                ("expiresAt", \.expiresAt), ("takenAt", \.takenAt), ("paidAt", \.paidAt), ("version", \.version),
                ("profile", \.profile), ("creditNote", \.creditNote), ("nextOfProfile", \.nextOfProfile),
                ("newestRedemption", \.newestRedemption), ("digits", \.digits), ("marks", \.marks), ("shop", \.shop),
                ("unused2", \.unused2),
            ]),
        TableLayout(
            LedgerRedemption.self,
            [
                ("facts", \.facts), ("reversal", \.reversal), ("idHash", \.idHash), ("amount", \.amount),
                ("at", \.at), ("reversedAt", \.reversedAt), ("sequence", \.sequence), ("voucher", \.voucher),
                ("next", \.next),
            ]),
        TableLayout(
            ArchiveEntry.self,
            [
                ("facts", \.facts), ("recordedAt", \.recordedAt), ("sequence", \.sequence), ("profile", \.profile),
                ("shop", \.shop), ("kind", \.kind), ("unused", \.unused),
            ]),
    ]
}
