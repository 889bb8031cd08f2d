import Bytes

/// What the driver reads out of an accepted order's reply.
package struct ReplyFields: Equatable {
    package enum Resolution: UInt8, Sendable { case none, created, matched, merged }

    /// Where the customer's number lies; empty when the reply names none.
    package var customer = 0..<0
    package var isDuplicate = false
    package var isStale = false
    package var resolution = Resolution.none

    /// Reads `OK {…}`: only top-level members, without checking grammar (the server's tests do that).
    package init(dossierReply line: Span<UInt8>) {
        var index = 0
        var depth = 0
        while index < line.count {
            switch line[unchecked: index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let end = Self.stringEnd(line, from: index + 1)
                if depth == 1, end + 1 < line.count, line[unchecked: end + 1] == UInt8(ascii: ":") {
                    index = readMember(line, name: (index + 1)..<end, valueAt: end + 2)
                    continue
                }
                index = end
            default: break
            }
            index += 1
        }
    }

    /// Reads `number created|matched|merged 0|1`, as the peers' procedures answer; Redis puts a plus sign in front.
    package init(procedureReply line: Span<UInt8>) {
        guard line.count > 1 else { return }
        let start = line[0] == UInt8(ascii: "+") ? 1 : 0
        var end = start
        while end < line.count && line[unchecked: end] > 0x20 { end += 1 }
        customer = start..<end
        resolution = Self.resolution(line, at: end + 1)
        var last = line.count - 1
        while last > end && line[unchecked: last] <= 0x20 { last -= 1 }
        isDuplicate = last > end && line[unchecked: last] == UInt8(ascii: "1")
    }

    /// Takes in a member that matters and returns where reading goes on.
    private mutating func readMember(_ line: Span<UInt8>, name: Range<Int>, valueAt start: Int) -> Int {
        guard start < line.count else { return start }
        let isString = line[unchecked: start] == UInt8(ascii: "\"")
        let name = line.extracting(name)
        if !isString {
            let isTrue = line[unchecked: start] == UInt8(ascii: "t")
            if isTrue && name.equals("duplicate") { isDuplicate = true }
            if isTrue && name.equals("stale") { isStale = true }
            return start
        }
        let end = Self.stringEnd(line, from: start + 1)
        if name.equals("customer") { customer = (start + 1)..<min(end, line.count) }
        if name.equals("resolution") { resolution = Self.resolution(line, at: start + 1) }
        return end + 1
    }

    private static func resolution(_ line: Span<UInt8>, at start: Int) -> Resolution {
        guard start + 1 < line.count else { return .none }
        switch (line[unchecked: start], line[unchecked: start + 1]) {
        case (UInt8(ascii: "c"), _): return .created
        case (UInt8(ascii: "m"), UInt8(ascii: "a")): return .matched
        case (UInt8(ascii: "m"), UInt8(ascii: "e")): return .merged
        default: return .none
        }
    }

    private static func stringEnd(_ line: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < line.count {
            let byte = line[unchecked: index]
            if byte == UInt8(ascii: "\"") { return index }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return line.count
    }
}
