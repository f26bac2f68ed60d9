package import Domain

// A clinic's hours by the clocks of its zone, asked when they are wanted: the rules know no tables.

extension Clinic.State {
    /// What one who comes by the link at `now` is told. The next opening is looked for in the week
    /// ahead, then in a little more than a year.
    package func door(at now: Instant) throws(Refusal) -> DoorAnswer {
        guard let hours = settings.hours, let zone else {
            return door(at: now, .utc(from: now, until: now))
        }
        let days = try ZonedDays.known(zone)
        // Open is what it is most of the time, and takes no more than how the clocks stand now.
        let brief = door(at: now, days.clocks(from: now, until: now + .seconds(1)))
        guard case .outsideHours = brief else { return brief }
        for ahead in [Milliseconds.days(8), .days(400)] {
            let clocks = days.clocks(from: now, until: now + ahead)
            if let opens = hours.opensNext(after: now, clocks) {
                return .outsideHours(opens: opens)
            }
        }
        return brief
    }
}

extension WalkIn.State {
    /// Whether a practitioner of a clinic in that zone takes visitors at `now` (WALK-2).
    package func isAvailable(
        _ practitioner: ID<Staff>, at now: Instant, _ zone: ZoneName?
    ) throws(Refusal) -> Bool {
        guard let hours = practitioners[practitioner] else { return false }
        guard let zone, hours.schedule != nil else {
            return hours.isAvailable(at: now, .utc(from: now, until: now))
        }
        // As long as nothing was scheduled since the switch, it wins.
        let from = min(now, hours.switchedAt ?? now)
        let clocks = try ZonedDays.known(zone).clocks(
            from: max(from, now - .days(WalkIn.switchDaysMax)), until: now + .seconds(1))
        return hours.isAvailable(at: now, clocks)
    }
}

extension WalkIn {
    /// A switch thrown longer ago has lost to the schedule, whatever that is.
    fileprivate static let switchDaysMax: Int64 = 8
}

extension ZonedDays {
    static func known(_ zone: ZoneName) throws(Refusal) -> ZonedDays {
        guard let days = ZonedDays(zone) else {
            throw .unreadable(reason: "this machine knows no time zone \(zone)")
        }
        return days
    }
}

extension ZoneClocks {
    fileprivate static func utc(from: Instant, until: Instant) -> ZoneClocks {
        ZoneClocks(from: from, until: until, offsetSeconds: 0)
    }
}
