import Bytes
import Commerce
import Engine
import Wire

// Replies about who is who.
extension ByteWriter {
    /// A doubtful pair as a ROW of `IDENTITY.QUEUE`.
    mutating func row(of pair: DoubtfulPair, _ one: CustomerMembers, _ two: CustomerMembers, names: [UInt32: String]) {
        beginRow()
        key("pair")
        number(pair.number)
        key("a")
        customerNumber(one.number)
        key("b")
        customerNumber(two.number)
        key("profiles")
        openArray()
        for profile in [pair.edge.older, pair.edge.newer] { string(names[profile] ?? "") }
        closeArray()
        key("score")
        bits(pair.weight.score)
        key("reason")
        string("\((PairReason(rawValue: pair.edge.reason) ?? .none).text)" as String)
        key("at")
        timestamp(Timestamp(milliseconds: pair.edge.at))
        endReply()
    }

    /// Hundredths of a bit as a number of bits.
    mutating func bits(_ hundredths: Int32) {
        let size = hundredths.magnitude
        let text = "\(hundredths < 0 ? "-" : "")\(size / 100).\(size / 10 % 10)\(size % 10)"
        rawJSON([UInt8](text.utf8).span)
    }
}
