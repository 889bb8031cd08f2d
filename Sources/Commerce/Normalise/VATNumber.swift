import Bytes

package enum VATClass: UInt8, Sendable {
    case valid, invalid, unsupported
}

package enum VATNumber {
    package static func normalise(
        _ raw: Span<UInt8>, country: CountryCode, into output: inout ByteWriter
    ) -> VATClass {
        output.append(raw)
        return .valid
    }
}
