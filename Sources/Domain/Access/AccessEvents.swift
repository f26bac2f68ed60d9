/// What an access stream holds: one stream per UTC day. Source: AUD-2, NEN 7513, ISO 27789.
package enum AccessEvent: Hashable, Sendable {
    case noted(AccessNoted)
    case refusalsCounted(RefusalsCounted)
}

extension AccessEvent: EventFamily {
    package static let category = "access"
    package static let members = Members<AccessEvent>(
        Member(AccessNoted.self, AccessEvent.noted),
        Member(RefusalsCounted.self, AccessEvent.refusalsCounted))

    package func accept<Visitor: EventVisitor>(
        _ visitor: inout Visitor
    ) throws(WireError) -> Visitor.Result {
        switch self {
        case .noted(let event): try visitor.visit(event)
        case .refusalsCounted(let event): try visitor.visit(event)
        }
    }
}

/// Somebody looked at something, or was refused. Who, in which role, on what basis, by which door
/// and on whose behalf stands in the envelope of the event (AUD-1).
package struct AccessNoted: Hashable, Sendable {
    package let at: Instant
    package let event: AccessEventCode
    package let action: AccessAction
    package let outcome: AccessOutcome
    package let objectKind: AccessObjectKind
    /// The clinic it was about, or acted in.
    package let clinic: ID<Clinic>?
    /// The row of the golden table that allowed or refused it; absent for actors with a closed
    /// list.
    package let permission: Permission?
    /// How many records were shown, where it is one entry for a list; 1 for a record.
    package let records: Int
    /// Which record, and about whom, under the record's key and nothing else: a second seal of the
    /// client's beside it would tie the record to them for ever, by two key ids (ANON-3).
    package let object: Sealed<AccessObject>?

    package init(
        at: Instant, event: AccessEventCode, action: AccessAction, outcome: AccessOutcome,
        objectKind: AccessObjectKind, clinic: ID<Clinic>? = nil, permission: Permission? = nil,
        records: Int, object: Sealed<AccessObject>? = nil
    ) {
        self.at = at
        self.event = event
        self.action = action
        self.outcome = outcome
        self.objectKind = objectKind
        self.clinic = clinic
        self.permission = permission
        self.records = records
        self.object = object
    }
}

extension AccessNoted: Event {
    package static let name = "access.noted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        event = try f(2, "event", \.event)
        action = try f(3, "action", \.action)
        outcome = try f(4, "outcome", \.outcome)
        objectKind = try f(5, "object_kind", \.objectKind)
        clinic = try f(6, "clinic", \.clinic)
        permission = try f(7, "permission", \.permission)
        records = try f(8, "records", \.records)
        object = try f(9, "object", \.object)
    }
}

/// Refusals of nobody in particular (public pages, entry, sign-in), counted per minute.
package struct RefusalsCounted: Hashable, Sendable {
    /// Beginning of the minute.
    package let at: Instant
    package let count: Int

    package init(at: Instant, count: Int) {
        self.at = at
        self.count = count
    }
}

extension RefusalsCounted: Event {
    package static let name = "access.refusals-counted"
    package static let number = 1

    package init<F: Fields>(_ f: inout F) throws(WireError) where F.Root == Self {
        at = try f(1, "at", \.at)
        count = try f(2, "count", \.count)
    }
}
