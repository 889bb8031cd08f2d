import Bytes

// Rows of the outbox's tables. They lie on disk as they lie in memory.

/// A message. What it says lies in its record (`MessageRecord`).
struct MessageRow: BitwiseCopyable, Sendable {
    /// Hash of shop and identifier.
    var identifierHash: UInt64
    /// The last event about it.
    var sequence: UInt64
    var record: ByteArena.Reference
    var queuedAt: Int64
    /// From when it may be taken; see `MessageStanding`.
    var availableAt: Int64
    /// The profile through which it came: the message follows it through merges and splits.
    var profile: UInt32
    /// Number of the order in the directory plus one; zero without an order.
    var order: UInt32
    /// The profile's message before, plus one.
    var next: UInt32
    /// Its newest row of history plus one.
    var history: UInt32
    var shop: UInt16
    var event: UInt8
    var state: UInt8
    var attempts: UInt8
    var unused: UInt8 = 0
    /// Version of the template that it was made from.
    var version: UInt16

    /// Whether it ever stood in the queue: those that something forbade at once have no template.
    var wasQueued: Bool { version > 0 }

    var standing: MessageStanding {
        MessageStanding(
            state: MessageState(rawValue: state) ?? .failed, attempts: Int(attempts), availableAt: availableAt)
    }
}

/// One step of a message's life.
struct HistoryRow: BitwiseCopyable, Sendable {
    var at: Int64
    /// The reason or the worker: a text.
    var detail: ByteArena.Reference
    /// The step before, plus one.
    var previous: UInt32
    var state: UInt8
    var attempt: UInt8
    var unused: UInt16 = 0
}

/// What somebody said of how a customer wants to be written to.
struct ChoiceRow: BitwiseCopyable, Sendable {
    var at: Int64
    /// Actor (counted), then the language of a choice of language.
    var detail: ByteArena.Reference
    var profile: UInt32
    /// The profile's choice before, plus one.
    var next: UInt32
    var kind: UInt8
    var value: UInt8
    var unused: UInt16 = 0
    var unused2: UInt32 = 0
}
