import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An element of a parsed document, by local names: the tests' own way to read what the writer wrote.
final class XMLNode {
    let name: String
    let attributes: [String: String]
    private(set) var children: [XMLNode] = []
    private(set) var text = ""
    /// Whether the reader has taken this element's text.
    private var isRead = false

    private init(name: String, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    subscript(_ path: String...) -> XMLNode? {
        path.reduce(self as XMLNode?) { node, name in node?.children.first { $0.name == name } }
    }

    func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The trimmed text of the element; nil if it is empty.
    func value() -> String? {
        isRead = true
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The text of the first element on the way, as it stands.
    func verbatim(_ name: String) -> String? {
        guard let node = self[name], node.value() != nil else { return nil }
        return node.text
    }

    /// The leaves that nobody read, as paths.
    func unread(under path: String = "") -> Set<String> {
        let own = path.isEmpty ? name : "\(path)/\(name)"
        guard !children.isEmpty else { return isRead ? [] : [own] }
        return children.reduce(into: []) { $0.formUnion($1.unread(under: own)) }
    }

    struct Malformed: Error { let reason: String }

    static func parse(_ bytes: [UInt8]) throws -> XMLNode {
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        let builder = Builder()
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else {
            throw Malformed(reason: "\(parser.parserError.map { "\($0)" } ?? "no root") at line \(parser.lineNumber)")
        }
        return root
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: XMLNode?
        private var open: [XMLNode] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let node = XMLNode(name: name, attributes: attributes)
            open.last?.children.append(node)
            if open.isEmpty { root = node }
            open.append(node)
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) { open.removeLast() }
    }
}
