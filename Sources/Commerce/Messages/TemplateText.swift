/// A template's text taken apart: `Dear {{customer.firstName|customer}}, your order {{order.number}} …`.
///
/// What stands between two pairs of braces is a placeholder of the event; behind `|` stands what is shown when it is
/// empty. Everything that can be wrong is found here, when the template is stored, and named with line and column.
package struct TemplateText: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text(Substring)
        case placeholder(name: String, fallback: String?)
    }

    let pieces: [Piece]

    /// - Parameters:
    ///   - field: `subject` or `body`, for the refusal.
    package init(_ text: String, field: String, event: MessageEvent) throws(Refusal) {
        let known = Dictionary(uniqueKeysWithValues: Placeholder.all(of: event).map { ($0.name, $0) })
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            try Self.refuseClosing(in: rest[..<open.lowerBound], of: text, field)
            if open.lowerBound > rest.startIndex { pieces.append(.text(rest[..<open.lowerBound])) }
            let place = Self.place(of: open.lowerBound, in: text, field)
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw Refusal(.invalid, "\(place): {{ without }}")
            }
            pieces.append(try Self.placeholder(rest[open.upperBound..<close.lowerBound], known, event, place))
            rest = rest[close.upperBound...]
        }
        try Self.refuseClosing(in: rest, of: text, field)
        if !rest.isEmpty { pieces.append(.text(rest)) }
        self.pieces = pieces
    }

    private static func refuseClosing(in part: Substring, of text: String, _ field: String) throws(Refusal) {
        guard let close = part.firstRange(of: "}}") else { return }
        throw Refusal(.invalid, "\(place(of: close.lowerBound, in: text, field)): }} without {{")
    }

    private static func placeholder(
        _ inside: Substring, _ known: [String: Placeholder], _ event: MessageEvent, _ place: String
    ) throws(Refusal) -> Piece {
        let parts = inside.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].trimmingBlanks)
        guard !inside.contains(where: \.isNewline), !inside.contains("{"), !inside.contains("}") else {
            throw Refusal(.invalid, "\(place): a placeholder is {{name}} or {{name|text if it is empty}}, on one line")
        }
        guard let placeholder = known[name] else {
            throw Refusal(
                .invalid,
                "\(place): \(event.word) has no placeholder \(name.prefix(64)); it has \(known.keys.sorted().joined(separator: ", "))"
            )
        }
        guard parts.count == 2 || !placeholder.isOptional else {
            throw Refusal(.invalid, "\(place): \(name) may be empty; say what to show then: {{\(name)|…}}")
        }
        return .placeholder(name: name, fallback: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// `body: line 2, column 7`, both from 1; columns are characters.
    private static func place(of index: String.Index, in text: String, _ field: String) -> String {
        let before = text[..<index]
        let line = before.count(where: \.isNewline) + 1
        let start = before.lastIndex(where: \.isNewline).map { text.index(after: $0) } ?? text.startIndex
        return "\(field): line \(line), column \(text.distance(from: start, to: index) + 1)"
    }

    /// Names of the placeholders in it.
    var names: Set<String> {
        Set(pieces.compactMap { if case .placeholder(let name, _) = $0 { name } else { nil } })
    }

    /// The text with every placeholder filled in. One that is missing shows what the template says, or nothing.
    package func rendered(_ values: [String: String]) -> String {
        var output = ""
        for piece in pieces {
            switch piece {
            case .text(let text): output += text
            case .placeholder(let name, let fallback):
                let value = values[name] ?? ""
                output += value.isEmpty ? fallback ?? "" : value
            }
        }
        return output
    }
}

/// Subject and body of a template, checked against each other.
package struct TemplateTexts: Sendable {
    let subject: TemplateText
    let body: TemplateText

    static let mostSubjectBytes = 500
    static let mostBodyBytes = 100_000

    package init(subject: String, body: String, event: MessageEvent) throws(Refusal) {
        try Self.checkLength(subject, "subject", Self.mostSubjectBytes)
        try Self.checkLength(body, "body", Self.mostBodyBytes)
        guard !subject.unicodeScalars.contains(where: \.isControl) else {
            throw .invalid("subject", "must be one line without control characters")
        }
        guard !body.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\t" && $0 != "\r" }) else {
            throw .invalid("body", "must not hold control characters but line feeds and tabs")
        }
        self.subject = try TemplateText(subject, field: "subject", event: event)
        self.body = try TemplateText(body, field: "body", event: event)
        let used = self.subject.names.union(self.body.names)
        if let missing = Placeholder.all(of: event).first(where: { $0.isRequired && !used.contains($0.name) }) {
            throw .invalid("body", "\(event.word) must show {{\(missing.name)}} (\(missing.meaning))")
        }
    }

    private static func checkLength(_ text: String, _ field: String, _ most: Int) throws(Refusal) {
        guard (1...most).contains(text.utf8.count) else { throw .invalid(field, "must have 1 to \(most) bytes") }
    }

    /// Values come from buyers: in a subject nothing of them may begin another header line.
    package func rendered(_ values: [String: String]) -> (subject: String, body: String) {
        let oneLine = values.mapValues(\.onOneLine)
        return (subject.rendered(oneLine).onOneLine, body.rendered(values.mapValues(\.withoutControls)))
    }
}

extension Unicode.Scalar {
    /// Beyond C0, DEL and C1 also the separators of lines and paragraphs, which some mail programs break a header at.
    var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }
}

extension String {
    /// Every run of control characters as one blank.
    package var onOneLine: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.split(whereSeparator: \.isControl).map(String.init).joined(separator: " ")
    }

    /// Line feeds stay, other control characters go.
    fileprivate var withoutControls: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars where !scalar.isControl || scalar == "\n" { kept.append(scalar) }
        return String(kept)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
