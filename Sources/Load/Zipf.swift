/// Draws ranks whose frequency falls as `1 / (rank + shift)`: the law of Zipf and Mandelbrot with exponent 1.
///
/// Octaves of `rank + shift` all weigh about the same under this law, so an octave is drawn evenly, a value evenly
/// within it, and the value is kept with probability `start of octave / value`. Exact, without tables or logarithms.
package struct Zipf: Sendable {
    private let lowest: Int
    private let highest: Int
    private let firstOctave: Int
    private let octaves: Int

    /// - Parameters:
    ///   - ranks: how many ranks there are, at least 1.
    ///   - shift: flattens the head; at least 0.
    package init(ranks: Int, shift: Int) {
        precondition(ranks > 0 && shift >= 0)
        lowest = shift + 1
        highest = shift + ranks
        firstOctave = Self.octave(of: lowest)
        octaves = Self.octave(of: highest) - firstOctave + 1
    }

    private static func octave(of value: Int) -> Int { Int.bitWidth - 1 - value.leadingZeroBitCount }

    /// A rank in `0..<ranks`, the most frequent first.
    package func draw(_ random: inout SeededGenerator) -> Int {
        while true {
            let start = 1 << (firstOctave + random.below(octaves))
            let value = start + random.below(start)
            if value >= lowest && value <= highest && random.below(value) < start { return value - lowest }
        }
    }
}
