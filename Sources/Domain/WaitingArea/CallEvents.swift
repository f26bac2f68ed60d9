// What staff do with a running call besides taking in, holding and ending: events of the visit.
// Source: WA-4, WA-8, WA-9, WA-13, WA-15.

/// A practitioner opened the room without the client: for an appointment whose client is absent
/// (WA-8), or at once, with no queue (WA-9). The client is taken straight in on arrival.
package struct VisitStarted: Hashable, Sendable {
    package let at: Instant
    package let clinic: ID<Clinic>
    package let staff: ID<Staff>
    /// Absent for a quick consultation.
    package let appointment: ID<Appointment>?
    package let appointmentStart: Instant?

    package init(
        at: Instant, clinic: ID<Clinic>, staff: ID<Staff>, appointment: ID<Appointment>? = nil,
        appointmentStart: Instant? = nil
    ) {
        self.at = at
        self.clinic = clinic
        self.staff = staff
        self.appointment = appointment
        self.appointmentStart = appointmentStart
    }
}

extension VisitStarted: Event {
    package static let name = "visit.started"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        clinic = try f(2, "clinic", \.clinic)
        staff = try f(3, "staff", \.staff)
        appointment = try f(4, "appointment", \.appointment)
        appointmentStart = try f(5, "appointment_start", \.appointmentStart)
    }
}

/// The call is locked: nobody joins it from the waiting area; invited ones still do (WA-13).
package struct CallLocked: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Staff>

    package init(at: Instant, by: ID<Staff>) {
        self.at = at
        self.by = by
    }
}

extension CallLocked: Event {
    package static let name = "visit.locked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}

/// The call is open to the clinic's staff again.
package struct CallUnlocked: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Staff>

    package init(at: Instant, by: ID<Staff>) {
        self.at = at
        self.by = by
    }
}

extension CallUnlocked: Event {
    package static let name = "visit.unlocked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
    }
}

/// A staff member was asked into the running call: they may join it though it be locked.
package struct StaffCalled: Hashable, Sendable {
    package let at: Instant
    package let staff: ID<Staff>
    package let by: ID<Staff>

    package init(at: Instant, staff: ID<Staff>, by: ID<Staff>) {
        self.at = at
        self.staff = staff
        self.by = by
    }
}

extension StaffCalled: Event {
    package static let name = "visit.staff-called"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        staff = try f(2, "staff", \.staff)
        by = try f(3, "by", \.by)
    }
}

/// Somebody from outside was invited into the running call by a link: a relative, carer or other
/// professional, or the client of a room that was opened without them (WA-4, WA-9).
package struct InviteeInvited: Hashable, Sendable {
    package let at: Instant
    package let invitee: ID<Invitee>
    package let role: InviteeRole
    package let by: ID<Staff>
    /// Under a key of its own; the link's token is derived from that key and dies with it.
    package let details: Sealed<InviteeDetails>

    package init(
        at: Instant, invitee: ID<Invitee>, role: InviteeRole, by: ID<Staff>,
        details: Sealed<InviteeDetails>
    ) {
        self.at = at
        self.invitee = invitee
        self.role = role
        self.by = by
        self.details = details
    }
}

extension InviteeInvited: Event {
    package static let name = "visit.invited"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        invitee = try f(2, "invitee", \.invitee)
        role = try f(3, "role", \.role)
        by = try f(4, "by", \.by)
        details = try f(5, "details", \.details)
    }
}

/// The invitation is taken back; who had entered by it is out.
package struct InvitationRevoked: Hashable, Sendable {
    package let at: Instant
    package let invitee: ID<Invitee>
    package let by: ID<Staff>

    package init(at: Instant, invitee: ID<Invitee>, by: ID<Staff>) {
        self.at = at
        self.invitee = invitee
        self.by = by
    }
}

extension InvitationRevoked: Event {
    package static let name = "visit.invitation-revoked"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        invitee = try f(2, "invitee", \.invitee)
        by = try f(3, "by", \.by)
    }
}

/// An external participant entered the call; the client was there.
package struct ExternalEntered: Hashable, Sendable {
    package let at: Instant
    package let invitee: ID<Invitee>

    package init(at: Instant, invitee: ID<Invitee>) {
        self.at = at
        self.invitee = invitee
    }
}

extension ExternalEntered: Event {
    package static let name = "visit.external-entered"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        invitee = try f(2, "invitee", \.invitee)
    }
}

/// The caller waits again, in the place they had; both sides see why (WA-15).
package struct CallerSentBack: Hashable, Sendable {
    package let at: Instant
    package let by: ID<Staff>
    package let reason: DismissalReason
    /// Under the visit's key.
    package let text: Sealed<MessageText>?

    package init(
        at: Instant, by: ID<Staff>, reason: DismissalReason, text: Sealed<MessageText>? = nil
    ) {
        self.at = at
        self.by = by
        self.reason = reason
        self.text = text
    }
}

extension CallerSentBack: Event {
    package static let name = "visit.sent-back"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        by = try f(2, "by", \.by)
        reason = try f(3, "reason", \.reason)
        text = try f(4, "text", \.text)
    }
}
