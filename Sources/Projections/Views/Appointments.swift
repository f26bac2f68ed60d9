package import Domain
package import EventStore

/// Every appointment and what became of it (SCH-2, SCH-6).
package struct Appointments: Projection {
    package static let name = "appointments"
    package static let version = 3
    package static let categories = [Category.appointment, Category.erasure]

    private var appointments = Table<AppointmentRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        if case .erasure(_, .ordered(let order)) = fact.body {
            for record in order.records {
                try appointments.update(ID(bits: record.bits)) { $0.details = nil }
            }
        }
        guard case .appointment(let appointment, let event) = fact.body else { return }
        switch event {
        case .booked(let booked):
            appointments.put(AppointmentRow(appointment, booked))
        case .done(let done):
            try appointments.update(appointment) { row in
                row.settle(.done, done.at)
                row.visit = done.visit
            }
        case .noShow(let noShow):
            try appointments.update(appointment) { $0.settle(.noShow, noShow.at) }
        case .cancelled(let cancelled):
            try appointments.update(appointment) { $0.settle(.cancelled, cancelled.at) }
        case .questionnaireMarked(let marked):
            try appointments.update(appointment) { $0.questionnaires.take(marked.mark) }
        case .visited: return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&appointments)
    }
}

/// One appointment.
package struct AppointmentRow: Hashable, Sendable {
    package let appointment: ID<Appointment>
    package let clinic: ID<Clinic>
    /// Nil: with the clinic, any practitioner of it.
    package let practitioner: ID<Staff>?
    /// In `zone`.
    package let day: LocalDate
    package let clock: LocalTime?
    package let zone: String
    package let start: Instant?
    package let minutes: Int?
    package let bookedAt: Instant
    package var status: AppointmentStatus
    /// When it came to `status`, if that is not `booked`.
    package var settledAt: Instant?
    /// The visit it took place in.
    package var visit: ID<Visit>?
    /// Whose it is, and what is noted; shut. Nil: erased.
    package var details: ShutRecord?
    /// What the client is to fill in, and what became of each (QST-2).
    package var questionnaires = QuestionnaireMarks()

    init(_ appointment: ID<Appointment>, _ booked: AppointmentBooked) {
        self.appointment = appointment
        clinic = booked.clinic
        practitioner = booked.practitioner
        day = booked.time.day
        clock = booked.time.clock
        zone = booked.time.zone.description
        start = booked.time.start
        minutes = booked.time.minutes
        bookedAt = booked.at
        status = .booked
        details = ShutRecord(booked.details, .appointmentDetails)
    }

    fileprivate mutating func settle(_ status: AppointmentStatus, _ at: Instant) {
        self.status = status
        settledAt = at
    }
}

package enum AppointmentStatus: Int, NumberedColumn {
    case booked = 0
    case done = 1
    case noShow = 2
    case cancelled = 3
}

extension AppointmentRow: TableRow {
    package static let table = "appointments"
    package static let indexes = [
        ["day"], ["clinic", "day"], ["practitioner", "day"],
    ]
    package var key: ID<Appointment> { appointment }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        appointment = try c.key("appointment", \.appointment)
        clinic = try c("clinic", \.clinic)
        practitioner = try c("practitioner", \.practitioner)
        day = try c("day", \.day)
        clock = try c("clock", \.clock)
        zone = try c("zone", \.zone)
        start = try c("start", \.start)
        minutes = try c("minutes", \.minutes)
        bookedAt = try c("booked_at", \.bookedAt)
        status = try c("status", \.status)
        settledAt = try c("settled_at", \.settledAt)
        visit = try c("visit", \.visit)
        details = try c("details", \.details)
        questionnaires = QuestionnaireMarks(try c("questionnaires", \.questionnaires.all))
    }
}
