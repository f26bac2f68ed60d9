/// What kind of room it is: who may enter, and how many at once (ORG-3, ORG-4, ORG-5).
package enum RoomKind: Int, GrowingEnum {
    /// Of a clinic, for its staff; others by a guest link; never patients.
    case meeting = 0
    /// Of one staff member, who alone opens it; others by its invitation link.
    case user = 1
    /// As a meeting room, for more people; patients may be sent its link.
    case group = 2

    /// `meeting`: as commands and answers write it.
    package var word: String { "\(self)" }

    /// People in it at most.
    package var peopleMax: Int {
        switch self {
        case .meeting, .user: 6
        case .group: 20
        }
    }

    /// Whether a patient may be sent a link to it.
    package var takesPatients: Bool { self != .meeting }
}

/// A link by which somebody without an account enters one room; the subject of its id.
package enum GuestLink {}

/// Somebody in a room. Presence is a set of these, never a count (WA-3).
package struct Occupant: Hashable, Sendable {
    /// Who it is, where it is a staff member.
    package let staff: ID<Staff>?
    /// Whose stay it is, where it is a guest.
    package let guest: ID<GuestStay>?

    package static func staff(_ id: ID<Staff>) -> Occupant { Occupant(staff: id, guest: nil) }
    package static func guest(_ id: ID<GuestStay>) -> Occupant { Occupant(staff: nil, guest: id) }

    private init(staff: ID<Staff>?, guest: ID<GuestStay>?) {
        self.staff = staff
        self.guest = guest
    }
}

extension Occupant: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        staff = try f(1, "staff", \.staff)
        guest = try f(2, "guest", \.guest)
    }
}

extension Occupant: Comparable {
    /// Staff before guests, then by id: an order for answers and digests, and none of rank.
    package static func < (one: Occupant, other: Occupant) -> Bool {
        one.order < other.order
    }

    private var order: (Int, UInt128) {
        staff.map { (0, $0.bits) } ?? (1, guest?.bits ?? 0)
    }
}

/// What a guest calls themselves.
package struct GuestName: Hashable, Sendable {
    package var name: String

    /// Unicode scalars.
    package static let textMax = 100

    package init(_ name: String) { self.name = name }
}

extension GuestName: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        name = try f(1, "name", \.name)
    }
}

/// Why somebody is in a room no more.
package enum RoomLeaving: Int, GrowingEnum {
    case onPurpose = 0
    /// Nothing was heard of them for longer than the grace time.
    case lostContact = 1
    case roomClosed = 2
}
