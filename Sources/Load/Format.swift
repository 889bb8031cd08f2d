import Glibc

/// Numbers for people.
enum Format {
    /// Digits in groups of three.
    static func grouped(_ number: Int) -> String {
        var result = ""
        let digits = Array(String(abs(number)))
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// Nanoseconds in the unit that suits them.
    static func duration(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0..<1_000_000: "\(fixed(Double(nanoseconds) / 1e3, digits: 0)) us"
        case 1_000_000..<1_000_000_000: "\(fixed(Double(nanoseconds) / 1e6, digits: 2)) ms"
        default: "\(fixed(Double(nanoseconds) / 1e9, digits: 2)) s"
        }
    }

    /// A decimal fraction with so many digits, rounded to the nearest.
    static func fixed(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return digits == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(padded(scaled % scale, width: digits))"
    }
}

/// The program's two outputs; whole lines.
package enum Console {
    package static func print(_ text: String) { write(text, to: STDOUT_FILENO) }
    package static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        // A reader that went away is no reason to fail.
        _ = writeAll(descriptor, Array((text + "\n").utf8).span)
    }
}
