package import Domain
import EventStore
import Projections
import Synchronization

/// Closes the days of every organisation at its own midnights, one after the other: after a time
/// out of service, and for organisations made since, too (REP-1).
///
/// Nothing here waits: ``tick()`` does what is due by the clock and returns.
package final class DayCloser: Sendable {
    let dispatch: Dispatch
    /// What was told of each organisation last: the same is not told again.
    private let told = Mutex<[LogID: String]>([:])
    /// Told what an operator should know; never anything personal.
    let notice: @Sendable (String) -> Void

    package init(dispatch: Dispatch, notice: @escaping @Sendable (String) -> Void) {
        self.dispatch = dispatch
        self.notice = notice
    }

    package var now: Instant { dispatch.clock.now() }

    /// Closes every day that is over. What stops one organisation's days leaves the others alone,
    /// and is tried again at the next tick.
    /// - Returns: how many were closed.
    @discardableResult
    package func tick() async throws(Refusal) -> Int {
        let logs: [LogID]
        do {
            logs = try await dispatch.store.logs()
        } catch {
            throw .read(error)
        }
        var closed = 0
        for log in logs where log != .installation {
            do throws(Refusal) {
                closed += try await close(ID(bits: log.bits), until: dispatch.clock.now()).closed
            } catch {
                if error == .stopping || error == .append(.closed) { throw error }
                tell(log, "days of \(log) stay open: \(error)")
            }
        }
        return closed
    }

    /// What became of an organisation's days.
    package struct Outcome: Hashable, Sendable {
        package var closed = 0
        /// When the next one is over; nil where there is no organisation, or no calendar for it.
        package var next: Instant?
    }

    private func tell(_ log: LogID, _ words: String) {
        let isNew = told.withLock { $0.updateValue(words, forKey: log) != words }
        if isNew { notice(words) }
    }

    /// Closes the days of one organisation that are over at `now`.
    /// - Parameter id: the import whose nightly work it is; nil: the clock's. While history comes
    ///   in, the clock's turn is not.
    package func close(
        _ organisation: ID<Organisation>, until now: Instant, during id: ID<Import>? = nil
    ) async throws(Refusal) -> Outcome {
        var outcome = Outcome()
        let log = LogID(bits: organisation.bits)
        while true {
            guard let next = try await DayCloser.next(of: organisation, dispatch.loader) else {
                return outcome
            }
            let (span, holders) = next
            outcome.next = span.until
            if id == nil, let holder = holders.min() {
                tell(log, "days of \(log) stay open: \(ReportRejection.words(holdBy: holder))")
                return outcome
            }
            guard span.until <= now else { return outcome }
            try await close(span.day, of: organisation, at: now)
            outcome.closed += 1
        }
    }

    private func close(
        _ day: LocalDate, of organisation: ID<Organisation>, at now: Instant
    ) async throws(Refusal) {
        let request = CommandRequest(
            name: DayCloser.command.name,
            body: [
                "organisation": .string(organisation.description),
                "day": .string(day.description),
            ],
            key: try IdempotencyKey(DayClosing.key(of: day)), actor: .policy, at: now,
            door: .policy)
        _ = try await dispatch.run(request, as: DayCloser.command)
    }

    /// The day to close next, over or not; nil where the log is of no organisation.
    fileprivate static func next(
        of organisation: ID<Organisation>, _ loader: Loader
    ) async throws(Refusal) -> (span: DaySpan, heldBy: Set<ID<Import>>)? {
        let log = LogID(bits: organisation.bits)
        let state = try await loader.load(
            Organisation.self, StreamName(of: organisation), in: log
        ).state
        guard let created = state.createdAt, let zone = state.profile?.zone else { return nil }
        guard let calendar = ZonedDays(zone) else {
            throw .unreadable(reason: "this machine knows no time zone \(zone)")
        }
        let book = try await loader.load(
            DayBook.self, StreamName(Category.day, organisation.bits), in: log
        ).state
        return DayClosing.next(after: book, created: created, calendar: calendar).map {
            ($0, book.heldBy)
        }
    }

    /// The policy's own command: in no catalogue, so that no door offers it.
    static let command = CommandEntry(
        .dayClose, "Closes the organisation's next day, which is over.",
        body: { $0("day", .date, "The day, in the organisation's time zone.") }
    ) { day, work throws(Refusal) in
        work.allowByBeing()
        let organisation = work.organisation
        guard let span = try await next(of: organisation, work.dispatch.loader)?.span,
            day >= span.day
        else {
            return  // Closed already, by whoever came first.
        }
        guard day == span.day else { throw .rule(DayRejection.dayNotNext.told) }
        try await work.decide(
            DayBook.self, StreamName(Category.day, organisation.bits),
            .close(at: work.at, span))
    }
}
