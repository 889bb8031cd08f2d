import Bytes

/// Rows with a word that begins with two certain letters, as bits, for those beginnings that very many words have: reading
/// all these words for each search would cost more than anything else.
struct CommonPairs: Sendable {
    /// From so many words on a beginning is kept.
    static let manyWords = 2_048

    /// By the two letters: place in `kept` plus one.
    private var places = [UInt16](repeating: 0, count: 1 << 16)
    private var kept: [BitRow] = []

    var allocatedBytes: Int { places.count * 2 + kept.reduce(0) { $0 + $1.allocatedBytes } }

    private static func number(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }

    func has(_ first: UInt8, _ second: UInt8) -> Bool { places[Self.number(first, second)] != 0 }

    /// Nil for a beginning that is not kept.
    func rows(_ first: UInt8, _ second: UInt8) -> BitRow? {
        let place = Int(places[Self.number(first, second)])
        return place == 0 ? nil : kept[place - 1]
    }

    /// - Parameter rows: those of all words that begin so.
    mutating func keep(_ rows: BitRow, _ first: UInt8, _ second: UInt8) {
        kept.append(rows)
        places[Self.number(first, second)] = UInt16(kept.count)
    }

    @inline(__always) mutating func insert(_ row: Int, _ first: UInt8, _ second: UInt8) {
        let place = Int(places[Self.number(first, second)])
        if place != 0 { kept[place - 1].insert(row) }
    }
}
