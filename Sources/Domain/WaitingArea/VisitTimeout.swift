/// What falls due in a visit by the clock alone: a policy, pure. State in, commands and their due
/// times out.
///
/// The command's `at` is its due time: it is accepted from then on. A command id made of policy,
/// cause and due time makes doing it twice harmless; one that is refused (somebody came back,
/// somebody ended it) is settled.
package enum VisitTimeout {
    /// A visit in which nothing happens for so long is ended (WA-12).
    package static let life = Milliseconds.hours(12)
    /// A link that was opened and not used is forgotten sooner.
    package static let openLife = Milliseconds.hours(1)

    package struct Due: Hashable, Sendable {
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
            let at = later(since, by: Milliseconds(Int64(Visit.graceSeconds) * 1_000 + 1))
            return Due(at: at, command: .dropOut(at: at, participant: who))
        }
        if let end = ending(state) { dues.append(end) }
        return dues.sorted { order($0) < order($1) }
    }

    /// What names the command, within the organisation: who runs it twice, or on two machines, does
    /// it once.
    ///
    /// - Parameter cause: position of the visit's last event, from which the due follows.
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
    static func end(of state: Visit.State) -> Instant? {
        guard let last = state.lastAt else { return nil }
        switch state.phase {
        case .unopened, .ended: return nil
        case .opened: return later(last, by: openLife)
        case .waiting, .beingSeen, .onHold: return later(last, by: life)
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

    /// As late as an instant can be, where that would be later still.
    private static func later(_ instant: Instant, by length: Milliseconds) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(length.count)
        return Instant(milliseconds: overflow ? .max : sum)
    }
}
