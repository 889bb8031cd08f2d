/// Cells as they are written into a CSV file, and read back.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a buyer can choose a name that is
/// one. Such a cell gets an apostrophe in front, which spreadsheets show as text; plain negative amounts keep their sign. An
/// apostrophe that could be mistaken for that one gets another, so that reading gives back exactly what was written.
enum CSVText {
    private static let openings = Array("=+-@\t\r".utf8)
    private static let apostrophe = UInt8(ascii: "'")

    /// The cell with an apostrophe in front where it needs one.
    static func guarded(_ cell: [UInt8]) -> [UInt8] {
        guard let first = cell.first else { return cell }
        let isOpening = openings.contains(first) && !isNegativeAmount(cell)
        return isOpening || isGuarded(cell) ? [apostrophe] + cell : cell
    }

    /// The cell without the apostrophe that `guarded` put there.
    static func unguarded(_ cell: [UInt8]) -> [UInt8] { isGuarded(cell) ? Array(cell.dropFirst()) : cell }

    private static func isGuarded(_ cell: [UInt8]) -> Bool {
        guard cell.count > 1, cell[0] == apostrophe else { return false }
        return openings.contains(cell[1]) || cell[1] == apostrophe
    }

    private static func isNegativeAmount(_ cell: [UInt8]) -> Bool {
        guard cell.count > 1, cell[0] == UInt8(ascii: "-") else { return false }
        let parts = cell.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy {
                !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    /// Appends a record, ended by CR LF; cells with separators, quotes, line breaks or blanks at an end are quoted.
    static func append(_ cells: [[UInt8]], to output: inout [UInt8]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            let cell = guarded(cell)
            guard needsQuotes(cell) else {
                output += cell
                continue
            }
            output.append(UInt8(ascii: "\""))
            for byte in cell {
                if byte == UInt8(ascii: "\"") { output.append(byte) }
                output.append(byte)
            }
            output.append(UInt8(ascii: "\""))
        }
        output += [0x0D, 0x0A]
    }

    private static func needsQuotes(_ cell: [UInt8]) -> Bool {
        cell.first == 0x20 || cell.last == 0x20
            || cell.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
    }
}

/// Bytes that are not UTF-8 are taken for Windows-1252, which holds Latin-1: what spreadsheets and old shops write.
enum TextEncoding {
    /// The bytes as UTF-8; nil if they are UTF-8 already.
    static func utf8(ofWindows1252 bytes: [UInt8]) -> [UInt8]? {
        guard bytes.contains(where: { $0 >= 0x80 }), String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(scalar(of: byte)) ?? "\u{FFFD}") }
        return Array(String(text).utf8)
    }

    private static func scalar(of byte: UInt8) -> UInt16 {
        (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt16(byte)
    }

    /// What Windows-1252 has where Latin-1 has control characters; its five gaps stay control characters.
    private static let upper: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
