package import Domain

/// One question as it came.
package struct QueryRequest: Sendable {
    /// Path and query by name, or the body of a search.
    package var fields: JSON
    /// Its values are text, as in an address.
    package var isText: Bool
    package var actor: RequestActor
    package var door: Door = .http
    package var actingAs: Grant?
    /// The view must show the event at this position: so that a client reads what it wrote.
    package var atLeast: Int64?

    package init(
        fields: JSON, isText: Bool, actor: RequestActor, door: Door = .http,
        actingAs: Grant? = nil, atLeast: Int64? = nil
    ) {
        self.fields = fields
        self.isText = isText
        self.actor = actor
        self.door = door
        self.actingAs = actingAs
        self.atLeast = atLeast
    }
}

/// An answer, and how much of the log it shows.
package struct QueryAnswer: Sendable {
    package let json: JSON
    /// Of the last event it shows; nil where it comes from the log's head.
    package let position: Int64?
    /// What is answered in the place of `json`, where it is no JSON of ours.
    package var page: QueryPage?
}

/// Bytes of a media type.
package struct QueryPage: Hashable, Sendable {
    package let mediaType: String
    package let bytes: [UInt8]
}

/// One question, said once: route, `/openapi.json`, docs/commands.md and the way to its answer.
package struct QueryEntry: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        /// What is looked for is personal: it must not stand in an address.
        case post = "POST"
    }
    package let operation: Domain.Operation
    package let method: Method
    /// `/v1/clinics/{clinic}/waiting-area`
    package let path: String
    package let docs: String
    package let fields: @Sendable () -> [Field]
    /// What its answer holds.
    package let shows: Shown
    let prepare: @Sendable (QueryRequest) throws(Refusal) -> PreparedQuery

    init<Input: Sendable>(
        _ operation: Domain.Operation, _ method: Method = .get, at path: String, _ docs: String,
        shows: Shown, fields walk: @escaping @Sendable (inout Body) -> Input,
        answer: @escaping @Sendable (Input, inout Reading) async throws(Refusal) -> JSON
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.docs = docs
        self.shows = shows
        fields = { Body.describe(walk) }
        prepare = { request throws(Refusal) in
            let asks = request.actor.organisation == nil
            let read = Body.read(request.fields, fromText: request.isText) { body in
                let named: ID<Organisation>? = asks ? CommandEntry.organisation(&body) : nil
                return (named, walk(&body))
            }
            switch read {
            case .failure(let faults): throw .fields(faults)
            case .success(let (named, input)):
                guard let organisation = request.actor.organisation ?? named else {
                    throw .notSignedIn
                }
                return PreparedQuery(organisation: organisation) { reading throws(Refusal) in
                    try await answer(input, &reading)
                }
            }
        }
    }
}

/// A question whose fields were found good.
struct PreparedQuery: Sendable {
    let organisation: ID<Organisation>
    let answer: @Sendable (inout Reading) async throws(Refusal) -> JSON
}

extension Dispatch {
    /// Answers a question; what was looked at is in the access log before this returns (AUD-7).
    package func answer(
        _ entry: QueryEntry, _ request: QueryRequest, from side: ReadSide
    ) async throws(Refusal) -> QueryAnswer {
        guard entry.operation.isOpen(to: request.actor, by: request.door) else {
            if request.actor == .nobody { throw .notSignedIn }
            let refusal = Refusal.notForThisActor(actor: request.actor.kind.rawValue)
            try await note(refusal: refusal, entry.operation, request.actor, request.door, in: nil)
            throw refusal
        }
        let prepared = try entry.prepare(request)
        let begun = Reading(
            dispatch: self, side: side, request: request, organisation: prepared.organisation,
            operation: entry.operation)
        var reading = begun
        do throws(Refusal) {
            try await exists(prepared.organisation, namedBy: request.actor)
            for _ in 0..<Dispatch.attemptsMax {
                let json = try await prepared.answer(&reading)
                try await reading.writeNotes()
                if try await !reading.metErasure() {
                    return QueryAnswer(
                        json: json, position: reading.shows, page: reading.page)
                }
                reading = begun
            }
            throw Refusal.contended
        } catch {
            try await note(
                refusal: error, entry.operation, request.actor, request.door,
                in: prepared.organisation, about: reading.about)
            throw error
        }
    }
}
