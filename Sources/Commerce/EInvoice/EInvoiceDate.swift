extension EInvoice {
    /// A day of the calendar without a time or a zone, as every date in EN 16931 is.
    package struct Date: Comparable, Hashable, Sendable {
        package let year: Int
        package let month: Int
        package let day: Int

        /// Nil for a day that does not exist; years 1 to 9999.
        package init?(year: Int, month: Int, day: Int) {
            guard (1...9_999).contains(year), (1...12).contains(month),
                (1...Timestamp.days(inMonth: month, of: year)).contains(day)
            else { return nil }
            self.year = year
            self.month = month
            self.day = day
        }

        /// The day of a moment in UTC.
        package init(_ time: Timestamp) { (year, month, day) = time.civilDate }

        /// Reads `2026-03-01`, and nothing else.
        package init?(_ text: String) {
            let bytes = [UInt8](text.utf8)
            guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
                let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
                let day = Self.number(bytes[8..<10])
            else { return nil }
            self.init(year: year, month: month, day: day)
        }

        private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
            var value = 0
            for byte in digits {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.year, left.month, left.day) < (right.year, right.month, right.day)
        }

        /// `2026-03-01`.
        package var text: String {
            func padded(_ number: Int, _ width: Int) -> String {
                let digits = String(number)
                return String(repeating: "0", count: width - digits.count) + digits
            }
            return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        }
    }
}
