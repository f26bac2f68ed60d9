/// What falls due in a visit by the clock alone: a policy, pure. State in, commands and their due
/// times out.
///
/// The command's `at` is its due time. A command id made of policy, cause and due time makes doing
/// it twice harmless; one that is refused (somebody came back, somebody ended it) is settled.
package enum VisitTimeout {
    /// A visit in which nothing happens for so long is ended (WA-12).
    package static let life = Milliseconds.hours(12)
    /// A link that was opened and not used is forgotten sooner.
    package static let openLife = Milliseconds.hours(1)

    package struct Due: Hashable, Sendable {
        package let at: Instant
        package let command: VisitCommand
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

    private static func ending(_ state: Visit.State) -> Due? {
        guard let last = state.lastAt else { return nil }
        switch state.phase {
        case .unopened, .ended: return nil
        case .opened:
            let at = later(last, by: openLife)
            return Due(at: at, command: .end(at: at, by: nil, reason: .neverArrived))
        case .waiting, .beingSeen, .onHold:
            let at = later(last, by: life)
            return Due(at: at, command: .end(at: at, by: nil, reason: .timedOut))
        }
    }

    /// Staff before the caller, so that a visit without anyone left ends by its caller's time-out.
    private static func order(_ due: Due) -> (Int64, Int, UInt128) {
        switch due.command {
        case .dropOut(_, let who):
            (due.at.milliseconds, who == .caller ? 1 : 0, who.staff?.bits ?? 0)
        case .open, .arrive, .admit, .join, .leave, .giveUp, .holdParticipant, .resumeParticipant,
            .disconnect, .comeBack, .transfer, .sendMessage, .end:
            (due.at.milliseconds, 2, 0)
        }
    }

    /// As late as an instant can be, where that would be later still.
    private static func later(_ instant: Instant, by length: Milliseconds) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(length.count)
        return Instant(milliseconds: overflow ? .max : sum)
    }
}
