/// A set of profiles that is emptied in no time and stays as small as what is put into it: it is asked for every candidate, and
/// marks for all profiles would be one more place far away in memory.
struct ProfileMarks: Sendable {
    /// The profile in the lower half, behind the number of the filling that it belongs to; open addressing. What earlier
    /// fillings have left is free.
    private var slots: [UInt64]
    /// The number of the filling, in the upper half.
    private var filling: UInt64 = 1 << 32
    private var count = 0

    /// - Parameter places: to begin with, a power of two; half of them are used before there are more.
    init(places: Int = 256) { slots = [UInt64](repeating: 0, count: places) }

    var isEmpty: Bool { count == 0 }

    mutating func removeAll() {
        count = 0
        if filling < UInt64(UInt32.max) << 32 {
            filling += 1 << 32
        } else {
            for place in slots.indices { slots[place] = 0 }
            filling = 1 << 32
        }
    }

    @inline(__always) func contains(_ profile: UInt32) -> Bool {
        slots[place(of: profile)] == filling | UInt64(profile)
    }

    /// Whether the profile was not in the set before.
    @discardableResult
    @inline(__always) mutating func insert(_ profile: UInt32) -> Bool {
        let place = place(of: profile)
        if slots[place] >= filling { return false }
        slots[place] = filling | UInt64(profile)
        count += 1
        if count * 2 > slots.count { grow() }
        return true
    }

    /// Where the profile lies, or would lie.
    @inline(__always) private func place(of profile: UInt32) -> Int {
        let slot = filling | UInt64(profile)
        let last = slots.count - 1
        var place = Int(truncatingIfNeeded: UInt64(profile) &* 0x9E37_79B9_7F4A_7C15 >> 32) & last
        while slots[place] != slot, slots[place] >= filling { place = (place + 1) & last }
        return place
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for slot in old where slot >= filling { slots[place(of: UInt32(truncatingIfNeeded: slot))] = slot }
    }
}
