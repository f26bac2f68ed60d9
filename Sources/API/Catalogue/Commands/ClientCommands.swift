import Domain
import EventStore
import Projections

extension Catalogue {
    static let clientCommands: [CommandEntry] = [
        CommandEntry(
            .clientRegister, "Puts a client on file (SCH-1).",
            makes: [.id("client", of: Category.client, "The client.")],
            body: { $0("details", .object(ClientDetails.init), "What is known of them.") }
        ) { details, work throws(Refusal) in
            try await work.allow(in: nil)
            // History may know little; a client put on file today has what is required.
            let completeness: Completeness = work.request.door == .importing ? .history : .live
            let key = try await work.takeKey()
            try await work.decide(
                Client.self, work.newID(),
                .register(at: work.at, details: details, completeness: completeness, key: key))
        },
        CommandEntry(
            .clientChange, "Changes what is known of a client, all of it.",
            body: { body in
                (
                    body("client", .id(), "The client.") as ID<Client>,
                    body("details", .object(ClientDetails.init), "All that is known of them.")
                )
            }
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            let state = try await work.existing(Client.self, input.0, field: "client")
            let before: ClientDetails? = try await work.open(
                state.details, in: StreamName(of: input.0), field: "client")
            try await work.decide(
                Client.self, input.0,
                .change(at: work.at, details: input.1, before: before))
        },
    ]
}

extension ClientDetails {
    fileprivate init(_ body: inout Body) {
        let text = FieldType<String>.text(max: Self.textMax)
        self.init(
            initials: body.optional("initials", text, "Initials; required but in history."),
            surname: body.optional("surname", text, "Surname; required but in history."),
            birthDate: body.optional("birthDate", .date, "Date of birth; required but in history."),
            email: body.optional("email", text, "E-mail address; required but in history."),
            phone: body.optional("phone", text, "Telephone number."),
            language: body.optional("language", .language, "Language spoken."),
            externalNumber: body.optional(
                "externalNumber", text, "Number in the practice's own system."))
    }
}
