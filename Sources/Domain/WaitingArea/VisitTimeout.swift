/// What falls due in a visit by the clock alone.
package enum VisitTimeout: Timeout {
    package typealias Book = Visit

    /// A visit in which nothing happens for so long is ended (WA-12).
    package static let life = Milliseconds.hours(12)
    /// A link that was opened and not used is forgotten sooner.
    package static let openLife = Milliseconds.hours(1)

    package struct Due: TimeoutDue {
        package let at: Instant
        package let command: VisitCommand

        /// Who drops out; nil: the visit ends.
        package var leaver: Participant? {
            if case .dropOut(_, let who) = command { who } else { nil }
        }
    }

    /// What falls due if nothing else happens, earliest first; at one moment, the caller last.
    package static func due(_ state: Visit.State) -> [Due] {
        var dues = state.away.map { who, since in
            let at = Visit.graceOver(since)
            return Due(at: at, command: .dropOut(at: at, participant: who))
        }
        if let end = ending(state) { dues.append(end) }
        return dues.sorted { order($0) < order($1) }
    }

    package static func isOver(_ state: Visit.State) -> Bool { state.phase == .ended }

    package static func key(cause: Int64, _ due: Due) -> String {
        var key = "visit-timeout/\(cause)/\(due.at.milliseconds)"
        if let staff = due.leaver?.staff { key += "/\(staff)" }
        if let invitee = due.leaver?.invitee { key += "/\(invitee)" }
        return key
    }

    private static func ending(_ state: Visit.State) -> Due? {
        end(of: state).map { Due(at: $0, command: .timeOut(at: $0)) }
    }

    /// When the visit ends by rule if nothing else happens; nil where it has ended, or not begun.
    /// In a group call it does not: that one's rule ends it (``GroupCallTimeout``), and the caller
    /// is on hold from then on.
    static func end(of state: Visit.State) -> Instant? {
        guard let last = state.lastAt, state.group == nil else { return nil }
        switch state.phase {
        case .unopened, .ended: return nil
        case .opened: return last + openLife
        case .waiting, .beingSeen, .onHold: return last + life
        }
    }

    /// The others before the caller, so that a visit without anyone left ends by its caller's
    /// time-out.
    private static func order(_ due: Due) -> (Int64, Int, UInt128) {
        guard let who = due.leaver else { return (due.at.milliseconds, 2, 0) }
        return (
            due.at.milliseconds, who == .caller ? 1 : 0, who.staff?.bits ?? who.invitee?.bits ?? 0
        )
    }
}
