extension Record {
    /// Reads one stored record. Accepts exactly what ``EncodedCommit`` writes: one event has one
    /// encoding.
    package static func parse(_ bytes: ArraySlice<UInt8>) throws(RecordError) -> RecordedEvent {
        let fields: RecordFields
        do {
            fields = try bytes.withUnsafeBytes { try RecordFields($0) }
        } catch let error as RecordError {
            throw error
        } catch {
            preconditionFailure("RecordFields throws RecordError only")
        }
        return RecordedEvent(
            log: fields.log, position: fields.position, stream: fields.stream,
            version: fields.version, type: fields.type, schema: fields.schema,
            recordedAt: fields.recordedAt, commandID: fields.commandID, context: fields.context,
            payload: bytes.suffix(from: bytes.startIndex + fields.payloadStart), storedBytes: bytes)
    }
}

/// What a record says, but for its payload.
struct RecordFields {
    let commandID: UInt128
    let log: LogID
    let stream: StreamName
    let position: Int64
    let version: Int64
    let recordedAt: Int64
    let type: EventType
    let schema: UInt32
    let context: Context
    /// Offset of the payload, which goes to the record's end.
    let payloadStart: Int

    init(_ record: UnsafeRawBufferPointer) throws(RecordError) {
        let head = try RecordHead(record)
        var reader = FieldReader(record, at: Record.headBytes)
        let category = try reader.word(RecordTag.category)
        let part = try reader.optionalVarint(RecordTag.part)
        let type = try reader.type()
        let schema = try reader.schema()
        let kind = try reader.word(RecordTag.actorKind)
        let actor = Actor(kind, id: try reader.optionalID(RecordTag.actorID))
        let role = try reader.word(RecordTag.role)
        let basis = try reader.word(RecordTag.basis)
        let origin = try reader.word(RecordTag.origin)
        let onBehalfOf = try reader.onBehalfOf()
        let correlation = try reader.optionalID(RecordTag.correlation)
        let cause = try reader.cause()
        let fingerprint = try reader.optionalID(RecordTag.fingerprint)
        payloadStart = try reader.payload()

        commandID = head.commandID
        log = head.log
        stream = StreamName(category, head.streamID, part: part)
        position = head.position
        version = head.version
        recordedAt = head.recordedAt
        self.type = type
        self.schema = schema
        context = Context(
            actor: actor, role: role, basis: basis, origin: origin, onBehalfOf: onBehalfOf,
            correlation: correlation, cause: cause, fingerprint: fingerprint)
    }
}

/// The 81 fixed bytes a record begins with.
struct RecordHead {
    let commandID: UInt128
    let streamID: UInt128
    let recordedAt: Int64
    let position: Int64
    let version: Int64
    let log: LogID

    init(_ record: UnsafeRawBufferPointer) throws(RecordError) {
        guard record.count >= Record.headBytes else { throw .truncated(offset: record.count) }
        // Tag and length bytes, each where it must stand.
        guard record[0] == RecordTag.commandID, record[1] == 16 else {
            throw .unexpectedField(offset: 0)
        }
        guard record[18] == RecordTag.streamID, record[19] == 16 else {
            throw .unexpectedField(offset: 18)
        }
        guard record[36] == RecordTag.recordedAt else { throw .unexpectedField(offset: 36) }
        guard record[45] == RecordTag.position else { throw .unexpectedField(offset: 45) }
        guard record[54] == RecordTag.version else { throw .unexpectedField(offset: 54) }
        guard record[63] == RecordTag.log, record[64] == 16 else {
            throw .unexpectedField(offset: 63)
        }
        commandID = RecordHead.bits(record, Record.commandOffset)
        streamID = RecordHead.bits(record, Record.streamOffset)
        recordedAt = try RecordHead.number(record, Record.recordedAtOffset)
        position = try RecordHead.number(record, Record.positionOffset)
        version = try RecordHead.number(record, Record.versionOffset)
        log = LogID(bits: RecordHead.bits(record, Record.logOffset))
        guard commandID != 0 else { throw .badValue(offset: Record.commandOffset) }
    }

    private static func bits(_ record: UnsafeRawBufferPointer, _ offset: Int) -> UInt128 {
        UInt128(bigEndian: record.loadUnaligned(fromByteOffset: offset, as: UInt128.self))
    }

    private static func number(
        _ record: UnsafeRawBufferPointer, _ offset: Int
    ) throws(RecordError) -> Int64 {
        let value = Int64(
            littleEndian: record.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        guard value >= 0 else { throw .badValue(offset: offset) }
        return value
    }
}

/// Walks the fields behind a record's head, each where the format wants it.
private struct FieldReader {
    private let record: UnsafeRawBufferPointer
    private var next: Int

    init(_ record: UnsafeRawBufferPointer, at offset: Int) {
        self.record = record
        next = offset
    }

    /// A word that must be there and must not be empty.
    mutating func word(_ tag: UInt8) throws(RecordError) -> Word {
        try expect(tag)
        return try word()
    }

    mutating func type() throws(RecordError) -> EventType {
        try expect(RecordTag.type)
        let length = Int(try byte())
        guard (1...EventType.bytesMax).contains(length) else { throw .badValue(offset: next - 1) }
        let high = try bits(count: min(length, Word.bytesMax))
        return EventType(high: high, low: try bits(count: max(0, length - Word.bytesMax)))
    }

    mutating func schema() throws(RecordError) -> UInt32 {
        try expect(RecordTag.schema)
        let start = next
        guard let value = UInt32(exactly: try varint()), value >= 1 else {
            throw .badValue(offset: start)
        }
        return value
    }

    /// Zero where the field is absent.
    mutating func optionalVarint(_ tag: UInt8) throws(RecordError) -> UInt32 {
        guard next < record.count, record[next] == tag else { return 0 }
        next += 1
        let start = next
        guard let value = UInt32(exactly: try varint()), value != 0 else {
            throw .badValue(offset: start)
        }
        return value
    }

    mutating func optionalID(_ tag: UInt8) throws(RecordError) -> UInt128 {
        guard next < record.count, record[next] == tag else { return 0 }
        next += 1
        return try id()
    }

    mutating func optionalID(_ tag: UInt16) throws(RecordError) -> UInt128 {
        guard skip(tag) else { return 0 }
        return try id()
    }

    mutating func onBehalfOf() throws(RecordError) -> Actor? {
        guard skip(RecordTag.onBehalfOfKind) else { return nil }
        let kind = try word()
        return Actor(kind, id: try optionalID(RecordTag.onBehalfOfID))
    }

    mutating func cause() throws(RecordError) -> Int64? {
        guard skip(RecordTag.cause) else { return nil }
        let start = next
        guard let value = Int64(exactly: try varint()) else { throw .badValue(offset: start) }
        return value
    }

    /// Where the payload begins, which goes to the record's end.
    mutating func payload() throws(RecordError) -> Int {
        let tag = next
        guard skip(RecordTag.payload) else {
            throw next + 1 < record.count
                ? .unexpectedField(offset: tag) : .truncated(offset: record.count)
        }
        let start = next
        let length = try varint()
        guard length == UInt64(record.count - next) else { throw .badValue(offset: start) }
        return next
    }

    private mutating func expect(_ tag: UInt8) throws(RecordError) {
        guard next < record.count else { throw .truncated(offset: next) }
        guard record[next] == tag else { throw .unexpectedField(offset: next) }
        next += 1
    }

    private mutating func skip(_ tag: UInt16) -> Bool {
        guard next + 1 < record.count,
            record.loadUnaligned(fromByteOffset: next, as: UInt16.self) == tag.littleEndian
        else { return false }
        next += 2
        return true
    }

    private mutating func byte() throws(RecordError) -> UInt8 {
        guard next < record.count else { throw .truncated(offset: next) }
        next += 1
        return record[next - 1]
    }

    private mutating func word() throws(RecordError) -> Word {
        let length = Int(try byte())
        guard (1...Word.bytesMax).contains(length) else { throw .badValue(offset: next - 1) }
        return Word(uncheckedBits: try bits(count: length))
    }

    /// The next `count` bytes (0…16) as a word's bits.
    @inline(__always)
    private mutating func bits(count: Int) throws(RecordError) -> UInt128 {
        guard count > 0 else { return 0 }
        guard next + count <= record.count else { throw .truncated(offset: record.count) }
        var high: UInt64 = 0
        var low: UInt64 = 0
        if next + 16 <= record.count {
            high = UInt64(bigEndian: record.loadUnaligned(fromByteOffset: next, as: UInt64.self))
            low = UInt64(bigEndian: record.loadUnaligned(fromByteOffset: next + 8, as: UInt64.self))
        } else {
            for index in 0..<min(count, 8) {
                high |= UInt64(record[next + index]) << UInt64(56 - 8 * index)
            }
            for index in 8..<max(count, 8) {
                low |= UInt64(record[next + index]) << UInt64(120 - 8 * index)
            }
        }
        let highMask = count >= 8 ? ~0 : ~(UInt64.max &>> UInt64(8 * count))
        let lowMask = count >= 16 ? ~0 : count <= 8 ? 0 : ~(UInt64.max &>> UInt64(8 * count - 64))
        guard FieldReader.isAllowed(high, highMask), FieldReader.isAllowed(low, lowMask) else {
            throw .badValue(offset: next)
        }
        next += count
        return UInt128(high & highMask) << 64 | UInt128(low & lowMask)
    }

    /// ``Word/isAllowed(_:)`` for the bytes in `mask`, eight at once: adding lifts a byte's highest
    /// bit where it is at least the lower end of a range, and where it is beyond the upper end. No
    /// sum carries, since bytes from 80 on are refused.
    private static func isAllowed(_ bytes: UInt64, _ mask: UInt64) -> Bool {
        let tops: UInt64 = 0x8080_8080_8080_8080
        let each: UInt64 = 0x0101_0101_0101_0101
        let plain = bytes & ~tops
        let lower = plain | each &* 0x20
        let letters = (lower &+ each &* (0x80 - 0x61)) & ~(lower &+ each &* (0x7F - 0x7A))
        let digits = (plain &+ each &* (0x80 - 0x30)) & ~(plain &+ each &* (0x7F - 0x39))
        let marks = (plain &+ each &* (0x80 - 0x2D)) & ~(plain &+ each &* (0x7F - 0x2E))
        return ((letters | digits | marks) & ~bytes | ~mask) & tops == tops
    }

    private mutating func id() throws(RecordError) -> UInt128 {
        guard try byte() == 16 else { throw .badValue(offset: next - 1) }
        guard next + 16 <= record.count else { throw .truncated(offset: record.count) }
        let value = UInt128(
            bigEndian: record.loadUnaligned(fromByteOffset: next, as: UInt128.self))
        guard value != 0 else { throw .badValue(offset: next) }
        next += 16
        return value
    }

    /// A number in its shortest form, at most ten bytes.
    private mutating func varint() throws(RecordError) -> UInt64 {
        let start = next
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let part = try byte()
            guard shift < 63 || part <= 1 else { throw .badValue(offset: start) }
            value |= UInt64(part & 0x7F) << shift
            if part < 0x80 {
                guard part != 0 || shift == 0 else { throw .badValue(offset: start) }
                return value
            }
            shift += 7
        }
    }
}
