import Bytes

// How a shard keeps the records of orders: with the number of an article where a line says its SKU and title. An event and
// a reply say them in full, and so does everybody who opens an order here.
//
// Short form: 0 (no record begins so), then the length of the members before the lines (varint) and those members as packed,
// how many lines there are (varint), each line, and the members behind the lines as packed. A line is the article's number
// plus one (varint; 0 where it has none), the length of the rest (varint), and the rest: the line without its article.

/// Where an order's record lies: not to be read but by way of `ShardState.head`, `openOrder` or `orderRecord`.
struct StoredOrder: BitwiseCopyable, Sendable, Equatable {
    private let place: PackedWord64

    init(_ reference: ByteArena.Reference) { place = PackedWord64(reference.rawValue) }

    var reference: ByteArena.Reference { ByteArena.Reference(rawValue: place.value) }
}

extension OrderShape {
    /// The members before the lines: all that is read of an order that is not opened.
    static let headKinds = MemberKinds(Array(members.prefix(lines)))
}

extension ShardState {
    private static let shortForm: UInt8 = 0

    /// Keeps an order's record.
    /// - Parameter scratch: used again for each.
    mutating func store(order record: Span<UInt8>, _ scratch: inout ByteWriter) -> StoredOrder {
        let order = PackedRecord(record, OrderShape.kinds)
        let lines = order.range(of: OrderShape.lines)
        guard !lines.isEmpty else { return StoredOrder(records.append(record)) }
        scratch.removeAll()
        scratch.append(Self.shortForm)
        // Four bytes before the lines say how long they are, which follows from the lines.
        scratch.appendCounted(record.extracting(0..<(lines.lowerBound - 4)))
        var count = 0
        order.forEachElement(OrderShape.lines) { _ in count += 1 }
        scratch.appendVarint(UInt64(count))
        order.forEachElement(OrderShape.lines) { shorten($0, into: &scratch) }
        scratch.append(record.extracting(lines.upperBound..<record.count))
        return StoredOrder(records.append(scratch.span))
    }

    private mutating func shorten(_ line: Span<UInt8>, into output: inout ByteWriter) {
        guard let article = Self.article(of: line), let number = articles.number(of: line.extracting(article)) else {
            output.appendVarint(0)
            output.appendCounted(line)
            return
        }
        output.appendVarint(UInt64(number + 1))
        output.appendVarint(UInt64(line.count - article.count))
        output.append(line[0])
        output.append(line.extracting(article.upperBound..<line.count))
    }

    /// Where SKU and title stand in a packed line: behind the bitmap, which takes one byte; nil if neither is there.
    private static func article(of line: Span<UInt8>) -> Range<Int>? {
        let places: UInt8 = 1 << UInt8(LineShape.sku) | 1 << UInt8(LineShape.title)
        guard !line.isEmpty, line[0] < 0x80, line[0] & places != 0 else { return nil }
        var reader = ByteReader(line, at: 1)
        do throws(ByteReaderError) {
            for _ in 0..<(line[0] & places).nonzeroBitCount { _ = try reader.countedRange() }
            return 1..<reader.position
        } catch {
            preconditionFailure("a packed line does not read: \(error)")
        }
    }

    // MARK: Reading

    /// The members before the order's lines, without opening it: the others are not to be asked for.
    @_lifetime(borrow self)
    func head(of order: StoredOrder) -> PackedRecord {
        PackedRecord(headBytes(of: order), OrderShape.headKinds)
    }

    @_lifetime(borrow self)
    private func headBytes(of order: StoredOrder) -> Span<UInt8> {
        let bytes = records[order.reference]
        guard bytes.count > 0, bytes[0] == Self.shortForm else { return bytes }
        var reader = ByteReader(bytes, at: 1)
        do throws(ByteReaderError) { return bytes.extracting(try reader.countedRange()) } catch {
            preconditionFailure("a stored order does not read: \(error)")
        }
    }

    /// The order's number, which is the first of its members.
    @_lifetime(borrow self)
    func number(of order: StoredOrder) -> Span<UInt8> { PackedRecord.firstText(of: headBytes(of: order)) }

    /// A copy of the order's record.
    func record(of order: StoredOrder) -> [UInt8] {
        var opened = ByteWriter(capacity: 512)
        open(order, into: &opened)
        return opened.copyBytes()
    }

    /// Writes the order's record, in place of what `output` held.
    func open(_ order: StoredOrder, into output: inout ByteWriter) {
        guard expand(order, into: &output) else { preconditionFailure("a stored order does not read") }
    }

    /// The same for data that came from a disk; false if it is no stored order, or does not open to a record.
    func openIfReadable(_ order: StoredOrder, into output: inout ByteWriter) -> Bool {
        expand(order, into: &output) && PackedRecord.length(of: output.span, OrderShape.kinds) ?? 0 > 0
    }

    private func expand(_ order: StoredOrder, into output: inout ByteWriter) -> Bool {
        output.removeAll()
        let bytes = records[order.reference]
        guard bytes.count > 0, bytes[0] == Self.shortForm else {
            output.append(bytes)
            return true
        }
        var reader = ByteReader(bytes, at: 1)
        do throws(ByteReaderError) {
            output.append(bytes.extracting(try reader.countedRange()))
            let start = output.count
            output.appendLittleEndian(UInt32(0))
            var left = try reader.varint()
            while left > 0 {
                guard try openLine(bytes, &reader, into: &output) else { return false }
                left -= 1
            }
            output.overwriteUInt32(UInt32(truncatingIfNeeded: output.count - start - 4), at: start)
            output.append(bytes.extracting(reader.position..<bytes.count))
            return true
        } catch {
            return false
        }
    }

    @inline(__always)
    private func openLine(
        _ bytes: Span<UInt8>, _ reader: inout ByteReader, into output: inout ByteWriter
    ) throws(ByteReaderError) -> Bool {
        let number = try reader.varint()
        let rest = try reader.countedRange()
        guard number > 0 else {
            output.appendLittleEndian(UInt32(truncatingIfNeeded: rest.count))
            output.append(bytes.extracting(rest))
            return true
        }
        guard number <= UInt64(articles.count), !rest.isEmpty else { return false }
        let article = articles[Int(number) - 1]
        output.appendLittleEndian(UInt32(truncatingIfNeeded: rest.count + article.count))
        output.append(bytes[rest.lowerBound])
        output.append(article)
        output.append(bytes.extracting((rest.lowerBound + 1)..<rest.upperBound))
        return true
    }

    // MARK: Snapshots

    /// Writes the articles, each behind its length; nothing where there are none, as programs before them expect.
    func writeArticles<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        guard articles.count > 0 else { return }
        try sink.begin(.shardArticles, shard: number, entries: articles.count)
        var piece = ByteWriter(capacity: ByteArena.pageSize)
        for number in 0..<articles.count {
            piece.appendCounted(articles[number])
            guard piece.count >= ByteArena.pageSize / 2 || number == articles.count - 1 else { continue }
            try sink.write(piece.span)
            piece.removeAll()
        }
        try sink.end()
    }

    /// Takes in a piece of the table; false if it cannot be one. `partial` holds the beginning of an article whose rest comes
    /// with the next piece.
    mutating func loadArticles(_ bytes: Span<UInt8>, _ partial: inout ByteWriter) -> Bool {
        partial.append(bytes)
        var taken = 0
        do throws(ByteReaderError) {
            var reader = ByteReader(partial.span)
            while !reader.isAtEnd {
                guard articles.load(partial.span.extracting(try reader.countedRange())) else { return false }
                taken = reader.position
            }
        } catch {
            // The rest comes with the next piece; if none comes, the snapshot does not fit together.
        }
        partial.removeFirst(taken)
        return true
    }
}
