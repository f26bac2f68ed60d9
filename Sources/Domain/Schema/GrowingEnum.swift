/// An enumeration of plain values that later versions may add to: numbers are for ever, and none is
/// taken away. Declare it as an ordinary closed `enum X: Int, GrowingEnum`, values from 0.
///
/// A number that is unknown here was written by a newer program: the reader throws
/// ``WireError/newerValue(_:offset:field:)``, so that every switch stays exhaustive, `evolve`
/// total, and a projection stops there and says so. The bytes in the log are untouched.
package protocol GrowingEnum: Plain, RawRepresentable, CaseIterable
where RawValue == Int, AllCases == [Self] {}

extension GrowingEnum {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.varint(UInt64(rawValue))
    }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Self {
        let offset = input.offset
        let number = try input.varint(field: field)
        guard number <= UInt64(Int32.max) else {
            throw .malformed(.outOfBounds, offset: offset, field: field)
        }
        let raw = Int(truncatingIfNeeded: number)
        guard let value = Self(rawValue: raw) else {
            throw .newerValue(raw, offset: offset, field: field)
        }
        return value
    }

    /// Its case's name.
    package func writeJSON(_ output: inout JSONOutput) { output.string("\(self)") }

    package static func describe() -> ValueDescription {
        .enumeration(
            name: typeName(Self.self),
            values: allCases.map { EnumerationValue(name: "\($0)", number: $0.rawValue) })
    }

    package static func sample(_ samples: inout Samples) -> Self {
        allCases[samples.next(in: 0...allCases.count - 1)]
    }
}
