package import Domain

/// A room that somebody is in: a call is on while two or more are (REP-6).
package struct RoomCallRow: Hashable, Sendable {
    package let room: ID<Room>
    package let clinic: Int
    package let isGroup: Bool
    /// A set, in the order they came.
    package var present: [Occupant] = []
    package var callSince: Instant?

    /// People a call takes.
    package static let peopleMin = 2

    init(room: ID<Room>, clinic: Int, isGroup: Bool) {
        self.room = room
        self.clinic = clinic
        self.isGroup = isGroup
    }

    mutating func enter(_ who: Occupant, _ at: Instant) {
        if !present.contains(who) { present.append(who) }
        if present.count >= Self.peopleMin, callSince == nil { callSince = at }
    }

    /// When the call began that is over now; nil: none is.
    mutating func leave(_ who: Occupant) -> Instant? {
        present.removeAll { $0 == who }
        guard present.count < Self.peopleMin else { return nil }
        defer { callSince = nil }
        return callSince
    }

    /// As the other, for everybody at once.
    mutating func empty() -> Instant? {
        present = []
        defer { callSince = nil }
        return callSince
    }
}

extension RoomCallRow: TableRow {
    package static let table = "report_rooms"
    package var key: ID<Room> { room }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        room = try c.key("room", \.room)
        clinic = try c("clinic", \.clinic)
        isGroup = try c("is_group", \.isGroup)
        present = try c("present", \.present)
        callSince = try c("call_since", \.callSince)
    }
}
