/// How buyers spell their own names from order to order.
enum NameSpelling {
    static func draw(
        given: String, family: String, _ random: inout SeededGenerator
    ) -> (first: String, last: String) {
        switch random.below(1000) {
        case 0..<20: (ASCII.uppercased(given), ASCII.uppercased(family))
        case 20..<30: (ASCII.lowercased(given), ASCII.lowercased(family))
        case 30..<70: ("\(given.prefix(1)).", family)
        case 70..<100: (ASCII.transliterated(given), ASCII.transliterated(family))
        case 100..<110: (given, swapped(family, &random))
        case 110..<115: (given, dropped(family, &random))
        default: (given, family)
        }
    }

    /// Two neighbouring letters after the first in the wrong order.
    private static func swapped(_ name: String, _ random: inout SeededGenerator) -> String {
        var letters = Array(name)
        guard letters.count > 3 else { return name }
        let place = random.within(1...(letters.count - 2))
        letters.swapAt(place, place + 1)
        return String(letters)
    }

    /// One letter after the first left out.
    private static func dropped(_ name: String, _ random: inout SeededGenerator) -> String {
        var letters = Array(name)
        guard letters.count > 3 else { return name }
        letters.remove(at: random.within(1...(letters.count - 1)))
        return String(letters)
    }
}
