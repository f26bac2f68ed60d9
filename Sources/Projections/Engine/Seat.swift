import Domain
import EventStore
import GRDB

/// One projection over one log, and how far it got.
final class Seat<P: Projection>: AnySeat {
    let name = P.name
    let version = P.version
    private let categories = P.categories
    private(set) var position = Position.start
    private(set) var stop: ProjectionStop?
    private var projection = P()

    func understands(_ category: Word) -> Bool { categories.contains(category) }

    func load(_ lookup: RowLookup, _ database: Database, org: Int64) throws(ViewError) {
        stop = nil
        projection = P()
        position = try Position.read(database, org: org, name, version) ?? .start
        var attach = Attach(
            lookup: lookup, org: org, isEmpty: position.applied == 0, version: version)
        try projection.walk(&attach)
    }

    func apply(_ fact: Fact, _ failure: CodingError?) throws(ViewError) {
        guard stop == nil, fact.position == position.applied else { return }
        if let failure, understands(fact.stream.category) {
            stop = ProjectionStop(
                projection: name, version: version, log: fact.log, position: fact.position,
                type: fact.type, reason: failure)
            return
        }
        try projection.apply(fact)
        position.pass(fact)
    }

    func flush(_ database: Database, org: Int64) throws(ViewError) {
        var flush = Flush(database: database, org: org, version: version)
        try projection.walk(&flush)
        try position.write(database, org: org, name, version)
    }

    func trim(_ lookup: RowLookup, org: Int64, to rowsMax: Int) throws(ViewError) {
        var trim = Trim(lookup: lookup, org: org, version: version, rowsMax: rowsMax)
        try projection.walk(&trim)
    }
}

/// A ``Seat`` of whatever projection.
protocol AnySeat: AnyObject {
    var name: String { get }
    var version: Int { get }
    var position: Position { get }
    var stop: ProjectionStop? { get }
    func understands(_ category: Word) -> Bool
    /// Takes up where the file stands. Whatever was in memory is void.
    func load(_ lookup: RowLookup, _ database: Database, org: Int64) throws(ViewError)
    /// Applies the fact where it is the next; passes over one already applied.
    /// - Parameter failure: why `fact` is no more than an envelope, where it could not be read.
    func apply(_ fact: Fact, _ failure: CodingError?) throws(ViewError)
    func flush(_ database: Database, org: Int64) throws(ViewError)
    func trim(_ lookup: RowLookup, org: Int64, to rowsMax: Int) throws(ViewError)
}

/// How much of a log a projection's rows show.
struct Position: Hashable, Sendable {
    /// Events applied: the position of the next one.
    var applied: Int64
    /// Of the last event applied: tells this history from another one's.
    var lastCommand: UInt128
    var recordedAt: Instant

    static let start = Position(
        applied: 0, lastCommand: 0, recordedAt: Instant(milliseconds: 0))

    mutating func pass(_ fact: Fact) {
        applied = fact.position + 1
        lastCommand = fact.commandID
        recordedAt = fact.recordedAt
    }

    static func read(
        _ database: Database, org: Int64, _ projection: String, _ version: Int
    ) throws(ViewError) -> Position? {
        var found: Position?
        try database.each(
            """
            SELECT applied, last_command, recorded_at FROM positions \
            WHERE org = ? AND projection = ? AND version = ?
            """
        ) { binder in
            binder.bind(org)
            binder.bind(projection)
            binder.bind(version)
        } _: { statement throws(ViewError) in
            found = Position(
                applied: try Cell(statement: statement, index: 0).integer(),
                lastCommand: try .read(from: Cell(statement: statement, index: 1)),
                recordedAt: try .read(from: Cell(statement: statement, index: 2)))
        }
        return found
    }

    func write(
        _ database: Database, org: Int64, _ projection: String, _ version: Int
    ) throws(ViewError) {
        try database.run("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?)") { binder in
            binder.bind(org)
            binder.bind(projection)
            binder.bind(version)
            binder.bind(applied)
            binder.bind(lastCommand)
            binder.bind(recordedAt)
        }
    }
}

private struct Attach: TableWalker {
    let lookup: RowLookup
    let org: Int64
    let isEmpty: Bool
    let version: Int

    func callAsFunction<Row: TableRow>(_ table: inout Table<Row>) throws(ViewError) {
        table.attach(isEmpty ? nil : TableSource(lookup, org: org, version: version))
    }
}

private struct Flush: TableWalker {
    let database: Database
    let org: Int64
    let version: Int

    func callAsFunction<Row: TableRow>(_ table: inout Table<Row>) throws(ViewError) {
        try table.flush(into: TableWriter(database, org: org, version: version))
    }
}

private struct Trim: TableWalker {
    let lookup: RowLookup
    let org: Int64
    let version: Int
    let rowsMax: Int

    func callAsFunction<Row: TableRow>(_ table: inout Table<Row>) throws(ViewError) {
        table.trim(to: rowsMax, source: TableSource(lookup, org: org, version: version))
    }
}
