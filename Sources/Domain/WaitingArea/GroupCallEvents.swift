/// What can happen to a group call. Source: WA-14.
package enum GroupCallEvent: Hashable, Sendable {
    case started(GroupCallStarted)
    case asked(GroupCallAsked)
    case joined(GroupCallJoined)
    case declined(GroupCallDeclined)
    case left(GroupCallLeft)
    case staffJoined(GroupCallStaffJoined)
    case staffLeft(GroupCallStaffLeft)
    case ended(GroupCallEnded)
    case staffDisconnected(GroupCallStaffDisconnected)
    case staffReturned(GroupCallStaffReturned)
}

extension GroupCallEvent: EventFamily {
    package static let category = "group-call"
    package static let members = Members<GroupCallEvent>(
        Member(GroupCallStarted.self, GroupCallEvent.started),
        Member(GroupCallAsked.self, GroupCallEvent.asked),
        Member(GroupCallJoined.self, GroupCallEvent.joined),
        Member(GroupCallDeclined.self, GroupCallEvent.declined),
        Member(GroupCallLeft.self, GroupCallEvent.left),
        Member(GroupCallStaffJoined.self, GroupCallEvent.staffJoined),
        Member(GroupCallStaffLeft.self, GroupCallEvent.staffLeft),
        Member(GroupCallEnded.self, GroupCallEvent.ended),
        Member(GroupCallStaffDisconnected.self, GroupCallEvent.staffDisconnected),
        Member(GroupCallStaffReturned.self, GroupCallEvent.staffReturned))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .started(let event): try visitor.visit(event)
        case .asked(let event): try visitor.visit(event)
        case .joined(let event): try visitor.visit(event)
        case .declined(let event): try visitor.visit(event)
        case .left(let event): try visitor.visit(event)
        case .staffJoined(let event): try visitor.visit(event)
        case .staffLeft(let event): try visitor.visit(event)
        case .ended(let event): try visitor.visit(event)
        case .staffDisconnected(let event): try visitor.visit(event)
        case .staffReturned(let event): try visitor.visit(event)
        }
    }
}

/// A staff member began a group call, and is in it.
package struct GroupCallStarted: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>
    package let by: ID<Staff>

    package init(at: Instant, clinic: ID<Clinic>, by: ID<Staff>) {
        self.at = at
        self.clinic = clinic
        self.by = by
    }
}

extension GroupCallStarted: Event {
    package static let name = "group-call.started"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        by = try f(3, "by", \.by)
    }
}

/// A caller was asked into it.
package struct GroupCallAsked: Hashable, Sendable {
    package let at: Instant
    package let visit: ID<Visit>

    package init(at: Instant, visit: ID<Visit>) {
        self.at = at
        self.visit = visit
    }
}

extension GroupCallAsked: Event {
    package static let name = "group-call.asked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// They accepted, and are in it.
package struct GroupCallJoined: Hashable, Sendable {
    package let at: Instant
    package let visit: ID<Visit>

    package init(at: Instant, visit: ID<Visit>) {
        self.at = at
        self.visit = visit
    }
}

extension GroupCallJoined: Event {
    package static let name = "group-call.joined"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// They declined, or are there no more to answer.
package struct GroupCallDeclined: Hashable, Sendable {
    package let at: Instant
    package let visit: ID<Visit>

    package init(at: Instant, visit: ID<Visit>) {
        self.at = at
        self.visit = visit
    }
}

extension GroupCallDeclined: Event {
    package static let name = "group-call.declined"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// A caller is in it no more.
package struct GroupCallLeft: Hashable, Sendable {
    package let at: Instant
    package let visit: ID<Visit>

    package init(at: Instant, visit: ID<Visit>) {
        self.at = at
        self.visit = visit
    }
}

extension GroupCallLeft: Event {
    package static let name = "group-call.left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        visit = try f(2, "visit", \.visit)
    }
}

/// A further staff member joined it.
package struct GroupCallStaffJoined: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension GroupCallStaffJoined: Event {
    package static let name = "group-call.staff-joined"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A staff member left it: on purpose, or because their lost contact outlasted the grace time.
package struct GroupCallStaffLeft: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>
    package let cause: LeavingCause

    package init(at: Instant, staff: ID<Staff>, cause: LeavingCause = .onPurpose) {
        self.at = at
        self.staff = staff
        self.cause = cause
    }
}

extension GroupCallStaffLeft: Event {
    package static let name = "group-call.staff-left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
        cause = try f(3, "cause", \.cause, default: .onPurpose)
    }
}

/// Contact to a staff member was lost; they keep their place for the grace time (WA-3).
package struct GroupCallStaffDisconnected: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension GroupCallStaffDisconnected: Event {
    package static let name = "group-call.staff-disconnected"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// A staff member who had lost contact is back, in the place they kept.
package struct GroupCallStaffReturned: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>

    package init(at: Instant, staff: ID<Staff>) {
        self.at = at
        self.staff = staff
    }
}

extension GroupCallStaffReturned: Event {
    package static let name = "group-call.staff-returned"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
    }
}

/// It is over; its callers are on hold again, and who has not answered is asked no more.
package struct GroupCallEnded: Hashable, Sendable {
    package let at: Instant
    /// Nil where a rule ended it.
    package let by: ID<Staff>?
    package let reason: GroupCallEndReason

    package init(at: Instant, by: ID<Staff>?, reason: GroupCallEndReason = .finished) {
        self.at = at
        self.by = by
        self.reason = reason
    }
}

extension GroupCallEnded: Event {
    package static let name = "group-call.ended"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
        reason = try f(3, "reason", \.reason, default: .finished)
    }
}

/// Why a group call ended.
package enum GroupCallEndReason: Int, GrowingEnum {
    /// A staff member finished it.
    case finished = 0
    /// The last staff member left, and no caller was in it.
    case everyoneLeft = 1
    /// No caller was in it for the time set (WA-12).
    case noCallers = 2
    /// Nothing happened in it for the time set (WA-12).
    case timedOut = 3
}
