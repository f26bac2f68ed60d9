/// When an appointment is: the local day for certain, hour and length where they are known.
/// Imported history may know a day only. Local time, zone and instant are all kept, so that a zone
/// whose rules change can be seen to have.
package struct AppointmentTime: Hashable, Sendable {
    package let day: LocalDate
    /// Local time of the start.
    package let clock: LocalTime?
    package let zone: ZoneName
    /// The same start as a moment; worked out above, where the zone's table is.
    package let start: Instant?
    package let minutes: Int?

    package static let minutesMax = 24 * 60

    package init(
        day: LocalDate, zone: ZoneName, clock: LocalTime? = nil, start: Instant? = nil,
        minutes: Int? = nil
    ) {
        self.day = day
        self.clock = clock
        self.zone = zone
        self.start = start
        self.minutes = minutes
    }

    /// The moments it takes of an agenda, its end not included; nil where hour or length is
    /// unknown.
    package var span: Range<Instant>? {
        guard let start, let minutes, minutes > 0 else { return nil }
        let length = Int64(minutes).multipliedReportingOverflow(by: 60_000)
        let end = start.milliseconds.addingReportingOverflow(length.partialValue)
        guard !length.overflow, !end.overflow else { return nil }
        return start..<Instant(milliseconds: end.partialValue)
    }
}

extension AppointmentTime: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        day = try f(1, "day", \.day)
        clock = try f(2, "clock", \.clock)
        zone = try f(3, "zone", \.zone)
        start = try f(4, "start", \.start)
        minutes = try f(5, "minutes", \.minutes)
    }
}

/// Whose appointment it is, and what is noted.
package struct AppointmentDetails: Hashable, Sendable {
    package var client: ID<Client>
    package var note: String?
    /// The appointment's number in another system.
    package var externalNumber: String?

    /// Unicode scalars.
    package static let noteMax = 4_000
    package static let externalNumberMax = 200

    package init(client: ID<Client>, note: String? = nil, externalNumber: String? = nil) {
        self.client = client
        self.note = note
        self.externalNumber = externalNumber
    }
}

extension AppointmentDetails: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        client = try f(1, "client", \.client)
        note = try f(2, "note", \.note)
        externalNumber = try f(3, "external_number", \.externalNumber)
    }
}
