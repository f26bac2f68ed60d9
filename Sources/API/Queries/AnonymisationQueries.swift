import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let anonymisationQueries: [QueryEntry] = [anonymisation, plan]

    private static let anonymisation = QueryEntry(
        .anonymisationRead, at: "/v1/anonymisation",
        """
        The notice for everyone's dashboard: after how many days records lose their client, from \
        when runs do so, and how many did (ANON-7).
        """,
        shows: .one(.anonymisation), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let id = ID<Anonymisation>(bits: reading.organisation.bits)
        let state = try await reading.load(Anonymisation.self, id).state
        reading.note(.read, on: .organisation)
        return [
            "days": .whole(state.days), "runsFrom": .instant(state.runsFrom),
            "hasBegun": .bool(state.mayRun(at: reading.now)),
            "lastBatchAt": .instant(state.lastBatchAt),
            "anonymised": AnonymisationPlan.json(state.ordered),
        ]
    }

    private static let plan = QueryEntry(
        .anonymisationPlan, at: "/v1/anonymisation/plan",
        "What a run would anonymise now, and what falls due when; changes nothing (ANON-7).",
        shows: .one(.anonymisationPlan), fields: { _ in }
    ) { _, reading throws(Refusal) in
        try await reading.allow(in: nil)
        reading.note(.read, on: .organisation)
        do {
            return try await AnonymisationPlan.make(
                in: reading.log, reading.dispatch, reading.side
            ).json
        } catch {
            throw Refusal(any: error)
        }
    }
}

extension Refusal {
    /// What machinery that throws several kinds of error said.
    init(any error: any Error) {
        switch error {
        case let error as Refusal: self = error
        case let error as ViewError: self = Refusal(error)
        case let error as ReadError: self = .read(error)
        case let error as VaultError: self = .vault(error)
        case let error as AppendError: self = .append(error)
        default: self = .stopping
        }
    }
}
