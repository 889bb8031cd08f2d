import Bytes

/// Writes the customer: number and values, and in a dossier also where each came from, what was pinned and what was
/// verified.
struct CustomerWriter {
    private let survivorship: Survivorship

    init(_ parts: [DossierPart]) { survivorship = Survivorship(parts) }

    /// - Parameter isWhole: with sources, pins, what was taken back of them, and verifications; rows of `CUSTOMER.FIND` stay short.
    /// - Parameter more: writes further members.
    func write(
        _ number: UInt32, isWhole: Bool, into output: inout ByteWriter, more: ((inout ByteWriter) -> Void)? = nil
    ) {
        let shown = survivorship.shown()
        output.openObject()
        output.key("number")
        output.customerNumber(number)
        for field in DisplayField.allCases {
            guard let value = shown[field] else { continue }
            output.key(field.text)
            let text = survivorship.text(of: value)
            if field == .billing { output.rawJSON(text.span) } else { output.string(text.span) }
        }
        if isWhole, let email = shown[.email], survivorship.verifications.contains(where: { $0.verdict.isOfEmail }) {
            output.key("emailConfirmed")
            output.bool(isConfirmed(survivorship.text(of: email)))
        }
        for part in survivorship.parts { if let labels = part.labels { output.labels(labels, isWhole: isWhole) } }
        if survivorship.parts.contains(where: { $0.orderCount != nil }) {
            output.key("totals")
            output.openObject()
            output.key("orders")
            output.number(survivorship.parts.reduce(0) { $0 + ($1.orderCount ?? 0) })
            output.closeObject()
        }
        if isWhole {
            sources(shown, into: &output)
            if !survivorship.pins.isEmpty { pins(into: &output) }
            if !survivorship.unpins.isEmpty { unpins(into: &output) }
            if !survivorship.verifications.isEmpty { verifications(into: &output) }
        }
        more?(&output)
        output.closeObject()
    }

    /// The name by which a list is sorted: family name before first name, folded; a company's own where nobody is named.
    var sortName: [UInt8] {
        let shown = survivorship.shown()
        let names = [DisplayField.lastName, .firstName].compactMap { shown[$0] }
        let chosen = names.isEmpty ? [DisplayField.name, .company].compactMap { shown[$0] } : names
        var folded = ByteWriter(capacity: 64)
        for name in chosen {
            Folding.fold(survivorship.text(of: name).span, into: &folded)
            folded.append(0)
        }
        return folded.copyBytes()
    }

    /// Whether the newest verdict on the address says that its owner reads it.
    private func isConfirmed(_ address: some Collection<UInt8>) -> Bool {
        var normalised = ByteWriter(capacity: 64)
        guard EmailAddress.normalise(Array(address).span, into: &normalised) == .real else { return false }
        let bytes = normalised.copyBytes()
        return survivorship.verifications.contains { $0.verdict.vat == bytes && $0.verdict.isValid }
    }

    private func sources(_ shown: ShownValues, into output: inout ByteWriter) {
        output.key("sources")
        output.openObject()
        for field in DisplayField.allCases {
            guard let value = shown[field] else { continue }
            output.key(field.text)
            switch value.origin {
            case .contender(let contender):
                output.rawJSON(survivorship.bytes(contender.part, contender.candidate.source).span)
                output.key("profile")
                output.customerNumber(contender.candidate.profile + 1)
            case .pin(let pin):
                output.openObject()
                output.key("profile")
                output.customerNumber(pin.profile + 1)
                output.key("actor")
                output.string(pin.actor.span)
            }
            output.key("at")
            output.timestamp(Timestamp(milliseconds: value.time))
            output.key("rule")
            output.string(value.rule.text)
            output.closeObject()
        }
        output.closeObject()
    }

    private func pins(into output: inout ByteWriter) {
        output.key("pins")
        output.openArray()
        for pin in survivorship.pins {
            output.openObject()
            output.key("field")
            output.string(pin.field.text)
            switch pin.choice {
            case .text(let text):
                output.key("value")
                output.string(text.span)
            case .profile(let profile):
                output.key("profile")
                output.customerNumber(profile + 1)
            }
            output.key("actor")
            output.string(pin.actor.span)
            output.key("at")
            output.timestamp(Timestamp(milliseconds: pin.at))
            output.closeObject()
        }
        output.closeArray()
    }

    private func unpins(into output: inout ByteWriter) {
        output.key("unpinned")
        output.openArray()
        for unpin in survivorship.unpins {
            output.openObject()
            output.key("field")
            output.string(unpin.field.text)
            output.key("actor")
            output.string(unpin.actor.span)
            output.key("at")
            output.timestamp(Timestamp(milliseconds: unpin.at))
            output.closeObject()
        }
        output.closeArray()
    }

    private func verifications(into output: inout ByteWriter) {
        output.key("verifications")
        output.openArray()
        for verification in survivorship.verifications {
            output.openObject()
            output.key(verification.verdict.isOfEmail ? "email" : "vat")
            output.string(verification.verdict.vat.span)
            output.key("verdict")
            output.string(verification.verdict.isValid ? "valid" : "invalid")
            output.key("source")
            output.string(verification.verdict.source.span)
            output.key("at")
            output.timestamp(Timestamp(milliseconds: verification.at))
            output.key("actor")
            output.string(verification.actor.span)
            output.key("recordedAt")
            output.timestamp(Timestamp(milliseconds: verification.recordedAt))
            output.closeObject()
        }
        output.closeArray()
    }
}
