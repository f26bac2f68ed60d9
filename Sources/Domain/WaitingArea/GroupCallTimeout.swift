/// What falls due in a group call by the clock alone.
package enum GroupCallTimeout: Timeout {
    package typealias Book = GroupCall

    /// A group call in which nothing happens for so long is ended, as a visit is (WA-12).
    package static let life = VisitTimeout.life
    /// One with no caller in it, whom nobody accepted or whom all have left, sooner.
    package static let emptyLife = Milliseconds.hours(1)

    package struct Due: TimeoutDue {
        package let at: Instant
        package let command: GroupCallCommand

        /// Which staff member drops out; nil: the group call ends.
        package var leaver: ID<Staff>? {
            if case .staffDropOut(_, let staff) = command { staff } else { nil }
        }
    }

    /// At one moment, the end last.
    package static func due(_ state: GroupCall.State) -> [Due] {
        var dues = state.away.map { staff, since in
            let at = Visit.graceOver(since)
            return Due(at: at, command: .staffDropOut(at: at, staff: staff))
        }
        if let end = end(of: state) { dues.append(Due(at: end, command: .timeOut(at: end))) }
        return dues.sorted { order($0) < order($1) }
    }

    package static func isOver(_ state: GroupCall.State) -> Bool { state.phase == .ended }

    package static func key(cause: Int64, _ due: Due) -> String {
        let key = "group-call-timeout/\(cause)/\(due.at.milliseconds)"
        return due.leaver.map { "\(key)/\($0)" } ?? key
    }

    /// When it ends by rule if nothing else happens; nil where it has ended, or not begun.
    static func end(of state: GroupCall.State) -> Instant? {
        guard state.phase == .running, let last = state.lastAt else { return nil }
        return last + life(of: state)
    }

    static func life(of state: GroupCall.State) -> Milliseconds {
        state.callers.isEmpty ? emptyLife : life
    }

    private static func order(_ due: Due) -> (Int64, Int, UInt128) {
        (due.at.milliseconds, due.leaver == nil ? 1 : 0, due.leaver?.bits ?? 0)
    }
}
