import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let clientAccess = QueryEntry(
        .clientAccessRead, at: "/v1/clients/{client}/access-log",
        """
        Who looked at or changed a client's own record, their appointments, visits and answers, in \
        the order of time. Of records anonymised since, who and on which day (AUD-2).
        """,
        shows: .rows(.accessEntries),
        fields: { body in
            (
                body("client", .id(), "The client.") as ID<Client>,
                body.optional("from", .instant, "Then or later."),
                body.optional("until", .instant, "Before."), page(&body)
            )
        }
    ) { input, reading throws(Refusal) in
        let (client, from, until, request) = input
        _ = try await reading.existing(Client.self, client, field: "client")
        try await reading.allow(in: nil)
        let log = reading.log
        let record = try await reading.dispatch.record(StreamName(of: client), in: log)
        reading.note(.logRead, on: .access, record: record)
        try await reading.wait(for: AccessLog.name)
        let history = ClientHistory(
            dispatch: reading.dispatch, side: reading.side, client: client, log: log)
        let found = try await history.entries(from: from, until: until, request)
        return [
            "rows": .array(found.entries.map(\.json)),
            "next": found.next.map { .string($0.description) }, "areAll": .bool(found.areAll),
        ]
    }
}

/// What was done with one client's records and by whom: looks and writes as long as a record lives,
/// and what was carried over of those that do not.
struct ClientHistory: Sendable {
    let dispatch: Dispatch
    let side: ReadSide
    let client: ID<Client>
    let log: LogID

    /// A part of it, by time and then position.
    struct Found: Sendable {
        var entries: [Entry] = []
        var next: PageMark?
        /// False: the client has more records than ``ClientIndex/recordsMax`` of one kind, and what
        /// was done with the others is not here.
        var areAll = true
    }

    struct Entry: Sendable {
        let at: Instant
        let position: Int64
        let json: JSON

        fileprivate var mark: PageMark {
            PageMark(sort: at.milliseconds, id: UInt128(position))
        }
    }

    /// Years back that carried looks are searched in: longer than access logs are kept.
    static let yearsMax = 30

    func entries(
        from: Instant?, until: Instant?, _ request: PageRequest
    ) async throws(Refusal) -> Found {
        var found = Found()
        let (streams, areAll) = try await side.clients.records(of: client, in: log)
        found.areAll = areAll
        var keys: [ID<Domain.RecordKey>] = []
        for stream in [StreamName(of: client)] + streams {
            for event in try await events(of: stream) {
                keys += try Coding.sealedKeys(Coding.new(event)).map { ID(bits: $0.bits) }
                found.entries.append(Entry(AccessLogEntry(event), object: stream))
            }
        }
        found.entries += try await carried(from: from, until: until)
        let begin = request.after.map { Instant(milliseconds: $0.sort) }
        let period = (from: [from, begin].compactMap(\.self).max(), until: until)
        func isWanted(_ entry: Entry) -> Bool {
            if let from, entry.at < from { return false }
            if let until, entry.at >= until { return false }
            return request.after.map { $0 < entry.mark } ?? true
        }
        found.entries = found.entries.filter(isWanted)
        var after: Int64?
        var looks = 0
        repeat {
            let page = try await self.looks(at: keys, period, after: after, request.limit + 1)
            let entries = try await open(page.rows).filter(isWanted)
            looks += entries.count
            found.entries += entries
            after = page.next?.sort
        } while after != nil && looks <= request.limit
        found.cut(to: request.limit)
        return found
    }

    /// Every event of a stream.
    private func events(of stream: StreamName) async throws(Refusal) -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        while true {
            let page = try await dispatch.loader.page(stream, log, Int64(events.count))
            events += page
            if page.count < Loader.page { return events }
        }
    }

    private func looks(
        at keys: [ID<Domain.RecordKey>], _ period: (from: Instant?, until: Instant?),
        after: Int64?, _ limit: Int
    ) async throws(Refusal) -> Page<AccessLogEntry> {
        do {
            return try await side.accessLog.looks(
                at: Array(Set(keys)).sorted(), in: log, from: period.from, until: period.until,
                after: after, limit: limit)
        } catch {
            throw Refusal(error)
        }
    }

    /// Looks with the records they were at; a record erased meanwhile is named no more.
    private func open(_ looks: [AccessLogEntry]) async throws(Refusal) -> [Entry] {
        var entries: [Entry] = []
        for look in looks {
            var stream: StreamName?
            if let sealed = look.object,
                let object = try await dispatch.open(sealed, look.sealedIn, in: log)
            {
                stream = object.stream
            }
            entries.append(Entry(look, object: stream))
        }
        return entries
    }

    // MARK: What was carried over

    private func carried(from: Instant?, until: Instant?) async throws(Refusal) -> [Entry] {
        let last = (until ?? dispatch.clock.now()).utcYear
        let first = max(from.map(\.utcYear) ?? Int.min, last - ClientHistory.yearsMax)
        guard first <= last else { return [] }
        var entries: [Entry] = []
        for year in first...last {
            let stream = StreamName.access(
                of: client, in: log, year: UInt32(clamping: year), dispatch.vault)
            for event in try await events(of: stream) {
                switch try Coding.event(event, as: ClientAccessEvent.self) {
                case .carried(let carried):
                    guard let look = try await dispatch.open(carried.look, stream, in: log) else {
                        continue  // Its retention ended.
                    }
                    entries.append(Entry(look, position: event.position))
                }
            }
        }
        return entries
    }
}

extension ClientHistory.Found {
    /// Keeps the first `limit`.
    fileprivate mutating func cut(to limit: Int) {
        entries.sort { $0.mark < $1.mark }
        guard entries.count > limit else { return }
        entries.removeSubrange(limit...)
        next = entries.last?.mark
    }
}

extension ClientHistory.Entry {
    fileprivate init(_ entry: AccessLogEntry, object: StreamName?) {
        self.init(
            at: entry.recordedAt, position: entry.position, json: entry.json(object: object))
    }

    fileprivate init(_ past: PastAccess, position: Int64) {
        self.init(
            at: past.day.utcStart, position: position,
            json: [
                "position": .integer(position), "day": .string(past.day.description),
                "actor": ["kind": .string(past.actor), "id": .id(past.staff)],
                "onBehalfOf": past.onBehalfOf.map { ["kind": "staff", "id": .id($0)] },
                "role": .string(past.role), "basis": .string(past.basis),
                "source": .string(past.origin),
                "event": past.event.map { .string("\($0)") },
                "action": .string(String(past.action.letter)),
                "outcome": .string("\(past.outcome)"), "records": 1,
            ])
    }
}
