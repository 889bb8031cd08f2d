import Client

/// The console's conversation with a server: one connection, made anew when the server went away.
final class Session {
    enum Failure: Error {
        case client(ClientError)
        /// The server turned down what has to come first, such as the shop.
        case refused(Reply)
    }

    private let options: Options
    private var client: Client?
    /// AUTH and SHOP bind a connection, so a new connection needs them again: who one is before where one works.
    private var bindings: [String]

    init(_ options: Options) {
        self.options = options
        bindings = options.shop.map { ["SHOP " + CommandText.argument($0)] } ?? []
    }

    var isConnected: Bool { client != nil }

    /// Connects and sends what binds the connection.
    /// - Parameter shouldStop: asked when a signal interrupts a wait.
    @discardableResult
    func connect(shouldStop: @escaping () -> Bool = Terminal.takeInterrupt) throws(Failure) -> Client {
        let client = try newClient(shouldStop)
        for line in bindings {
            let reply = try Session.request(line, of: client)
            guard reply.isOK else { throw .refused(reply) }
        }
        self.client = client
        return client
    }

    private func newClient(_ shouldStop: @escaping () -> Bool) throws(Failure) -> Client {
        let timeouts = Client.Timeouts(reply: options.timeout.map { .seconds($0) })
        do throws(ClientError) {
            let client = try Client(host: options.host, port: options.port, timeouts: timeouts)
            client.shouldStop = shouldStop
            return client
        } catch {
            throw .client(error)
        }
    }

    private static func request(_ line: String, of client: Client) throws(Failure) -> Reply {
        do throws(ClientError) { return try client.request(line) } catch { throw .client(error) }
    }

    /// Whether the connection is gone, so that the next request makes a new one.
    func hasLostServer() -> Bool {
        guard let client else { return false }
        if client.isAlive() { return false }
        self.client = nil
        return true
    }

    /// Runs one command, on a new connection if need be. It is never sent twice: when the connection breaks on the way,
    /// nobody here can know whether the command was carried out.
    func request(_ line: String) throws(Failure) -> Reply {
        let client = if let client { client } else { try connect() }
        do throws(ClientError) {
            let reply = try client.request(line)
            if reply.isOK { remember(line) }
            return reply
        } catch {
            if error != .lineBreakInCommand { self.client = nil }
            throw .client(error)
        }
    }

    private func remember(_ line: String) {
        guard let name = Session.bindingName(of: line) else { return }
        bindings.removeAll { Session.bindingName(of: $0) == name }
        bindings.insert(line, at: name == "AUTH" ? 0 : bindings.endIndex)
    }

    private static func bindingName(of line: String) -> String? {
        let name = line.split(separator: " ").first?.uppercased()
        return name == "AUTH" || name == "SHOP" ? name : nil
    }
}
