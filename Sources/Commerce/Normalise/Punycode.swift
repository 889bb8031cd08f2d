/// Punycode: Unicode labels as ASCII, for internationalised domains.
///
/// Source: RFC 3492, with the parameters of its section 5. The state of the algorithm is a pair (next code point,
/// position), and every delta says how many states to skip, written as digits of a base that adapts.
enum Punycode {
    private static let base = 36
    private static let smallestThreshold = 1
    private static let largestThreshold = 26
    private static let skew = 38
    private static let damp = 700

    /// The encoded label without its "xn--"; nil when it would not fit a label of 63 bytes.
    static func encode(_ scalars: [UInt32]) -> String? {
        guard scalars.count <= 63 else { return nil }
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basicCount = output.count
        var handled = basicCount
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var nextScalar: UInt32 = 0x80
        var bias = 72
        var delta = 0
        while handled < scalars.count, let smallest = scalars.filter({ $0 >= nextScalar }).min() {
            delta += Int(smallest - nextScalar) * (handled + 1)
            nextScalar = smallest
            for scalar in scalars {
                if scalar < nextScalar { delta += 1 }
                if scalar == nextScalar {
                    appendInteger(delta, bias: bias, to: &output)
                    bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
                    delta = 0
                    handled += 1
                }
            }
            delta += 1
            nextScalar += 1
        }
        return output.count <= 59 ? String(decoding: output, as: UTF8.self) : nil
    }

    private static func appendInteger(_ value: Int, bias: Int, to output: inout [UInt8]) {
        var rest = value
        var weight = base
        while true {
            let threshold = min(max(weight - bias, smallestThreshold), largestThreshold)
            if rest < threshold { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            weight += base
        }
        output.append(digit(rest))
    }

    private static func digit(_ value: Int) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var rest = isFirst ? delta / damp : delta / 2
        rest += rest / count
        var weight = 0
        while rest > ((base - smallestThreshold) * largestThreshold) / 2 {
            rest /= base - smallestThreshold
            weight += base
        }
        return weight + (base - smallestThreshold + 1) * rest / (rest + skew)
    }
}
