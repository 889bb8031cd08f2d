import Engine
import Lane

/// How a server is set up; every value has a command-line option of `dossierd`.
package struct ServerOptions: Sendable {
    /// An IPv4 or IPv6 address; the loopback address unless told otherwise, since there are no credentials yet.
    package var address = "127.0.0.1"
    /// 0 takes any free port.
    package var port: UInt16 = 7360
    package var engine: EngineConfiguration
    /// Lanes for the directory, sessions and shards.
    package var lanes = 1
    package var maximumConnections = 20_000
    /// Idle time after which a connection is closed; 0 for never.
    package var idleSeconds: UInt32 = 0
    package var session = SessionLimits()

    package init(engine: EngineConfiguration) { self.engine = engine }
}

extension Lane: EngineLane {
    package func post(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        post { self.schedule(after: delay, work) }
    }
}
