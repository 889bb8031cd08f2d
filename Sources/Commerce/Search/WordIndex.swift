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

    /// In one piece: pages would have to be retained for each read, and the processor could not read ahead.
    private var entries: [Entry] = []
    private var texts = WordArena()
    /// Open addressing by the hash of the word, in parts that grow one by one: number of the entry plus one.
    private var table = [[UInt32]](repeating: [UInt32](repeating: 0, count: 16), count: 64)
    private var tableCounts = [Int](repeating: 0, count: 64)
    private var postings = DeltaLists()
    private var dense: [Int: BitRow] = [:]
    /// Three letters in a row, or the first two of a word behind a 1: the list of words that have them.
    private var grams = GramTable()
    private var words = DeltaLists()
    /// Rows with a word that begins with this byte.
    private var beginnings = [BitRow](repeating: BitRow(), count: 256)
    private var pairs = CommonPairs()
    private let hash = Hash64(seed: 0x5EA2_C4ED)

    var wordCount: Int { entries.count }

    var allocatedBytes: Int {
        let tables =
            entries.capacity * MemoryLayout<Entry>.stride + texts.allocatedBytes + table.reduce(0) { $0 + $1.count * 4 }
        let bits =
            dense.values.reduce(0) { $0 + $1.allocatedBytes } + beginnings.reduce(0) { $0 + $1.allocatedBytes }
            + pairs.allocatedBytes
        return tables + bits + postings.allocatedBytes + words.allocatedBytes + grams.allocatedBytes
    }

    // MARK: Filling

    /// Notes that a row has a word, of 1 to 255 bytes.
    mutating func add(_ word: Span<UInt8>, row: Int, isMark: Bool = false) {
        if !isMark {
            beginnings[Int(word[0])].insert(row)
            if word.count > 1 { pairs.insert(row, word[0], word[1]) }
        }
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
        postings.insert(list, into: &rows)
        dense[list] = rows
    }

    private mutating func insert(_ word: Span<UInt8>, _ row: Int, isMark: Bool) {
        let number = entries.count
        entries.append(Entry(text: texts.append(word), rows: UInt32(row)))
        place(number, hash.hash(word))
        guard !isMark, word.count > 1 else { return }
        if note(1, word[0], word[1], number) >= CommonPairs.manyWords, !pairs.has(word[0], word[1]) {
            var rows = BitRow()
            addAll(Self.gram(1, word[0], word[1]), to: &rows)
            pairs.keep(rows, word[0], word[1])
        }
        for start in 0..<(word.count - 2) { note(word[start], word[start + 1], word[start + 2], number) }
    }

    /// Returns how many words have the letters now.
    @discardableResult
    private mutating func note(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ number: Int) -> Int {
        let gram = Self.gram(first, second, third)
        guard let list = grams[gram] else {
            grams.insert(gram, list: UInt32(words.add(UInt32(number))))
            return 1
        }
        if words.last(of: Int(list)) != UInt32(number) { words.append(UInt32(number), to: Int(list)) }
        return words.count(of: Int(list))
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
            if let number = find(word.span) { add(rowsOf: entries[number], to: &found) }
        case .part(let part) where part.count == 1: return beginnings[Int(part[0])]
        case .part(let part) where part.count == 2:
            if let bits = pairs.rows(part[0], part[1]) { return bits }
            addAll(Self.gram(1, part[0], part[1]), to: &found)
        case .part(let part) where part.count == 3: addAll(Self.gram(part[0], part[1], part[2]), to: &found)
        case .part(let part): addContaining(part, to: &found)
        }
        return found
    }

    private func addAll(_ gram: UInt32, to found: inout BitRow) {
        guard let list = grams[gram] else { return }
        let numbers = words.numbers(in: Int(list))
        let entries = entries(of: numbers)
        for place in numbers.indices { add(rowsOf: entries[place], to: &found) }
    }

    /// Reads the words that have the two rarest three letters. Words of several rows come first: a word that a single row has,
    /// an e-mail address say, need not be read where the row is found already, by its name for example.
    private func addContaining(_ part: [UInt8], to found: inout BitRow) {
        var lists: [Int] = []
        for start in 0..<(part.count - 2) {
            guard let list = grams[Self.gram(part[start], part[start + 1], part[start + 2])] else { return }
            if !lists.contains(Int(list)) { lists.append(Int(list)) }
        }
        lists.sort { words.count(of: $0) < words.count(of: $1) }
        let numbers = common(to: lists[0], lists.count > 1 ? lists[1] : lists[0])
        let entries = entries(of: numbers)
        for entry in entries where entry.rows & Self.listBit != 0 {
            if Self.contains(texts[entry.text], part.span) { add(rowsOf: entry, to: &found) }
        }
        for entry in entries where entry.rows & Self.listBit == 0 && !found.contains(Int(entry.rows)) {
            if Self.contains(texts[entry.text], part.span) { found.insert(Int(entry.rows)) }
        }
    }

    /// Read in one go, so that the processor waits for many of them at once.
    private func entries(of numbers: [UInt32]) -> [Entry] { numbers.map { entries[Int($0)] } }

    /// The words that are in both lists; their numbers rise in each.
    private func common(to shorter: Int, _ longer: Int) -> [UInt32] {
        // Reading the longer list must not cost more than it saves.
        guard shorter != longer, words.count(of: longer) < 8 * words.count(of: shorter) else {
            return words.numbers(in: shorter)
        }
        return words.common(to: shorter, longer)
    }

    /// - Parameter part: of three bytes at least.
    private static func contains(_ word: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
        let length = min(part.count, 8)
        guard word.count >= part.count else { return false }
        let beginning = part.word(at: 0, count: length)
        for start in 0...(word.count &- part.count) where word.word(at: start, count: length) == beginning {
            if part.count <= 8 { return true }
            if word.extracting(start..<(start &+ part.count)).equals(part) { return true }
        }
        return false
    }

    private func add(rowsOf entry: Entry, to found: inout BitRow) {
        guard entry.rows & Self.listBit != 0 else { return found.insert(Int(entry.rows)) }
        let list = Int(entry.rows & ~Self.listBit)
        if let bits = dense[list] { return found.formUnion(bits) }
        postings.insert(list, into: &found)
    }
}
