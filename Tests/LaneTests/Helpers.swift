import Dispatch
import Lane

/// Runs blocking work beside the test and says whether it went well.
func background(_ work: @escaping @Sendable () throws -> Void, done: @escaping @Sendable (Bool) -> Void) throws {
    DispatchQueue.global().async {
        do {
            try work()
            done(true)
        } catch {
            done(false)
        }
    }
}

/// A listener on a free port of the loopback device, with a lane of its own.
func withServer(
    limits: ConnectionLimits = ConnectionLimits(), maximumConnections: Int = 10_000,
    makeHandler: @escaping @Sendable (Connection) -> any ConnectionHandler, _ body: (Listener) throws -> Void
) throws {
    try withLane("server") { lane in
        guard let address = SocketAddress(literal: "127.0.0.1", port: 0) else { preconditionFailure() }
        let listener = try Listener(
            address: address, on: lane, limits: limits, maximumConnections: maximumConnections,
            chooseLane: { _ in lane }, refuse: { _ in Array("ERR BUSY\n".utf8) }, makeHandler: makeHandler)
        listener.start()
        try body(listener)
    }
}

/// SplitMix64: the same seed gives the same test.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
