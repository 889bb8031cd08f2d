import Bytes

// Packed records as JSON again, members in the order of their shape, unknown members behind them word for word.
extension ByteWriter {
    /// The members of a record, without braces.
    mutating func members(_ record: PackedRecord, _ shape: [Member], from first: Int = 0) {
        for place in first..<shape.count where record.has(place) { member(record, place, shape[place]) }
    }

    private mutating func member(_ record: PackedRecord, _ place: Int, _ member: Member) {
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
        case .addresses, .lines:
            let shape = member.kind == .lines ? LineShape.members : AddressShape.members
            openArray()
            record.forEachElement(place) { element in
                openObject()
                members(PackedRecord(element, shape), shape)
                closeObject()
            }
            closeArray()
        case .extra: break
        }
    }

    /// An address as an object.
    mutating func address(_ bytes: Span<UInt8>) {
        openObject()
        members(PackedRecord(bytes, AddressShape.members), AddressShape.members)
        closeObject()
    }
}
