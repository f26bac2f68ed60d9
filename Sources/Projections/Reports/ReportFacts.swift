import Domain
package import EventStore

/// What reports count, by clinic and day, from the log alone (REP-1, REP-3, REP-4).
///
/// Facts of visits wait by the minute until `day.closed` says which moments the day had; facts of
/// appointments count on the day they are for. What concerns a closed day is a correction, and
/// counts on the open one. So the rows of days up to D do not change once D is closed: a report of
/// them is a function of the position of that event.
package struct ReportFacts: Projection {
    package static let name = "reports"
    package static let version = 5
    package static let categories = [
        Category.organisation, Category.clinic, Category.staff, Category.visit,
        Category.appointment, Category.day, Category.report, Category.room, Category.groupCall,
        Category.app,
    ]

    private var clock = Table<ReportClockRow>()
    private var closedDays = Table<ClosedDayRow>()
    private var settings = Table<ReportSettingsRow>()
    private var clinics = Table<ClinicCodeRow>()
    private var names = Table<ClinicNameRow>()
    private var staff = Table<StaffCodeRow>()
    private var visits = Table<OpenVisitRow>()
    private var appointments = Table<OpenAppointmentRow>()
    private var pending = PendingFacts()
    private var clinicDays = Table<ClinicDayRow>()
    private var rooms = Table<RoomCallRow>()
    private var groupCalls = Table<GroupCallRow>()

    package init() {}

    package mutating func apply(_ fact: Fact) throws(ViewError) {
        switch fact.body {
        case .visit(let visit, let event): try apply(visit, event)
        case .appointment(let appointment, let event): try apply(appointment, event)
        case .days(_, .closed(let closed)): try close(closed.span, at: fact.position)
        case .days(_, .held), .days(_, .released): return
        case .reports(_, .configured(let configured)): try save(configured.settings)
        case .organisation(_, let event): try apply(event)
        case .clinic(let clinic, let event): try apply(clinic, event)
        case .staff(let staff, _): _ = try code(of: staff)
        case .room(let room, let event): try apply(room, event)
        case .groupCall(let call, let event): try apply(call, event)
        case .app(_, .errorReported(let reported)):
            try note(
                PendingFact(
                    .reported, at: reported.at, clinic: try code(of: reported.clinic),
                    value: UInt32(clamping: reported.error.rawValue)))
        case .subdomain, .account, .security, .apiKey, .support, .client, .agenda, .questionnaire,
            .answers, .access, .clientAccess, .erasure, .anonymisation, .imports, .mail, .nothing,
            .guest, .callInterface, .announcement, .walkIn, .alert, .signOn, .auditor,
            .unread:
            return
        }
    }

    package mutating func walk<Walker: TableWalker>(_ walker: inout Walker) throws(ViewError) {
        try walker(&clock)
        try walker(&closedDays)
        try walker(&settings)
        try walker(&clinics)
        try walker(&names)
        try walker(&staff)
        try walker(&visits)
        try walker(&appointments)
        try walker(&pending.rows)
        try walker(&clinicDays)
        try walker(&rooms)
        try walker(&groupCalls)
    }

    // MARK: Names and settings

    private mutating func apply(_ event: OrganisationEvent) throws(ViewError) {
        let name: String
        switch event {
        case .created(let created): name = created.profile.name.description
        case .changed(let changed): name = changed.profile.name.description
        case .packageSet, .staffEntered, .staffLeft, .adminSeated, .adminUnseated, .logoSet,
            .logoRemoved:
            return
        }
        try changeClock { $0.organisation = name }
    }

    private mutating func apply(_ id: ID<Clinic>, _ event: ClinicEvent) throws(ViewError) {
        let code = try code(of: id)
        let name: String
        switch event {
        case .created(let created): name = created.name.description
        case .renamed(let renamed): name = renamed.name.description
        case .closed, .reopened, .adminSeated, .adminUnseated, .addOnsSet, .waitingAreaSet,
            .waitingAreaSwitched:
            return
        }
        let open = try clock.row(ReportClockRow.only)?.openDay ?? Int(ReportSettingsRow.always)
        names.put(ClinicNameRow(place: DayClinic(day: open, clinic: code), name: name))
    }

    private mutating func save(_ saved: ReportSettings) throws(ViewError) {
        let open = try clock.row(ReportClockRow.only)?.openDay
        let from = open.map { Int64($0) + 1 } ?? ReportSettingsRow.always
        settings.put(ReportSettingsRow(from: from, saved))
        try changeClock { row in
            row.savedMinimumSeconds = saved.minimumSeconds
            if open == nil { row.minimumSeconds = saved.minimumSeconds }
        }
    }

    private mutating func code(of id: ID<Clinic>) throws(ViewError) -> Int {
        if let known = try clinics.row(id) { return known.code }
        var code = 0
        try changeClock { row in
            row.clinics += 1
            code = row.clinics
        }
        clinics.put(ClinicCodeRow(clinic: id, code: code))
        return code
    }

    private mutating func code(of id: ID<Staff>) throws(ViewError) -> Int {
        if let known = try staff.row(id) { return known.code }
        var code = 0
        try changeClock { row in
            row.staff += 1
            code = row.staff
        }
        staff.put(StaffCodeRow(staff: id, code: code))
        return code
    }

    private mutating func changeClock(
        _ change: (inout ReportClockRow) -> Void
    ) throws(ViewError) {
        if try clock.row(ReportClockRow.only) == nil { clock.put(ReportClockRow()) }
        try clock.update(ReportClockRow.only, change)
    }

    // MARK: Appointments

    private mutating func apply(
        _ id: ID<Appointment>, _ event: AppointmentEvent
    ) throws(ViewError) {
        switch event {
        case .booked(let booked):
            let row = OpenAppointmentRow(
                appointment: id, day: booked.time.day.day, clinic: try code(of: booked.clinic),
                staff: try booked.practitioner.map { id throws(ViewError) in
                    try code(of: id)
                } ?? 0)
            let minutes = booked.time.minutes.map { UInt32(clamping: $0) }
            try count(row) { day, staff in
                day.appointments += 1
                staff.appointments &+= 1
                if let minutes {
                    day.minutes.add(minutes)
                    staff.minutes &+= minutes
                }
            }
            appointments.put(row)
        case .done:
            try settle(id) { day, staff in
                day.done += 1
                staff.done &+= 1
            }
        case .noShow:
            try settle(id) { day, staff in
                day.noShows += 1
                staff.noShows &+= 1
            }
        case .cancelled:
            try settle(id) { day, staff in
                day.cancelled += 1
                staff.cancelled &+= 1
            }
        case .visited, .questionnaireMarked: return
        }
    }

    private mutating func settle(
        _ id: ID<Appointment>, _ change: (inout ClinicDayRow, inout StaffDay) -> Void
    ) throws(ViewError) {
        guard let row = try appointments.row(id) else { return }
        try count(row, change)
        appointments.remove(id)
    }

    private mutating func count(
        _ appointment: OpenAppointmentRow,
        _ change: (inout ClinicDayRow, inout StaffDay) -> Void
    ) throws(ViewError) {
        let open = try clock.row(ReportClockRow.only)?.openDay ?? .min
        let day = max(open, appointment.day)
        let isLate = day != appointment.day
        try changeDay(DayClinic(day: day, clinic: appointment.clinic)) { row in
            var staff = StaffDay(code: UInt32(clamping: appointment.staff))
            row.staff.update(staff.code) { staff = $0 }
            change(&row, &staff)
            row.staff.update(staff.code) { $0 = staff }
            if isLate { row.lateAppointments += 1 }
        }
    }

    private mutating func changeDay(
        _ place: DayClinic, _ change: (inout ClinicDayRow) -> Void
    ) throws(ViewError) {
        if try clinicDays.row(place) == nil { clinicDays.put(ClinicDayRow(place: place)) }
        try clinicDays.update(place, change)
    }

    // MARK: Visits

    private mutating func apply(_ id: ID<Visit>, _ event: VisitEvent) throws(ViewError) {
        switch event {
        case .opened(let opened): try begin(id, opened.clinic, opened.at)
        case .arrived(let arrived): try arrive(id, arrived.clinic, arrived.at)
        case .admitted(let admitted): try see(id, admitted.staff, admitted.at)
        case .staffJoined(let joined): try see(id, joined.staff, joined.at)
        case .transferred(let moved): try transfer(id, moved)
        case .gaveUp(let gaveUp): try end(id, gaveUp.at, hasLeft: true)
        case .ended(let ended): try end(id, ended.at, hasLeft: ended.reason == .lostContact)
        case .started(let started): try start(id, started)
        case .groupAnswered(let answered):
            if answered.accepted { try see(id, inGroupAt: answered.at) }
        case .left, .held, .participantHeld, .participantResumed, .disconnected,
            .returned, .messageSent, .locked, .unlocked, .staffCalled, .invited,
            .invitationRevoked, .externalEntered, .sentBack, .groupAsked, .groupResumed, .groupLeft,
            .questionnaireMarked:
            return
        }
    }

    /// The call is counted from the client's arrival on: until then there is nobody to see.
    private mutating func start(_ id: ID<Visit>, _ started: VisitStarted) throws(ViewError) {
        try begin(id, started.clinic, started.at)
        let code = try code(of: started.staff)
        try visits.update(id) { $0.staff = code }
    }

    private mutating func begin(
        _ id: ID<Visit>, _ clinic: ID<Clinic>, _ at: Instant
    ) throws(ViewError) {
        guard try visits.row(id) == nil else { return }
        let code = try code(of: clinic)
        visits.put(OpenVisitRow(visit: id, clinic: code))
        try note(PendingFact(.opened, at: at, clinic: code))
    }

    /// History that begins with the arrival opened then.
    private mutating func arrive(
        _ id: ID<Visit>, _ clinic: ID<Clinic>, _ at: Instant
    ) throws(ViewError) {
        try begin(id, clinic, at)
        guard let visit = try visits.row(id), visit.waitingFrom == nil else { return }
        let code = try code(of: clinic)
        try visits.update(id) { row in
            row.clinic = code
            row.waitingFrom = at
        }
        try note(PendingFact(.arrived, at: at, clinic: code))
        guard visit.staff != 0 else { return }
        // Straight into a room that waited for them.
        try visits.update(id) { $0.seenAt = at }
        try note(PendingFact(.seen, at: at, clinic: code, value: 0))
    }

    private mutating func see(
        _ id: ID<Visit>, _ staff: ID<Staff>, _ at: Instant
    ) throws(ViewError) {
        guard let visit = try visits.row(id), visit.seenAt == nil,
            visit.staff == 0 || visit.waitingFrom != nil
        else { return }
        let code = try code(of: staff)
        try visits.update(id) { row in
            row.seenAt = at
            row.staff = code
        }
        try endWait(of: visit, at)
    }

    /// Taken in by a group call, which is counted as such and not as theirs.
    private mutating func see(_ id: ID<Visit>, inGroupAt at: Instant) throws(ViewError) {
        guard let visit = try visits.row(id), visit.seenAt == nil else { return }
        try visits.update(id) { $0.wasInGroup = true }
        try endWait(of: visit, at)
    }

    /// A wait ends once.
    private mutating func endWait(of visit: OpenVisitRow, _ at: Instant) throws(ViewError) {
        guard !visit.wasInGroup else { return }
        let wait = seconds(from: visit.waitingFrom ?? at, to: at)
        try note(PendingFact(.seen, at: at, clinic: visit.clinic, value: wait))
    }

    private mutating func transfer(
        _ id: ID<Visit>, _ moved: VisitTransferred
    ) throws(ViewError) {
        guard try visits.row(id) != nil else { return }
        let (from, to) = (try code(of: moved.from), try code(of: moved.to))
        try visits.update(id) { $0.clinic = to }
        try note(PendingFact(.transferred, at: moved.at, clinic: from, other: to))
    }

    private mutating func end(
        _ id: ID<Visit>, _ at: Instant, hasLeft: Bool
    ) throws(ViewError) {
        guard let visit = try visits.row(id) else { return }
        visits.remove(id)
        if let seenAt = visit.seenAt {
            let length = seconds(from: seenAt, to: at)
            try note(
                PendingFact(
                    .called, at: at, clinic: visit.clinic, value: length, other: visit.staff))
        } else if let waitingFrom = visit.waitingFrom, !visit.wasInGroup {
            let wait = seconds(from: waitingFrom, to: at)
            try note(
                PendingFact(
                    hasLeft ? .left : .otherwise, at: at, clinic: visit.clinic, value: wait))
        }
    }

    // MARK: Rooms

    private mutating func apply(_ id: ID<Room>, _ event: RoomEvent) throws(ViewError) {
        switch event {
        case .added(let added):
            rooms.put(
                RoomCallRow(
                    room: id, clinic: try code(of: added.clinic), isGroup: added.kind == .group))
        case .entered(let entered):
            try rooms.update(id) { $0.enter(entered.occupant, entered.at) }
        case .left(let left):
            try endCall(in: id, left.at) { $0.leave(left.occupant) }
        case .closed(let closed): try endCall(in: id, closed.at) { $0.empty() }
        case .renamed, .narrowed, .linkMade, .linkRevoked, .locked, .unlocked: return
        }
    }

    private mutating func endCall(
        in id: ID<Room>, _ at: Instant, _ change: (inout RoomCallRow) -> Instant?
    ) throws(ViewError) {
        var began: Instant?
        try rooms.update(id) { began = change(&$0) }
        guard let began, let room = try rooms.row(id) else { return }
        try note(
            PendingFact(
                room.isGroup ? .groupCalled : .roomCalled, at: at, clinic: room.clinic,
                value: seconds(from: began, to: at)))
    }

    // MARK: Group calls

    private mutating func apply(_ id: ID<GroupCall>, _ event: GroupCallEvent) throws(ViewError) {
        switch event {
        case .started(let started):
            var row = GroupCallRow(call: id, clinic: try code(of: started.clinic))
            row.enter(started.by, started.at)
            groupCalls.put(row)
        case .joined(let joined):
            try groupCalls.update(id) { $0.enter(joined.visit, joined.at) }
        case .staffJoined(let joined):
            try groupCalls.update(id) { $0.enter(joined.staff, joined.at) }
        case .left(let left): try endCall(in: id, left.at) { $0.leave(left.visit) }
        case .staffLeft(let left): try endCall(in: id, left.at) { $0.leave(left.staff) }
        case .ended(let ended):
            try endCall(in: id, ended.at) { $0.empty() }
            groupCalls.remove(id)
        case .asked, .declined, .staffDisconnected, .staffReturned: return
        }
    }

    private mutating func endCall(
        in id: ID<GroupCall>, _ at: Instant, _ change: (inout GroupCallRow) -> Instant?
    ) throws(ViewError) {
        var began: Instant?
        try groupCalls.update(id) { began = change(&$0) }
        guard let began, let call = try groupCalls.row(id) else { return }
        try note(
            PendingFact(
                .groupCalled, at: at, clinic: call.clinic, value: seconds(from: began, to: at)))
    }

    /// Whole seconds; none where clocks say it went backwards.
    private func seconds(from: Instant, to: Instant) -> UInt32 {
        UInt32(clamping: (to - from).count / 1000)
    }

    // MARK: Days

    /// Puts a fact where it waits for its day to be closed; of a closed day, it is a correction.
    private mutating func note(_ fact: PendingFact) throws(ViewError) {
        if let clock = try clock.row(ReportClockRow.only), let day = clock.openDay,
            let from = clock.openFrom, fact.at < from
        {
            try count(fact, on: day, hour: nil, clock.minimumSeconds)
            return
        }
        try keep([fact], of: fact.minute)
    }

    private mutating func keep(_ facts: [PendingFact], of minute: Int64) throws(ViewError) {
        let minutes = try clock.row(ReportClockRow.only)?.minutes ?? []
        guard let changed = try pending.add(facts, of: minute, among: minutes) else { return }
        try changeClock { $0.minutes = changed }
    }

    private mutating func close(_ span: DaySpan, at position: Int64) throws(ViewError) {
        let known = try clock.row(ReportClockRow.only) ?? ReportClockRow()
        // Minutes are in order; the first that stays may hold the end of the day.
        var left = known.minutes[...]
        var later: [PendingFact] = []
        while later.isEmpty, let minute = left.popFirst() {
            for fact in try pending.take(minute) {
                guard fact.at < span.until else {
                    later.append(fact)
                    continue
                }
                let hour = span.contains(fact.at) ? span.hour(at: fact.at) : nil
                try count(fact, on: span.day.day, hour: hour, known.minimumSeconds)
            }
        }
        closedDays.put(
            ClosedDayRow(
                key: Int64(span.day.day), position: position, zone: span.zone.description,
                from: span.from, until: span.until, offsetSeconds: span.offsetSeconds,
                organisation: known.organisation))
        try changeClock { row in
            row.openDay = span.day.day + 1
            row.openFrom = span.until
            row.minimumSeconds = row.savedMinimumSeconds
            row.minutes = Array(left)
        }
        if let minute = later.first?.minute { try keep(later, of: minute) }
    }

    /// - Parameter hour: of the day; nil: a correction.
    private mutating func count(
        _ fact: PendingFact, on day: Int, hour: Int?, _ minimumSeconds: Int
    ) throws(ViewError) {
        try changeDay(DayClinic(day: day, clinic: Int(fact.clinic))) { row in
            if hour == nil { row.lateVisits += 1 }
            switch fact.kind {
            case .opened:
                row.opened += 1
                if let hour { row.openedByHour.add(hour: hour) }
            case .arrived:
                row.arrivals += 1
                if let hour { row.arrivalsByHour.add(hour: hour) }
            case .seen: row.waitsSeen.add(fact.value)
            case .left: row.waitsLeft.add(fact.value)
            case .otherwise: row.otherwise += 1
            case .called:
                guard fact.value >= minimumSeconds else {
                    row.shortCalls += 1
                    return
                }
                row.calls.add(fact.value)
                row.staff.update(fact.other) { staff in
                    staff.calls &+= 1
                    staff.callSeconds &+= fact.value
                }
            case .transferred: row.transfersOut.add(fact.other)
            case .roomCalled: row.countRoomCall(fact.value, minimumSeconds, isGroup: false)
            case .groupCalled: row.countRoomCall(fact.value, minimumSeconds, isGroup: true)
            case .reported: row.errors.add(fact.value)
            }
        }
        guard fact.kind == .transferred else { return }
        try changeDay(DayClinic(day: day, clinic: Int(fact.other))) { $0.transfersIn += 1 }
    }
}
