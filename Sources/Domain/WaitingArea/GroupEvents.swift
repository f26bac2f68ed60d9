// A caller and a group call, in their own visit. Source: WA-14.

/// The caller was asked whether they want to be in a group call.
package struct GroupAsked: Hashable, Sendable {
    package let at: Instant
    package let call: ID<GroupCall>
    package let by: ID<Staff>

    package init(at: Instant, call: ID<GroupCall>, by: ID<Staff>) {
        self.at = at
        self.call = call
        self.by = by
    }
}

extension GroupAsked: Event {
    package static let name = "visit.group-asked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        call = try f(2, "call", \.call)
        by = try f(3, "by", \.by)
    }
}

/// They said yes, and are in it; or no, and wait as before.
package struct GroupAnswered: Hashable, Sendable {
    package let at: Instant
    package let call: ID<GroupCall>
    package let accepted: Bool

    package init(at: Instant, call: ID<GroupCall>, accepted: Bool) {
        self.at = at
        self.call = call
        self.accepted = accepted
    }
}

extension GroupAnswered: Event {
    package static let name = "visit.group-answered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        call = try f(2, "call", \.call)
        accepted = try f(3, "accepted", \.accepted)
    }
}

/// A staff member is in their group call again, after the waiting-area hold: they are being seen.
package struct GroupResumed: Hashable, Sendable {
    package let at: Instant
    package let call: ID<GroupCall>

    package init(at: Instant, call: ID<GroupCall>) {
        self.at = at
        self.call = call
    }
}

extension GroupResumed: Event {
    package static let name = "visit.group-resumed"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        call = try f(2, "call", \.call)
    }
}

/// The group call is over for them: they are on hold.
package struct GroupLeft: Hashable, Sendable {
    package let at: Instant
    package let call: ID<GroupCall>

    package init(at: Instant, call: ID<GroupCall>) {
        self.at = at
        self.call = call
    }
}

extension GroupLeft: Event {
    package static let name = "visit.group-left"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        call = try f(2, "call", \.call)
    }
}
