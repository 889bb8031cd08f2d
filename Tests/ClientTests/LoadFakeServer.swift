import Foundation
import Glibc
import Synchronization

/// A server in a few lines that speaks enough of the protocol to test the driver: one thread per connection, every
/// e-mail is a customer, orders are known by channel and number.
final class FakeOrderServer: Sendable {
    struct Behaviour: Sendable {
        /// Every so many orders get `ERR INVALID`; 0 never.
        var refusesEvery = 0
        /// A connection breaks after so many replies; 0 never. Only once in the server's life.
        var breaksAfter = 0
        /// So many orders are first answered `ERR LOADING`.
        var loadsFirst = 0
        /// Nothing is answered after so many requests; 0 always answers.
        var fallsSilentAfter = 0
        /// Every so many orders are answered and forgotten; 0 never.
        var forgetsEvery = 0
        /// Every customer's number is retired in favour of this one, as `CUSTOMER.FIND` tells.
        var livingNumber: String?
    }

    private struct State {
        var orders: [String: String] = [:]
        var customers: [String: String] = [:]
        var lines = 0
        var replies = 0
        var hasBroken = false
        var connections: [Int32] = []
    }

    let port: UInt16
    private let listener: Int32
    private let behaviour: Behaviour
    private let state = Mutex(State())

    init(_ behaviour: Behaviour = Behaviour()) {
        self.behaviour = behaviour
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, length) == 0 && listen(listener, 64) == 0)
                precondition(getsockname(listener, address, &length) == 0)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        Thread { [self] in accept() }.start()
    }

    /// Ends all threads.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// How many requests came in.
    var lineCount: Int { state.withLock { $0.lines } }
    var orderCount: Int { state.withLock { $0.orders.count } }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { break }
            state.withLock { $0.connections.append(connection) }
            Thread { [self] in serve(connection) }.start()
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        serving: while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[0..<count]
            var output = ""
            var start = 0
            while let end = received[start...].firstIndex(of: 10) {
                if isSilent {
                    received.removeAll()
                    continue serving
                }
                guard let reply = answer(String(decoding: received[start..<end], as: UTF8.self)) else {
                    break serving
                }
                output += reply + "\n"
                start = end + 1
            }
            received.removeFirst(start)
            guard send(connection, output, output.utf8.count, Int32(MSG_NOSIGNAL)) >= 0 else { break }
        }
        state.withLock { $0.connections.removeAll { $0 == connection } }
        close(connection)
    }

    private var isSilent: Bool {
        behaviour.fallsSilentAfter > 0 && lineCount >= behaviour.fallsSilentAfter
    }

    private func answer(_ line: String) -> String? {
        state.withLock { state in
            state.lines += 1
            state.replies += 1
            if behaviour.breaksAfter > 0, state.replies > behaviour.breaksAfter, !state.hasBroken {
                state.hasBroken = true
                return nil
            }
            if line.hasPrefix("SHOP ") { return "OK" }
            if state.lines <= behaviour.loadsFirst { return "ERR LOADING 50 %" }
            if line.hasPrefix("ORDER.PUT ") { return put(line, &state) }
            if line.hasPrefix("CUSTOMER.FIND number=") {
                let number = behaviour.livingNumber ?? String(line.dropFirst(21))
                return "ROW {\"number\":\"\(number)\"}\nOK {\"total\":1,\"from\":1,\"to\":1}"
            }
            if line.hasPrefix("ORDER.GET ") {
                return state.orders[String(line.dropFirst(10))] == nil ? "ERR NOTFOUND no such order" : "OK {}"
            }
            if line.hasPrefix("CUSTOMER.360 order=") { return dossier(String(line.dropFirst(19)), state) }
            if line.hasPrefix("CUSTOMER.360 ") { return "OK {\"customer\":{\"number\":\"1\"},\"orders\":[]}" }
            if line == "IDENTITY.SETTLE" { return "OK" }
            return "ERR UNKNOWN \(line.prefix(20))"
        }
    }

    private func put(_ line: String, _ state: inout State) -> String {
        let store = field("store", line)
        let place = field("channel", line) + (store == "main" ? "" : "/\(store)")
        let name = "\(place):\(field("number", line))"
        if behaviour.refusesEvery > 0 && state.lines % behaviour.refusesEvery == 0 { return "ERR INVALID total" }
        if let customer = state.orders[name] {
            // A newer version, which only the real server tells from a re-delivery by its time.
            let isNewer = !line.contains("\"status\":\"paid\"") && line.contains("\"status\"")
            return reply(name, customer, "matched", isDuplicate: !isNewer)
        }
        let email = field("email", line).lowercased()
        let isKnown = state.customers[email] != nil
        let customer = state.customers[email] ?? "K\(state.customers.count + 1)"
        state.customers[email] = customer
        let isForgotten = behaviour.forgetsEvery > 0 && state.lines % behaviour.forgetsEvery == 0
        if !isForgotten { state.orders[name] = customer }
        return reply(name, customer, isKnown ? "matched" : "created", isDuplicate: false)
    }

    private func dossier(_ order: String, _ state: State) -> String {
        guard let customer = state.orders[order] else { return "ERR NOTFOUND no such order" }
        let place = order.split(separator: ":")[0].split(separator: "/")
        let number = order.split(separator: ":")[1]
        let listed =
            "{\"channel\":\"\(place[0])\",\"store\":\"\(place.count > 1 ? place[1] : "main")\",\"number\":\"\(number)\"}"
        return "OK {\"customer\":{\"number\":\"\(customer)\"},\"orders\":[\(listed)],\"totals\":{\"orders\":1}}"
    }

    private func reply(_ order: String, _ customer: String, _ resolution: String, isDuplicate: Bool) -> String {
        "OK {\"order\":\"\(order)\",\"customer\":\"\(customer)\",\"resolution\":\"\(resolution)\","
            + "\"duplicate\":\(isDuplicate),\"seq\":1}"
    }

    /// The first string member of that name.
    private func field(_ name: String, _ line: String) -> String {
        guard let start = line.range(of: "\"\(name)\":\"") else { return "" }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}
