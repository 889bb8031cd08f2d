import Bytes
import Engine
import Server
import Store

/// Files through crashes: several connections upload, attach and remove while the power fails again and again, also in the
/// midst of a sweep.
///
/// Law: what was acknowledged can be fetched byte for byte; what was removed is gone; an itinerary is gone after its days;
/// and when everything is at rest the disk holds the contents that documents refer to, and nothing else.
package final class ArchiveWorkload {
    private let seed: UInt64
    private let machine: SimulatedMachine
    private let configuration: EngineConfiguration
    private var generator: SeededGenerator
    private let contents: [[UInt8]]
    /// By document: which content it has. Only what was acknowledged.
    private var filed: [String: Int] = [:]
    /// Documents whose removal was asked for: gone once it was acknowledged, either until then.
    private var asked: Set<String> = []
    private var removed: Set<String> = []
    private var itineraries: Set<String> = []
    private var names = 0
    /// Acknowledged: a workload without them shows nothing.
    package private(set) var attachments = 0
    package private(set) var removals = 0

    package init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed &+ 77_007)
        machine = SimulatedMachine(
            seed: seed, layout: LaneLayout.allCases[Int(seed % UInt64(LaneLayout.allCases.count))])
        var configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.seed = seed
        configuration.shards = 2
        if generator.oneIn(2) { configuration.snapshotJournalBytes = 2_000 }
        self.configuration = configuration
        contents = (0..<6).map { number in
            (0..<Int.random(in: 0...2_000, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                + [UInt8(number)]
        }
        self.generator = generator
    }

    package func run(lives: Int) throws {
        for life in 0..<lives {
            let process = try SimulatedProcess(machine, configuration, limits: SessionLimits())
            if life == 0 { try begin(process) }
            if life % 4 == 3 { try passAMonth(process) }
            try audit(process)
            try drive(process)
            machine.crash()
        }
        let last = try SimulatedProcess(machine, configuration, limits: SessionLimits())
        try passAMonth(last)
        try audit(last)
        try auditDisk(last)
    }

    private func begin(_ process: SimulatedProcess) throws {
        for reply in try converse(process, [Self.order, "SHOP.RETENTION kind=upload years=0"]) where !reply.isOK {
            throw BrokenLaw("\(reply.request.line): \(reply.line)")
        }
    }

    // MARK: Asking

    /// A connection that works through its steps, one reply after the other.
    private final class Uploader {
        let client: SimulatedClient
        var upload = ""
        var content = 0
        var isItinerary = false

        init(_ client: SimulatedClient) { self.client = client }
    }

    private func drive(_ process: SimulatedProcess) throws {
        let uploaders = (0..<4).map { _ in Uploader(SimulatedClient(process.connect())) }
        for uploader in uploaders { begin(uploader) }
        for _ in 0..<Int.random(in: 50...4_000, using: &generator) {
            machine.scheduler.step()
            guard let uploader = uploaders.randomElement(using: &generator) else { continue }
            uploader.client.send(&generator)
            for reply in try uploader.client.receive(&generator) { try hear(reply, uploader) }
        }
        for uploader in uploaders { uploader.client.connection.discard() }
    }

    private func ask(_ uploader: Uploader, _ line: String) {
        uploader.client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line))
    }

    private func begin(_ uploader: Uploader) {
        let removable = filed.keys.filter { !asked.contains($0) && !itineraries.contains($0) }.sorted()
        if generator.oneIn(3), let document = removable.randomElement(using: &generator) {
            asked.insert(document)
            return ask(uploader, "DOCUMENT.REMOVE \(document)")
        }
        uploader.content = Int.random(in: 0..<contents.count, using: &generator)
        ask(uploader, "FILE.BEGIN name=f")
    }

    private func hear(_ reply: SimulatedReply, _ uploader: Uploader) throws {
        let line = reply.request.line
        guard reply.isOK else { throw BrokenLaw("\(line.prefix(80)) was answered by \(reply.line)") }
        let json = try reply.json()
        if line.hasPrefix("FILE.BEGIN") {
            uploader.upload = json["id"]?.string ?? ""
            var data = ByteWriter()
            let content = contents[uploader.content]
            Base64.encode(content.span, into: &data)
            let text = String(decoding: data.copyBytes(), as: UTF8.self)
            ask(uploader, "FILE.PART id=\(uploader.upload) {\"data\":\"\(text)\"}")
        } else if line.hasPrefix("FILE.PART") {
            ask(uploader, "FILE.END id=\(uploader.upload)")
        } else if line.hasPrefix("FILE.END") {
            names += 1
            uploader.isItinerary = generator.oneIn(5)
            let kind = uploader.isItinerary ? "itinerary" : "upload"
            ask(uploader, "DOCUMENT.ATTACH order=web:0 file=\(uploader.upload) name=n\(names) kind=\(kind)")
        } else if line.hasPrefix("DOCUMENT.ATTACH") {
            guard let document = json["document"]?.string, filed[document] == nil, !removed.contains(document) else {
                throw BrokenLaw("attached twice: \(reply.line)")
            }
            filed[document] = uploader.content
            if uploader.isItinerary { itineraries.insert(document) }
            attachments += 1
            begin(uploader)
        } else {
            let document = String(line.dropFirst(16))
            removed.insert(document)
            filed[document] = nil
            removals += 1
            begin(uploader)
        }
    }

    // MARK: Judging

    /// More days than an itinerary lasts; a second later it is gone.
    private func passAMonth(_ process: SimulatedProcess) throws {
        machine.scheduler.advance(microseconds: 31 * 86_400_000_000)
        try rest(process)
        for document in itineraries {
            removed.insert(document)
            filed[document] = nil
        }
        itineraries = []
    }

    /// Lets the clock run for some seconds.
    private func rest(_ process: SimulatedProcess) throws {
        for _ in 0..<12 {
            machine.scheduler.advance(microseconds: 1_000_000)
            for _ in 0..<60 { machine.scheduler.step() }
        }
        _ = try converse(process, ["PING"])
    }

    private func audit(_ process: SimulatedProcess) throws {
        let documents = filed.keys.sorted()
        for (document, reply) in zip(documents, try converse(process, documents.map { "DOCUMENT.FETCH \($0)" })) {
            guard reply.isOK else {
                guard asked.contains(document), reply.line.hasPrefix("ERR NOTFOUND") else {
                    throw BrokenLaw("\(document) was acknowledged, and now: \(reply.line)")
                }
                removed.insert(document)
                filed[document] = nil
                continue
            }
            asked.remove(document)
            let content = try Self.content(of: reply)
            guard content == contents[filed[document] ?? 0] else { throw BrokenLaw("\(document) has another content") }
        }
        let gone = removed.sorted().suffix(20)
        for reply in try converse(process, gone.map { "DOCUMENT.SHOW \($0)" })
        where !reply.line.hasPrefix("ERR NOTFOUND") {
            throw BrokenLaw("\(reply.request.line): removed, and shown: \(reply.line)")
        }
    }

    private static func content(of reply: SimulatedReply) throws -> [UInt8] {
        var content: [UInt8] = []
        for row in reply.rows {
            let json = [UInt8](row.utf8)
            let text = [UInt8]((try JSONValue(parsing: json.span)["data"]?.string ?? "").utf8)
            content += Base64.decode(text.span) ?? []
        }
        return content
    }

    /// Contents without a document are gone, and so is what uploads have left.
    private func auditDisk(_ process: SimulatedProcess) throws {
        try rest(process)
        let dossier = try converse(process, ["CUSTOMER.360 order=web:0"])[0]
        let referred = Set(try dossier.json()["documents"]?.array?.compactMap { $0["sha256"]?.string } ?? [])
        let prefix = CommerceWorld.folder + "/files/"
        let there = machine.disk.snapshotImage().files.keys.filter { $0.hasPrefix(prefix) }
        let expected = Set(referred.map { "\(prefix)\($0).lz4" })
        guard Set(there) == expected else {
            throw BrokenLaw("the disk holds \(there.sorted()), documents refer to \(expected.sorted())")
        }
    }

    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        guard !lines.isEmpty else { return [] }
        return try process.converse(lines, CommerceWorld(seed: seed)).map { reply in
            guard !reply.line.hasPrefix("ERR INTERNAL") else { throw BrokenLaw(reply.line) }
            return reply
        }
    }

    private static let order = """
        ORDER.PUT {"channel":"web","number":"0","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",\
        "total":"12.10","customer":{"email":"a@example.nl"}}
        """
}
