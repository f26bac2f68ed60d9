import Domain
import EventStore
import Projections

extension Catalogue {
    static let anonymisationCommands: [CommandEntry] = [
        CommandEntry(
            .anonymisationSetDays,
            "Says after how many days records lose their client (ANON-2); left out: never.",
            body: {
                $0.optional(
                    "days", .whole(1...Int64(Retention.daysRange.upperBound)), "From 1 on.")
            }
        ) { days, work throws(Refusal) in
            try await work.allow(in: nil)
            try await work.anonymisation(.setDays(at: work.at, days: days.map { Int($0) }))
        },
        CommandEntry(
            .anonymisationAnnounce,
            "Tells staff when runs begin, a day before at least; none begins untold (ANON-7).",
            body: { $0("runsFrom", .instant, "No run before this.") }
        ) { runsFrom, work throws(Refusal) in
            try await work.allow(in: nil)
            let organisation = try await work.load(
                Organisation.self, ID(bits: work.organisation.bits))
            try await work.anonymisation(
                .announce(at: work.at, runsFrom: runsFrom, isTest: organisation.state.isTest))
        },
        CommandEntry(
            .anonymisationHold,
            "Keeps a record, or all records of a client, from being anonymised (ANON-4).",
            makes: [
                .derived("hold", "The hold, to lift it by.") { made throws(Refusal) in
                    guard
                        let event = made.events.first(where: {
                            $0.type == "anonymisation.hold-set"
                        })
                    else { return nil }
                    let set = try Coding.decode(event, as: AnonymisationEvent.self)
                    guard case .holdSet(let hold) = set else { return nil }
                    return .string(hold.hold.description)
                }
            ],
            body: { body in
                (
                    body("ground", .holdGround, "Why."),
                    body.optional("record", .id(), "An appointment, a visit or answers.")
                        as ID<AnyRecord>?,
                    body.optional("client", .id(), "Or all of this client's.") as ID<Client>?
                )
            }
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            let (ground, record, client) = input
            let subject: HoldSubject
            switch (record, client) {
            case (let record?, nil):
                try await work.exists(record)
                subject = .record(record)
            case (nil, let client?):
                _ = try await work.existing(Client.self, client, field: "client")
                subject = .client(client)
            case (nil, nil), (_?, _?):
                throw .rule(
                    Told(
                        "recordOrClient", "Name a record or a client, and not both.",
                        field: "record"))
            }
            try await work.anonymisation(.hold(at: work.at, work.newID(), ground, on: subject))
        },
        CommandEntry(
            .anonymisationLift, "Lifts a legal hold (ANON-4).",
            body: { $0("hold", .id(), "The hold.") as ID<LegalHold> }
        ) { hold, work throws(Refusal) in
            try await work.allow(in: nil)
            let state = try await work.load(
                Anonymisation.self, ID(bits: work.organisation.bits)
            ).state
            guard state.holds[hold] != nil else { throw .notFound(field: "hold") }
            try await work.anonymisation(.lift(at: work.at, hold))
        },
        CommandEntry(
            .anonymisationEraseClient,
            """
            Has all records of a client erased, among others in one of the next runs, within three \
            weeks (ANON-4). It cannot be undone.
            """,
            body: { body in
                (
                    body("client", .id(), "The client.") as ID<Client>,
                    body.optional(
                        "urgent", .bool,
                        "In the next run, even if few go with them: who has the log can then guess "
                            + "which records were one client's.") ?? false
                )
            }
        ) { input, work throws(Refusal) in
            try await work.allow(in: nil)
            _ = try await work.existing(Client.self, input.0, field: "client")
            try await work.anonymisation(
                .askErasure(at: work.at, input.0, isUrgent: input.1))
        },
    ]
}

extension Work {
    /// Refuses what is no record of the organisation's.
    fileprivate mutating func exists(_ record: ID<AnyRecord>) async throws(Refusal) {
        for kind in RecordKind.allCases where kind.clock != .accessLog {
            let stream = StreamName(Word(stringOf: kind.category), record.bits)
            if try await !dispatch.loader.page(stream, log, 0).isEmpty { return }
        }
        throw .notFound(field: "record")
    }

    fileprivate mutating func anonymisation(
        _ command: AnonymisationCommand
    ) async throws(Refusal) {
        try await decide(
            Anonymisation.self, ID(bits: organisation.bits), command)
    }
}

extension FieldType where Value == HoldGround {
    fileprivate static var holdGround: FieldType {
        .choice(HoldGround.allCases.map { ("\($0)", $0) })
    }
}
