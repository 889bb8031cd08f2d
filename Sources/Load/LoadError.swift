/// Why the driver could not go on.
package enum LoadError: Error, Equatable {
    /// The host name means no address.
    case unknownHost(String)
    /// No connection at the start; the error number of `connect`.
    case cannotConnect(host: String, port: UInt16, code: Int32)
    /// A system call failed that does not fail on a sound machine.
    case system(call: String, code: Int32)
    /// The server refused the first line of a connection (`SHOP`).
    case refused(String)
    /// A file of the command line cannot be read or written.
    case file(path: String, code: Int32)
    /// A line of an acknowledgement file is not `order customer`.
    case malformedAcknowledgement(line: Int)
    /// A wrong command line; the text says what is wrong.
    case usage(String)
}

extension LoadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownHost(let host): "unknown host \(host)"
        case .cannotConnect(let host, let port, let code):
            "cannot connect to \(host):\(port): \(errorText(code))"
        case .system(let call, let code): "\(call): \(errorText(code))"
        case .refused(let text): "the server refused the connection: \(text)"
        case .file(let path, let code): "\(path): \(errorText(code))"
        case .malformedAcknowledgement(let line): "line \(line) of the acknowledgements is not 'order customer'"
        case .usage(let text): text
        }
    }
}
