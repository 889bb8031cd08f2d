/// When a group of events leaves for the disk.
///
/// A sync costs the processor about as much as taking in ten orders, however little it makes durable. So while much comes, the
/// next group waits until it is worth a sync: for two milliseconds at most, and not at all once that turns out to be in
/// vain, because those who send have nothing more to send before they hear. How many events are worth one is found out:
/// more as long as they come in time, fewer when they did not. Where little comes nobody waits, nor after a single large
/// group: that is what has piled up behind a slow sync.
struct GroupPacing: Sendable {
    /// So many groups in a row, of so many events each, say that much comes.
    private static let busyGroups = 2
    private static let busyEvents = 16
    static let longestWait = Duration.milliseconds(2)
    /// Fewest and most events that a group waits for.
    static let worths = 64...256
    /// Groups that do not wait after one that waited in vain for as few as it may.
    private static let groupsAtOnce = 16
    /// Full groups after one that waited in vain, before more are waited for again.
    private static let groupsAlike = 64

    /// Events that are worth a sync at the moment.
    private(set) var worth = 96
    private var groupsInARow = 0
    private var atOnce = 0
    private var alike = 0

    /// Whether a group that has `count` events so far waits for more.
    func waits(_ count: Int) -> Bool { atOnce == 0 && groupsInARow >= Self.busyGroups && count < worth }

    /// A group of `count` events leaves.
    mutating func note(count: Int, hasWaited: Bool) {
        groupsInARow = count >= Self.busyEvents ? groupsInARow + 1 : 0
        if atOnce > 0 { atOnce -= 1 }
        guard hasWaited else { return }
        if count < worth {
            // Three quarters, so that the next orders are on their way while these are synced.
            let less = count * 3 / 4
            if less < Self.worths.lowerBound { atOnce = Self.groupsAtOnce }
            worth = max(less, Self.worths.lowerBound)
            alike = Self.groupsAlike
        } else if alike > 0 {
            alike -= 1
        } else {
            worth = min(worth + worth / 8, Self.worths.upperBound)
        }
    }
}
