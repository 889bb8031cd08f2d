/// Writes elements as UTF-8 bytes, indented by two, always the same bytes for the same calls.
///
/// Nothing empty is written: a text that is missing or blank leaves its element out, and a group in which nothing was
/// written leaves no trace (PEPPOL-EN16931-R008 forbids empty elements).
struct XMLWriter {
    private(set) var bytes: [UInt8] = []
    /// Groups that were entered, the outermost first, and how many of them have been written.
    private var groups: [String] = []
    private var writtenGroups = 0

    init() { bytes.append(contentsOf: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8) }

    mutating func group(_ name: String, _ content: (inout XMLWriter) -> Void) {
        groups.append(name)
        content(&self)
        groups.removeLast()
        guard writtenGroups > groups.count else { return }
        writtenGroups = groups.count
        indent()
        bytes.append(contentsOf: "</\(Self.elementName(name))>\n".utf8)
    }

    /// An element with a text, and perhaps one attribute.
    mutating func text(_ name: String, _ text: String?, attribute: (name: String, value: String?)? = nil) {
        guard let text, !Self.isBlank(text) else { return }
        openGroups()
        indent()
        bytes.append(contentsOf: "<\(name)".utf8)
        if let attribute, let value = attribute.value, !Self.isBlank(value) {
            bytes.append(contentsOf: " \(attribute.name)=\"".utf8)
            escape(value, isAttribute: true)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        escape(text, isAttribute: false)
        bytes.append(contentsOf: "</\(name)>\n".utf8)
    }

    private mutating func openGroups() {
        for index in writtenGroups..<groups.count {
            writtenGroups = index
            indent()
            bytes.append(contentsOf: "<\(groups[index])>\n".utf8)
        }
        writtenGroups = groups.count
    }

    private mutating func indent() {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * writtenGroups))
    }

    /// A group's name without the attributes that may stand behind it.
    private static func elementName(_ name: String) -> Substring { name.prefix { $0 != " " } }

    /// Whether nothing of a text would be seen, or would be left of it in XML.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || !isAllowed($0) }
    }

    /// XML 1.0 has no way to say the other control characters, not even escaped.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    /// Text for an element or an attribute. Characters that XML does not allow are left out, since one of them in a
    /// product's title must not keep an invoice from being read; a tab or the end of a line survives in an attribute
    /// too, and a carriage return in either, as references.
    private mutating func escape(_ text: String, isAttribute: Bool) {
        for scalar in text.unicodeScalars where Self.isAllowed(scalar) {
            switch scalar {
            case "&": bytes.append(contentsOf: "&amp;".utf8)
            case "<": bytes.append(contentsOf: "&lt;".utf8)
            case ">": bytes.append(contentsOf: "&gt;".utf8)
            case "\"": bytes.append(contentsOf: "&quot;".utf8)
            case "\r": bytes.append(contentsOf: "&#13;".utf8)
            case "\t" where isAttribute: bytes.append(contentsOf: "&#9;".utf8)
            case "\n" where isAttribute: bytes.append(contentsOf: "&#10;".utf8)
            default: bytes.append(contentsOf: Character(scalar).utf8)
            }
        }
    }
}
