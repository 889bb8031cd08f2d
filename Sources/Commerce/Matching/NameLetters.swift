/// Tells a given name from a slip of the keyboard by its pairs of neighbouring letters: "lazhj" is nobody's name, so it
/// says nothing against "Lachlan" who has the same telephone.
///
/// The pairs are those of common given names of Europe, America, Turkey, India and the Arab world, begin and end of the
/// name included.
enum NameLetters {
    /// Whether a letter pair occurs that given names do not have. False for other scripts than the Latin.
    static func isUnlikely(_ name: ShortText) -> Bool {
        var previous = 0
        let count = name.count
        let rows = pairs.rows.span
        for index in 0..<count {
            guard ASCII.isLetter(name[index]) else { return name[index] < 0x80 }
            let letter = Int(name[index] - 0x60)
            if rows[previous] & (1 << UInt32(letter)) == 0 { return true }
            previous = letter
        }
        // A cut name has no end to look at.
        return count < 12 && count > 0 && rows[previous] & 1 == 0
    }

    /// A row of bits for each letter, 0 standing for the edge of the name.
    private struct Pairs: Sendable {
        private(set) var rows = InlineArray<27, UInt32>(repeating: 0)

        init(_ names: StaticString) {
            var previous = 0
            for index in 0...names.utf8CodeUnitCount {
                let byte = index < names.utf8CodeUnitCount ? names.utf8Start[index] : UInt8(ascii: " ")
                let letter = ASCII.isLetter(byte) ? Int((byte | 0x20) - 0x60) : 0
                rows[previous] |= 1 << UInt32(letter)
                previous = letter
            }
        }
    }

    private static let pairs = Pairs(GivenNames.common)
}
