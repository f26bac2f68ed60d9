/// The stored record: one event as protobuf wire, the same bytes on every engine
/// (docs/log-format.md).
///
/// ```
///   0  0A 10 command id   16     36  19 recorded at  8 LE      54  29 version       8 LE
///  18  12 10 stream id    16     45  21 position     8 LE      63  32 10 log       16
///  81  fields 7…21, ascending, each at most once; the last is the payload, which ends the record
/// ```
/// What the sequencer decides (recorded at, position, version) stands at fixed offsets, so that all
/// else is encoded before the commit waits in line. What is random stands together and what repeats
/// stands together: that compresses.
package enum Record {
    /// Bytes before field 7.
    package static let headBytes = 81
    static let commandOffset = 2
    static let streamOffset = 20
    static let recordedAtOffset = 37
    static let positionOffset = 46
    static let versionOffset = 55
    static let logOffset = 65

    /// Writes what the sequencer decided into an encoded record.
    static func stamp(
        _ record: UnsafeMutableRawPointer, position: Int64, version: Int64, recordedAt: Int64
    ) {
        record.storeBytes(
            of: recordedAt.littleEndian, toByteOffset: recordedAtOffset, as: Int64.self)
        record.storeBytes(of: position.littleEndian, toByteOffset: positionOffset, as: Int64.self)
        record.storeBytes(of: version.littleEndian, toByteOffset: versionOffset, as: Int64.self)
    }
}

/// Field tags (number × 8 + wire type) in the order they stand in a record.
enum RecordTag {
    static let commandID: UInt8 = 0x0A
    static let streamID: UInt8 = 0x12
    static let recordedAt: UInt8 = 0x19
    static let position: UInt8 = 0x21
    static let version: UInt8 = 0x29
    static let log: UInt8 = 0x32
    static let category: UInt8 = 0x3A
    static let part: UInt8 = 0x40
    static let type: UInt8 = 0x4A
    static let schema: UInt8 = 0x50
    static let actorKind: UInt8 = 0x5A
    static let actorID: UInt8 = 0x62
    static let role: UInt8 = 0x6A
    static let basis: UInt8 = 0x72
    static let origin: UInt8 = 0x7A
    // Two bytes from field 16 on, written here as they stand, low byte first.
    static let onBehalfOfKind: UInt16 = 0x0182
    static let onBehalfOfID: UInt16 = 0x018A
    static let correlation: UInt16 = 0x0192
    static let cause: UInt16 = 0x0198
    static let fingerprint: UInt16 = 0x01A2
    static let payload: UInt16 = 0x01AA
}

/// What is wrong with a record's bytes, and where (counted from the record's first byte).
package enum RecordError: Error, Hashable, Sendable {
    /// It ends in the middle of a field.
    case truncated(offset: Int)
    /// Another field than the format wants here: missing, repeated, out of order or unknown.
    case unexpectedField(offset: Int)
    /// A value outside its bounds: a wrong length, a zero where absence is written, a letter no
    /// ``Word`` has.
    case badValue(offset: Int)
}

/// A commit's records, encoded but for what the sequencer stamps, in memory that is there for the
/// length of a call.
struct EncodedRecords {
    /// One after the other.
    let bytes: UnsafeMutableRawBufferPointer
    /// Where each ends in `bytes`.
    let ends: UnsafeMutableBufferPointer<Int>

    /// Raw bytes they take in a block, at most.
    var rawBytes: Int { bytes.count + 4 * ends.count }

    /// The record of event `index` (0-based).
    subscript(index: Int) -> UnsafeMutableRawBufferPointer {
        let start = index == 0 ? 0 : ends[index - 1]
        return UnsafeMutableRawBufferPointer(rebasing: bytes[start..<ends[index]])
    }
}

extension Commit {
    /// Encodes the records and hands them to `body`: nothing is allocated for a small commit.
    /// - Throws: ``AppendError/unacceptable(reason:)`` where the commit breaks a limit, and what
    ///   `body` throws.
    func withRecords<Answer>(
        _ body: (EncodedRecords) throws(AppendError) -> Answer
    ) throws(AppendError) -> Answer {
        try check()
        var bound = 0
        for event in events { bound += RecordWriter.bound + event.payload.count }
        let result: Result<Answer, AppendError> = withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: bound
        ) { memory in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: events.count) { ends in
                do throws(AppendError) {
                    return .success(try body(try encode(into: memory, ends: ends)))
                } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    private func encode(
        into memory: UnsafeMutableBufferPointer<UInt8>, ends: UnsafeMutableBufferPointer<Int>
    ) throws(AppendError) -> EncodedRecords {
        guard let base = memory.baseAddress else { preconditionFailure("a commit has an event") }
        var writer = RecordWriter(base)
        for (index, event) in events.enumerated() {
            let start = writer.count
            writer.write(event, of: self)
            ends.initializeElement(at: index, to: writer.count)
            let length = writer.count - start
            guard length <= Limits.recordBytes else {
                throw .unacceptable(
                    reason: "a record of \(length) bytes; at most \(Limits.recordBytes)")
            }
        }
        return EncodedRecords(
            bytes: UnsafeMutableRawBufferPointer(start: base, count: writer.count), ends: ends)
    }

    private func check() throws(AppendError) {
        guard (1...Limits.commitEvents).contains(events.count) else {
            throw .unacceptable(
                reason: "\(events.count) events; 1 to \(Limits.commitEvents)")
        }
        guard expectations.count <= Limits.commitEvents else {
            throw .unacceptable(
                reason: "\(expectations.count) expectations; at most \(Limits.commitEvents)")
        }
        guard commandID != 0 else { throw .unacceptable(reason: "the command id is zero") }
        guard now >= 0 else { throw .unacceptable(reason: "recorded before 1970") }
        guard !context.actor.kind.isEmpty, !context.role.isEmpty, !context.basis.isEmpty,
            !context.origin.isEmpty, context.onBehalfOf?.kind.isEmpty != true
        else { throw .unacceptable(reason: "actor, role, basis and origin must be given") }
        guard context.cause ?? 0 >= 0 else { throw .unacceptable(reason: "the cause is negative") }
        for event in events {
            guard !event.stream.category.isEmpty else {
                throw .unacceptable(reason: "a stream without category")
            }
            guard event.schema >= 1 else { throw .unacceptable(reason: "schema number 0") }
        }
    }
}

/// ``EncodedRecords`` that are kept.
package struct EncodedCommit: Sendable {
    /// The records, one after the other.
    package var bytes: [UInt8]
    /// Where each record ends in `bytes`.
    package let ends: [Int]

    /// - Throws: ``AppendError/unacceptable(reason:)`` where the commit breaks a limit.
    package init(_ commit: Commit) throws(AppendError) {
        (bytes, ends) = try commit.withRecords { (Array($0.bytes), Array($0.ends)) }
    }

    /// The record of event `index` (0-based) within `bytes`.
    package func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// Writes what the sequencer decided about event `index`.
    package mutating func stamp(_ index: Int, position: Int64, version: Int64, recordedAt: Int64) {
        let start = range(of: index).lowerBound
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            Record.stamp(base + start, position: position, version: version, recordedAt: recordedAt)
        }
    }
}

/// Writes records one after the other into memory that has room for ``bound`` and the payload each.
private struct RecordWriter {
    /// What a record without its payload takes at most.
    static let bound = 384

    private var next: UnsafeMutablePointer<UInt8>
    private let start: UnsafeMutablePointer<UInt8>

    init(_ memory: UnsafeMutablePointer<UInt8>) {
        next = memory
        start = memory
    }

    var count: Int { next - start }

    mutating func write(_ event: NewEvent, of commit: Commit) {
        id(RecordTag.commandID, commit.commandID)
        id(RecordTag.streamID, event.stream.id)
        fixed(RecordTag.recordedAt)
        fixed(RecordTag.position)
        fixed(RecordTag.version)
        id(RecordTag.log, commit.log.bits)
        word(RecordTag.category, event.stream.category)
        if event.stream.part != 0 {
            byte(RecordTag.part)
            varint(UInt64(event.stream.part))
        }
        byte(RecordTag.type)
        byte(UInt8(event.type.count))
        bits(event.type.high, count: min(event.type.count, Word.bytesMax))
        bits(event.type.low, count: max(0, event.type.count - Word.bytesMax))
        byte(RecordTag.schema)
        varint(UInt64(event.schema))
        write(commit.context)
        tag(RecordTag.payload)
        varint(UInt64(event.payload.count))
        event.payload.withUnsafeBufferPointer { payload in
            if let base = payload.baseAddress { next.update(from: base, count: payload.count) }
        }
        next += event.payload.count
    }

    private mutating func write(_ context: Context) {
        word(RecordTag.actorKind, context.actor.kind)
        if context.actor.id != 0 { id(RecordTag.actorID, context.actor.id) }
        word(RecordTag.role, context.role)
        word(RecordTag.basis, context.basis)
        word(RecordTag.origin, context.origin)
        if let other = context.onBehalfOf {
            tag(RecordTag.onBehalfOfKind)
            byte(UInt8(other.kind.count))
            bits(other.kind.bits, count: other.kind.count)
            if other.id != 0 { id(RecordTag.onBehalfOfID, other.id) }
        }
        if context.correlation != 0 { id(RecordTag.correlation, context.correlation) }
        if let cause = context.cause {
            tag(RecordTag.cause)
            varint(UInt64(cause))
        }
        if context.fingerprint != 0 { id(RecordTag.fingerprint, context.fingerprint) }
    }

    private mutating func byte(_ value: UInt8) {
        next.pointee = value
        next += 1
    }

    private mutating func tag(_ value: UInt16) {
        byte(UInt8(truncatingIfNeeded: value))
        byte(UInt8(truncatingIfNeeded: value >> 8))
    }

    private mutating func id(_ tag: UInt8, _ value: UInt128) {
        byte(tag)
        byte(16)
        bits(value, count: 16)
    }

    private mutating func id(_ tag: UInt16, _ value: UInt128) {
        self.tag(tag)
        byte(16)
        bits(value, count: 16)
    }

    private mutating func fixed(_ tag: UInt8) {
        byte(tag)
        UnsafeMutableRawPointer(next).storeBytes(of: 0, as: UInt64.self)
        next += 8
    }

    private mutating func word(_ tag: UInt8, _ value: Word) {
        byte(tag)
        byte(UInt8(value.count))
        bits(value.bits, count: value.count)
    }

    /// The first `count` bytes of `value`, highest first. Always touches 16: `bound` leaves room
    /// for it.
    private mutating func bits(_ value: UInt128, count: Int) {
        UnsafeMutableRawPointer(next).storeBytes(of: value.bigEndian, as: UInt128.self)
        next += count
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(rest))
    }
}
