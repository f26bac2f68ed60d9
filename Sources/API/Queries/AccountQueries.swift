import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let accountQueries: [QueryEntry] = [ownSessions]

    private static let ownSessions = QueryEntry(
        .ownSessionsRead, at: "/v1/sessions", "One's own sessions that are good now (ACC-6).",
        shows: .rows(.sessions), fields: { _ in }
    ) { _, reading throws(Refusal) in
        guard case .staff(_, let staff) = reading.actor else { throw .notSignedIn }
        try await reading.allow(in: nil)
        reading.note(.listed, on: .staff)
        let person = try await reading.dispatch.person(staff, in: reading.organisation)
        let now = reading.now
        let suspended = person.staff.suspendedAt
        let good = person.account.sessions.filter { _, session in
            session.isGood(at: now) && suspended.map { session.begunAt > $0 } ?? true
        }
        let rows = good.sorted { ($0.value.begunAt, $0.key) < ($1.value.begunAt, $1.key) }
        return [
            "rows": .array(
                rows.map { id, session in
                    [
                        "session": .id(id), "kind": .string(session.kind.word),
                        "begunAt": .instant(session.begunAt), "seenAt": .instant(session.seenAt),
                        "until": .instant(session.until),
                    ]
                })
        ]
    }
}

extension [Field] {
    static let sessions: [Field] = [
        .id("session", "The session, to end it by.", always: true),
        .text("kind", "`browser`, `app`.", always: true),
        .instant("begunAt", "When they signed in.", always: true),
        .instant("seenAt", "When it was used, noted once an hour.", always: true),
        .instant("until", "Good until then; use moves it.", always: true),
    ]
}
