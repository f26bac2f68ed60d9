/// The access log of one UTC day: reads, searches, exports and refusals; a write is its own entry
/// (AUD-2, AUD-7).
package enum Access: Decider {
    /// Entries in one commit.
    package static let entriesMax = 256

    package struct State: Hashable, Sendable {
        package var entries = 0
    }

    package static let initial = State()

    package static func decide(
        _ command: AccessCommand, _ state: State
    ) throws(AccessRejection) -> [AccessEvent] {
        switch command {
        case .note(let at, let entries):
            guard entries.count <= entriesMax else { throw .tooManyEntries(limit: entriesMax) }
            return entries.map { .noted($0.event(at)) }
        case .countRefusals(let minute, let count):
            guard count > 0 else { return [] }
            return [.refusalsCounted(RefusalsCounted(at: minute, count: count))]
        }
    }

    package static func evolve(_ state: inout State, _ event: AccessEvent) {
        switch event {
        case .noted, .refusalsCounted: state.entries += 1
        }
    }
}

/// What can be asked of the access log.
package enum AccessCommand: Hashable, Sendable {
    case note(at: Instant, [AccessEntry])
    case countRefusals(minute: Instant, count: Int)
}

/// One look, or one refusal.
package struct AccessEntry: Hashable, Sendable {
    package var event: AccessEventCode
    package var action: AccessAction
    package var outcome: AccessOutcome
    package var objectKind: AccessObjectKind
    package var clinic: ID<Clinic>?
    package var permission: Permission?
    package var records: Int
    /// Sealed under the record's key.
    package var object: Sealed<AccessObject>?

    package init(
        _ event: AccessEventCode, _ action: AccessAction = .read,
        outcome: AccessOutcome = .allowed, on objectKind: AccessObjectKind,
        clinic: ID<Clinic>? = nil, permission: Permission? = nil, records: Int = 1,
        object: Sealed<AccessObject>? = nil
    ) {
        self.event = event
        self.action = action
        self.outcome = outcome
        self.objectKind = objectKind
        self.clinic = clinic
        self.permission = permission
        self.records = records
        self.object = object
    }

    func event(_ at: Instant) -> AccessNoted {
        AccessNoted(
            at: at, event: event, action: action, outcome: outcome, objectKind: objectKind,
            clinic: clinic, permission: permission, records: records, object: object)
    }
}

/// Why the access log refuses.
package enum AccessRejection: Rejected {
    case tooManyEntries(limit: Int)

    package var told: Told {
        switch self {
        case .tooManyEntries(let limit):
            Told("tooManyEntries", "At most \(limit) entries in one commit.", limit: limit)
        }
    }
}
