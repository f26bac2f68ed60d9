/// The walker that writes: protobuf wire format, numbers ascending, varints minimal, lists one tag
/// per element; an absent optional, an empty list and a field at its default write nothing. So one
/// value has one form. It hands back each value it writes.
package struct WireWriter<Root>: Fields, PersonalFields {
    /// The caller's own copy: another here would be counted in and out for nothing.
    private let root: UnsafePointer<Root>
    private var output: WireOutput

    /// Lets `walk` walk a writer of `root`'s fields, which go to `output`.
    @inline(__always) static func write(
        _ root: Root, to output: inout WireOutput,
        _ walk: (inout WireWriter) throws(WireError) -> Root
    ) throws(WireError) {
        try withUnsafePointer(to: root) { root throws(WireError) in
            var writer = WireWriter(root: root, output: output)
            _ = try walk(&writer)
            output = writer.output
        }
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>
    ) throws(WireError) -> Value {
        let value = root.pointee[keyPath: path]
        output.tag(number, Value.wireType)
        try value.write(&output)
        return value
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value?>
    ) throws(WireError) -> Value? {
        guard let value = root.pointee[keyPath: path] else { return nil }
        output.tag(number, Value.wireType)
        try value.write(&output)
        return value
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, [Value]>
    ) throws(WireError) -> [Value] {
        let values = root.pointee[keyPath: path]
        for value in values {
            output.tag(number, Value.wireType)
            try value.write(&output)
        }
        return values
    }

    @inline(__always) package mutating func callAsFunction<Value: FieldValue>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Value>, default fallback: Value
    ) throws(WireError) -> Value {
        let value = root.pointee[keyPath: path]
        if value != fallback {
            output.tag(number, Value.wireType)
            try value.write(&output)
        }
        return value
    }

    @inline(__always) package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>>
    ) throws(WireError) -> Sealed<Record> {
        let sealed = root.pointee[keyPath: path]
        try write(sealed, number)
        return sealed
    }

    @inline(__always) package mutating func callAsFunction<Record: PersonalRecord>(
        _ number: Int, _ name: StaticString, _ path: KeyPath<Root, Sealed<Record>?>
    ) throws(WireError) -> Sealed<Record>? {
        guard let sealed = root.pointee[keyPath: path] else { return nil }
        try write(sealed, number)
        return sealed
    }

    /// One `bytes` field: the key's id (16 bytes, highest first), then what the sealing made.
    @inline(__always) private mutating func write<Record: PersonalRecord>(
        _ sealed: Sealed<Record>, _ number: Int
    ) throws(WireError) {
        let shut =
            switch sealed {
            case .shut(let bytes): bytes
            case .open(let record, let key): try shut(record, key, number)
            }
        output.tag(number, .bytes)
        output.varint(UInt64(16 + shut.bytes.count))
        output.bigEndian(shut.key.bits)
        shut.bytes.withUnsafeBytes { output.raw($0) }
    }

    private func shut<Record: PersonalRecord>(
        _ record: Record, _ key: ID<RecordKey>, _ number: Int
    ) throws(WireError) -> SealedBytes {
        let memory = output.memory
        guard let sealing = memory.pointee.sealing else { throw .notSealed(field: number) }
        let request = SealRequest(
            event: memory.pointee.event, field: number, key: key,
            plainBytes: try record.plainBytes())
        let shut = try sealing(request)
        guard shut.key == key else { throw .sealingFailed(field: number) }
        return shut
    }
}

extension WireMemory {
    /// Bytes lent from the stack for a write; more are taken from the heap. The compiler takes more
    /// than 1,024 from the heap always.
    static let lentBytes = 1024

    /// Appends what `body` writes to `bytes`; nothing where it throws.
    @inline(__always)
    static func append(
        to bytes: inout [UInt8], event: EventName, sealing: Sealing?,
        _ body: (inout WireOutput) throws(WireError) -> Void
    ) throws(WireError) {
        var failure: WireError?
        withUnsafeTemporaryAllocation(byteCount: lentBytes, alignment: 16) { lent in
            var memory = WireMemory(lent: lent, event: event, sealing: sealing)
            withUnsafeMutablePointer(to: &memory) { memory in
                do throws(WireError) {
                    var output = WireOutput(memory)
                    try body(&output)
                    bytes.append(
                        contentsOf: UnsafeRawBufferPointer(
                            start: memory.pointee.base, count: output.count))
                } catch {
                    failure = error
                }
                memory.pointee.release()
            }
        }
        if let failure { throw failure }
    }
}

extension PersonalRecord {
    /// The record's fields, encoded: what is sealed. Never stored or logged as it is.
    package func plainBytes() throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        try WireMemory.append(to: &bytes, event: EventName(high: 0, low: 0), sealing: nil) {
            output throws(WireError) in
            try WireWriter.write(self, to: &output) { writer throws(WireError) in
                try Self(&writer)
            }
        }
        return bytes
    }

    /// The record that `plainBytes` says, once opened.
    package init(plainBytes: [UInt8]) throws(WireError) {
        self = try plainBytes.withUnsafeBufferPointer { bytes throws(WireError) in
            try WireReader<Self>.whole(UnsafeRawBufferPointer(bytes)) { reader throws(WireError) in
                try Self(&reader)
            }
        }
    }
}

extension PlainStruct {
    package static var wireType: WireType { .bytes }

    @inline(__always) package func write(_ output: inout WireOutput) throws(WireError) {
        try output.lengthPrefixed { output throws(WireError) in
            try WireWriter.write(self, to: &output) { writer throws(WireError) in
                try Self(&writer)
            }
        }
    }
}

extension PersonalStruct {
    package static var wireType: WireType { .bytes }

    @inline(__always) package func write(_ output: inout WireOutput) throws(WireError) {
        try output.lengthPrefixed { output throws(WireError) in
            try WireWriter.write(self, to: &output) { writer throws(WireError) in
                try Self(&writer)
            }
        }
    }
}
