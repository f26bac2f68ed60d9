/// A practitioner's walk-in hours in a clinic: by a weekly schedule, and by a switch that wins
/// until the schedule next changes (WALK-2). One stream per clinic, so that who is there now is one
/// fold.
package enum WalkIn: Decider {
    /// Practitioners with walk-in hours in one clinic.
    package static let practitionersMax = 500

    package struct Hours: Hashable, Sendable {
        package var schedule: OpeningHours?
        package var switchedOn: Bool?
        package var switchedAt: Instant?

        /// Whether they take visitors at `now`.
        ///
        /// - Parameter clocks: how the zone's clocks stood and stand, from the switch on.
        package func isAvailable(at now: Instant, _ clocks: ZoneClocks) -> Bool {
            if let switchedOn, let switchedAt {
                guard let schedule else { return switchedOn }
                let next = schedule.changesNext(after: switchedAt, clocks)
                if next.map({ now < $0 }) ?? true { return switchedOn }
            }
            return schedule?.isOpen(at: now, clocks) ?? false
        }
    }

    package struct State: Hashable, Sendable {
        package var practitioners: [ID<Staff>: Hours] = [:]
    }

    package static let initial = State()

    package static func decide(
        _ command: WalkInCommand, _ state: State
    ) throws(WalkInRejection) -> [WalkInEvent] {
        switch command {
        case .switched(let at, let staff, let on):
            try checkRoom(for: staff, state)
            return [.switched(WalkInSwitched(at: at, staff: staff, isOn: on))]
        case .schedule(let at, let staff, let schedule):
            if let fault = schedule?.fault { throw .hours(fault) }
            try checkRoom(for: staff, state)
            if state.practitioners[staff]?.schedule == schedule { return [] }
            return [.scheduled(WalkInScheduled(at: at, staff: staff, schedule: schedule))]
        }
    }

    package static func evolve(_ state: inout State, _ event: WalkInEvent) {
        switch event {
        case .switched(let switched):
            state.practitioners[switched.staff, default: Hours()].switchedOn = switched.isOn
            state.practitioners[switched.staff]?.switchedAt = switched.at
        case .scheduled(let scheduled):
            state.practitioners[scheduled.staff, default: Hours()].schedule = scheduled.schedule
        }
    }

    private static func checkRoom(
        for staff: ID<Staff>, _ state: State
    ) throws(WalkInRejection) {
        guard state.practitioners[staff] != nil || state.practitioners.count < practitionersMax
        else { throw .tooManyPractitioners(limit: practitionersMax) }
    }
}

/// What can be asked of walk-in hours. That they are a practitioner is asked of ``Staff``.
package enum WalkInCommand: Hashable, Sendable {
    case switched(at: Instant, staff: ID<Staff>, on: Bool)
    /// Nil: by the switch alone.
    case schedule(at: Instant, staff: ID<Staff>, OpeningHours?)
}

/// Why walk-in hours are refused. In order: where two reasons apply, the earlier is thrown.
package enum WalkInRejection: Rejected {
    case notAPractitioner
    case hours(ClinicRejection)
    case tooManyPractitioners(limit: Int)

    package var told: Told {
        switch self {
        case .notAPractitioner:
            Told(
                "notAPractitioner", "They are no practitioner of this clinic.", field: "staff")
        case .hours(let fault): fault.told
        case .tooManyPractitioners(let limit):
            Told(
                "tooManyPractitioners", "At most \(limit) have walk-in hours in one clinic.",
                limit: limit)
        }
    }
}

/// What can happen to a clinic's walk-in hours. Source: WALK-2.
package enum WalkInEvent: Hashable, Sendable {
    case switched(WalkInSwitched)
    case scheduled(WalkInScheduled)
}

extension WalkInEvent: EventFamily {
    package static let category = "walk-in"
    package static let members = Members<WalkInEvent>(
        Member(WalkInSwitched.self, WalkInEvent.switched),
        Member(WalkInScheduled.self, WalkInEvent.scheduled))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .switched(let event): try visitor.visit(event)
        case .scheduled(let event): try visitor.visit(event)
        }
    }
}

/// The practitioner is available, or is not, until their schedule next changes.
package struct WalkInSwitched: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>
    package let isOn: Bool

    package init(at: Instant, staff: ID<Staff>, isOn: Bool) {
        self.at = at
        self.staff = staff
        self.isOn = isOn
    }
}

extension WalkInSwitched: Event {
    package static let name = "walk-in.switched"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
        isOn = try f(3, "is_on", \.isOn)
    }
}

/// The practitioner is available at these times of each week, by the clinic's clocks.
package struct WalkInScheduled: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>
    /// Absent: by the switch alone.
    package let schedule: OpeningHours?

    package init(at: Instant, staff: ID<Staff>, schedule: OpeningHours?) {
        self.at = at
        self.staff = staff
        self.schedule = schedule
    }
}

extension WalkInScheduled: Event {
    package static let name = "walk-in.scheduled"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
        schedule = try f(3, "schedule", \.schedule)
    }
}
