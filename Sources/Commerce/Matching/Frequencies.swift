/// What is worth counting in a shop: fields whose values differ much in how common they are.
package enum FrequencyField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case firstName, lastName, city, postalCode, company
}

/// How common the values that two variants share are in their shop, and how large the shop is: coarse logarithms, so that
/// a new variant rarely changes anything that was weighed before. A class that was not set is 0: the value's carriers
/// were not counted, the rules' own idea of its frequency stands. One word, since it is handed on and compared with every
/// pair.
package struct FrequencyClasses: BitwiseCopyable, Sendable, Equatable {
    /// The population's class in the lowest byte, those of the fields behind it.
    private var bytes: UInt64

    package init(population: UInt8 = 0) { bytes = UInt64(population) }

    /// Class of the number of variants in the shop.
    package var population: UInt8 { UInt8(truncatingIfNeeded: bytes) }

    package subscript(_ field: FrequencyField) -> UInt8 {
        get { UInt8(truncatingIfNeeded: bytes >> Self.shift(field)) }
        set { bytes = bytes & ~(0xFF << Self.shift(field)) | UInt64(newValue) << Self.shift(field) }
    }

    /// Whether one field's class is the same in both.
    @inline(__always) func isSame(as other: Self, _ field: FrequencyField) -> Bool {
        (bytes ^ other.bytes) & 0xFF << Self.shift(field) == 0
    }

    @inline(__always) private static func shift(_ field: FrequencyField) -> UInt64 { (UInt64(field.rawValue) + 1) * 8 }

    /// The class of a value that `count` variants carry: steps of sixteen from 8 on; 0 to 8. Each step has everybody who
    /// carries the value weighed again, hence few.
    package static func valueClass(count: UInt32) -> UInt8 {
        guard count >= 8 else { return 0 }
        return UInt8((32 - (count >> 3).leadingZeroBitCount + 3) / 4)
    }

    /// For each value the class of the commoner of the two.
    func commoner(_ other: FrequencyClasses) -> FrequencyClasses {
        var result = self
        for field in FrequencyField.allCases { result[field] = max(self[field], other[field]) }
        return result
    }

    /// The class of a shop with `count` variants: steps of sixteen from 4096 on; 0 to 5. Each step has the whole shop
    /// weighed again.
    package static func populationClass(count: UInt32) -> UInt8 {
        guard count >= 4096 else { return 0 }
        return UInt8((32 - (count >> 12).leadingZeroBitCount + 3) / 4)
    }

    /// The count that stands for a class of values: the middle of its range, on a logarithmic scale.
    static func typicalCount(valueClass: UInt8) -> UInt64 {
        valueClass == 0 ? 4 : 8 << (UInt64(valueClass - 1) * 4) &* 4
    }

    /// The number of variants that stands for a class of shops.
    static func typicalCount(populationClass: UInt8) -> UInt64 {
        populationClass == 0 ? 2048 : 4096 << (UInt64(populationClass - 1) * 4) &* 4
    }

    static let populationClasses = 6
    static let valueClasses = 9
}

extension PartyFeatures {
    /// The hash under which a field's value is counted; 0 when there is no such value.
    package func frequencyKey(_ field: FrequencyField) -> UInt64 {
        let value =
            switch field {
            case .firstName: firstName.mixed
            case .lastName: lastName.mixed
            case .city: firstAddress.cityText.mixed
            case .postalCode: firstAddress.postalText.mixed
            case .company: companyHash == 0 ? 0 : UInt64(companyHash) &* 0x9E37_79B9_7F4A_7C15
            }
        return value == 0 ? 0 : FeatureHash.combine(value, UInt64(field.rawValue) &+ 0x46) | 1
    }
}

/// Logarithms to the base 2 in 1/100 bit, in integers: the same on every machine.
enum BitLogarithm {
    /// - Parameter value: at least 1.
    static func hundredths(_ value: UInt64) -> Int32 {
        let exponent = 63 - value.leadingZeroBitCount
        // The mantissa in [1, 2) with 31 bits behind the point, squared seven times gives seven bits of the fraction.
        var mantissa = exponent >= 31 ? value >> UInt64(exponent - 31) : value << UInt64(31 - exponent)
        var fraction = 0
        for _ in 0..<10 {
            mantissa = (mantissa &* mantissa) >> 31
            fraction <<= 1
            if mantissa >= 1 << 32 {
                mantissa >>= 1
                fraction |= 1
            }
        }
        return Int32(exponent * 100 + (fraction * 100 + 512) / 1024)
    }
}
