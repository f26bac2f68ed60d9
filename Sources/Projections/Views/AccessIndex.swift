import Domain
import EventStore
import GRDB

/// Finds entries of the access log in its index.
struct AccessIndex {
    struct Found: Sendable {
        let applied: Int64
        /// Ascending; neighbours joined, so that a stretch is read at once.
        var stretches: [Range<Int64>] = []
        /// There may be more after these.
        var isCut = false
    }

    private let database: Database
    private let org: Int64
    private let applied: Int64

    /// Nil where the file has never met the log.
    init?(_ database: Database, _ log: LogID) throws(ViewError) {
        guard let org = try database.knownOrg(of: log) else { return nil }
        self.database = database
        self.org = org
        let position = try Position.read(database, org: org, AccessLog.name, AccessLog.version)
        applied = position?.applied ?? 0
    }

    /// At most `limit` positions whose days touch `period`.
    func positions(
        of actor: Actor?, _ period: Period, limit: Int
    ) throws(ViewError) -> Found {
        var found = Found(applied: applied)
        let bounds = try bounds(of: period)
        guard !bounds.isEmpty else { return found }
        guard let actor else {
            let end = min(bounds.upperBound, bounds.lowerBound + Int64(limit))
            found.stretches = [bounds.lowerBound..<end]
            found.isCut = end < bounds.upperBound
            return found
        }
        found.take(try positions(of: actor, within: bounds, limit: limit + 1), limit: limit)
        return found
    }

    /// At most `limit` positions of looks at records whose keys are `objects`, on days that touch
    /// `period`.
    func looks(
        at objects: [ID<Domain.RecordKey>], _ period: Period, limit: Int
    ) throws(ViewError) -> Found {
        var found = Found(applied: applied)
        let bounds = try bounds(of: period)
        guard !bounds.isEmpty else { return found }
        var positions: [Int64] = []
        for object in objects {
            positions += try self.positions(of: object, within: bounds, limit: limit + 1)
        }
        // The first of each are enough: together they hold the first of all.
        found.take(positions.sorted(), limit: limit)
        return found
    }

    /// The positions of the days that touch `period`, after the one to go on from.
    private func bounds(of period: Period) throws(ViewError) -> Range<Int64> {
        let table = TableSchema(AccessDayRow.self, version: AccessLog.version).name
        let firstDay = period.from.map(AccessDayRow.day(of:)) ?? Int64.min
        let lastDay = period.until.map(AccessDayRow.day(of:)) ?? Int64.max
        var bounds: Range<Int64> = 0..<0
        try database.each(
            "SELECT min(first), max(last) FROM \(table) WHERE org = ? AND day BETWEEN ? AND ?"
        ) { binder in
            binder.bind(org)
            binder.bind(firstDay)
            binder.bind(lastDay)
        } _: { statement throws(ViewError) in
            let first = try Int64?.read(from: Cell(statement: statement, index: 0))
            let last = try Int64?.read(from: Cell(statement: statement, index: 1))
            guard let first, let last, max(first, period.after + 1) <= last else { return }
            bounds = max(first, period.after + 1)..<last + 1
        }
        return bounds
    }

    private func positions(
        of actor: Actor, within bounds: Range<Int64>, limit: Int
    ) throws(ViewError) -> [Int64] {
        let schema = TableSchema(ActorBlockRow.self, version: AccessLog.version)
        var positions: [Int64] = []
        // As many blocks as rows are wanted: each holds one at least.
        try database.each(
            """
            SELECT \(schema.list) FROM \(schema.name) WHERE org = ? AND kind = ? AND actor = ? \
            AND block BETWEEN ? AND ? ORDER BY block LIMIT ?
            """
        ) { binder in
            binder.bind(org)
            binder.bind(actor.kind)
            binder.bind(actor.id)
            binder.bind(BlockOffset.block(of: bounds.lowerBound))
            binder.bind(BlockOffset.block(of: bounds.upperBound - 1))
            binder.bind(limit + 1)
        } _: { statement throws(ViewError) in
            guard positions.count < limit else { return }
            positions += try ActorBlockRow.read(statement).positions.filter(bounds.contains)
        }
        return positions
    }

    private func positions(
        of object: ID<Domain.RecordKey>, within bounds: Range<Int64>, limit: Int
    ) throws(ViewError) -> [Int64] {
        let schema = TableSchema(ObjectBlockRow.self, version: AccessLog.version)
        var positions: [Int64] = []
        try database.each(
            """
            SELECT \(schema.list) FROM \(schema.name) WHERE org = ? AND object = ? \
            AND block BETWEEN ? AND ? ORDER BY block LIMIT ?
            """
        ) { binder in
            binder.bind(org)
            binder.bind(object)
            binder.bind(BlockOffset.block(of: bounds.lowerBound))
            binder.bind(BlockOffset.block(of: bounds.upperBound - 1))
            binder.bind(limit + 1)
        } _: { statement throws(ViewError) in
            guard positions.count < limit else { return }
            positions += try ObjectBlockRow.read(statement).positions.filter(bounds.contains)
        }
        return positions
    }
}

extension AccessIndex.Found {
    /// Takes in the first `limit` of `positions`, which ascend.
    fileprivate mutating func take(_ positions: [Int64], limit: Int) {
        isCut = positions.count > limit
        for position in positions.prefix(limit) {
            if let last = stretches.last, last.upperBound == position {
                stretches[stretches.count - 1] = last.lowerBound..<position + 1
            } else {
                stretches.append(position..<position + 1)
            }
        }
    }
}
