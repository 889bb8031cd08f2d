/// A set of profiles that is emptied in no time and stays as small as what is put into it: it is asked for every candidate, and
/// marks for all profiles would be one more place far away in memory.
struct ProfileMarks: Sendable {
    /// The profile in the lower half, behind the number of the filling that it belongs to; open addressing.
    private var slots = [UInt64](repeating: 0, count: 256)
    private var filling: UInt64 = 1
    private var count = 0

    mutating func removeAll() {
        count = 0
        filling += 1
        guard filling > UInt64(UInt32.max) else { return }
        for place in slots.indices { slots[place] = 0 }
        filling = 1
    }

    @inline(__always) func contains(_ profile: UInt32) -> Bool {
        count > 0 && slots[place(of: profile)] == filling << 32 | UInt64(profile)
    }

    /// Whether the profile was not in the set before.
    @discardableResult
    @inline(__always) mutating func insert(_ profile: UInt32) -> Bool {
        if count * 2 > slots.count { grow() }
        let place = place(of: profile)
        let slot = filling << 32 | UInt64(profile)
        if slots[place] == slot { return false }
        slots[place] = slot
        count += 1
        return true
    }

    /// Where the profile lies, or would lie.
    @inline(__always) private func place(of profile: UInt32) -> Int {
        let slot = filling << 32 | UInt64(profile)
        var place = Int(truncatingIfNeeded: UInt64(profile) &* 0x9E37_79B9_7F4A_7C15 >> 32) & (slots.count - 1)
        // What earlier fillings have left is free.
        while slots[place] >> 32 == filling, slots[place] != slot { place = (place + 1) & (slots.count - 1) }
        return place
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for slot in old where slot >> 32 == filling {
            slots[place(of: UInt32(truncatingIfNeeded: slot))] = slot
        }
    }
}
