import Domain
import EventStore
import Projections

extension QueryCatalogue {
    static let recordQueries: [QueryEntry] = [
        visits, appointments, client, search, questionnaire, answers,
    ]

    private static let visits = QueryEntry(
        .visitsRead, at: "/v1/visits", "The history of visits, in the order they were opened.",
        shows: .rows(.visits),
        fields: { body in
            (
                body.optional("clinic", .id(), "Only of this clinic.") as ID<Clinic>?,
                body.optional("from", .instant, "Opened then or later."),
                body.optional("until", .instant, "Opened before."), page(&body)
            )
        }
    ) { input, reading throws(Refusal) in
        let (clinic, from, until, request) = input
        try await reading.known(clinic)
        try await reading.allow(in: clinic)
        let log = reading.log
        let page = try await reading.view(Visits.name) { views in
            try await views.visits(
                in: log, clinic: clinic, from: from, until: until, request)
        }
        reading.note(.listed, on: .visit, clinic: clinic, records: page.rows.count)
        return list(page, page.rows.map(\.json))
    }

    private static let appointments = QueryEntry(
        .appointmentsRead, at: "/v1/appointments",
        "Appointments day by day; whose they are is opened for staff, each look noted.",
        shows: .rows(.appointments),
        fields: { body in
            (
                body.optional("clinic", .id(), "Only of this clinic.") as ID<Clinic>?,
                body.optional("practitioner", .id(), "Only of them.") as ID<Staff>?,
                body.optional("from", .date, "First day."),
                body.optional("through", .date, "Last day."), page(&body)
            )
        }
    ) { input, reading throws(Refusal) in
        let (clinic, practitioner, from, through, request) = input
        try await reading.known(clinic)
        try await reading.known(practitioner, field: "practitioner")
        try await reading.allow(in: clinic)
        let log = reading.log
        let page = try await reading.view(Appointments.name) { views in
            try await views.appointments(
                in: log, clinic: clinic, practitioner: practitioner, from: from, through: through,
                request)
        }
        reading.note(.listed, on: .appointment, clinic: clinic, records: page.rows.count)
        var rows: [JSON] = []
        for row in page.rows { rows.append(try await reading.appointment(row)) }
        return list(page, rows)
    }

    private static let client = QueryEntry(
        .clientRead, at: "/v1/clients/{client}", "One client on file.",
        shows: .one(.client),
        fields: { body in body("client", .id(), "The client.") as ID<Client> }
    ) { client, reading throws(Refusal) in
        let state = try await reading.existing(Client.self, client, field: "client")
        try await reading.allow(in: nil)
        guard let sealed = state.details,
            let details = try await reading.open(sealed, of: client, on: .client)
        else { throw .erased(field: "client") }
        return ["client": .id(client), "details": details.json]
    }

    /// Clients one search shows.
    private static let foundMax = 100

    private static let search = QueryEntry(
        .clientsSearch, .post, at: "/v1/clients/search",
        """
        Clients by their number in the practice's own system. A POST: the number must not stand in \
        an address.
        """,
        shows: .rows(.client),
        fields: { body in
            body("externalNumber", .text(max: ClientDetails.textMax), "The number, exactly.")
        }
    ) { number, reading throws(Refusal) in
        try await reading.allow(in: nil)
        let found = try await reading.side.clients.clients(
            withNumber: number, in: reading.log, limit: foundMax)
        reading.note(.searched, on: .client, records: found.count)
        var rows: [JSON] = []
        for client in found {
            guard let sealed = try await reading.load(Client.self, client).state.details,
                let details = try await reading.open(sealed, of: client, .searched, on: .client)
            else { continue }
            rows.append(["client": .id(client), "details": details.json])
        }
        return ["rows": .array(rows)]
    }

    private static let questionnaire = QueryEntry(
        .questionnaireRead, at: "/v1/questionnaires/{questionnaire}",
        "A questionnaire with all its versions.",
        shows: .one(.questionnaire),
        fields: { body in
            body("questionnaire", .id(), "The questionnaire.") as ID<Questionnaire>
        }
    ) { questionnaire, reading throws(Refusal) in
        let state = try await reading.existing(
            Questionnaire.self, questionnaire, field: "questionnaire")
        try await reading.allow(in: nil)
        reading.note(.read, on: .questionnaire)
        return [
            "questionnaire": .id(questionnaire),
            "versions": .array(state.versions.map(\.json)),
        ]
    }

    private static let answers = QueryEntry(
        .answersRead, at: "/v1/answers/{answers}", "Answers as they were given (QST-4).",
        shows: .one(.answers),
        fields: { body in body("answers", .id(), "The answers.") as ID<Answers> }
    ) { answers, reading throws(Refusal) in
        let state = try await reading.existing(Answers.self, answers, field: "answers")
        try await reading.allow(in: nil)
        guard let sealed = state.answers,
            let set = try await reading.open(sealed, of: answers, on: .answers)
        else { throw .erased(field: "answers") }
        return [
            "answers": .id(answers), "questionnaire": .id(state.questionnaire),
            "version": .whole(state.version), "given": .array(set.answers.map(\.json)),
        ]
    }
}

extension Reading {
    /// Refuses a clinic that is none of this organisation's.
    fileprivate mutating func known(_ clinic: ID<Clinic>?) async throws(Refusal) {
        if let clinic { _ = try await existing(Clinic.self, clinic, field: "clinic") }
    }

    /// Refuses somebody who is none of this organisation's staff.
    mutating func known(_ staff: ID<Staff>?, field: String) async throws(Refusal) {
        if let staff { _ = try await existing(Staff.self, staff, field: field) }
    }

    /// One appointment; whose it is only for those who may see personal data (ROLE-5).
    fileprivate mutating func appointment(_ row: AppointmentRow) async throws(Refusal) -> JSON {
        var details: AppointmentDetails?
        if case .staff = actor, let shut = row.details {
            details = try await open(
                shut.sealed(as: AppointmentDetails.self), of: row.appointment, .listed,
                on: .appointment, clinic: row.clinic)
        }
        return [
            "appointment": .id(row.appointment), "clinic": .id(row.clinic),
            "practitioner": .id(row.practitioner), "day": .string(row.day.description),
            "time": .text(row.clock?.description), "zone": .string(row.zone),
            "start": .instant(row.start), "minutes": .whole(row.minutes),
            "bookedAt": .instant(row.bookedAt), "status": .string("\(row.status)"),
            "settledAt": .instant(row.settledAt), "visit": .id(row.visit),
            "client": .id(details?.client), "note": .text(details?.note),
            "questionnaires": row.questionnaires.json,
        ]
    }
}

extension VisitRow {
    fileprivate var json: JSON {
        [
            "visit": .id(visit), "clinic": .id(clinic), "openedAt": .instant(openedAt),
            "waitingFrom": .instant(waitingFrom), "beingSeenAt": .instant(beingSeenAt),
            "practitioner": .id(practitioner), "endedAt": .instant(endedAt),
            "outcome": .string("\(outcome)"),
            "waitMilliseconds": wait.map { .integer(Int64($0.count)) },
            "transfers": .whole(transfers),
        ]
    }
}

extension ClientDetails {
    var json: JSON {
        [
            "initials": .text(initials), "surname": .text(surname),
            "birthDate": .text(birthDate?.description), "email": .text(email),
            "phone": .text(phone), "language": .text(language?.description),
            "externalNumber": .text(externalNumber),
        ]
    }
}

extension Questionnaire.Version {
    fileprivate var json: JSON {
        [
            "title": .string(title.description),
            "questions": .array(
                questions.map { question in
                    [
                        "name": .string(question.name.description),
                        "kind": .string(question.kind.word),
                        "text": .string(question.text.description),
                        "isRequired": .bool(question.isRequired),
                        "choices": .array(question.choices.map { .string($0.description) }),
                    ]
                }),
        ]
    }
}

extension Domain.Answer {
    fileprivate var json: JSON {
        [
            "question": .string(question.description), "text": .text(text),
            "choices": choices.isEmpty ? nil : .array(choices.map { .whole($0) }),
            "date": .text(date?.description), "country": .text(country?.description),
        ]
    }
}
