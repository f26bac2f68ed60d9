/// Closes an organisation's days at its own midnights: a policy, pure. Where a day's moments lie is
/// told from above, where zones are known.
///
/// The command's id follows from policy and day, so that two servers, or one that was started
/// again, close a day once; refused ones are settled.
package enum DayClosing {
    /// The day to close now; nil where the next one is not over.
    ///
    /// - Parameters:
    ///   - created: when the organisation was made: its first day is the one that holds this.
    ///   - calendar: the days of the organisation's zone as it is now.
    package static func due(
        _ book: DayBook.State, created: Instant, now: Instant, calendar: some DayCalendar
    ) -> DaySpan? {
        let next = next(after: book, created: created, calendar: calendar)
        guard let next, next.until <= now else { return nil }
        return next
    }

    /// The day that follows the last one closed, over or not; nil beyond the calendar's end.
    package static func next(
        after book: DayBook.State, created: Instant, calendar: some DayCalendar
    ) -> DaySpan? {
        guard let last = book.last else {
            return calendar.span(of: calendar.day(of: created), from: nil)
        }
        // A moved zone may have begun or ended the day elsewhere: it begins where the last ended.
        return LocalDate(day: last.day.day + 1).flatMap { calendar.span(of: $0, from: last.until) }
    }

    /// What names the command that closes `day`, within the organisation and the policy.
    package static func key(of day: LocalDate) -> String { "day-closing-\(day)" }
}

/// The days of one zone.
package protocol DayCalendar {
    /// The day that `instant` belongs to.
    func day(of instant: Instant) -> LocalDate
    /// The moments of `day`; nil where it or its next is beyond the calendar.
    /// - Parameter from: where it is to begin; nil: where it begins in the zone. A day whose end in
    ///   the zone is before that has no moments.
    func span(of day: LocalDate, from: Instant?) -> DaySpan?
}
