import Bytes
import Commerce

// The reply encoder: ROW, OK and ERR lines appended to a buffer.
//
//   reply = *( "ROW" SP json LF ) ( "OK" [ SP json ] LF | "ERR" SP code SP text LF )
//
// A tag is echoed as the first member of OK's JSON, and in front of ERR's text.
extension ByteWriter {
    /// Begins `OK {…`; the members follow, then `endReply`.
    @inline(__always) package mutating func beginOK(tag: [UInt8]? = nil) {
        append("OK ")
        openObject()
        echo(tag)
    }

    /// Begins `ROW {…`; the members follow, then `endReply`.
    package mutating func beginRow() {
        append("ROW ")
        openObject()
    }

    @inline(__always) package mutating func endReply() {
        closeObject()
        append(UInt8(ascii: "\n"))
    }

    private mutating func echo(_ tag: [UInt8]?) {
        guard let tag else { return }
        key("tag")
        string(tag.span)
    }

    /// `OK` with nothing but the tag, if there is one.
    package mutating func plainOK(tag: [UInt8]?) {
        guard tag != nil else { return append("OK\n") }
        beginOK(tag: tag)
        endReply()
    }

    /// `OK` with a JSON object that is ready; the tag becomes its first member.
    package mutating func ok(_ object: Span<UInt8>, tag: [UInt8]?) {
        append("OK ")
        guard tag != nil else { return line(object) }
        openObject()
        echo(tag)
        if object.count > 2 { append(UInt8(ascii: ",")) }
        line(object.extracting(1..<object.count))
    }

    private mutating func line(_ text: Span<UInt8>) {
        append(text)
        append(UInt8(ascii: "\n"))
    }

    /// `ERR code text`; control characters in the text become blanks, so that a line stays a line.
    package mutating func error(_ refusal: Refusal, tag: [UInt8]? = nil) {
        append("ERR ")
        append(refusal.code.text)
        append(UInt8(ascii: " "))
        if let tag {
            append("tag=")
            for byte in tag { append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte) }
            append(UInt8(ascii: " "))
        }
        for byte in refusal.text.utf8 { append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte) }
        append(UInt8(ascii: "\n"))
    }

    /// What `ORDER.PUT`, `CUSTOMER.PUT` and `DOCUMENT.PUT` answer, behind the members that name the subject.
    @inline(__always)
    package mutating func written(_ verdict: Verdict, customer: UInt32, sequence: UInt64) {
        key("customer")
        customerNumber(customer)
        key("resolution")
        switch verdict {
        case .recorded(let resolution), .revised(let resolution): string(resolution.text)
        case .duplicate, .stale, .conflict: string("matched" as StaticString)
        }
        key("duplicate")
        bool(verdict == .duplicate)
        if verdict == .stale {
            key("stale")
            bool(true)
        }
        if case .revised = verdict {
            key("revised")
            bool(true)
        }
        key("seq")
        number(sequence)
    }
}
