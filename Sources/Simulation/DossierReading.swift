import Bytes

// What the laws look for in replies.
extension JSONValue {
    /// As JSON, for messages.
    package var text: String {
        var output = ByteWriter()
        write(into: &output)
        return String(decoding: output.copyBytes(), as: UTF8.self)
    }

    package var sequence: UInt64? { self["seq"]?.exactText.flatMap(UInt64.init) }

    /// The customer that a reply of a write names, or the number of a customer.
    package var customerNumber: Int? {
        guard let text = (self["customer"] ?? self["number"])?.string, text.hasPrefix("C") else { return nil }
        return Int(text.dropFirst())
    }

    /// `channel/store:number` of an order in a dossier.
    package var orderName: String? {
        guard let channel = self["channel"]?.string, let store = self["store"]?.string,
            let number = self["number"]?.string
        else { return nil }
        return "\(channel)/\(store):\(number)"
    }

    package var mark: Int? { self["mark"]?.string.flatMap { Int($0.dropFirst()) } }

    /// Every mark of a record in a dossier.
    package var marks: [Int] {
        let records = (self["orders"]?.array ?? []) + (self["documents"]?.array ?? [])
        return records.compactMap(\.mark) + (self["notes"]?.array ?? []).compactMap { $0["text"]?.string?.noteMark }
    }

    /// Buyer marks of a profile's variants in a dossier.
    package var buyerMarks: [Int] {
        ([self] + (self["variants"]?.array ?? [])).compactMap {
            $0["buyerMark"]?.string.flatMap { Int($0.dropFirst()) }
        }
    }
}

extension String {
    /// The mark in a note's text.
    package var noteMark: Int? {
        guard hasPrefix("mark m"), hasSuffix(".") else { return nil }
        return Int(dropFirst(6).dropLast())
    }
}
