import Bytes

/// A value that shows, where it comes from and why.
struct ShownValue {
    enum Origin {
        case contender(Contender)
        case pin(Pin)
    }

    /// The text that a person gave, or that was put together; nil where it lies in a part.
    let text: [UInt8]?
    let part: Int
    let range: ByteRange
    let origin: Origin
    let rule: SurvivalRule

    /// A text of a contender.
    init(_ contender: Contender, _ range: ByteRange, _ rule: SurvivalRule) {
        text = nil
        part = contender.part
        self.range = range
        origin = .contender(contender)
        self.rule = rule
    }

    init(_ text: [UInt8], from origin: Origin) {
        self.text = text
        part = 0
        range = .empty
        self.origin = origin
        rule = .pinned
    }

    /// When it was said or pinned, in milliseconds.
    var time: Int64 {
        switch origin {
        case .contender(let contender): contender.candidate.at
        case .pin(let pin): pin.at
        }
    }
}

/// The value of each field that has one.
struct ShownValues {
    private var values = [ShownValue?](repeating: nil, count: DisplayField.allCases.count)

    subscript(field: DisplayField) -> ShownValue? {
        get { values[Int(field.rawValue)] }
        set { values[Int(field.rawValue)] = newValue }
    }
}

// What shows, pins included: rule 1 of survivorship before the others.
extension Survivorship {
    /// The value of each field that has one.
    func shown() -> ShownValues {
        var shown = shownNames()
        for field in DisplayField.allCases where !field.isName {
            if let pinned = pinned(field) {
                shown[field] = pinned
            } else if let (contender, rule) = winner(field) {
                shown[field] = ShownValue(contender, contender.candidate.range(of: field), rule)
            }
        }
        return shown
    }

    /// The bytes of a value; of a billing address its JSON.
    func text(of value: ShownValue) -> ArraySlice<UInt8> {
        if let text = value.text { return text[...] }
        return bytes(value.part, value.range)
    }

    /// What the newest pin of the field that says something says.
    private func pinned(_ field: DisplayField) -> ShownValue? {
        for pin in pins where pin.field == field {
            switch pin.choice {
            case .text(let text): return ShownValue(text, from: .pin(pin))
            case .profile(let profile):
                let source = winner(field.isName ? .name : field) {
                    $0.candidate.profile == profile && !$0.candidate.range(of: field).range.isEmpty
                }
                if let (contender, _) = source {
                    return ShownValue(contender, contender.candidate.range(of: field), .pinned)
                }
            }
        }
        return nil
    }

    // MARK: Names

    /// First name, last name and name of one source. A pin of one of them decides about the others, so that two spellings
    /// are never mixed.
    private func shownNames() -> ShownValues {
        let full = pinned(.name)
        var shown = ShownValues()
        if let (contender, rule) = nameSource(full) {
            for field in [DisplayField.name, .firstName, .lastName] {
                let range = contender.candidate.range(of: field)
                if !range.range.isEmpty { shown[field] = ShownValue(contender, range, rule) }
            }
        }
        guard !pins.isEmpty else { return shown }
        let first = pinned(.firstName)
        let last = pinned(.lastName)
        if let first { shown[.firstName] = first }
        if let last { shown[.lastName] = last }
        if let full {
            shown[.name] = full
        } else if let pinned = [first, last].compactMap({ $0 }).max(by: { $0.time < $1.time }),
            let first = shown[.firstName], let last = shown[.lastName]
        {
            var name = ByteWriter()
            name.joined(text(of: first).span, text(of: last).span)
            shown[.name] = ShownValue(name.copyBytes(), from: pinned.origin)
        }
        return shown
    }

    /// The source of the names: that of a pinned full name, or one that spells it so, or else the winner.
    private func nameSource(_ full: ShownValue?) -> (contender: Contender, rule: SurvivalRule)? {
        guard let full else { return winner(.name) }
        switch full.origin {
        case .contender(let contender): return (contender, .pinned)
        case .pin:
            var form = ByteWriter()
            Spelling.name(first: Span(), last: Span(), full: text(of: full).span, into: &form)
            let words = form.copyBytes().dropFirst()
            return winner(.name) { self.form(of: $0).dropFirst().elementsEqual(words) }
        }
    }
}
