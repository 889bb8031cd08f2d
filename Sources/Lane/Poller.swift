import CLinux
import Glibc

/// What a descriptor is ready for, and what one wants to hear about.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Readiness(rawValue: EPOLLIN.rawValue)
    package static let write = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Reported whether asked for or not: an error waits on the descriptor.
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)
    /// Reported whether asked for or not: both directions are over.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// As interest only: report each new arrival once, not for as long as it waits.
    package static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
}

/// Whoever owns a descriptor that a lane watches. Called on that lane only.
package protocol EventSource: AnyObject {
    func ready(_ readiness: Readiness)
    /// The lane ends: the descriptor must be removed and closed, at the latest at the end of the turn.
    func laneStopped()
}

/// The set of descriptors one lane watches, and who wants their events.
///
/// An event may still lie in the batch just fetched when its descriptor is closed and the number given out again. So
/// every registration has an id of its own, the event carries it next to the descriptor, and an event whose id is not
/// the present one is dropped. Confined to the lane's thread.
package struct Poller: ~Copyable {
    private struct Registration {
        let id: UInt32
        let source: any EventSource
    }

    private let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>
    /// Indexed by descriptor; the kernel gives out the smallest free number, so this stays short.
    private var registrations: [Registration?] = []
    private var lastID: UInt32 = 0

    /// - Parameter batchCount: most events fetched at once; those left over come first the next time.
    package init(batchCount: Int = 512) throws(SystemCallError) {
        descriptor = try SystemCalls.createPoll()
        events = .allocate(capacity: batchCount)
        events.initialize(repeating: epoll_event())
    }

    deinit {
        SystemCalls.close(descriptor)
        events.deallocate()
    }

    /// Watches `watched`, which must be open and not watched yet; `source` is retained until `remove`.
    package mutating func add(
        _ watched: Int32, interest: Readiness, source: any EventSource
    ) throws(SystemCallError) {
        let index = Int(watched)
        while registrations.count <= index { registrations.append(nil) }
        precondition(registrations[index] == nil, "descriptor \(watched) is watched already")
        lastID &+= 1
        try SystemCalls.controlPoll(descriptor, EPOLL_CTL_ADD, watched, Self.event(watched, lastID, interest))
        registrations[index] = Registration(id: lastID, source: source)
    }

    package mutating func change(_ watched: Int32, interest: Readiness) throws(SystemCallError) {
        guard let registration = registrations[Int(watched)] else {
            preconditionFailure("descriptor \(watched) is not watched")
        }
        try SystemCalls.controlPoll(descriptor, EPOLL_CTL_MOD, watched, Self.event(watched, registration.id, interest))
    }

    /// To be called before `watched` is closed.
    package mutating func remove(_ watched: Int32) throws(SystemCallError) {
        precondition(registrations[Int(watched)] != nil, "descriptor \(watched) is not watched")
        registrations[Int(watched)] = nil
        try SystemCalls.controlPoll(descriptor, EPOLL_CTL_DEL, watched, epoll_event())
    }

    /// All that is watched.
    package var sources: [any EventSource] { registrations.compactMap { $0?.source } }

    /// Waits for events and returns how many there are; `event(at:)` gives each.
    ///
    /// - Parameter timeoutMilliseconds: -1 waits without end, 0 only looks.
    package func wait(timeoutMilliseconds: Int32) -> Int {
        SystemCalls.waitForEvents(descriptor, into: events, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// The event at `index` of the last wait; nil if its descriptor is no longer the one it was about.
    package func event(at index: Int) -> (source: any EventSource, readiness: Readiness)? {
        let event = events[index]
        let watched = Int(UInt32(truncatingIfNeeded: event.data.u64))
        let id = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
        guard watched < registrations.count, let registration = registrations[watched], registration.id == id else {
            return nil
        }
        return (registration.source, Readiness(rawValue: event.events))
    }

    private static func event(_ watched: Int32, _ id: UInt32, _ interest: Readiness) -> epoll_event {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = UInt64(id) << 32 | UInt64(UInt32(bitPattern: watched))
        return event
    }
}
