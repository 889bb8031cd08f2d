import Client

/// Turns a reply into lines that people read.
package struct ReplyLayout: Sendable {
    /// Cells to stay within; nil means as wide as it takes.
    package let width: Int?
    package let style: Style

    package init(width: Int?, style: Style = .plain) {
        self.width = width
        self.style = style
    }

    /// What goes to standard output: the rows and the result. An error's own sentence is `errorLine`.
    package func lines(of reply: Reply) -> [String] {
        let rows = rowLines(reply.rows)
        guard case .ok(let text) = reply.outcome else { return rows }
        guard let text else { return rows.isEmpty ? ["OK"] : rows }
        guard let result = JSONValue(ifParsing: text) else { return rows + [CellText.visible(text)] }
        if rows.isEmpty { return valueLines(result) }
        return result.isEmpty ? rows : rows + [style.dim(summary(of: result))]
    }

    /// An error in plain words with its code; nil when the reply is none.
    package func errorLine(of reply: Reply) -> String? {
        guard case .error(let code, let text) = reply.outcome else { return nil }
        return style.red("\(CellText.visible(code)):") + " \(CellText.visible(text))"
    }

    private func rowLines(_ rows: [String]) -> [String] {
        let values = rows.map { JSONValue(ifParsing: $0) }
        let objects = values.compactMap { $0?.members == nil ? nil : $0 }
        guard objects.count == rows.count else { return rows.map(CellText.visible) }
        return TextTable(objects: objects.map(DoubtfulPairLayout.condensed)).lines(width: width, style: style)
    }

    private func summary(of result: JSONValue) -> String {
        guard let members = result.members else { return CellText.of(result) }
        return members.map { "\(CellText.visible($0.name)) \(CellText.of($0.value))" }.joined(separator: " · ")
    }

    /// The whole view of one value: a dossier in its own layout, any other object as names and values.
    package func valueLines(_ value: JSONValue) -> [String] {
        if value.isEmpty { return ["OK"] }
        if let dossier = DossierLayout(value, layout: self) { return dossier.lines }
        return value.members.map(memberLines) ?? elementLines(value)
    }

    /// Single values first, in one block; then each part that has parts of its own, indented under its name.
    func memberLines(_ members: [JSONMember]) -> [String] {
        let shown = members.filter { !$0.value.isEmpty }
        let fields = shown.filter { !isNested($0.value) }.map { (CellText.visible($0.name), CellText.of($0.value)) }
        let nested = shown.filter { isNested($0.value) }.flatMap { member in
            [style.bold(CellText.visible(member.name))] + indented(member.value)
        }
        return TextTable.fieldLines(fields, width: width, style: style) + nested
    }

    private func indented(_ value: JSONValue) -> [String] {
        let inner = ReplyLayout(width: width.map { max(1, $0 - 2) }, style: style)
        return (value.members.map(inner.memberLines) ?? inner.elementLines(value)).map { "  " + $0 }
    }

    func elementLines(_ value: JSONValue) -> [String] {
        guard let elements = value.elements else { return [CellText.of(value)] }
        guard elements.allSatisfy({ $0.members != nil }) else { return elements.map(CellText.of) }
        return TextTable(objects: elements).lines(width: width, style: style)
    }

    private func isNested(_ value: JSONValue) -> Bool {
        value.members != nil || value.elements?.contains { $0.members != nil || $0.elements != nil } == true
    }
}
