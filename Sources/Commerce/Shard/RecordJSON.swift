import Bytes

// Packed records as JSON again, members in the order of their shape, unknown members behind them word for word.
extension ByteWriter {
    /// The members of a record, without braces; `omitted` is a place to leave out.
    mutating func members(_ record: PackedRecord, _ shape: [Member], from first: Int = 0, omitting omitted: Int? = nil)
    {
        for place in first..<shape.count where record.has(place) && place != omitted {
            member(record, place, shape[place])
        }
    }

    /// One member, which is there.
    mutating func member(_ record: PackedRecord, _ place: Int, _ member: Member) {
        switch member.kind {
        case .extra:
            rawJSON(record[place])
            return
        default: key(member.name)
        }
        switch member.kind {
        case .text: string(record[place])
        case .decimal: if let value = record.decimal(place) { decimal(value) }
        case .moment: if let moment = record.moment(place) { timestamp(moment) }
        case .address: address(record[place])
        case .addresses, .lines, .factLines:
            let (shape, kinds) = member.kind.elements
            openArray()
            record.forEachElement(place) { element in
                openObject()
                members(PackedRecord(element, kinds), shape)
                closeObject()
            }
            closeArray()
        case .extra: break
        }
    }
}

extension MemberKind {
    /// The shape of a list's elements.
    fileprivate var elements: ([Member], MemberKinds) {
        switch self {
        case .lines: (LineShape.members, LineShape.kinds)
        case .factLines: (FactLineShape.members, MemberKinds(FactLineShape.members))
        default: (AddressShape.members, AddressShape.kinds)
        }
    }
}
