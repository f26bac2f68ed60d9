package import Domain

/// A group call of waiting callers that is not over: counted as a group room's is, while two or
/// more are in it (WA-14, REP-6). On hold nobody is: it counts anew once staff are there again.
package struct GroupCallRow: Hashable, Sendable {
    package let call: ID<GroupCall>
    package let clinic: Int
    /// Sets, in the order they came.
    package var staff: [ID<Staff>] = []
    package var callers: [ID<Visit>] = []
    package var callSince: Instant?

    init(call: ID<GroupCall>, clinic: Int) {
        self.call = call
        self.clinic = clinic
    }

    mutating func enter(_ who: ID<Staff>, _ at: Instant) {
        if !staff.contains(who) { staff.append(who) }
        begin(at)
    }

    mutating func enter(_ who: ID<Visit>, _ at: Instant) {
        if !callers.contains(who) { callers.append(who) }
        begin(at)
    }

    /// When the call began that is over now; nil: none is.
    mutating func leave(_ who: ID<Staff>) -> Instant? {
        staff.removeAll { $0 == who }
        return end()
    }

    mutating func leave(_ who: ID<Visit>) -> Instant? {
        callers.removeAll { $0 == who }
        return end()
    }

    /// As the others, for everybody at once.
    mutating func empty() -> Instant? {
        (staff, callers) = ([], [])
        return end()
    }

    private var isCall: Bool {
        !staff.isEmpty && staff.count + callers.count >= RoomCallRow.peopleMin
    }

    private mutating func begin(_ at: Instant) {
        if isCall, callSince == nil { callSince = at }
    }

    private mutating func end() -> Instant? {
        guard !isCall else { return nil }
        defer { callSince = nil }
        return callSince
    }
}

extension GroupCallRow: TableRow {
    package static let table = "report_group_calls"
    package var key: ID<GroupCall> { call }

    package init<C: Columns>(_ c: inout C) throws(ViewError) where C.Root == Self {
        call = try c.key("call", \.call)
        clinic = try c("clinic", \.clinic)
        staff = try c("staff", \.staff)
        callers = try c("callers", \.callers)
        callSince = try c("call_since", \.callSince)
    }
}
