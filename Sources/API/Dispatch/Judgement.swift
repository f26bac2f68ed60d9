package import Domain
package import EventStore

/// In which role and on what basis something was allowed: what the log keeps beside each event
/// (AUD-1, AUD-2).
package struct Judgement: Hashable, Sendable {
    package let role: Word
    package let basis: Word

    package init(role: Word, basis: Word) {
        self.role = role
        self.basis = basis
    }

    /// By a role of the golden table.
    package init(_ grant: Grant) {
        self.init(role: Word(stringOf: grant.role.word), basis: "role")
    }

    /// By what a staff member may do; refused where that is not enough.
    init(
        _ authority: Authority, _ permission: Permission, in clinic: ID<Clinic>?,
        actingAs chosen: Grant?
    ) throws(Refusal) {
        guard let grant = authority.grant(for: permission, in: clinic, actingAs: chosen) else {
            throw .notPermitted(permission)
        }
        self.init(grant)
    }

    /// By being who one is: each such actor has its closed list of commands and queries (ROLE-7).
    package static let caller = Judgement(role: "caller", basis: "own-visit")
    package static let guest = Judgement(role: "guest", basis: "own-room")
    package static let external = Judgement(role: "external", basis: "invitation")
    /// By a grant of an organisation's administrator.
    package static let auditor = Judgement(role: "auditor", basis: "grant")
    package static let `operator` = Judgement(role: "operator", basis: "installation")
    package static let nobody = Judgement(role: "nobody", basis: "public")
    /// By the scopes of a key (ACC-5).
    package static let apiKey = Judgement(role: "apiKey", basis: "scope")
    /// By being let in, for what is a supporter's own to do (ROLE-4).
    package static let support = Judgement(role: "supporter", basis: "own-session")
    /// By a rule that fell due.
    package static let policy = Judgement(role: "policy", basis: "rule")
}

extension RequestActor {
    package var kind: ActorKind {
        switch self {
        case .staff: .staff
        case .caller: .caller
        case .apiKey: .apiKey
        case .guest: .guest
        case .external: .external
        case .auditor: .auditor
        case .operator: .operator
        case .nobody: .nobody
        case .policy: .policy
        }
    }

    /// Whose log the actor's token is of; nil where the actor says so in the request.
    package var organisation: ID<Organisation>? {
        switch self {
        case .staff(let organisation, _), .caller(let organisation, _),
            .apiKey(let organisation, _, _), .guest(let organisation, _),
            .auditor(let organisation, _):
            organisation
        case .external(let organisation, _, _): organisation
        case .operator, .nobody, .policy: nil
        }
    }

    /// As events name it: a caller's and a guest's is the bare word, so that no tie is left
    /// (ANON-3).
    var recorded: Actor {
        switch self {
        case .staff(_, let staff): Actor("staff", id: staff.bits)
        case .caller, .external: Actor("self")
        case .apiKey(_, let key, _): Actor("apiKey", id: key.bits)
        case .guest: Actor("guest")
        case .auditor(_, let auditor): Actor("auditor", id: auditor.bits)
        case .operator: Actor("operator")
        case .nobody: Actor("self")
        case .policy: Actor("policy")
        }
    }

    /// What keeps one actor's idempotency keys apart from another's.
    var keySpace: [UInt8] {
        switch self {
        case .staff(_, let staff): Array("staff".utf8) + staff.bits.bigEndianBytes
        case .caller(_, let visit): Array("caller".utf8) + visit.bits.bigEndianBytes
        case .apiKey(_, let key, _): Array("apiKey".utf8) + key.bits.bigEndianBytes
        case .guest(_, let stay): Array("guest".utf8) + stay.bits.bigEndianBytes
        case .external(_, let visit, let invitee):
            Array("external".utf8) + visit.bits.bigEndianBytes + invitee.bits.bigEndianBytes
        case .auditor(_, let auditor): Array("auditor".utf8) + auditor.bits.bigEndianBytes
        case .operator: Array("operator".utf8)
        case .nobody: Array("nobody".utf8)
        case .policy: Array("policy".utf8)
        }
    }
}

extension Domain.Operation {
    /// Whether an actor may ask it at all: of a key its scopes decide, and a supporter who acts as
    /// somebody may not do all that they may.
    func isOpen(to actor: RequestActor, by door: Door) -> Bool {
        guard isOpen(to: actor.kind) else { return false }
        if case .apiKey(_, _, let scopes) = actor {
            return self == .apiKeyUse || scopes.contains { $0.operation == self }
        }
        switch door {
        case .support: return isOpenToSupport
        case .http, .socket, .inProcess, .importing, .policy: return true
        }
    }
}

extension Door {
    /// Who did it and, where a supporter did, as whom: both names in every event (ROLE-4).
    func recorded(_ actor: RequestActor) -> (actor: Actor, onBehalfOf: Actor?) {
        switch self {
        case .support(let support): (Actor("support", id: support.bits), actor.recorded)
        case .http, .socket, .inProcess, .importing, .policy: (actor.recorded, nil)
        }
    }

    /// As events name it.
    var origin: Word {
        switch self {
        case .http: "http"
        case .support: "support"
        case .socket, .inProcess: "cli"
        case .importing: "import"
        case .policy: "policy"
        }
    }
}
