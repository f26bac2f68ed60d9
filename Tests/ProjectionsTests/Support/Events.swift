import Domain
import EventStore
import Projections

extension LogID {
    static let north = LogID(bits: 0x0A << 64)
    static let south = LogID(bits: 0x0B << 64)
}

extension PublicText {
    /// - Precondition: `text` is one: a constant of a test.
    static func of(_ text: String) -> PublicText {
        guard let text = PublicText(text) else { preconditionFailure("no public text: \(text)") }
        return text
    }
}

extension DNSLabel {
    static func of(_ text: String) -> DNSLabel {
        guard let label = DNSLabel(text) else { preconditionFailure("no label: \(text)") }
        return label
    }
}

extension ZoneName {
    static var utc: ZoneName {
        guard let zone = ZoneName("Etc/UTC") else { preconditionFailure("Etc/UTC is a zone") }
        return zone
    }
}

extension AppointmentTime {
    /// A day (since 1970-01-01) and nothing else.
    static func day(_ day: Int) -> AppointmentTime {
        guard let day = LocalDate(day: day) else { preconditionFailure("no day: \(day)") }
        return AppointmentTime(day: day, zone: .utc)
    }
}

extension StreamName {
    static func organisation(_ log: LogID) -> StreamName {
        StreamName(Category.organisation, log.bits)
    }
    static func clinic(_ id: ID<Clinic>) -> StreamName { StreamName(Category.clinic, id.bits) }
    static func staff(_ id: ID<Staff>) -> StreamName { StreamName(Category.staff, id.bits) }
    static func client(_ id: ID<Client>) -> StreamName { StreamName(Category.client, id.bits) }
    static func visit(_ id: ID<Visit>) -> StreamName { StreamName(Category.visit, id.bits) }
    static func appointment(_ id: ID<Appointment>) -> StreamName {
        StreamName(Category.appointment, id.bits)
    }
}

extension NewEvent {
    /// An event as the writer would shut it, under a seal that hides nothing.
    static func of<Family: EventFamily>(_ event: Family, _ stream: StreamName) -> NewEvent {
        do {
            return try EventCoding.newEvent(event, in: stream) { request in
                SealedBytes(key: request.key, bytes: request.plainBytes.reversed())
            }
        } catch {
            preconditionFailure("a test's event cannot be written: \(error)")
        }
    }
}

extension Instant {
    /// Minutes into the test.
    static func minute(_ minutes: Int64) -> Instant {
        Instant(milliseconds: 1_700_000_000_000 + minutes * 60_000)
    }
}

extension MemoryStore {
    /// One commit of `events` by a staff member, at a minute of the test.
    @discardableResult
    func add(at minute: Int64, _ events: NewEvent...) throws(AppendError) -> Appended {
        try add(.north, at: minute, events)
    }

    @discardableResult
    func add(_ events: NewEvent...) throws(AppendError) -> Appended {
        try add(.north, at: 0, events)
    }

    private func add(
        _ log: LogID, at minute: Int64, _ events: [NewEvent]
    ) throws(AppendError) -> Appended {
        let head: Int64
        do {
            head = try self.head(of: log)
        } catch {
            throw .closed
        }
        return try append(
            Commit(
                log: log, commandID: UInt128(head + 1) << 32 | 7,
                now: Instant.minute(minute).milliseconds,
                context: Context(
                    actor: Actor("staff", id: 42), role: "teamMember", basis: "treatment",
                    origin: "http"),
                events: events))
    }

    /// `count` commits out of a seed, in `logs` in turn.
    func fill(_ logs: [LogID], commits count: Int, seed: UInt64) throws(AppendError) {
        var history = History(seed: seed)
        for index in 0..<count {
            _ = try append(history.commit(in: logs[index % logs.count]))
        }
    }
}
