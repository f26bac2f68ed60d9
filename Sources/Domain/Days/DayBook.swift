/// Which of an organisation's days are closed: one after the other, each once (REP-1, REP-4).
package enum DayBook: Decider {
    /// Hours of one day at most: a move from the first zone of the earth to the last makes one of
    /// 49.
    package static let hoursMax = 50

    package struct State: Hashable, Sendable {
        /// The last day closed.
        package var last: DaySpan?
        /// Imports that are not over; see ``DaysHeld``.
        package var heldBy: Set<ID<Import>> = []
    }

    package static let initial = State()

    package static func decide(
        _ command: DayCommand, _ state: State
    ) throws(DayRejection) -> [DayEvent] {
        switch command {
        case .close(let at, let span):
            if let last = state.last, span.day <= last.day { return [] }
            guard span.from <= span.until else { throw .endsBeforeItBegins }
            guard span.until - span.from <= .hours(Int64(hoursMax)) else {
                throw .dayTooLong(limit: hoursMax)
            }
            guard span.until <= at else { throw .dayNotOver }
            if let last = state.last {
                guard span.day.day == last.day.day + 1, span.from == last.until else {
                    throw .dayNotNext
                }
            }
            return [.closed(DayClosed(at: at, span: span))]
        case .hold(let at, let by):
            return state.heldBy.contains(by) ? [] : [.held(DaysHeld(at: at, by: by))]
        case .release(let at, let by):
            return state.heldBy.contains(by) ? [.released(DaysReleased(at: at, by: by))] : []
        }
    }

    package static func evolve(_ state: inout State, _ event: DayEvent) {
        switch event {
        case .closed(let closed): state.last = closed.span
        case .held(let held): state.heldBy.insert(held.by)
        case .released(let released): state.heldBy.remove(released.by)
        }
    }
}

/// What can be asked of an organisation's days.
package enum DayCommand: Hashable, Sendable {
    case close(at: Instant, DaySpan)
    case hold(at: Instant, by: ID<Import>)
    case release(at: Instant, by: ID<Import>)
}

/// Why a day is not closed. In order: where two reasons apply, the earlier is thrown.
package enum DayRejection: Rejected {
    case endsBeforeItBegins
    case dayTooLong(limit: Int)  // Hours.
    case dayNotOver
    case dayNotNext

    package var told: Told {
        switch self {
        case .endsBeforeItBegins:
            Told("endsBeforeItBegins", "A day ends after it begins.", field: "day")
        case .dayTooLong(let limit):
            Told("dayTooLong", "A day has at most \(limit) hours.", field: "day", limit: limit)
        case .dayNotOver: Told("dayNotOver", "The day is not over yet.", field: "day")
        case .dayNotNext:
            Told("dayNotNext", "Days are closed one after the other.", field: "day")
        }
    }
}
