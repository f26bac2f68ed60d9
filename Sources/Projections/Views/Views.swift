package import Domain
package import EventStore

/// What the API and the command line ask of the projections. Every answer says how much of the log
/// it shows; rows of one answer are of one moment.
///
/// To see what a command just wrote, wait first: ``Runner/waitUntil(_:_:shows:)``.
package struct Views: Sendable {
    let shelf: ViewShelf

    package init(_ shelf: ViewShelf) { self.shelf = shelf }

    /// As of now, for one answer.
    var file: ViewFile { shelf.file }

    /// Callers in a clinic's waiting area, in the order they came to it.
    package func waitingArea(
        of clinic: ID<Clinic>, in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<CallerRow> {
        var query = RowQuery<CallerRow>(WaitingArea.self, order: ["queued"])
        query.require("clinic", "=", clinic)
        return try await answer(query, log, page) { $0.queued }
    }

    /// All callers in a clinic's waiting area, in the order they came to it, of one moment.
    package func callers(
        of clinic: ID<Clinic>, in log: LogID
    ) async throws(ViewError) -> Answer<[CallerRow]> {
        var query = RowQuery<CallerRow>(WaitingArea.self, order: ["queued"])
        query.require("clinic", "=", clinic)
        return try await shelf.read { [query] database throws(ViewError) in
            var rows: [CallerRow] = []
            var request = PageRequest.first
            while true {
                let page = try query.page(request, log, database) { $0.queued }
                rows += page.rows
                guard let next = page.next else {
                    return Answer(applied: page.applied, value: rows)
                }
                request = PageRequest(after: next)
            }
        }
    }

    package func caller(
        _ visit: ID<Visit>, in log: LogID
    ) async throws(ViewError) -> Answer<CallerRow?> {
        try await one(WaitingArea.self, CallerRow.self, visit, log)
    }

    /// Visits opened from `from` on and before `until`, in that order.
    package func visits(
        in log: LogID, clinic: ID<Clinic>? = nil, from: Instant? = nil, until: Instant? = nil,
        _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<VisitRow> {
        var query = RowQuery<VisitRow>(Visits.self, order: ["opened_at"])
        if let clinic { query.require("clinic", "=", clinic) }
        if let from { query.require("opened_at", ">=", from) }
        if let until { query.require("opened_at", "<", until) }
        return try await answer(query, log, page) { $0.openedAt.milliseconds }
    }

    /// Visits that are not over, in the order they were opened. Reads every visit's row.
    package func openVisits(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<VisitRow> {
        var query = RowQuery<VisitRow>(Visits.self, order: ["opened_at"])
        query.require("ended_at", "IS", Instant?.none)
        return try await answer(query, log, page) { $0.openedAt.milliseconds }
    }

    /// Group calls of waiting callers that are not over.
    package func openGroupCalls(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<GroupCallRow> {
        let query = RowQuery<GroupCallRow>(ReportFacts.self, order: [])
        return try await answer(query, log, page) { _ in 0 }
    }

    package func visit(
        _ visit: ID<Visit>, in log: LogID
    ) async throws(ViewError) -> Answer<VisitRow?> {
        try await one(Visits.self, VisitRow.self, visit, log)
    }

    /// Appointments of the days from `from` to `through`, both included, day by day.
    package func appointments(
        in log: LogID, clinic: ID<Clinic>? = nil, practitioner: ID<Staff>? = nil,
        from: LocalDate? = nil, through: LocalDate? = nil, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<AppointmentRow> {
        var query = RowQuery<AppointmentRow>(Appointments.self, order: ["day"])
        if let clinic { query.require("clinic", "=", clinic) }
        if let practitioner { query.require("practitioner", "=", practitioner) }
        if let from { query.require("day", ">=", from) }
        if let through { query.require("day", "<=", through) }
        return try await answer(query, log, page) { Int64($0.day.day) }
    }

    package func appointment(
        _ appointment: ID<Appointment>, in log: LogID
    ) async throws(ViewError) -> Answer<AppointmentRow?> {
        try await one(Appointments.self, AppointmentRow.self, appointment, log)
    }

    /// The organisation whose log it is.
    package func organisation(
        in log: LogID
    ) async throws(ViewError) -> Answer<OrganisationRow?> {
        try await one(Directory.self, OrganisationRow.self, ID(bits: log.bits), log)
    }

    package func clinics(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<ClinicRow> {
        try await answer(RowQuery<ClinicRow>(Directory.self, order: []), log, page) { _ in 0 }
    }

    package func staff(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<StaffRow> {
        try await answer(RowQuery<StaffRow>(Directory.self, order: []), log, page) { _ in 0 }
    }

    package func staffMember(
        _ staff: ID<Staff>, in log: LogID
    ) async throws(ViewError) -> Answer<StaffRow?> {
        try await one(Directory.self, StaffRow.self, staff, log)
    }

    package func apiKeys(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<APIKeyRow> {
        try await answer(RowQuery<APIKeyRow>(Directory.self, order: []), log, page) { _ in 0 }
    }

    package func supports(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<SupportRow> {
        try await answer(RowQuery<SupportRow>(Directory.self, order: []), log, page) { _ in 0 }
    }

    package func clients(
        in log: LogID, _ page: PageRequest = .first
    ) async throws(ViewError) -> Page<ClientRow> {
        try await answer(RowQuery<ClientRow>(Directory.self, order: []), log, page) { _ in 0 }
    }

    package func client(
        _ client: ID<Client>, in log: LogID
    ) async throws(ViewError) -> Answer<ClientRow?> {
        try await one(Directory.self, ClientRow.self, client, log)
    }

    /// Every projection's digest of one log, in the order they are given.
    package func digests(of log: LogID) async throws(ViewError) -> [ViewDigest] {
        let set = shelf.set
        return try await shelf.read { database throws(ViewError) in
            var digests: [ViewDigest] = []
            for projection in set.projections {
                digests.append(try ViewFile.digest(of: projection, log, database))
            }
            return digests
        }
    }

    func answer<Row: TableRow>(
        _ query: RowQuery<Row>, _ log: LogID, _ page: PageRequest,
        _ sortedBy: @Sendable (Row) -> Int64
    ) async throws(ViewError) -> Page<Row> where Row.Key: RecordID {
        try await shelf.read { database throws(ViewError) in
            try query.page(page, log, database, sortedBy)
        }
    }

    func one<Row: TableRow, P: Projection>(
        _ projection: P.Type, _ row: Row.Type, _ key: Row.Key, _ log: LogID
    ) async throws(ViewError) -> Answer<Row?> {
        try await shelf.read { database throws(ViewError) in
            guard let org = try database.knownOrg(of: log) else {
                return Answer(applied: 0, value: nil)
            }
            let applied = try Position.read(database, org: org, P.name, P.version)?.applied ?? 0
            let row = try database.row(row, key, org: org, version: P.version)
            return Answer(applied: applied, value: row)
        }
    }
}

/// One value, and how much of the log it shows.
package struct Answer<Value: Sendable>: Sendable {
    /// Events applied: the position of the next one.
    package let applied: Int64
    package let value: Value

    package init(applied: Int64, value: Value) {
        self.applied = applied
        self.value = value
    }
}
