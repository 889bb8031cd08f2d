/// When a group of events leaves for the disk.
///
/// A sync costs the processor about as much as taking in ten orders, however little it makes durable. So while much comes, the
/// next group waits until it is worth a sync: for two milliseconds at most, and not at all once that turns out to be in
/// vain, because those who send have nothing more to send before they hear. Where little comes nobody ever waits.
struct GroupPacing: Sendable {
    /// A group of so many events says that much comes.
    private static let busy = 16
    /// Events that are worth a sync.
    static let full = 96
    static let longestWait = Duration.milliseconds(2)
    /// Groups that do not wait after one that waited in vain.
    private static let groupsAtOnce = 16

    private var lastCount = 0
    private var atOnce = 0

    /// Whether a group that has `count` events so far waits for more.
    func waits(_ count: Int) -> Bool { atOnce == 0 && lastCount >= Self.busy && count < Self.full }

    /// A group of `count` events leaves.
    mutating func note(count: Int, hasWaited: Bool) {
        lastCount = count
        if atOnce > 0 { atOnce -= 1 }
        if hasWaited, count < Self.full { atOnce = Self.groupsAtOnce }
    }
}
