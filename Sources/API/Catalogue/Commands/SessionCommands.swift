import Domain
import EventStore
import Projections

extension Catalogue {
    static let sessionCommands: [CommandEntry] = [
        CommandEntry(
            .sessionEnd, "Ends a session of one's own, such as that of a lost device (ACC-6).",
            body: { $0("session", .id(), "The session.") as ID<Session> }
        ) { session, work throws(Refusal) in
            let account = try await work.ownAccount(with: session, field: "session")
            try await work.decide(
                Account.self, account, .endSession(at: work.at, session, .revoked))
        },
        CommandEntry(
            .sessionEndOthers, "Ends all one's own sessions, or all but one.",
            body: { $0.optional("keeping", .id(), "The one that goes on.") as ID<Session>? }
        ) { keeping, work throws(Refusal) in
            let account = try await work.ownAccount(with: keeping, field: "keeping")
            try await work.decide(
                Account.self, account, .endSessions(at: work.at, keeping: keeping))
        },
    ]
}

extension Work {
    /// The stream of the asking staff member's own account.
    mutating func ownAccount() async throws(Refusal) -> StreamName {
        guard case .staff(_, let staff) = request.actor else {
            throw .notForThisActor(actor: request.actor.kind.rawValue)
        }
        try await allow(in: nil)
        return StreamName(accountOf: staff)
    }

    /// As the other; refused where a session that was named is not one of its own.
    fileprivate mutating func ownAccount(
        with session: ID<Session>?, field: String
    ) async throws(Refusal) -> StreamName {
        let account = try await ownAccount()
        if let session, try await load(Account.self, account).state.sessions[session] == nil {
            throw .notFound(field: field)
        }
        return account
    }
}
