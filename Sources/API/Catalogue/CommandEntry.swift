package import Domain
package import EventStore

/// One command, said once: route, `/openapi.json`, docs/commands.md and the way to its rules all
/// follow.
package struct CommandEntry: Sendable {
    /// What it is to who may ask it.
    package let operation: Domain.Operation
    /// `visit.admit`
    package let name: String
    /// First sentence: what it does.
    package let docs: String
    package let fields: @Sendable () -> [Field]
    /// What an answer's `result` holds.
    package let results: [Field]
    /// Part of the result is told once and never again.
    package let tellsSecret: Bool
    /// It makes the organisation whose log it stands in.
    package let foundsOrganisation: Bool
    let prepare: @Sendable (CommandRequest) throws(Refusal) -> PreparedCommand
    let result: @Sendable (Made) async throws(Refusal) -> [JSON.Member]

    /// - Parameter name: nil: the operation's own; another where one operation has several
    ///   commands.
    /// - Parameter body: walks the command's fields.
    /// - Parameter run: asks whether it may, then decides. May run several times, each time from
    ///   the start.
    package init<Input: Sendable>(
        _ operation: Domain.Operation, named name: String? = nil, _ docs: String,
        makes results: [Result] = [],
        tellsSecret: Bool = false, foundsOrganisation: Bool = false,
        body: @escaping @Sendable (inout Body) -> Input,
        run: @escaping @Sendable (Input, inout Work) async throws(Refusal) -> Void
    ) {
        self.operation = operation
        self.name = name ?? operation.rawValue
        self.docs = docs
        self.tellsSecret = tellsSecret
        self.foundsOrganisation = foundsOrganisation
        self.results = results.map(\.field)
        fields = { Body.describe(body) }
        prepare = { request throws(Refusal) in
            let own = request.actor.organisation
            let read = Body.read(request.body) { walk in
                let named: ID<Organisation>? =
                    foundsOrganisation
                    ? nil
                    : own == nil
                        ? CommandEntry.organisation(&walk)
                        : CommandEntry.ownOrganisation(&walk)
                return (named, body(&walk))
            }
            switch read {
            case .failure(let faults): throw .fields(faults)
            case .success(let (named, input)):
                if let own, let named, own != named { throw .notFound(field: "organisation") }
                return PreparedCommand(organisation: own ?? named) {
                    work throws(Refusal) in
                    try await run(input, &work)
                }
            }
        }
        result = { made throws(Refusal) in
            var members: [JSON.Member] = []
            for result in results {
                members += try await result.member(made).map { [$0] } ?? []
            }
            return members
        }
    }

    /// Its fields as that kind of actor sends them: who has no token names the organisation too.
    package func fields(askedBy actor: ActorKind) -> [Field] {
        guard actor == .operator || actor == .nobody, !foundsOrganisation else { return fields() }
        return Body.describe { CommandEntry.organisation(&$0) } + fields()
    }

    static func organisation(_ walk: inout Body) -> ID<Organisation> {
        walk("organisation", .id(), organisationDocs)
    }

    /// Who has a token may name the organisation it is of, and no other.
    private static func ownOrganisation(_ walk: inout Body) -> ID<Organisation>? {
        walk.optional("organisation", .id(), organisationDocs)
    }

    private static let organisationDocs =
        "Whose clinic it is; staff and callers may leave it out."
}

/// A command whose fields were found good.
struct PreparedCommand: Sendable {
    /// Nil: the command makes it.
    let organisation: ID<Organisation>?
    let handle: @Sendable (inout Work) async throws(Refusal) -> Void
}

/// What a commit made: all an answer is worked out from, so that it is the same again after a
/// restart.
package struct Made: Sendable {
    package let organisation: ID<Organisation>
    package let commandID: UInt128
    package let events: [NewEvent]
    let dispatch: Dispatch

    /// The stream of the first event of that category.
    package func stream(_ category: Word) -> StreamName? {
        events.first { $0.stream.category == category }?.stream
    }
}

extension CommandEntry {
    /// One member of an answer's `result`.
    package struct Result: Sendable {
        let field: Field
        let member: @Sendable (Made) async throws(Refusal) -> JSON.Member?

        /// The id of what was made: that of the first stream of a category.
        package static func id(_ name: String, of category: Word, _ docs: String) -> Result {
            let schema: JSON = ["type": "string", "pattern": "^[0-9a-f]{32}$"]
            let field = Field(name: name, schema: schema, required: false, docs: docs)
            return Result(field: field) { made throws(Refusal) in
                made.stream(category).map { JSON.Member(name, .string(hex($0.id))) }
            }
        }

        /// Something told once; see ``Work/tellOnce(_:_:)``.
        package static func secret(_ name: String, _ docs: String) -> Result {
            let field = Field(name: name, schema: ["type": "string"], required: false, docs: docs)
            return Result(field: field) { _ throws(Refusal) in nil }
        }

        /// Something worked out anew each time.
        package static func derived(
            _ name: String, _ docs: String,
            _ derive: @escaping @Sendable (Made) async throws(Refusal) -> JSON?
        ) -> Result {
            let field = Field(name: name, schema: ["type": "string"], required: false, docs: docs)
            return Result(field: field) { made throws(Refusal) in
                try await derive(made).map { JSON.Member(name, $0) }
            }
        }
    }
}
