/// What can happen to an organisation's days. Source: REP-1, REP-4.
package enum DayEvent: Hashable, Sendable {
    case closed(DayClosed)
    case held(DaysHeld)
    case released(DaysReleased)
}

extension DayEvent: EventFamily {
    package static let category = "day"
    package static let members = Members<DayEvent>(
        Member(DayClosed.self, DayEvent.closed),
        Member(DaysHeld.self, DayEvent.held),
        Member(DaysReleased.self, DayEvent.released))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .closed(let event): try visitor.visit(event)
        case .held(let event): try visitor.visit(event)
        case .released(let event): try visitor.visit(event)
        }
    }
}

/// A day of the organisation's calendar is over. From here on nobody needs a clock or a table of
/// zones to know which moments it had and how the clocks on its walls stood.
package struct DayClosed: Hashable, Sendable {
    package let at: Instant
    package let span: DaySpan

    package init(at: Instant, span: DaySpan) {
        self.at = at
        self.span = span
    }
}

extension DayClosed: Event {
    package static let name = "day.closed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        span = try f(2, "span", \.span)
    }
}

/// History is coming in: until it is, the clock closes no day; the import does, at its times.
package struct DaysHeld: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Import>

    package init(at: Instant, by: ID<Import>) {
        self.at = at
        self.by = by
    }
}

extension DaysHeld: Event {
    package static let name = "day.held"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}

/// That history is in; the clock closes days again.
package struct DaysReleased: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Import>

    package init(at: Instant, by: ID<Import>) {
        self.at = at
        self.by = by
    }
}

extension DaysReleased: Event {
    package static let name = "day.released"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}

/// A day of a calendar as moments: where it began, where the next one began, and the zone's offsets
/// in between. Days of one organisation leave no moment out and share none.
package struct DaySpan: Hashable, Sendable {
    package let day: LocalDate
    package let zone: ZoneName
    package let from: Instant
    /// Not included. The same as `from` for a day that a zone left out (Samoa, 2011-12-30).
    package let until: Instant
    /// Seconds the clocks were ahead of UTC at `from`.
    package let offsetSeconds: Int
    /// Where the clocks were changed after `from`, in the order of time.
    package let shifts: [ZoneShift]

    package init(
        day: LocalDate, zone: ZoneName, from: Instant, until: Instant, offsetSeconds: Int,
        shifts: [ZoneShift] = []
    ) {
        self.day = day
        self.zone = zone
        self.from = from
        self.until = until
        self.offsetSeconds = offsetSeconds
        self.shifts = shifts
    }

    package func contains(_ instant: Instant) -> Bool { from <= instant && instant < until }

    /// What the clocks on the wall showed at a moment of the day: the hour, 0…23.
    package func hour(at instant: Instant) -> Int {
        var offset = offsetSeconds
        for shift in shifts where shift.at <= instant { offset = shift.offsetSeconds }
        let local = instant.milliseconds.addingClamped(Int64(offset).multipliedClamped(1000))
        let ofDay = local % 86_400_000
        return Int((ofDay < 0 ? ofDay + 86_400_000 : ofDay) / 3_600_000)
    }
}

extension DaySpan: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        day = try f(1, "day", \.day)
        zone = try f(2, "zone", \.zone)
        from = try f(3, "from", \.from)
        until = try f(4, "until", \.until)
        offsetSeconds = try f(5, "offset_seconds", \.offsetSeconds)
        shifts = try f(6, "shifts", \.shifts)
    }
}

/// The clocks were changed.
package struct ZoneShift: Hashable, Sendable {
    package let at: Instant
    /// Seconds ahead of UTC from then on.
    package let offsetSeconds: Int

    package init(at: Instant, offsetSeconds: Int) {
        self.at = at
        self.offsetSeconds = offsetSeconds
    }
}

extension ZoneShift: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        offsetSeconds = try f(2, "offset_seconds", \.offsetSeconds)
    }
}

extension Int64 {
    /// The product, or the end of the range it lies beyond.
    func multipliedClamped(_ other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) != (other < 0) ? .min : .max) : product
    }
}
