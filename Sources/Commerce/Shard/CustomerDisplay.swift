import Bytes

/// A value that shows, where it comes from and why.
struct ShownValue {
    enum Origin {
        case contender(Contender)
        case pin(Pin)
    }

    /// The text; of a billing address its JSON.
    let text: [UInt8]
    let origin: Origin
    let rule: SurvivalRule
}

// What shows, pins included: rule 1 of survivorship before the others.
extension Survivorship {
    /// The value of each field that has one.
    func shown() -> [DisplayField: ShownValue] {
        var shown = shownNames()
        for field in DisplayField.allCases where !field.isName {
            if let pinned = pinned(field) {
                shown[field] = pinned
            } else if let (contender, rule) = winner(field) {
                shown[field] = value(field, contender, rule)
            }
        }
        return shown
    }

    /// What the newest pin of the field that says something says.
    private func pinned(_ field: DisplayField) -> ShownValue? {
        for pin in pins where pin.field == field {
            switch pin.choice {
            case .text(let text): return ShownValue(text: text, origin: .pin(pin), rule: .pinned)
            case .profile(let profile):
                let source = winner(field.isName ? .name : field) {
                    $0.candidate.profile == profile && !$0.candidate[keyPath: field.range].range.isEmpty
                }
                if let (contender, _) = source { return value(field, contender, .pinned) }
            }
        }
        return nil
    }

    private func value(_ field: DisplayField, _ contender: Contender, _ rule: SurvivalRule) -> ShownValue {
        ShownValue(text: Array(bytes(contender, field.range)), origin: .contender(contender), rule: rule)
    }

    // MARK: Names

    /// First name, last name and name of one source. A pin of one of them decides about the others, so that two spellings
    /// are never mixed.
    private func shownNames() -> [DisplayField: ShownValue] {
        let full = pinned(.name)
        var shown: [DisplayField: ShownValue] = [:]
        if let (contender, rule) = nameSource(full) {
            for field in [DisplayField.name, .firstName, .lastName]
            where !contender.candidate[keyPath: field.range].range.isEmpty {
                shown[field] = value(field, contender, rule)
            }
        }
        let first = pinned(.firstName)
        let last = pinned(.lastName)
        if let first { shown[.firstName] = first }
        if let last { shown[.lastName] = last }
        if let full {
            shown[.name] = full
        } else if let pinned = [first, last].compactMap({ $0 }).max(by: { $0.time < $1.time }),
            let first = shown[.firstName], let last = shown[.lastName]
        {
            var text = ByteWriter()
            text.joined(first.text.span, last.text.span)
            shown[.name] = ShownValue(text: text.copyBytes(), origin: pinned.origin, rule: .pinned)
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
            Spelling.name(first: Span(), last: Span(), full: full.text.span, into: &form)
            let words = form.copyBytes().dropFirst()
            return winner(.name) { bytes($0, \.form).dropFirst().elementsEqual(words) }
        }
    }
}

extension ShownValue {
    /// When it was said or pinned, in milliseconds.
    var time: Int64 {
        switch origin {
        case .contender(let contender): contender.candidate.at
        case .pin(let pin): pin.at
        }
    }
}

extension DisplayField {
    /// Where a candidate of the field, or of the names together, has the value.
    fileprivate var range: KeyPath<DisplayCandidate, ByteRange> {
        switch self {
        case .firstName: \.firstName
        case .lastName: \.lastName
        default: \.value
        }
    }
}
