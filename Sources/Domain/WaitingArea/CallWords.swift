/// Somebody invited into a visit by a link; the subject of their id. Not on file, not staff.
package enum Invitee {}

/// What an invitee is to the visit.
package enum InviteeRole: Int, GrowingEnum {
    /// Enters only while the client is there (WA-4).
    case external = 0
    /// The client of a room that was opened without them: arrives by the link, and is in (WA-9).
    case client = 1
}

/// Who an invitee is, as the staff member who invited them says.
package struct InviteeDetails: Hashable, Sendable {
    package var name: String

    /// Unicode scalars.
    package static let nameMax = 200

    package init(name: String) { self.name = name }
}

extension InviteeDetails: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
    }
}

/// Why staff sent a caller back to wait, or disconnected them (WA-15). Both sides see it; what else
/// there is to say is sealed text.
package enum DismissalReason: Int, GrowingEnum {
    case technicalProblem = 0
    case practitionerCalledAway = 1
    case waitingForOthers = 2
    case wrongClinic = 3
    case clinicCloses = 4
    case conduct = 5
    case noAnswer = 6
    case other = 7

    /// `clinicCloses`: as commands and answers write it.
    package var word: String { "\(self)" }
}

/// What a clinic's configuration says of its calls (ORG-6). Read, not expected of its stream.
package struct CallRules: Hashable, Sendable {
    /// People in one call, the caller included.
    package let peopleMax: Int
    package let allowsLocks: Bool

    package init(peopleMax: Int = Visit.peopleMax, allowsLocks: Bool = false) {
        self.peopleMax = min(peopleMax, Visit.peopleMax)
        self.allowsLocks = allowsLocks
    }
}
