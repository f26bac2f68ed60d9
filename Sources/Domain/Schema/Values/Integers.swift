extension Bool: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) { output.byte(self ? 1 : 0) }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Bool {
        let value = try input.varint(field: field)
        guard value <= 1 else { throw input.flaw(.outOfBounds, field: field) }
        return value == 1
    }

    package func writeJSON(_ output: inout JSONOutput) { output.bool(self) }

    package static func describe() -> ValueDescription {
        .scalar("bool", meaning: "true or false")
    }

    package static func sample(_ samples: inout Samples) -> Bool { samples.next() & 1 == 1 }
}

extension Int: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) { output.zigZag(Int64(self)) }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> Int {
        Int(try input.zigZag(field: field))
    }

    package func writeJSON(_ output: inout JSONOutput) { output.integer(self) }

    package static func describe() -> ValueDescription {
        .scalar("sint64", meaning: "whole number")
    }

    package static func sample(_ samples: inout Samples) -> Int { Int(samples.integer()) }
}

extension UInt32: Plain {
    @inline(__always) package static var wireType: WireType { .varint }

    @inline(__always) package func write(_ output: inout WireOutput) {
        output.varint(UInt64(self))
    }

    @inline(__always)
    package static func read(_ input: inout WireInput, field: Int) throws(WireError) -> UInt32 {
        guard let value = UInt32(exactly: try input.varint(field: field)) else {
            throw input.flaw(.outOfBounds, field: field)
        }
        return value
    }

    package func writeJSON(_ output: inout JSONOutput) { output.integer(self) }

    package static func describe() -> ValueDescription {
        .scalar("uint32", meaning: "whole number from 0")
    }

    package static func sample(_ samples: inout Samples) -> UInt32 {
        UInt32(truncatingIfNeeded: samples.integer())
    }
}
