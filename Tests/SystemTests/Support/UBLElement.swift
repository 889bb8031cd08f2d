import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An element of an e-invoice as it came over the wire, by local names: read by nothing of ours.
final class UBLElement {
    let name: String
    let attributes: [String: String]
    private(set) var children: [UBLElement] = []
    private var characters = ""

    private init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    /// Without blanks around it.
    var text: String { characters.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The elements at the end of a path such as `LegalMonetaryTotal/PayableAmount`.
    func all(_ path: String) -> [UBLElement] {
        path.split(separator: "/").reduce([self]) { found, step in
            found.flatMap { $0.children.filter { $0.name == step } }
        }
    }

    func first(_ path: String) -> UBLElement? { all(path).first }

    /// Empty where there is no such element.
    func text(_ path: String) -> String { first(path)?.text ?? "" }

    func amount(_ path: String) -> Decimal? { Decimal(string: text(path), locale: Locale(identifier: "en_US_POSIX")) }

    /// Of an allowance or a charge: which of the two.
    var isCharge: Bool { ["true", "1"].contains(text("ChargeIndicator")) }

    /// The element and all within it.
    var everything: [UBLElement] { [self] + children.flatMap(\.everything) }

    static func parse(_ text: String) throws -> UBLElement {
        let parser = XMLParser(data: Data(text.utf8))
        parser.shouldProcessNamespaces = true
        let builder = Builder()
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else {
            throw TestFailure("no XML: \(parser.parserError.map { "\($0)" } ?? "empty") at line \(parser.lineNumber)")
        }
        return root
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: UBLElement?
        private var open: [UBLElement] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let element = UBLElement(name, attributes)
            open.last?.children.append(element)
            root = root ?? element
            open.append(element)
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.characters += text }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) { open.removeLast() }
    }
}
