/// One session of remote support: a supporter of the platform acts as a staff member, once an
/// organisation administrator let them in, for a limited time (ROLE-4).
package enum Support: Decider {
    /// How long somebody let in may act.
    package static let life = Milliseconds.hours(4)
    /// How long a request waits to be approved.
    package static let requestLife = Milliseconds.hours(24)

    package struct State: Hashable, Sendable {
        package var standing = Standing.unknown
        package var staff: ID<Staff>?
        package var secretHash: Digest?
        package var details: Sealed<SupportDetails>?
    }

    package enum Standing: Hashable, Sendable {
        case unknown
        case asked(at: Instant)
        case approved(until: Instant)
        case ended
    }

    package static let initial = State()

    package static func decide(
        _ command: SupportCommand, _ state: State
    ) throws(SupportRejection) -> [SupportEvent] {
        switch (command, state.standing) {
        case (.ask(let at, let request, let key), .unknown):
            return [
                .asked(
                    SupportAsked(
                        at: at, staff: request.staff,
                        details: Sealed(request.details, under: key),
                        secretHash: request.secretHash))
            ]
        case (.ask, .asked), (.ask, .approved), (.ask, .ended): throw .supportExists
        case (.approve, .unknown), (.end, .unknown): throw .supportUnknown
        case (.approve(let at), .asked(let asked)):
            guard at <= asked.adding(requestLife) else { throw .supportOver }
            return [.approved(SupportApproved(at: at, until: at.adding(life)))]
        case (.approve, .approved): return []
        case (.approve, .ended): throw .supportOver
        case (.end(let at, let why), .asked), (.end(let at, let why), .approved):
            return [.ended(SupportEnded(at: at, why: why))]
        case (.end, .ended): return []
        }
    }

    package static func evolve(_ state: inout State, _ event: SupportEvent) {
        switch event {
        case .asked(let asked):
            state.standing = .asked(at: asked.at)
            state.staff = asked.staff
            state.secretHash = asked.secretHash
            state.details = asked.details
        case .approved(let approved): state.standing = .approved(until: approved.until)
        case .ended: state.standing = .ended
        }
    }
}

extension Support.State {
    /// Whether they may act now, where the organisation still has support switched on.
    package func isOpen(at now: Instant) -> Bool {
        switch standing {
        case .approved(let until): now <= until
        case .unknown, .asked, .ended: false
        }
    }
}

/// Who asks to act as whom, and why.
package struct SupportRequest: Hashable, Sendable {
    package var staff: ID<Staff>
    package var details: SupportDetails
    package var secretHash: Digest

    package init(staff: ID<Staff>, details: SupportDetails, secretHash: Digest) {
        self.staff = staff
        self.details = details
        self.secretHash = secretHash
    }
}

/// What can be asked of a session of support.
package enum SupportCommand: Hashable, Sendable {
    case ask(at: Instant, SupportRequest, key: ID<RecordKey>)
    case approve(at: Instant)
    case end(at: Instant, SupportEnd)
}

/// Who ended it.
package enum SupportEnd: Int, GrowingEnum {
    case byOrganisation = 0
    case bySupporter = 1
}

/// Who asks and why, as the organisation is shown it.
package struct SupportDetails: Hashable, Sendable {
    package var supporter: String
    package var reason: String

    /// Unicode scalars of the name; those of the reason as of any ``Reason``.
    package static let nameMax = 200

    package init(supporter: String, reason: String) {
        self.supporter = supporter
        self.reason = reason
    }
}

extension SupportDetails: PersonalRecord {
    package init<F: PersonalFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        supporter = try f(1, "supporter", \.supporter)
        reason = try f(2, "reason", \.reason)
    }
}

/// Why a session of support refuses.
package enum SupportRejection: Rejected {
    case supportOff
    case supportUnknown
    case supportExists
    case supportOver

    package var told: Told {
        switch self {
        case .supportOff:
            Told("supportOff", "The organisation has remote support switched off.")
        case .supportUnknown:
            Told("supportUnknown", "There is no such session of support.", field: "support")
        case .supportExists:
            Told("supportExists", "This session of support was asked for.", field: "support")
        case .supportOver: Told("supportOver", "It is over; ask for another.", field: "support")
        }
    }
}
