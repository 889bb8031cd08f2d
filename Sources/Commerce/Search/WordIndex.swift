import Bytes

/// Which rows have which words, and which words have which parts. Rows are those of one shard's profiles.
///
/// A word that one row has costs its bytes, eight for its entry, its place in the table, and about one for each three letters in
/// a row of it; a word of many rows one to three bytes for each. What very many rows have is kept as bits.
struct WordIndex: ~Copyable, Sendable {
    private struct Entry: BitwiseCopyable, Sendable {
        /// The word's name in the arena.
        var text: UInt32
        /// One row, or with the highest bit a list.
        var rows: UInt32
    }

    private static let listBit: UInt32 = 1 << 31

    private var entries = PagedArray<Entry>()
    private var texts = WordArena()
    /// Open addressing by the hash of the word, in parts that grow one by one: number of the entry plus one.
    private var table = [[UInt32]](repeating: [UInt32](repeating: 0, count: 16), count: 64)
    private var tableCounts = [Int](repeating: 0, count: 64)
    private var postings = DeltaLists()
    private var dense: [Int: BitRow] = [:]
    /// Three letters in a row, or the first two of a word behind a 1: the list of words that have them.
    private var grams: [UInt32: UInt32] = [:]
    private var words = DeltaLists()
    /// Rows with a word that begins with this byte.
    private var beginnings = [BitRow](repeating: BitRow(), count: 256)
    private let hash = Hash64(seed: 0x5EA2_C4ED)

    var wordCount: Int { entries.count }

    var allocatedBytes: Int {
        let tables = entries.allocatedBytes + texts.allocatedBytes + table.reduce(0) { $0 + $1.count * 4 }
        let bits = dense.values.reduce(0) { $0 + $1.allocatedBytes } + beginnings.reduce(0) { $0 + $1.allocatedBytes }
        return tables + bits + postings.allocatedBytes + words.allocatedBytes + grams.capacity * 9
    }

    // MARK: Filling

    /// Notes that a row has a word, of 1 to 255 bytes.
    mutating func add(_ word: Span<UInt8>, row: Int, isMark: Bool = false) {
        if !isMark { beginnings[Int(word[0])].insert(row) }
        guard let number = find(word) else { return insert(word, row, isMark: isMark) }
        let rows = entries[number].rows
        guard rows & Self.listBit != 0 else {
            guard rows != UInt32(row) else { return }
            let list = postings.add(rows)
            postings.append(UInt32(row), to: list)
            entries[number].rows = UInt32(list) | Self.listBit
            return
        }
        let list = Int(rows & ~Self.listBit)
        if dense[list] != nil {
            dense[list]?.insert(row)
        } else if postings.last(of: list) != UInt32(row) {
            postings.append(UInt32(row), to: list)
            makeDense(list)
        }
    }

    /// From some length on bits take less than numbers, and are read at once.
    private mutating func makeDense(_ list: Int) {
        let count = postings.count(of: list)
        guard count >= 4_096, count & 4_095 == 0, count * 16 > Int(postings.last(of: list)) else { return }
        var rows = BitRow()
        postings.forEach(in: list) { rows.insert(Int($0)) }
        dense[list] = rows
    }

    private mutating func insert(_ word: Span<UInt8>, _ row: Int, isMark: Bool) {
        let number = entries.append(Entry(text: texts.append(word), rows: UInt32(row)))
        place(number, hash.hash(word))
        guard !isMark, word.count > 1 else { return }
        note(1, word[0], word[1], number)
        for start in 0..<(word.count - 2) { note(word[start], word[start + 1], word[start + 2], number) }
    }

    private mutating func note(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ number: Int) {
        let gram = Self.gram(first, second, third)
        guard let list = grams[gram] else {
            grams[gram] = UInt32(words.add(UInt32(number)))
            return
        }
        if words.last(of: Int(list)) != UInt32(number) { words.append(UInt32(number), to: Int(list)) }
    }

    private static func gram(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    // MARK: The dictionary

    private func find(_ word: Span<UInt8>) -> Int? {
        let hash = hash.hash(word)
        let part = Int(hash >> 58)
        let mask = table[part].count - 1
        var position = Int(truncatingIfNeeded: hash) & mask
        while table[part][position] != 0 {
            let number = Int(table[part][position] - 1)
            if Self.areEqual(texts[entries[number].text], word) { return number }
            position = (position + 1) & mask
        }
        return nil
    }

    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for place in 0..<left.count where left[place] != right[place] { return false }
        return true
    }

    private mutating func place(_ number: Int, _ hash: UInt64) {
        let part = Int(hash >> 58)
        tableCounts[part] += 1
        if tableCounts[part] * 4 > table[part].count * 3 { grow(part) }
        Self.put(number, hash, into: &table[part])
    }

    private static func put(_ number: Int, _ hash: UInt64, into part: inout [UInt32]) {
        var position = Int(truncatingIfNeeded: hash) & (part.count - 1)
        while part[position] != 0 { position = (position + 1) & (part.count - 1) }
        part[position] = UInt32(number + 1)
    }

    private mutating func grow(_ part: Int) {
        var larger = [UInt32](repeating: 0, count: table[part].count * 2)
        for number in table[part] where number != 0 {
            Self.put(Int(number - 1), hash.hash(texts[entries[Int(number - 1)].text]), into: &larger)
        }
        table[part] = larger
    }

    // MARK: Asking

    /// The rows that have what is looked for.
    func rows(matching term: SearchTerm) -> BitRow {
        var found = BitRow()
        switch term {
        case .mark(let mark, let value):
            let word = [mark.rawValue] + value
            if let number = find(word.span) { add(rowsOf: number, to: &found) }
        case .part(let part) where part.count == 1: return beginnings[Int(part[0])]
        case .part(let part) where part.count == 2: addAll(Self.gram(1, part[0], part[1]), to: &found)
        case .part(let part) where part.count == 3: addAll(Self.gram(part[0], part[1], part[2]), to: &found)
        case .part(let part): addContaining(part, to: &found)
        }
        return found
    }

    private func addAll(_ gram: UInt32, to found: inout BitRow) {
        guard let list = grams[gram] else { return }
        words.forEach(in: Int(list)) { add(rowsOf: Int($0), to: &found) }
    }

    /// Reads the words of the rarest three letters.
    private func addContaining(_ part: [UInt8], to found: inout BitRow) {
        var rarest: Int?
        for start in 0..<(part.count - 2) {
            guard let list = grams[Self.gram(part[start], part[start + 1], part[start + 2])] else { return }
            if rarest.map({ words.count(of: Int(list)) < words.count(of: $0) }) ?? true { rarest = Int(list) }
        }
        guard let rarest else { return }
        words.forEach(in: rarest) { number in
            if Self.contains(texts[entries[Int(number)].text], part.span) { add(rowsOf: Int(number), to: &found) }
        }
    }

    private static func contains(_ word: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
        guard word.count >= part.count else { return false }
        for start in 0...(word.count - part.count) {
            var length = 0
            while length < part.count, word[start + length] == part[length] { length += 1 }
            if length == part.count { return true }
        }
        return false
    }

    private func add(rowsOf number: Int, to found: inout BitRow) {
        let rows = entries[number].rows
        guard rows & Self.listBit != 0 else { return found.insert(Int(rows)) }
        let list = Int(rows & ~Self.listBit)
        if let bits = dense[list] { return found.formUnion(bits) }
        postings.forEach(in: list) { found.insert(Int($0)) }
    }
}
