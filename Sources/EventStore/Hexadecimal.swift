/// 32 lower-case hexadecimal digits.
package func hex(_ bits: UInt128) -> String {
    withUnsafeBytes(of: bits.bigEndian) { hexDigits($0) }
}

/// Two lower-case hexadecimal digits for each byte. `Domain` has its own for ids: the two
/// modules do not know each other.
package func hexDigits(_ bytes: some Collection<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { digits in
        for (index, byte) in bytes.enumerated() {
            digits[2 * index] = digit(byte >> 4)
            digits[2 * index + 1] = digit(byte & 15)
        }
        return 2 * bytes.count
    }
}

private func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
