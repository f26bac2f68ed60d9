import Crypto
import Domain
import EventStore
import GRDB

/// A snapshot's file, in memory.
struct SnapshotBytes {
    let bytes: [UInt8]
    let position: Position

    private static let title = "anteroom snapshot 1"
    private static let hashBytes = 32

    /// Of the rows as they stand; nil where there are none yet, or too many.
    init?(
        of projection: any Projection.Type, _ log: LogID, _ database: Database
    ) throws(ViewError) {
        guard let org = try database.knownOrg(of: log),
            let position = try Position.read(
                database, org: org, projection.name, projection.version)
        else { return nil }
        self.position = position
        var output = CanonicalBytes()
        output.add(SnapshotBytes.title)
        output.add(projection.name)
        output.add(Int64(projection.version))
        output.add(log.bits)
        output.add(position.applied)
        output.add(position.lastCommand)
        output.add(position.recordedAt.milliseconds)
        var isTooLong = false
        for table in ViewSet.tables(of: projection) {
            _ = try output.add(table, org: org, database) { output in
                isTooLong = output.bytes.count > EngineLimits.snapshotBytes
                return !isTooLong
            }
            if isTooLong { return nil }
        }
        output.bytes.append(contentsOf: SHA256.hash(data: output.bytes))
        bytes = output.bytes
    }

    /// A file's content; nil where it isn't whole.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > SnapshotBytes.hashBytes else { return nil }
        let content = bytes.dropLast(SnapshotBytes.hashBytes)
        guard Array(SHA256.hash(data: content)) == Array(bytes.suffix(SnapshotBytes.hashBytes))
        else { return nil }
        var input = CanonicalInput(content)
        guard input.name() == SnapshotBytes.title, input.name() != nil, input.integer() != nil,
            input.id() != nil, let applied = input.integer(), let command = input.id(),
            let recordedAt = input.integer()
        else { return nil }
        self.bytes = bytes
        position = Position(
            applied: applied, lastCommand: command, recordedAt: Instant(milliseconds: recordedAt))
    }

    /// Inserts its rows and position; false, and nothing done, where it is of something else or
    /// rows are there already.
    func insert(
        _ projection: any Projection.Type, _ log: LogID, _ database: Database
    ) throws(ViewError) -> Bool {
        var input = CanonicalInput(bytes.dropLast(SnapshotBytes.hashBytes))
        guard input.name() == SnapshotBytes.title, input.name() == projection.name,
            input.integer() == Int64(projection.version), input.id() == log.bits,
            input.integer() != nil, input.id() != nil, input.integer() != nil
        else { return false }
        let org = try database.org(of: log)
        guard try Position.read(database, org: org, projection.name, projection.version) == nil
        else { return false }
        for table in ViewSet.tables(of: projection) {
            guard input.name() == table.baseName else {
                throw .damaged(file: "", reason: "a snapshot without table \(table.baseName)")
            }
            let insert = try Prepared(database, table.upsert)
            while input.row() {
                var whole = true
                try insert.run { binder in
                    binder.bind(org)
                    for _ in table.columns { whole = whole && input.bindCell(to: &binder) }
                }
                guard whole else { throw .damaged(file: "", reason: "a snapshot's row is cut") }
            }
            _ = input.endOfTable()
        }
        try position.write(database, org: org, projection.name, projection.version)
        return true
    }
}

/// Reads what ``CanonicalBytes`` writes.
private struct CanonicalInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func name() -> String? {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    mutating func integer() -> Int64? {
        number(8).map { Int64(bitPattern: UInt64(truncatingIfNeeded: $0)) }
    }

    mutating func id() -> UInt128? { number(16) }

    private mutating func number(_ count: Int) -> UInt128? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Whether a row begins here; passes its mark.
    mutating func row() -> Bool {
        guard rest.first == CanonicalBytes.rowMark else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func endOfTable() -> Int64? {
        guard rest.popFirst() == CanonicalBytes.endMark else { return nil }
        return integer()
    }

    /// False where the bytes end before the cell does.
    mutating func bindCell(to binder: inout Binder) -> Bool {
        switch rest.popFirst() {
        case 0:
            binder.bind(null: ())
        case 1:
            guard let value = integer() else { return false }
            binder.bind(integer: value)
        case let mark?:
            guard let length = number(4).map(Int.init), rest.count >= length else { return false }
            let content = rest.prefix(length)
            rest = rest.dropFirst(length)
            if mark == 3 {
                binder.bind(text: String(decoding: content, as: UTF8.self))
            } else {
                content.withUnsafeBytes { binder.bind(blob: $0) }
            }
        case nil: return false
        }
        return true
    }
}
