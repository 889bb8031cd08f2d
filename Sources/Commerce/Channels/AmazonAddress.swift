extension CanonicalAddress {
    /// Countries where the house number follows the street's name.
    private static let numberLast: Set = ["AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "IT", "NL", "NO", "PL", "SE"]

    /// Sets the street from its parts where the channel gives them, else from the lines. Call it after `setCountry`:
    /// where the house number comes last, a line without a number ahead of one with is a company or a "c/o".
    mutating func setStreet(lines: [String], name: String?, number: String?, addition: String?) {
        if let name, let number {
            street = name
            houseNumber = number
            houseNumberAddition = addition
            extraLines = lines.dropFirst().filter { $0 != addition }
            return
        }
        var lines = lines
        let endsInNumber = { (line: String) in line.first?.isLetter == true && line.contains(where: \.isNumber) }
        let isNumberLast = country.map(Self.numberLast.contains) ?? false
        let index = isNumberLast ? lines.firstIndex(where: endsInNumber) ?? 0 : 0
        street = lines.isEmpty ? nil : lines.remove(at: index)
        extraLines = lines
    }
}
