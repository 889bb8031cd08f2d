import Bytes

/// What a pass over one segment found.
struct SegmentSummary: Equatable, Sendable {
    let file: String
    var bytes = 0
    var groups = 0
    var events = 0
    /// 0 if there is no event.
    var firstSequence: UInt64 = 0
    var lastSequence: UInt64 = 0
    var damage: [Damage] = []
    var tornCut: TornCut?
}

/// Streams the events of a row of segments in order and judges every byte on the way.
struct JournalReader: ~Copyable {
    /// What is to be read, and how strictly.
    struct Request {
        /// Segments in order, the last one being the journal's last.
        var segments: [String]
        /// Events up to here are checked by checksum only and not delivered.
        var after: UInt64 = 0
        var mode = RecoveryMode.strict
        var cleanStop: CleanStop?
        /// Set while a writer runs: then only what is durable is read, and nothing of it may be torn.
        var live: LiveSegment?
    }

    private let folder: DataFolder
    private let request: Request
    /// The sequence number that must come next; nil before the first segment.
    private(set) var expected: UInt64?
    /// The checksum that the next group must carry; nil where nothing before it is known.
    private var chain: UInt64?
    private(set) var summaries: [SegmentSummary] = []
    private var current: SegmentSummary
    private(set) var eventsDelivered: UInt64 = 0
    private var bytesRead = 0
    /// Where the first group begins in the current segment that no header says to be durable.
    private var durableOffset = 0
    /// What the clean-stop file contradicts.
    private(set) var endDamage: Damage?
    private static let progressBytes = 4 << 20

    init(_ folder: DataFolder, _ request: Request) {
        self.folder = folder
        self.request = request
        current = SegmentSummary(file: "")
    }

    /// All damage met, in order; in strict mode none, since the first one is thrown.
    var damage: [Damage] { summaries.flatMap(\.damage) + (endDamage.map { [$0] } ?? []) }

    /// Reads everything. In strict mode throws `.damaged` at the first damage; a torn end is not damage.
    mutating func read(
        onEvent: (UInt64, Span<UInt8>) throws(StoreError) -> Void,
        onProgress: (_ bytesRead: Int, _ sequence: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> JournalEnd {
        for index in request.segments.indices {
            try readSegment(index, onEvent: onEvent, onProgress: onProgress)
            summaries.append(current)
            bytesRead += current.bytes
        }
        try compareWithCleanStop()
        return end
    }

    // MARK: One segment

    private mutating func readSegment(
        _ index: Int, onEvent: (UInt64, Span<UInt8>) throws(StoreError) -> Void, onProgress: (Int, UInt64) -> Void
    ) throws(StoreError) {
        let name = request.segments[index]
        current = SegmentSummary(file: name)
        try enterSegment(FileName.segmentSequence(name) ?? 0)
        let limit = request.live.flatMap { $0.file == name ? $0.bytes : nil }
        var blocks = try BlockReader(folder, name, limit: limit)
        current.bytes = blocks.size
        let after = request.after
        var reported = 0
        while true {
            let start = blocks.offset
            switch try blocks.next(unpacking: { $0.kind == .events && $0.last > after }) {
            case .end: return
            case .damage(let reason):
                guard try skipDamage(reason, at: start, index, &blocks) else { return }
            case .block(let header):
                guard let take = try judge(header, at: start, index, &blocks) else { return }
                if take && header.last > after { try deliver(header, blocks.content.span, onEvent) }
            }
            if blocks.offset - reported >= Self.progressBytes {
                reported = blocks.offset
                onProgress(bytesRead + reported, next - 1)
            }
        }
    }

    /// Compares a segment's name with where the one before it ended.
    private mutating func enterSegment(_ first: UInt64) throws(StoreError) {
        durableOffset = 0
        defer { expected = max(expected ?? first, first) }
        guard let expected, expected != first else { return }
        if first > expected {
            try report(Damage(.gap, file: current.file, offset: 0, firstSequence: expected, lastSequence: first - 1))
        } else {
            let last = expected - 1
            try report(Damage(.sequence, file: current.file, offset: 0, firstSequence: first, lastSequence: last))
        }
        chain = nil
    }

    /// Judges an intact block: true = the next group, false = to be passed by, nil = the segment is read no further.
    private mutating func judge(
        _ header: BlockHeader, at start: Int, _ index: Int, _ blocks: inout BlockReader
    ) throws(StoreError) -> Bool? {
        let fault = fault(of: header, at: start, blocks.content.span)
        if let fault {
            let evidence = try gatherEvidence(from: start, resumingFrom: start, &blocks)
            guard try !isTorn(fault, at: start, index, evidence, blocks.size) else { return nil }
            // Only in salvage mode does the report return: a whole group further on is taken, all else passed by.
            try report(fault, at: start, before: evidence.resume?.sequence, index)
            guard fault == .chain || (fault == .sequence && header.first > next) else { return false }
        }
        if current.groups == 0 { current.firstSequence = header.first }
        current.groups += 1
        current.events += Int(header.count)
        current.lastSequence = header.last
        expected = header.last + 1
        chain = header.checksum
        if header.second + 1 >= header.first { durableOffset = start }
        return true
    }

    /// What keeps an intact block from being the next group; nil if nothing does.
    private func fault(of header: BlockHeader, at start: Int, _ content: Span<UInt8>) -> Damage.Reason? {
        if header.kind != .events { return .order }
        // Before all else, so that whatever is delivered adds up, in salvage mode too.
        if content.count > 0, !eventsAddUp(content, count: Int(header.count)) { return .events }
        if header.first != next { return .sequence }
        // A segment may begin a new chain: its writer may have read nothing but a snapshot.
        if start == 0 && header.previous == 0 { return nil }
        if let chain, chain != header.previous { return .chain }
        return nil
    }

    private func eventsAddUp(_ content: Span<UInt8>, count: Int) -> Bool {
        var reader = ByteReader(content)
        do throws(ByteReaderError) {
            for _ in 0..<count { _ = try reader.countedRange() }
        } catch { return false }
        return reader.isAtEnd
    }

    private mutating func deliver(
        _ header: BlockHeader, _ content: Span<UInt8>, _ onEvent: (UInt64, Span<UInt8>) throws(StoreError) -> Void
    ) throws(StoreError) {
        var reader = ByteReader(content)
        var sequence = header.first
        while !reader.isAtEnd {
            let range: Range<Int>
            do throws(ByteReaderError) { range = try reader.countedRange() } catch {
                preconditionFailure("the group was checked before")
            }
            if sequence > request.after {
                try onEvent(sequence, content.extracting(range))
                eventsDelivered += 1
            }
            sequence += 1
        }
    }

    // MARK: Damage

    private var next: UInt64 { expected ?? 1 }

    /// What the headers behind a damaged place tell about it.
    private struct Evidence {
        /// Where the next group that can follow begins, and with which sequence number.
        var resume: (offset: Int, sequence: UInt64)?
        /// Whether a later header says that the first lost event was durable.
        var wasDurable = false
    }

    /// Reads the headers from `start` on; only those from `resumeStart` on may be where reading resumes.
    private func gatherEvidence(
        from start: Int, resumingFrom resumeStart: Int, _ blocks: inout BlockReader
    ) throws(StoreError) -> Evidence {
        var evidence = Evidence()
        var position = start
        while let (offset, header) = try blocks.findHeader(from: position) {
            position = offset + 1
            guard header.kind == .events else { continue }
            if header.second >= next { evidence.wasDurable = true }
            if offset >= resumeStart && header.first > next && evidence.resume == nil {
                evidence.resume = (offset, header.first)
            }
        }
        return evidence
    }

    /// Whether damage at `start` is the end that a crash tore; then it is noted.
    private mutating func isTorn(
        _ reason: Damage.Reason, at start: Int, _ index: Int, _ evidence: Evidence, _ size: Int
    ) throws(StoreError) -> Bool {
        let isLast = index == request.segments.count - 1
        guard isLast && request.cleanStop == nil && request.live == nil && !evidence.wasDurable else { return false }
        current.tornCut = TornCut(
            file: current.file, offset: start, bytes: size - start, lastGoodSequence: next - 1, reason: reason)
        return true
    }

    /// Judges a place that is no intact block.
    /// - Returns: whether there is more to read in this segment.
    private mutating func skipDamage(
        _ reason: Damage.Reason, at start: Int, _ index: Int, _ blocks: inout BlockReader
    ) throws(StoreError) -> Bool {
        let evidence = try gatherEvidence(from: start, resumingFrom: start + 1, &blocks)
        guard try !isTorn(reason, at: start, index, evidence, blocks.size) else { return false }
        try report(reason, at: start, before: evidence.resume?.sequence, index)
        chain = nil
        guard let resume = evidence.resume else {
            // What the next segment lacks was reported here.
            if let first = firstSequence(ofSegment: index + 1) { expected = max(next, first) }
            return false
        }
        expected = resume.sequence
        blocks.skip(to: resume.offset)
        return true
    }

    private func firstSequence(ofSegment index: Int) -> UInt64? {
        request.segments.indices.contains(index) ? FileName.segmentSequence(request.segments[index]) : nil
    }

    /// Reports the loss of everything from `next` on to the next thing known to be there.
    private mutating func report(
        _ reason: Damage.Reason, at offset: Int, before resume: UInt64?, _ index: Int
    ) throws(StoreError) {
        let following = resume ?? firstSequence(ofSegment: index + 1)
        let last = following.map { $0 - 1 } ?? request.cleanStop?.sequence ?? request.live?.sequence
        let known = last.flatMap { $0 >= next ? $0 : nil }
        try report(Damage(reason, file: current.file, offset: offset, firstSequence: next, lastSequence: known))
    }

    private mutating func report(_ damage: Damage) throws(StoreError) {
        guard request.mode == .salvage else { throw .damaged([damage]) }
        current.damage.append(damage)
    }

    // MARK: The end

    private mutating func compareWithCleanStop() throws(StoreError) {
        guard let cleanStop = request.cleanStop else { return }
        let last = max(next - 1, request.after)
        let file = request.segments.last ?? FileName.cleanStop
        let size = summaries.last?.bytes ?? 0
        if last < cleanStop.sequence {
            endDamage = Damage(
                .endsEarly, file: file, offset: size, firstSequence: last + 1, lastSequence: cleanStop.sequence)
        } else if last > cleanStop.sequence {
            endDamage = Damage(
                .goesOn, file: file, offset: size, firstSequence: cleanStop.sequence + 1, lastSequence: last)
        } else if let chain, cleanStop.chain != 0, chain != cleanStop.chain {
            endDamage = Damage(.chain, file: FileName.cleanStop, offset: 0)
        }
        if let endDamage, request.mode == .strict { throw .damaged([endDamage]) }
    }

    private var end: JournalEnd {
        guard let last = summaries.last, let expected, expected > request.after, damage.isEmpty else {
            // The numbers of lost events are not given again.
            let lost = damage.compactMap(\.lastSequence).max() ?? 0
            let following = max(next, request.after + 1, lost + 1)
            return JournalEnd(
                nextSequence: following, chain: 0, segment: nil, offset: 0, durableOffset: 0, tornCut: nil)
        }
        let offset = last.tornCut?.offset ?? last.bytes
        return JournalEnd(
            nextSequence: expected, chain: chain ?? 0, segment: last.file, offset: offset,
            // A clean stop was written after everything before it was synced.
            durableOffset: request.cleanStop == nil ? durableOffset : offset, tornCut: last.tornCut)
    }
}
