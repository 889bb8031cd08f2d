/// One thing a person did on the keyboard.
package enum Key: Equatable, Sendable {
    case text(String)
    /// Text that the terminal marked as pasted; it may hold line breaks.
    case paste(String)
    case enter, tab, backspace, delete, left, right, up, down, home, end, wordLeft, wordRight, escape
    /// A letter with the control key, in lower case.
    case control(Character)
    /// A character with the alt key (or after escape).
    case alt(Character)
}

/// Turns the bytes of a terminal into keys. Bytes may arrive in any pieces.
package struct KeyDecoder {
    private var pending: [UInt8] = []
    private var paste: [UInt8]?

    private static let escape: UInt8 = 0x1B
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    package init() {}

    /// A beginning of a sequence waits for its rest. When the rest does not come soon, call `flush`.
    package var isWaiting: Bool { !pending.isEmpty && paste == nil }

    package mutating func keys(of bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes {
            if let key = accept(byte) { keys.append(key) }
        }
        return keys
    }

    /// Nothing follows the bytes seen so far: a lone escape was the escape key, half a sequence is dropped.
    package mutating func flush() -> Key? {
        guard paste == nil else { return nil }
        defer { pending = [] }
        return pending == [KeyDecoder.escape] ? .escape : nil
    }

    private mutating func accept(_ byte: UInt8) -> Key? {
        if paste != nil { return acceptPasted(byte) }
        pending.append(byte)
        guard pending[0] != KeyDecoder.escape else { return acceptSequence() }
        let length = KeyDecoder.lengthOfCharacter(startingWith: pending[0])
        let isContinuation = pending.count == 1 || byte & 0xC0 == 0x80
        guard isContinuation else {
            // The character before was cut off by another one: it is dropped, the new one begins.
            pending = []
            return accept(byte)
        }
        guard pending.count == length else { return nil }
        defer { pending = [] }
        return length == 1 ? KeyDecoder.key(ofByte: byte) : String(validating: pending, as: UTF8.self).map(Key.text)
    }

    private mutating func acceptPasted(_ byte: UInt8) -> Key? {
        paste?.append(byte)
        guard let bytes = paste, byte == UInt8(ascii: "~"), bytes.suffix(6) == KeyDecoder.pasteEnd[...] else {
            return nil
        }
        paste = nil
        return .paste(String(decoding: bytes.dropLast(6), as: UTF8.self))
    }

    private static func lengthOfCharacter(startingWith byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func key(ofByte byte: UInt8) -> Key? {
        switch byte {
        case 0x0D, 0x0A: .enter
        case 0x09: .tab
        case 0x7F, 0x08: .backspace
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x20...0x7E: .text(String(Unicode.Scalar(byte)))
        default: nil
        }
    }

    // MARK: Escape sequences

    private mutating func acceptSequence() -> Key? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            guard pending.count > 2, let last = pending.last, (0x40...0x7E).contains(last) else { return nil }
            defer { pending = [] }
            return finishSequence(parameters: pending[2..<pending.count - 1], last: last)
        case KeyDecoder.escape:
            // Escape twice: the first was a key of its own, the second may begin a sequence.
            pending = [KeyDecoder.escape]
            return .escape
        default:
            defer { pending = [] }
            let byte = pending[1]
            if byte == 0x7F || byte == 0x08 { return .alt("\u{7F}") }
            return byte >= 0x20 && byte < 0x7F ? .alt(Character(Unicode.Scalar(byte))) : nil
        }
    }

    private mutating func finishSequence(parameters: ArraySlice<UInt8>, last: UInt8) -> Key? {
        let numbers = parameters.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
        let isModified = numbers.count > 1
        switch last {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "C"): return isModified ? .wordRight : .right
        case UInt8(ascii: "D"): return isModified ? .wordLeft : .left
        case UInt8(ascii: "H"): return .home
        case UInt8(ascii: "F"): return .end
        case UInt8(ascii: "~"): break
        default: return nil
        }
        switch numbers.first {
        case "1", "7": return .home
        case "4", "8": return .end
        case "3": return .delete
        case "200":
            paste = []
            return nil
        default: return nil
        }
    }
}
