/// The SplitMix64 sequence: turns any seed, however poor, into well mixed 64-bit values.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A xoshiro256** generator whose draws are integers only, so that a seed means the same bytes on every machine
/// (floating point functions differ between C libraries).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(seed: UInt64) {
        var mixer = SplitMix64(seed: seed)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// The generator of one thing among many: `purpose` keeps buyers, orders and households of one seed apart.
    package init(seed: UInt64, purpose: Purpose, index: Int) {
        var mixer = SplitMix64(seed: seed ^ (UInt64(purpose.rawValue) << 56))
        self.init(seed: mixer.next() ^ (UInt64(index) &* 0xD6E8_FEB8_6659_FD93))
    }

    package enum Purpose: UInt8, Sendable {
        case buyer = 1, householdBlock, household, order, delivery, lookup, laterLookups
    }

    package mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// A number in `0..<bound`; the bias of at most `bound / 2^64` is far below what any statistic here could see.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0)
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True in `perMille` of a thousand cases.
    package mutating func chance(perMille: Int) -> Bool { below(1000) < perMille }

    package mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// Prefers the front of the list, roughly as names are spread in a country: few common ones, a long tail.
    package mutating func pickSkewed<Element>(_ list: [Element]) -> Element { list[below(below(list.count) + 1)] }
}
