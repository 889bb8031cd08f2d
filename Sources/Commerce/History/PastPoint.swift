/// A moment of the past that a question is about.
package enum PastPoint: Hashable, Sendable {
    /// After this event.
    case sequence(UInt64)
    /// After the last event of this moment, by the server's clock.
    case time(Timestamp)
}
